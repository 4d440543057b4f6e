/**
 * Writes the request that carries a batch to the broker, in place of kafkajs' own writer: a third of a producer's time goes there.
 *
 * kafkajs 2.2.4 makes a buffer of 512 bytes for each record and two more for each of its headers, and one for each length. Here the whole
 * request is measured first and then written into one buffer, the one that is sent (`request-head.ts`). What our writer of the log never
 * asks for (compression, transactions, timestamps of its own, several values of one header) is left to kafkajs.
 *
 * The seam is one function of one module of kafkajs, which is pinned; a test compares both writers on the same records.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';
import { crc32c } from '@node-rs/crc32';
import { bytesWithRoom } from './request-head.js';

/** A record as it comes to kafkajs. */
export interface ProducedRecord {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer | (string | Buffer)[] | undefined>>;
  readonly timestamp?: string;
}

/** What kafkajs asks its writer for. The id is a whole number of 64 bits in any form. */
export interface ProduceArguments {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: string | number | bigint;
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly ProducedTopic[];
}
interface ProducedTopic {
  readonly topic: string;
  readonly partitions: readonly ProducedPartition[];
}
interface ProducedPartition {
  readonly partition: number;
  readonly firstSequence?: number;
  readonly messages: readonly ProducedRecord[];
}

/** A request as kafkajs sends it; `buf` and `buffer` are what it asks of its own writer of bytes. */
export interface ProduceRequest {
  encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}
type Protocol = (version: {
  readonly version: number;
}) => (given: ProduceArguments) => { readonly request: ProduceRequest };

/** Records have their present form, and the request this one, from version 3 on; 7 is the last that kafkajs knows. */
const versionsWritten = { first: 3, last: 7 };

const produceModule = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce/index.js') as {
  protocol: Protocol;
};
let replaced = false;

/** Makes all producers of this process write with `encodeProduce`. Idempotent. Throws when this is not the kafkajs it was made for. */
export function useFastProduceRequests(): void {
  if (replaced) return;
  const { protocol } = produceModule;
  if (typeof protocol !== 'function') throw new Error('kafkajs has another writer of requests than 2.2.4');
  produceModule.protocol = ({ version }) => {
    const make = protocol({ version });
    if (version < versionsWritten.first || version > versionsWritten.last) return make;
    return (given) => {
      const made = make(given);
      if (!isPlain(given)) return made;
      return { ...made, request: { ...made.request, encode: () => Promise.resolve(encoded(given)) } };
    };
  };
  replaced = true;
}

function encoded(given: ProduceArguments): { readonly buf: Buffer; readonly buffer: Buffer } {
  const bytes = encodeProduce(given, Date.now());
  return { buf: bytes, buffer: bytes };
}

/** Whether a request is of the kind that is written here. */
function isPlain({ transactionalId, compression, topicData }: ProduceArguments): boolean {
  if (transactionalId || compression) return false;
  return topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(isPlainRecord)));
}

function isPlainRecord({ timestamp, headers }: ProducedRecord): boolean {
  if (timestamp !== undefined) return false;
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string' && !Buffer.isBuffer(value)) return false;
  }
  return true;
}

/** From the first offset to the last byte before the records. */
const batchHeaderBytes = 61;
/** First offset and length: what stands before the part that a batch's length counts. */
const batchPrefixBytes = 12;
/** From the attributes on: the part that the check sum covers. */
const checkedFrom = 21;
const magic = 2;

/** The bytes of a produce request. @param nowMs the time that the records say, epoch milliseconds; our topics replace it by the broker's */
export function encodeProduce(given: ProduceArguments, nowMs: number): Buffer {
  const { acks, timeout, producerId = -1, producerEpoch = 0, topicData } = given;
  const sizes = new RecordSizes();
  const batchSizes: number[] = [];
  let size = 2 + 2 + 4 + 4;
  for (const { topic, partitions } of topicData) {
    size += 2 + Buffer.byteLength(topic) + 4;
    for (const { messages } of partitions) {
      let batchSize = batchHeaderBytes;
      for (let at = 0; at < messages.length; at++) batchSize += framedBytes(sizes.measure(messages[at]!, at));
      batchSizes.push(batchSize);
      size += 4 + 4 + batchSize;
    }
  }
  const writer = new RequestWriter(bytesWithRoom(size), sizes);
  writer.int16(-1); // no transaction
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topicData.length);
  let batch = 0;
  for (const { topic, partitions } of topicData) {
    writer.int16(Buffer.byteLength(topic));
    writer.text(topic);
    writer.int32(partitions.length);
    for (const { partition, messages, firstSequence = 0 } of partitions) {
      const batchSize = batchSizes[batch++]!;
      writer.int32(partition);
      writer.int32(batchSize);
      const start = writer.at;
      writer.int64(0n); // first offset
      writer.int32(batchSize - batchPrefixBytes);
      writer.int32(0); // leader epoch
      writer.int8(magic);
      writer.int32(0); // the check sum, when all it covers is there
      writer.int16(0); // attributes
      writer.int32(messages.length - 1);
      writer.int64(BigInt(nowMs));
      writer.int64(BigInt(nowMs));
      writer.int64(BigInt(producerId));
      writer.int16(producerEpoch);
      writer.int32(firstSequence);
      writer.int32(messages.length);
      for (let at = 0; at < messages.length; at++) writer.record(messages[at]!, at);
      const sum = crc32c(writer.bytes.subarray(start + checkedFrom, writer.at));
      writer.bytes.writeUInt32BE(sum, start + checkedFrom - 4);
    }
  }
  return writer.bytes;
}

/**
 * What stands before the bytes that it counts, so it is known before the first of them is written: measured once a record, in the order
 * in which the records are then written. To ask a text for its bytes is a call out of the engine; asking again and again took as long
 * as the writing.
 */
class RecordSizes {
  readonly #sizes: number[] = [];
  #next = 0;
  #headers: ProducedRecord['headers'];
  #headerBlock = headerBlockOf(undefined);

  /** Bytes of a record without its own length. A delta of time of 0 and the attributes are a byte each. */
  measure({ key, value, headers }: ProducedRecord, offsetDelta: number): number {
    const keyBytes = contentBytes(key);
    const valueBytes = contentBytes(value);
    const around = 2 + varintBytes(offsetDelta) + this.headerBlock(headers).length;
    const bytes = around + contentFramedBytes(keyBytes) + contentFramedBytes(valueBytes);
    this.#sizes.push(bytes, keyBytes, valueBytes);
    return bytes;
  }

  /** The next size in the order of `measure`: of a record, of its key, of its value; -1 for a key or a value that is not there. */
  next(): number {
    return this.#sizes[this.#next++]!;
  }

  /** The headers of a record with their number. Records of one writer share their headers, so they are written out once for all. */
  headerBlock(headers: ProducedRecord['headers']): Buffer {
    if (headers !== this.#headers) {
      this.#headers = headers;
      this.#headerBlock = headerBlockOf(headers);
    }
    return this.#headerBlock;
  }
}

function headerBlockOf(headers: ProducedRecord['headers']): Buffer {
  const entries = Object.entries(headers ?? {}) as [string, string | Buffer][];
  let size = varintBytes(entries.length);
  for (const [name, value] of entries)
    size += framedBytes(Buffer.byteLength(name)) + contentFramedBytes(contentBytes(value));
  const writer = new ByteWriter(Buffer.allocUnsafe(size));
  writer.varint(entries.length);
  for (const [name, value] of entries) {
    writer.content(name, Buffer.byteLength(name));
    writer.content(value, contentBytes(value));
  }
  return writer.bytes;
}

/** Bytes of a key or a value; -1, as Kafka says it, for none. */
function contentBytes(content: string | Buffer | null | undefined): number {
  if (content === null || content === undefined) return -1;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

function contentFramedBytes(length: number): number {
  return length < 0 ? 1 : framedBytes(length);
}

function framedBytes(length: number): number {
  return varintBytes(length) + length;
}

/** Of a number from 0 in zigzag form, seven bits a byte. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value >>> 6; left > 0; left >>>= 7) bytes++;
  return bytes;
}

class ByteWriter {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  int8(value: number): void {
    this.bytes[this.at++] = value;
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.bytes.writeBigInt64BE(value, this.at);
  }

  text(text: string): void {
    this.at += this.bytes.write(text, this.at);
  }

  /** A text or bytes of `length` bytes after that length; a length of -1 is nothing. */
  content(content: string | Buffer | null | undefined, length: number): void {
    if (content === null || content === undefined) {
      this.int8(1); // -1 in zigzag form
      return;
    }
    this.varint(length);
    if (typeof content === 'string') this.text(content);
    else this.block(content);
  }

  block(bytes: Buffer): void {
    this.at += bytes.copy(this.bytes, this.at);
  }

  varint(value: number): void {
    let left = value * 2;
    for (; left >= 0x80; left >>>= 7) this.bytes[this.at++] = (left & 0x7f) | 0x80;
    this.bytes[this.at++] = left;
  }
}

class RequestWriter extends ByteWriter {
  constructor(
    bytes: Buffer,
    private readonly sizes: RecordSizes,
  ) {
    super(bytes);
  }

  /** Records come in the order in which they were measured. */
  record({ key, value, headers }: ProducedRecord, offsetDelta: number): void {
    this.varint(this.sizes.next());
    this.int8(0); // attributes
    this.int8(0); // the time is the batch's
    this.varint(offsetDelta);
    this.content(key, this.sizes.next());
    this.content(value, this.sizes.next());
    this.block(this.sizes.headerBlock(headers));
  }
}

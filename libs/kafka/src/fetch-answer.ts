/**
 * Reads the broker's answer to a fetch, in place of kafkajs' own reader: a third of a consumer's time goes there.
 *
 * kafkajs 2.2.4 makes of each record some fifteen objects, six of them big integers, and all of a fetch's outlive two rounds of the
 * garbage collector. Here a record is one object that knows where its key, value and headers stand, and cuts them out when asked. What
 * is rare or old (compressed or transactional batches, control records, offsets beyond 2^53) is left to kafkajs, partition by partition.
 * Refused: a consumer of our own, because membership and metadata are where a Kafka client is hard, not here.
 *
 * The seam is one function of one module of kafkajs, which is pinned; a test compares both readers on the same bytes.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';
import type { IHeaders, KafkaMessage } from 'kafkajs';

/** A record of a batch as kafkajs hands it over. */
type RecordBatchEntry = Extract<KafkaMessage, { readonly headers: IHeaders }>;

/** As much of kafkajs' reader of bytes as is used here. */
interface BytesReader {
  readonly buffer: Buffer;
  offset: number;
}
interface FetchResponse {
  decode(bytes: Buffer): Promise<FetchAnswer>;
}

/** The answer in the form that kafkajs goes on with. Offsets are decimal texts. */
export interface FetchAnswer {
  /** The broker throttles by not answering; kafkajs must not wait once more. */
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly PartitionAnswer[] }[];
}

export interface PartitionAnswer {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  /** kafkajs' spelling of the log's start. */
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly RecordBatchEntry[];
}

const requireKafkajs = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';

/** Makes all consumers of this process read with `decodeFetchAnswer`. Idempotent. Throws when this is not the kafkajs it was made for. */
export function useFastFetchAnswers(): void {
  const response = requireKafkajs(`${protocol}/requests/fetch/v11/response.js`) as FetchResponse;
  if (typeof response.decode !== 'function') throw new Error('kafkajs has another reader of fetches than 2.2.4');
  response.decode = decodeFetchAnswer;
}

/** Reads an answer of version 11, the one of every broker since 2.3. Rejects on damaged bytes. */
export async function decodeFetchAnswer(bytes: Buffer): Promise<FetchAnswer> {
  const cursor = new Cursor(bytes, 0);
  const clientSideThrottleTime = cursor.int32();
  const errorCode = cursor.int16();
  const sessionId = cursor.int32();
  const responses: { topicName: string; partitions: PartitionAnswer[] }[] = [];
  for (let topics = cursor.int32(); topics > 0; topics--) {
    const topicName = cursor.text(cursor.int16());
    const partitions: PartitionAnswer[] = [];
    for (let left = cursor.int32(); left > 0; left--) partitions.push(await partitionAnswer(cursor));
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

/** Bytes of other partitions that the records of one may keep in memory; a copy of less would cost more than it saves. */
const foreignBytesMax = 1_048_576;

async function partitionAnswer(cursor: Cursor): Promise<PartitionAnswer> {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const highWatermark = String(cursor.int64());
  const lastStableOffset = String(cursor.int64());
  const lastStartOffset = String(cursor.int64());
  const abortedTransactions: { producerId: string; firstOffset: string }[] = [];
  for (let left = cursor.int32(); left > 0; left--)
    abortedTransactions.push({ producerId: String(cursor.int64()), firstOffset: String(cursor.int64()) });
  const preferredReadReplica = cursor.int32();
  const start = cursor.at;
  const end = start + 4 + Math.max(0, cursor.int32());
  cursor.at = end;
  // Records stand in the bytes of their fetch, and those of a partition that waits for its store must not keep the whole fetch.
  const { bytes } = cursor;
  const isOwn = bytes.length - (end - start) > foreignBytesMax;
  const own = isOwn ? Buffer.from(bytes.subarray(start, end)) : bytes;
  const at = isOwn ? 0 : start;
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    abortedTransactions,
    preferredReadReplica,
    messages: plainRecords(own, at + 4, at + end - start) ?? (await kafkajsRecords(own, at)),
  };
}

const batchHeaderBytes = 61;
/** What stands before the part that a batch's length counts: the first offset and the length. */
const batchPrefixBytes = 12;
const lengthAt = 8;
const magicAt = 16;
const attributesAt = 21;
const firstTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const recordCountAt = 57;
const plainMagic = 2;
/** The codec, the transaction and the control bits. */
const notPlainMask = 0x37;
const logAppendTimeMask = 0x8;

/** The records of a partition, or undefined where a batch is none of the plain ones. The last batch may be cut; it comes again, whole. */
function plainRecords(bytes: Buffer, start: number, end: number): PlainRecord[] | undefined {
  const records: PlainRecord[] = [];
  if (end > bytes.length) return undefined;
  for (let at = start; at + batchHeaderBytes <= end;) {
    const batchEnd = at + batchPrefixBytes + bytes.readInt32BE(at + lengthAt);
    if (bytes[at + magicAt] !== plainMagic) return undefined;
    if (batchEnd > end) break;
    const attributes = bytes.readInt16BE(at + attributesAt);
    const firstOffset = safeInt64(bytes, at);
    const firstTimestamp = safeInt64(bytes, at + firstTimestampAt);
    const maxTimestamp = safeInt64(bytes, at + maxTimestampAt);
    if (
      attributes & notPlainMask ||
      firstOffset === undefined ||
      firstTimestamp === undefined ||
      maxTimestamp === undefined
    )
      return undefined;
    const batch: PlainBatch = {
      bytes,
      batchContext: { producerId: String(bytes.readBigInt64BE(at + producerIdAt)), inTransaction: false },
      firstOffset,
      firstTimestamp,
      timestamp: attributes & logAppendTimeMask && maxTimestamp !== 0 ? maxTimestamp : undefined,
    };
    readRecords(
      batch,
      bytes.readInt32BE(at + recordCountAt),
      new Cursor(bytes, at + batchHeaderBytes),
      batchEnd,
      records,
    );
    at = batchEnd;
  }
  return records;
}

/** What the records of a batch share. */
interface PlainBatch {
  readonly bytes: Buffer;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  /** The broker's time of all records, where the topic has it. */
  readonly timestamp: number | undefined;
}

function readRecords(batch: PlainBatch, count: number, cursor: Cursor, end: number, records: PlainRecord[]): void {
  // The records of a batch share few times: one text for each run of equal ones.
  let timeText = '';
  let timeOfText = Number.NaN;
  for (let left = count; left > 0; left--) {
    const length = cursor.varint();
    const recordEnd = cursor.at + length;
    cursor.at += 1; // attributes, which nobody uses
    const time = batch.timestamp ?? batch.firstTimestamp + cursor.varint();
    if (batch.timestamp !== undefined) cursor.varint();
    if (time !== timeOfText) {
      timeText = String(time);
      timeOfText = time;
    }
    const offset = String(batch.firstOffset + cursor.varint());
    const keyLength = cursor.varint();
    const keyAt = cursor.at;
    cursor.at += Math.max(0, keyLength);
    const valueLength = cursor.varint();
    const valueAt = cursor.at;
    cursor.at += Math.max(0, valueLength);
    if (cursor.at > recordEnd || recordEnd > end) throw new Error('a record of a fetch does not fit into its batch');
    records.push(new PlainRecord(offset, timeText, batch, keyAt, keyLength, valueAt, valueLength));
    cursor.at = recordEnd;
  }
}

/** A record that stands in the bytes of its fetch. */
class PlainRecord implements RecordBatchEntry {
  declare readonly size?: never;

  constructor(
    readonly offset: string,
    readonly timestamp: string,
    private readonly batch: PlainBatch,
    private readonly keyAt: number,
    private readonly keyLength: number,
    readonly valueAt: number,
    readonly valueLength: number,
  ) {}

  /** The bytes that `valueAt` and `valueLength` are about, for who reads a value without cutting it out. */
  get fetched(): Buffer {
    return this.batch.bytes;
  }

  get key(): Buffer | null {
    return this.part(this.keyAt, this.keyLength);
  }

  get value(): Buffer | null {
    return this.part(this.valueAt, this.valueLength);
  }

  /** A header that stands there several times is a list, as in kafkajs. */
  get headers(): IHeaders {
    const cursor = new Cursor(this.batch.bytes, this.valueAt + Math.max(0, this.valueLength));
    const headers: IHeaders = {};
    for (let left = cursor.varint(); left > 0; left--) {
      const name = cursor.text(cursor.varint());
      const length = cursor.varint();
      // Null where a header has no value, which kafkajs' types leave out.
      const value = this.part(cursor.at, length) as Buffer;
      cursor.at += Math.max(0, length);
      const earlier = headers[name];
      headers[name] = earlier === undefined ? value : [earlier, value].flat();
    }
    return headers;
  }

  get attributes(): number {
    return 0;
  }

  /** kafkajs asks for it, when it leaves out what no handler may see. */
  get isControlRecord(): boolean {
    return false;
  }

  /** kafkajs asks for it, when another producer's transactions were aborted in the same fetch. */
  get batchContext(): PlainBatch['batchContext'] {
    return this.batch.batchContext;
  }

  private part(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.batch.bytes.subarray(at, at + length);
  }
}

/** The records of a partition as kafkajs reads them, from where their length stands. */
async function kafkajsRecords(bytes: Buffer, at: number): Promise<RecordBatchEntry[]> {
  const Reader = requireKafkajs(`${protocol}/decoder.js`) as new (bytes: Buffer) => BytesReader;
  const decodeMessages = requireKafkajs(`${protocol}/requests/fetch/v4/decodeMessages.js`) as (
    reader: BytesReader,
  ) => Promise<RecordBatchEntry[]>;
  const reader = new Reader(bytes);
  reader.offset = at;
  return decodeMessages(reader);
}

/** A number of eight bytes, or undefined where it is not an exact double. */
function safeInt64(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Bytes of the longest number of 64 bits in groups of seven. */
const varintBytesMax = 10;

class Cursor {
  constructor(
    readonly bytes: Buffer,
    public at: number,
  ) {}

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  int64(): bigint {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8);
  }

  text(length: number): string {
    this.at += Math.max(0, length);
    return length < 0 ? '' : this.bytes.toString('utf8', this.at - length, this.at);
  }

  /** A zigzag number in groups of seven bits. Lengths and deltas are far below 2^53. */
  varint(): number {
    const { bytes } = this;
    const first = bytes[this.at++]!;
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = first & 0x7f;
    for (let i = 1, scale = 0x80; i < varintBytesMax; i++, scale *= 0x80) {
      const byte = bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new Error('a number in a fetch does not end');
  }
}

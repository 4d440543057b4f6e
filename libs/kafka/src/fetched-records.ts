/**
 * The records of one partition of a fetch that a reader may see, out of the batches that the broker sent.
 *
 * Two things kafkajs 2.2.4 gets wrong are settled here, before it sees the records:
 * - where aborted transactions overlap, or several began before the fetch, it hands out some of what they wrote: it takes the broker's
 *   list for ordered by first offset, and one of it for each record. Their batches are left out here as Kafka's own client does it;
 * - it goes on behind the last record, and where there is none (control records, compacted ones) it moves by a way of its own, which
 *   knows of no seek. So a `PassedOver` stands behind the records when the last offsets of a fetch hold none.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';
import { BytesCursor } from './bytes-cursor.js';
import { readPlainRecords, type FetchedRecord } from './plain-record.js';

export type { FetchedRecord } from './plain-record.js';

/** A transaction that was taken back, from its first record on. Numbers are decimal texts. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** No record: it says that there are none behind the last one up to its own offset, which is the last one of the fetch. */
export class PassedOver implements FetchedRecord {
  declare readonly size?: never;
  readonly timestamp = '0';
  readonly key = null;
  readonly value = null;
  readonly headers = {};
  readonly attributes = 0;
  /** kafkajs would otherwise take it out. */
  readonly isControlRecord = false;

  constructor(readonly offset: string) {}
}

const batchHeaderBytes = 61;
/** What stands before the part that a batch's length counts: the first offset and the length. */
const batchPrefixBytes = 12;
const lengthAt = 8;
const magicAt = 16;
const attributesAt = 21;
const lastOffsetDeltaAt = 23;
const firstTimestampAt = 27;
const maxTimestampAt = 35;
const producerIdAt = 43;
const recordCountAt = 57;
const batchMagic = 2;
const codecMask = 0x7;
const logAppendTimeMask = 0x8;
const transactionMask = 0x10;
const controlMask = 0x20;

/**
 * The records between `start` and `end`, or undefined where a batch has an older form or a number beyond 2^53. The last batch may be cut;
 * it comes again, whole. Rejects on damaged bytes, and on a codec that is not registered.
 */
export async function readableRecords(
  bytes: Buffer,
  start: number,
  end: number,
  abortedTransactions: readonly AbortedTransaction[],
): Promise<FetchedRecord[] | undefined> {
  if (end > bytes.length) return undefined;
  const records: FetchedRecord[] = [];
  const aborted = abortedTransactions.length > 0 ? new AbortedBatches(abortedTransactions) : undefined;
  let lastOffset = -1;
  for (let at = start; at + batchHeaderBytes <= end;) {
    const batchEnd = at + batchPrefixBytes + bytes.readInt32BE(at + lengthAt);
    if (bytes[at + magicAt] !== batchMagic) return undefined;
    if (batchEnd > end) break;
    const attributes = bytes.readInt16BE(at + attributesAt);
    const firstOffset = safeInt64(bytes, at);
    const firstTimestamp = safeInt64(bytes, at + firstTimestampAt);
    const maxTimestamp = safeInt64(bytes, at + maxTimestampAt);
    if (firstOffset === undefined || firstTimestamp === undefined || maxTimestamp === undefined) return undefined;
    lastOffset = firstOffset + bytes.readInt32BE(at + lastOffsetDeltaAt);
    const count = bytes.readInt32BE(at + recordCountAt);
    const producerId = String(bytes.readBigInt64BE(at + producerIdAt));
    const inTransaction = (attributes & transactionMask) !== 0;
    const isControl = (attributes & controlMask) !== 0;
    if (isControl) aborted?.endAt(bytes, at + batchHeaderBytes, producerId, lastOffset, count);
    const isLeftOut = isControl || (inTransaction && aborted?.has(producerId, lastOffset));
    if (!isLeftOut && attributes & codecMask)
      for (const record of await compressedRecords(bytes.subarray(at, batchEnd))) records.push(record);
    else if (!isLeftOut)
      readPlainRecords(
        {
          bytes,
          batchContext: { producerId, inTransaction },
          firstOffset,
          firstTimestamp,
          timestamp: attributes & logAppendTimeMask && maxTimestamp !== 0 ? maxTimestamp : undefined,
        },
        count,
        new BytesCursor(bytes, at + batchHeaderBytes),
        batchEnd,
        records,
      );
    at = batchEnd;
  }
  if (Number(records.at(-1)?.offset ?? -1) < lastOffset) records.push(new PassedOver(String(lastOffset)));
  return records;
}

/** Follows the batches of a fetch and knows of each whether its transaction was aborted. */
class AbortedBatches {
  /** Those whose first record is still to come, the last one first. The broker's order is that of their ends. */
  private readonly ahead: AbortedTransaction[];
  private readonly open = new Set<string>();

  constructor(transactions: readonly AbortedTransaction[]) {
    this.ahead = transactions.toSorted((a, b) => Number(b.firstOffset) - Number(a.firstOffset));
  }

  /** Whether the batch of a transaction that ends with this offset is to be left out. */
  has(producerId: string, lastOffset: number): boolean {
    for (let next = this.ahead.at(-1); next && Number(next.firstOffset) <= lastOffset; next = this.ahead.at(-1)) {
      this.open.add(next.producerId);
      this.ahead.pop();
    }
    return this.open.has(producerId);
  }

  /** A control batch, whose one record stands at `at`: where it aborts, the producer's next batch is another transaction. */
  endAt(bytes: Buffer, at: number, producerId: string, lastOffset: number, count: number): void {
    this.has(producerId, lastOffset);
    if (count > 0 && isAbortMarker(new BytesCursor(bytes, at))) this.open.delete(producerId);
  }
}

/** The key of a control record is its version and its kind, of which 0 is an abort. */
function isAbortMarker(cursor: BytesCursor): boolean {
  cursor.varint(); // the record's length
  cursor.at += 1; // attributes
  cursor.varint(); // timestamp
  cursor.varint(); // offset
  cursor.varint(); // the key's length
  cursor.int16(); // version
  return cursor.int16() === 0;
}

const requireKafkajs = createRequire(import.meta.url);

/** The records of one batch, by the codecs of kafkajs. */
async function compressedRecords(batch: Buffer): Promise<FetchedRecord[]> {
  const Reader = requireKafkajs('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
  const decodeBatch = requireKafkajs('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
    reader: object,
  ) => Promise<{ readonly records: FetchedRecord[] }>;
  return (await decodeBatch(new Reader(batch))).records;
}

/** A number of eight bytes, or undefined where it is not an exact double. */
function safeInt64(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
  return Number.isSafeInteger(value) ? value : undefined;
}

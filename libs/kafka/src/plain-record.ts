/** The records of an uncompressed batch, read in place: each knows where its parts stand and cuts them out when asked. */
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { BytesCursor } from './bytes-cursor.js';

/** A record of a batch as kafkajs hands it over. */
export type FetchedRecord = Extract<KafkaMessage, { readonly headers: IHeaders }>;

/** What the records of a batch share. */
export interface PlainBatch {
  readonly bytes: Buffer;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  /** The broker's time of all records, where the topic has it. */
  readonly timestamp: number | undefined;
}

/** Adds the records of a batch, which stand from the cursor up to `end`. Throws where one is longer than its batch. */
export function readPlainRecords(
  batch: PlainBatch,
  count: number,
  cursor: BytesCursor,
  end: number,
  records: FetchedRecord[],
): void {
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
class PlainRecord implements FetchedRecord {
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
    const cursor = new BytesCursor(this.batch.bytes, this.valueAt + Math.max(0, this.valueLength));
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

  /** kafkajs asks for it, where it has to leave out what aborted transactions wrote. */
  get batchContext(): PlainBatch['batchContext'] {
    return this.batch.batchContext;
  }

  private part(at: number, length: number): Buffer | null {
    return length < 0 ? null : this.batch.bytes.subarray(at, at + length);
  }
}

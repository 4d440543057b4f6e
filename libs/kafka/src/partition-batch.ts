import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { PassedOver } from './fetched-records.js';

/** How a batch steers the consumer that it came from. */
export interface BatchSteering {
  isStale(): boolean;
  seek(topic: string, partition: number, offset: bigint): void;
  commit(topic: string, partition: number, offset: bigint): void;
}

/**
 * Consecutive records of one partition, as a handler gets them. When the handler returns and the batch is not stale, the next one begins
 * after `lastOffset`; when it throws, the same records come again after a pause.
 */
export class PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  /** None where the log holds nothing for handlers from `firstOffset` to `lastOffset`: control records, for instance. */
  readonly records: readonly KafkaMessage[];
  /** Where the fetch began: no record stands in the log between here and the first of `records`. */
  readonly firstOffset: bigint;
  /** Of the last record, or of what stands behind it and is none for handlers. */
  readonly lastOffset: bigint;
  /** The offset that the next record written will have. */
  readonly highWatermark: bigint;
  readonly #steering: BatchSteering;
  #sought = false;

  constructor(batch: EachBatchPayload['batch'], steering: BatchSteering) {
    this.topic = batch.topic;
    this.partition = batch.partition;
    this.records = batch.messages.at(-1) instanceof PassedOver ? batch.messages.slice(0, -1) : batch.messages;
    this.firstOffset = fetchedFrom(batch);
    this.lastOffset = BigInt(batch.lastOffset());
    this.highWatermark = BigInt(batch.highWatermark);
    this.#steering = steering;
  }

  /** True once the partition was moved, revoked or is being stopped: the rest of the batch is not ours to handle. */
  isStale(): boolean {
    return this.#sought || this.#steering.isStale();
  }

  /** Makes the next fetch begin at this offset. kafkajs only looks at it then: the batch in hand is stale from here on. */
  seek(offset: bigint): void {
    this.#sought = true;
    this.#steering.seek(this.topic, this.partition, offset);
  }

  /** Reports the position for lag tools: the offset that comes next. Throttled, and never fails. */
  commit(offset: bigint): void {
    this.#steering.commit(this.topic, this.partition, offset);
  }
}

/** kafkajs keeps it on the batch, but not in its types. */
export function fetchedFrom(batch: EachBatchPayload['batch']): bigint {
  return BigInt((batch as typeof batch & { readonly fetchedOffset: string }).fetchedOffset);
}

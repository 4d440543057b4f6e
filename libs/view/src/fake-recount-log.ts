/** A log in memory for this room's tests: one partition of the air topic. */
import { eventTopics } from '@landbridge/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { RecountLog } from './reconciliation.js';
import type { TestRecord } from './test-events.js';

/** Hands the records over in batches of this many. @param start offset of the first record that the log still holds */
export class FakeRecountLog implements RecountLog {
  /** Reads that were begun. */
  reads = 0;
  stopped = false;

  constructor(
    private readonly records: readonly TestRecord[],
    private readonly batchRecords = 100,
    private readonly start = 0n,
  ) {}

  async extents(topic: string) {
    if (topic !== eventTopics.air) throw new Error(`this log has no ${topic}`);
    return [{ partition: 0, start: this.start, end: BigInt(this.records.length) }];
  }

  async read(range: Parameters<RecountLog['read']>[0], onBatch: Parameters<RecountLog['read']>[1]): Promise<void> {
    this.reads += 1;
    if (range.from < this.start || range.to > BigInt(this.records.length)) throw new Error('not in this log');
    const wanted = this.records.slice(Number(range.from), Number(range.to)) as unknown as readonly KafkaMessage[];
    for (let at = 0; at < wanted.length; at += this.batchRecords)
      await onBatch({ records: wanted.slice(at, at + this.batchRecords), isStale: () => this.stopped });
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

/** Asks Kafka what the log holds. It connects with the first question, and again after one that failed. */
import type { Admin } from 'kafkajs';
import type { TopicPartition } from './assignment.js';
import { within } from './deadline.js';

/** Offsets of a partition that the log holds: from `start` up to, not including, `end`. Open transactions are not among them. */
export interface LogExtent extends TopicPartition {
  readonly start: bigint;
  readonly end: bigint;
}

export class LogExtents {
  #connected: Promise<void> | undefined;

  constructor(
    private readonly admin: Admin,
    private readonly requestTimeoutMs: number,
  ) {}

  /** Of each partition of a topic now, in their order. Rejects when Kafka cannot be asked. */
  async of(topic: string): Promise<LogExtent[]> {
    this.#connected ??= this.admin.connect();
    try {
      await within(this.requestTimeoutMs, 'connecting to ask for offsets', this.#connected);
      const rows = await within(this.requestTimeoutMs, `the offsets of ${topic}`, this.admin.fetchTopicOffsets(topic));
      return rows
        .map(({ partition, low, high }) => ({ topic, partition, start: BigInt(low), end: BigInt(high) }))
        .toSorted((a, b) => a.partition - b.partition);
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }
}

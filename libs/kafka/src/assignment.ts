/**
 * What a consumer knows of the partitions that it was given, until they are given anew. The next assignment is another object, so nothing
 * that outlives this one (a batch in hand, a pause, a position that was asked for) can pass for something of the next.
 */
import type { Consumer } from 'kafkajs';
import type { Logger } from 'pino';
import { backoffMs } from './deadline.js';
import { PartitionPositions, type LogGapError } from './partition-positions.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Why a partition is not fetched: its owner has no use for it now, its next records are not in the log, it is being asked whether they are,
 * its last batch failed a moment ago, or its last batch is at work for so long that the others no longer wait for it.
 */
export type HoldReason = 'unwanted' | 'gap' | 'doubted' | 'failed' | 'slow';

/** A store is away or a handler has a bug: soon enough for the first, not a busy loop for the second. */
export const retryBackoff = { firstMs: 200, maxMs: 5_000 };

export class Assignment {
  readonly positions = new PartitionPositions();
  /** Why partitions are held by `gap`, by `topic:partition`. */
  readonly gaps = new Map<string, LogGapError>();
  /** All by `topic:partition`, and bounded by the partitions assigned. */
  readonly #holds = new Map<string, Set<HoldReason>>();
  readonly #placing = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;

  /** Lets all of its partitions be fetched: kafkajs keeps what was paused in an earlier assignment. */
  constructor(
    private readonly consumer: Pick<Consumer, 'pause' | 'resume'>,
    private readonly logger: Logger,
    partitions: readonly TopicPartition[],
  ) {
    for (const place of partitions) this.#steer('resume', place);
  }

  /** Whether the partitions were given away or given anew. */
  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#over.resolve();
  }

  /** Partitions whose positions have been asked for and are not known yet. */
  get unplaced(): number {
    return this.#placing.size;
  }

  /**
   * Asks where a partition must go on, until it is told or the assignment is over, and seeks it. Partitions do not wait for each other
   * here: the store of one may be away.
   */
  place(place: TopicPartition, ask: () => Promise<bigint>, seek: (position: bigint) => void): void {
    this.#placing.set(keyOf(place), this.#askAndSeek(place, ask, seek));
  }

  /** Whether the position of a partition has been asked for and is not known yet. */
  isPlacing(place: TopicPartition): boolean {
    return this.#placing.has(keyOf(place));
  }

  /** Settles when the partition is where it must go on and `before` has settled, or when the assignment is over. */
  async placed(place: TopicPartition, before: Promise<void> | undefined): Promise<void> {
    const placing = this.#placing.get(keyOf(place));
    // Nearly always there is nothing to wait for, and nothing is hung on the end of the assignment, which may be days away.
    if (placing || before) await Promise.race([Promise.all([placing, before]), this.#over.promise]);
  }

  /** Whether this is one more of the reasons for which a partition is not fetched. Without effect when the assignment is over. */
  hold(place: TopicPartition, reason: HoldReason): boolean {
    if (this.#isOver) return false;
    const reasons = this.#holds.get(keyOf(place)) ?? new Set();
    this.#holds.set(keyOf(place), reasons);
    if (reasons.has(reason)) return false;
    reasons.add(reason);
    this.#steer('pause', place);
    return true;
  }

  /** Takes a reason away; with the last one the partition is fetched again. Without effect when the assignment is over. */
  release(place: TopicPartition, reason: HoldReason): void {
    const reasons = this.#holds.get(keyOf(place));
    if (this.#isOver || !reasons?.delete(reason) || reasons.size > 0) return;
    this.#steer('resume', place);
  }

  isHeld(place: TopicPartition, reason: HoldReason): boolean {
    return this.#holds.get(keyOf(place))?.has(reason) ?? false;
  }

  /** Counts a failed batch. @returns how many of the partition have failed in a row */
  failed(place: TopicPartition): number {
    const failures = (this.#failures.get(keyOf(place)) ?? 0) + 1;
    this.#failures.set(keyOf(place), failures);
    return failures;
  }

  succeeded(place: TopicPartition): void {
    this.#failures.delete(keyOf(place));
  }

  async #askAndSeek(
    place: TopicPartition,
    ask: () => Promise<bigint>,
    seek: (position: bigint) => void,
  ): Promise<void> {
    for (let failures = 0; !this.#isOver;) {
      try {
        const position = await ask();
        if (!this.#isOver) seek(position);
        break;
      } catch (error) {
        failures += 1;
        this.logger.error({ err: error, ...place, failures }, 'the position of a partition is not known yet');
        await new Promise((resolve) => setTimeout(resolve, backoffMs(retryBackoff, failures)));
      }
    }
    this.#placing.delete(keyOf(place));
  }

  /** Between a crash and the next join kafkajs has no group to steer; the next assignment begins anew. */
  #steer(step: 'pause' | 'resume', { topic, partition }: TopicPartition): void {
    try {
      this.consumer[step]([{ topic, partitions: [partition] }]);
    } catch (error) {
      this.logger.debug({ err: error, topic, partition }, `a ${step} had no consumer to go to`);
    }
  }
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

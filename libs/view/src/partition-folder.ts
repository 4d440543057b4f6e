/**
 * Folds the batches of partitions into their views: the step from Kafka to Redis.
 *
 * Order is the correctness:
 *   1 dead letters of a run are confirmed by the log, 2 the run's whole change and its position go to Redis in one script,
 *   3 only then does the next run begin.
 * A crash after 1 writes the same dead letters again, under the same keys; a crash around 2 leaves either nothing or everything,
 * because position and change are one. Kafka's committed offset plays no part: the position is Redis's.
 * Whatever is refused or fails drops the view in memory; it is then loaded again, being a function of the log up to its position.
 *
 * The generation is asked for at every load, and by `rolledBack` in between. A fold that goes on in a generation that is no longer the
 * live one harms nobody: nobody reads it; and once its keys are removed it is refused there, and so learns of the new one at once.
 */
import type { Problem } from '@landbridge/contracts';
import {
  ShardView,
  type ShardId,
  type ShardStore,
  type StoredBucket,
  type TakeOutcome,
  type ViewLimits,
} from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';
import { RecordDecoder, type DecodedRecord } from './record-decoder.js';

/** Records folded between two calls to the store: enough to share the call's cost, few enough to answer heartbeats and a stop soon. */
const defaultRunRecordsMax = 2_500;

/** Consecutive records of one partition, and how to steer the consumer: what `@landbridge/kafka` hands over. */
export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly KafkaMessage[];
  /** Where the fetch began: no record stands in the log between here and the first of `records`. */
  readonly firstOffset: bigint;
  /** The offset that the next record written will have. */
  readonly highWatermark: bigint;
  /** True once the partition was moved or revoked: the rest of the batch is not ours to fold. */
  isStale(): boolean;
  /** Makes the next fetch begin at this offset; the batch in hand is stale from then on. */
  seek(offset: bigint): void;
  /** Reports the position for lag tools. */
  commit(offset: bigint): void;
}

/** A record that cannot be folded, with where it stands. */
export interface DeadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
  readonly problem: Problem;
}

/** Why a partition was put to a position: assigned, refused by the store, the store had gone back, or another generation is live. */
export const seekReasons = ['join', 'refused', 'rolled-back', 'flipped'] as const;
export type SeekReason = (typeof seekReasons)[number];

/**
 * The readable records of a run and what they did, column by column: objects that live as long as a run does cost more than the fold, as
 * the garbage collector moves each of them twice.
 */
export interface FoldedRun {
  readonly offsets: readonly number[];
  readonly outcomes: readonly TakeOutcome[];
  /** When the log received it, and when it happened; epoch milliseconds. */
  readonly receivedMs: readonly number[];
  readonly timesMs: readonly number[];
  readonly unknownMilestones: number;
}

/** What the folder tells of its work. */
export interface FoldObserver {
  /** The store has taken a run. */
  folded(topic: string, run: FoldedRun): void;
  added(topic: string, bySeries: ReadonlyMap<string, readonly number[]>): void;
  sought(topic: string, reason: SeekReason): void;
  applied(seconds: number): void;
}

/** A batch came while another one of its partition was at work, for example one of before a rebalance. */
export class PartitionBusy extends Error {
  constructor(partition: string) {
    super(`another batch of ${partition} is still at work`);
    this.name = 'PartitionBusy';
  }
}

interface HeldView {
  readonly shard: ShardId;
  readonly view: ShardView;
  /** The offset that the next record written to the partition will have, as far as the last fetch told. */
  highWatermark: number;
}

export class PartitionFolder {
  /** Views by `topic:partition`; at most the partitions that this process was assigned. */
  private readonly views = new Map<string, HeldView>();
  private readonly busy = new Set<string>();
  /** Counts the times that all views were forgotten. */
  private assignments = 0;
  private readonly decoder = new RecordDecoder();
  /** The generation to fold into, as it was last asked for. */
  private generation: number | undefined;

  /** @param liveGeneration one that never changes, or how to ask for the one that is live now */
  constructor(
    private readonly store: ShardStore,
    private readonly liveGeneration: number | (() => Promise<number>),
    private readonly limits: ViewLimits,
    private readonly publishDead: (dead: readonly DeadRecord[]) => Promise<void>,
    private readonly observer: FoldObserver,
    private readonly clockSeconds: () => number,
    private readonly runRecordsMax = defaultRunRecordsMax,
  ) {}

  /**
   * Where a partition that was just assigned goes on, by its view, which is loaded.
   * Rejects with `CountingRulesMismatch` when the stored view was counted by other rules.
   */
  async assign(topic: string, partition: number): Promise<bigint> {
    const held = await this.held(topic, partition);
    this.observer.sought(topic, 'join');
    return BigInt(held.view.next);
  }

  /** Forgets a partition's view. */
  release(topic: string, partition: number): void {
    this.views.delete(`${topic}:${partition}`);
  }

  /** Forgets all views: their partitions may be another member's now. */
  releaseAll(): void {
    this.assignments++;
    this.views.clear();
  }

  /** Ids remembered over the partitions of a topic that this process holds. */
  rememberedIds(topic: string): number {
    let sum = 0;
    for (const { shard, view } of this.views.values()) if (shard.topic === topic) sum += view.rememberedIds;
    return sum;
  }

  /** The partitions that this process holds a view of. */
  partitions(): { topic: string; partition: number }[] {
    return [...this.views.values()].map(({ shard: { topic, partition } }) => ({ topic, partition }));
  }

  /** Records that the log holds and the view does not, by partition that this process holds. */
  lags(): { topic: string; partition: number; records: number }[] {
    return [...this.views.values()].map(({ shard: { topic, partition }, view, highWatermark }) => ({
      topic,
      partition,
      records: Math.max(0, highWatermark - view.next),
    }));
  }

  /**
   * Folds a batch. Rejects with the store's or the log's error when they fail; the same records then come again. So they do, by
   * `PartitionBusy`, while another batch of the partition is at work: two at a time would fill one view with each other's cells.
   */
  async fold(batch: PartitionRecords): Promise<void> {
    const key = `${batch.topic}:${batch.partition}`;
    if (this.busy.has(key)) throw new PartitionBusy(key);
    this.busy.add(key);
    try {
      await this.foldRuns(batch);
    } finally {
      this.busy.delete(key);
    }
  }

  /**
   * Finds views that are not what the store holds, while no batch is at work: Redis was wiped or went back to an older state, or another
   * generation was made the live one. Forgets them and says from where to fold again. Busy partitions learn of it with their next run.
   */
  async rolledBack(): Promise<{ topic: string; partition: number; next: bigint; reason: SeekReason }[]> {
    const generation = await this.askGeneration();
    const idle = [...this.views]
      .filter(([key]) => !this.busy.has(key))
      .map(([key, held]) => ({ key, held, next: held.view.next }));
    const stored = await this.store.positions(idle.map(({ held }) => ({ ...held.shard, generation })));
    return idle.flatMap(({ key, held, next }, i) => {
      const { topic, partition } = held.shard;
      const unchanged = this.views.get(key) === held && held.view.next === next && !this.busy.has(key);
      const flipped = held.shard.generation !== generation;
      if (!unchanged || (!flipped && stored[i] === next)) return [];
      this.views.delete(key);
      const reason: SeekReason = flipped ? 'flipped' : 'rolled-back';
      this.observer.sought(topic, reason);
      return [{ topic, partition, next: BigInt(stored[i]!), reason }];
    });
  }

  /**
   * Ends when the batch is folded or no longer ours. A refusal means that the store is elsewhere, ahead or back; the view is then loaded
   * again, and either the batch reaches to its position or the fetch must begin there.
   */
  private async foldRuns(batch: PartitionRecords): Promise<void> {
    const { topic, partition, records } = batch;
    for (let at = 0; at < records.length && !batch.isStale();) {
      const loads = this.current(`${topic}:${partition}`) === undefined;
      const held = await this.held(topic, partition);
      const { view } = held;
      held.highWatermark = Number(batch.highWatermark);
      // A view that was held is where the consumer is; one that was just loaded may be behind this fetch, or behind runs of this batch.
      if (loads && BigInt(view.next) < batch.firstOffset) {
        batch.seek(BigInt(view.next));
        return;
      }
      if (loads) at = 0;
      while (at < records.length && Number(records[at]!.offset) < view.next) at++;
      const run = records.slice(at, at + this.runRecordsMax);
      if (run.length === 0 || !(await this.foldRunOrForget(held, run))) continue;
      at += run.length;
      batch.commit(BigInt(view.next));
    }
  }

  /** Forgets the view when it was not folded to the end; but not the one that a later assignment has loaded meanwhile. */
  private async foldRunOrForget(held: HeldView, run: readonly KafkaMessage[]): Promise<boolean> {
    const { shard, view } = held;
    const key = `${shard.topic}:${shard.partition}`;
    let isFolded = false;
    try {
      isFolded = await this.foldRun(shard, view, run);
    } finally {
      if (!isFolded && this.views.get(key) === held) this.views.delete(key);
    }
    return isFolded;
  }

  private async foldRun(shard: ShardId, view: ShardView, run: readonly KafkaMessage[]): Promise<boolean> {
    const { topic, partition } = shard;
    const folded = new RunColumns();
    const dead: DeadRecord[] = [];
    for (let i = 0; i < run.length; i++) {
      const message = run[i]!;
      const decoding = this.decoder.decode(topic, message);
      if (!decoding.ok) {
        view.skip(decoding.offset, decoding.receivedMs);
        dead.push({ topic, partition, message, problem: decoding.problem });
        continue;
      }
      const { record } = decoding;
      let outcome = view.take(record);
      if (outcome === 'unloaded') {
        // Rare: what the rest of the run adds to is read together with it.
        const missing = view.missingBuckets([record, ...this.readable(topic, run.slice(i + 1))]);
        if (!(await this.loadBuckets(shard, view, missing))) return this.refused(shard);
        outcome = view.take(record);
        if (outcome === 'unloaded') throw new Error('a record asks again for buckets that were just loaded');
      }
      folded.add(record, outcome);
      if (outcome === 'overflow') dead.push({ topic, partition, message, problem: overflow });
    }
    if (dead.length > 0) await this.publishDead(dead); // 1

    const added = view.drainAdded();
    const started = this.clockSeconds();
    const result = await this.store.apply(shard, view.drain()); // 2
    this.observer.applied(this.clockSeconds() - started);
    if (!result.applied) return this.refused(shard);
    view.trim();
    this.observer.folded(topic, folded);
    this.observer.added(topic, added);
    return true;
  }

  private *readable(topic: string, messages: readonly KafkaMessage[]): Generator<DecodedRecord> {
    for (const message of messages) {
      const decoding = this.decoder.decode(topic, message);
      if (decoding.ok) yield decoding.record;
    }
  }

  /** False when the store is no longer where the stored part of the view is. */
  private async loadBuckets(shard: ShardId, view: ShardView, buckets: readonly StoredBucket[]): Promise<boolean> {
    const contents = await this.store.readBuckets(shard, view.storedPosition, buckets);
    if (contents) view.addBuckets(buckets, contents);
    return contents !== undefined;
  }

  /** The store is not at the view's position: the view is of no use any more. */
  private refused({ topic }: ShardId): false {
    this.observer.sought(topic, 'refused');
    return false;
  }

  private async held(topic: string, partition: number): Promise<HeldView> {
    const key = `${topic}:${partition}`;
    const known = this.current(key);
    if (known) return known;
    const { assignments } = this;
    const shard = { generation: await this.askGeneration(), topic, partition };
    const held = { shard, view: new ShardView(await this.store.load(shard), this.limits), highWatermark: 0 };
    // A load that comes too late for its assignment may be behind the consumer, and its partition may be another member's by now.
    if (assignments === this.assignments) this.views.set(key, held);
    return held;
  }

  private async askGeneration(): Promise<number> {
    const { liveGeneration } = this;
    this.generation = typeof liveGeneration === 'number' ? liveGeneration : await liveGeneration();
    return this.generation;
  }

  /** The view of a partition in the generation to fold into. */
  private current(key: string): HeldView | undefined {
    const held = this.views.get(key);
    return held?.shard.generation === this.generation ? held : undefined;
  }
}

class RunColumns implements FoldedRun {
  readonly offsets: number[] = [];
  readonly outcomes: TakeOutcome[] = [];
  readonly receivedMs: number[] = [];
  readonly timesMs: number[] = [];
  unknownMilestones = 0;

  add({ offset, receivedMs, timeMs, unknownMilestone }: DecodedRecord, outcome: TakeOutcome): void {
    this.offsets.push(offset);
    this.outcomes.push(outcome);
    this.receivedMs.push(receivedMs);
    this.timesMs.push(timeMs);
    if (unknownMilestone) this.unknownMilestones++;
  }
}

const overflow: Problem = { code: 'cell_overflow', detail: 'a total would leave the range of exact integers' };

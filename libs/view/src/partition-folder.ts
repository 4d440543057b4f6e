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
  /** Where the fetch ended: no record stands in the log between the last of `records` and here. */
  readonly lastOffset: bigint;
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

/** A partition whose view was loaded anew, and where it goes on. */
export interface MovedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
  readonly reason: SeekReason;
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
  /** The log is known up to here: behind the view's position it holds nothing but control records and the like. */
  reached: number;
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
    const next = await this.position(topic, partition);
    this.observer.sought(topic, 'join');
    return next;
  }

  /** Where a partition goes on, by its view, which is loaded when it is not held; from then on `rolledBack` looks after it. */
  async position(topic: string, partition: number): Promise<bigint> {
    return BigInt((await this.held(topic, partition)).view.next);
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
    return [...this.views.values()].map(({ shard: { topic, partition }, reached, highWatermark }) => ({
      topic,
      partition,
      records: Math.max(0, highWatermark - reached),
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
   * generation was made the live one. Loads them anew and says of each at once from where to fold again: a load may wait long for its
   * server, and the view of another partition may be elsewhere by then. They stay held, because it is only by a view in memory that the
   * next such change is seen where nothing new arrives. Busy partitions learn of it with their next run. Throws what the first load failed
   * with, when all others were tried.
   */
  async *rolledBack(): AsyncGenerator<MovedPartition, void, void> {
    const { assignments } = this;
    const generation = await this.askGeneration();
    const idle = [...this.views]
      .filter(([key]) => !this.busy.has(key))
      .map(([key, held]) => ({ key, held, next: held.view.next }));
    const stored = await this.store.positions(idle.map(({ held }) => ({ ...held.shard, generation })));
    const isAsItWas = (key: string, held: HeldView, next: number): boolean =>
      this.views.get(key) === held && held.view.next === next && !this.busy.has(key);
    const failures: unknown[] = [];
    for (const [i, { key, held, next }] of idle.entries()) {
      const isFlipped = held.shard.generation !== generation;
      if (!isAsItWas(key, held, next) || (!isFlipped && stored[i] === next)) continue;
      const { topic, partition } = held.shard;
      let fresh: HeldView;
      try {
        fresh = await this.load({ generation, topic, partition });
      } catch (error) {
        failures.push(error);
        continue;
      }
      if (assignments !== this.assignments || !isAsItWas(key, held, next)) continue;
      this.views.set(key, fresh);
      const reason: SeekReason = isFlipped ? 'flipped' : 'rolled-back';
      this.observer.sought(topic, reason);
      yield { topic, partition, next: BigInt(fresh.view.next), reason };
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Ends when the batch is folded or no longer ours. A refusal means that the store is elsewhere, ahead or back; the view is then loaded
   * again, and either the batch reaches to its position or the fetch must begin there. Nothing but a view that is known to reach to the
   * fetch's beginning is folded on from there: whatever brought a fetch and a view together, no record between them is left out.
   */
  private async foldRuns(batch: PartitionRecords): Promise<void> {
    const { topic, partition, records } = batch;
    let last: HeldView | undefined;
    for (let at = 0; !batch.isStale();) {
      const held = await this.held(topic, partition);
      const { view } = held;
      held.highWatermark = Number(batch.highWatermark);
      if (BigInt(held.reached) < batch.firstOffset) {
        batch.seek(BigInt(view.next));
        return;
      }
      // A view that was loaded in the middle may be behind runs of this batch.
      if (held !== last) at = 0;
      last = held;
      while (at < records.length && Number(records[at]!.offset) < view.next) at++;
      const run = records.slice(at, at + this.runRecordsMax);
      if (run.length === 0) {
        held.reached = Math.max(held.reached, Number(batch.lastOffset) + 1);
        return;
      }
      if (!(await this.foldRunOrForget(held, run))) continue;
      held.reached = Math.max(held.reached, view.next);
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
    const held = await this.load({ generation: await this.generationToLoad(), topic, partition });
    // A load that comes too late for its assignment may be behind the consumer, and its partition may be another member's by now.
    if (assignments === this.assignments) this.views.set(key, held);
    return held;
  }

  private async load(shard: ShardId): Promise<HeldView> {
    const view = new ShardView(await this.store.load(shard), this.limits);
    return { shard, view, reached: view.next, highWatermark: view.next };
  }

  /**
   * The pointer's server may be away while that of the partition is there. Then the generation that was last heard of is gone on with, as
   * by a process that was told of it and then stood still for as long: `rolledBack` asks again and again, and follows.
   */
  private async generationToLoad(): Promise<number> {
    try {
      return await this.askGeneration();
    } catch (error) {
      if (this.generation === undefined) throw error;
      return this.generation;
    }
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

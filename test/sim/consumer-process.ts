/**
 * A process that consumes: the real folder and the real store behind gates, and around them what `BatchServer` and kafkajs do, in so far as
 * the folder can notice it. One batch of a partition at a time; a batch that fails comes again; a seek makes the batch in hand stale.
 * After a rebalance the old batches are stale, and the new assignment's positions are asked of the folder side by side, while old batches
 * and old questions may still be under way; a partition goes on when its own position is known and its old batch has ended.
 */
import {
  PartitionBusy,
  PartitionFolder,
  type DeadRecord,
  type FoldObserver,
  type PartitionRecords,
} from '@landbridge/view';
import type { ShardStore, ViewLimits } from '@landbridge/domain';
import type { LogEntry, PlannedPartition } from './planned-log.js';
import { LostConnection } from './gates.js';

export interface ProcessParts {
  readonly store: ShardStore;
  /** Asks which generation is the live one. */
  readonly liveGeneration: () => Promise<number>;
  readonly limits: ViewLimits;
  readonly runRecordsMax: number;
  /** A partition does not wait for its batch of an earlier assignment. */
  readonly hastyJoins: boolean;
  readonly publishDead: (dead: readonly DeadRecord[]) => Promise<void>;
  readonly observer: FoldObserver;
  /** Told of every error that was not injected. */
  readonly onFault: (error: unknown) => void;
}

/** The partitions of a group's members after one rebalance, by the partition's index; epochs count up. */
export interface Assignment {
  readonly epoch: number;
  readonly partitions: readonly PlannedPartition[];
}

interface Handling {
  readonly epoch: number;
  stale: boolean;
}

export class ConsumerProcess {
  /** A process that stands still: its heartbeats stop, and it goes on later as if nothing had been. */
  paused = false;
  /** The newest assignment that it has heard of. */
  private heard: Assignment = { epoch: 0, partitions: [] };
  /** The epoch whose positions it has asked for; batches are handled only when it is the one that was heard of. */
  private joinedEpoch = 0;
  private checking = false;
  private readonly folder: PartitionFolder;
  /** Those of this epoch that are known. */
  private readonly positions = new Map<number, number>();
  /** The batches that are at work, also those of earlier epochs. */
  private readonly handling = new Map<number, Handling>();

  constructor(
    readonly id: number,
    private readonly parts: ProcessParts,
  ) {
    const { store, liveGeneration, limits, publishDead, observer, runRecordsMax } = parts;
    this.folder = new PartitionFolder(store, liveGeneration, limits, publishDead, observer, () => 0, runRecordsMax);
  }

  get epoch(): number {
    return this.heard.epoch;
  }

  /** Whether everything that it was told has been done. */
  get idle(): boolean {
    const isPlaced = !this.mayJoin && this.positions.size === this.heard.partitions.length;
    return isPlaced && this.handling.size === 0 && !this.checking;
  }

  /** A heartbeat tells of a rebalance: what is handled is no longer ours. */
  hear(assignment: Assignment): void {
    this.heard = assignment;
    for (const handling of this.handling.values()) handling.stale = true;
  }

  get mayJoin(): boolean {
    return this.joinedEpoch !== this.heard.epoch;
  }

  /** Asks the folder for all positions of the assignment at once, as the aggregator does, and again where that fails. */
  join(): void {
    const { epoch, partitions } = this.heard;
    this.joinedEpoch = epoch;
    this.positions.clear();
    if (this.parts.hastyJoins) this.handling.clear();
    this.folder.releaseAll();
    for (const { shard } of partitions) this.place(epoch, shard);
  }

  private place(epoch: number, shard: PlannedPartition['shard']): void {
    let position: number | undefined;
    const ask = async () => {
      position = Number(await this.folder.assign(shard.topic, shard.partition));
    };
    this.watch(ask, () => {
      if (epoch !== this.heard.epoch) return;
      if (position === undefined) this.place(epoch, shard);
      else this.positions.set(shard.index, position);
    });
  }

  /** The assigned partitions that have records behind the position, below the ends given by index. */
  deliverable(ends: readonly number[]): PlannedPartition[] {
    if (this.mayJoin) return [];
    return this.heard.partitions.filter(
      ({ shard: { index } }) => !this.handling.has(index) && (this.positions.get(index) ?? Infinity) < ends[index]!,
    );
  }

  /** Steps back in a partition: the same records come again. */
  redeliver({ shard }: PlannedPartition, records: number): void {
    const position = this.positions.get(shard.index);
    if (position !== undefined) this.positions.set(shard.index, Math.max(0, position - records));
  }

  /**
   * Fetches and folds: at most `recordsMax` records between the position and the visible end of the log.
   * @param change what a planted fault makes of the records
   */
  deliver(
    { shard, entries }: PlannedPartition,
    end: number,
    recordsMax: number,
    change: (entries: readonly LogEntry[]) => readonly LogEntry[],
  ): void {
    const first = this.positions.get(shard.index)!;
    const seen = entries.filter(({ offset }) => offset >= first && offset < end);
    const fetched = seen.slice(0, recordsMax);
    // Behind the last record of the log stand control records: kafkajs steps over them.
    const next = fetched.length < seen.length ? fetched.at(-1)!.offset + 1 : end;
    if (fetched.length === 0) {
      this.positions.set(shard.index, next);
      return;
    }
    const handling: Handling = { epoch: this.heard.epoch, stale: false };
    this.handling.set(shard.index, handling);
    const fold = async () => {
      const records = change(fetched).map(({ message }) => message);
      await this.folder.fold(this.batch(shard, records, [first, next], end, handling));
      if (!handling.stale) this.positions.set(shard.index, next);
    };
    this.watch(fold, () => {
      if (this.handling.get(shard.index) === handling) this.handling.delete(shard.index);
    });
  }

  /** Holds idle partitions against the store, as the aggregator does by its clock. */
  check(partitionOf: (topic: string, partition: number) => PlannedPartition): void {
    if (this.checking) return;
    this.checking = true;
    const check = async () => {
      for await (const { topic, partition, next } of this.folder.rolledBack())
        this.seek(partitionOf(topic, partition).shard.index, next);
    };
    this.watch(check, () => (this.checking = false));
  }

  private batch(
    { index, topic, partition }: PlannedPartition['shard'],
    records: PartitionRecords['records'],
    [first, next]: readonly [first: number, next: number],
    end: number,
    handling: Handling,
  ): PartitionRecords {
    return {
      topic,
      partition,
      records,
      firstOffset: BigInt(first),
      lastOffset: BigInt(next) - 1n,
      highWatermark: BigInt(end),
      isStale: () => handling.stale,
      seek: (offset) => {
        if (handling.epoch === this.heard.epoch) this.seek(index, offset);
      },
      commit: () => undefined,
    };
  }

  private seek(index: number, offset: bigint): void {
    if (this.positions.has(index)) this.positions.set(index, Number(offset));
    const handling = this.handling.get(index);
    if (handling) handling.stale = true;
  }

  private watch(work: () => Promise<void>, end: () => void): void {
    work()
      .catch((error: unknown) => {
        if (!(error instanceof LostConnection || error instanceof PartitionBusy)) this.parts.onFault(error);
      })
      .finally(end);
  }
}

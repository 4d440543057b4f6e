/**
 * A process that consumes: the real folder and the real store behind gates, and around them what `BatchServer` and kafkajs do, in so far as
 * the folder can notice it. One batch of a partition at a time; a batch that fails comes again; a seek makes the batch in hand stale;
 * after a rebalance the old batches are stale, they end, and then the new assignment's positions are asked of the folder.
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
  stale: boolean;
}

export class ConsumerProcess {
  /** A process that stands still: its heartbeats stop, and it goes on later as if nothing had been. */
  paused = false;
  /** The newest assignment that it has heard of. */
  private heard: Assignment = { epoch: 0, partitions: [] };
  /** The epoch whose positions it has; batches are handled only when it is the one that was heard of. */
  private joinedEpoch = 0;
  private joining = false;
  private checking = false;
  private readonly folder: PartitionFolder;
  private readonly positions = new Map<number, number>();
  /** The batches of this epoch that are at work. */
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
    return this.joinedEpoch === this.heard.epoch && this.handling.size === 0 && !this.checking;
  }

  /** A heartbeat tells of a rebalance: what is handled is no longer ours. */
  hear(assignment: Assignment): void {
    this.heard = assignment;
    for (const handling of this.handling.values()) handling.stale = true;
  }

  get mayJoin(): boolean {
    return (
      this.joinedEpoch !== this.heard.epoch && !this.joining && (this.handling.size === 0 || this.parts.hastyJoins)
    );
  }

  /** Takes the positions of the assignment from the folder, as the aggregator does. When that fails it may be tried again. */
  join(): void {
    const { epoch, partitions } = this.heard;
    const assign = async () => {
      this.positions.clear();
      this.handling.clear();
      this.folder.releaseAll();
      for (const { shard } of partitions)
        this.positions.set(shard.index, Number(await this.folder.assign(shard.topic, shard.partition)));
      this.joinedEpoch = epoch;
    };
    this.joining = true;
    this.watch(assign, () => (this.joining = false));
  }

  /** The assigned partitions that have records behind the position, below the ends given by index. */
  deliverable(ends: readonly number[]): PlannedPartition[] {
    if (this.joinedEpoch !== this.heard.epoch) return [];
    return this.heard.partitions.filter(
      ({ shard }) => !this.handling.has(shard.index) && this.positions.get(shard.index)! < ends[shard.index]!,
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
    const handling: Handling = { stale: false };
    this.handling.set(shard.index, handling);
    const fold = async () => {
      const records = change(fetched).map(({ message }) => message);
      await this.folder.fold(this.batch(shard, records, first, end, handling));
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
      for (const { topic, partition, next } of await this.folder.rolledBack())
        this.seek(partitionOf(topic, partition).shard.index, next);
    };
    this.watch(check, () => (this.checking = false));
  }

  private batch(
    { index, topic, partition }: PlannedPartition['shard'],
    records: PartitionRecords['records'],
    first: number,
    end: number,
    handling: Handling,
  ): PartitionRecords {
    return {
      topic,
      partition,
      records,
      firstOffset: BigInt(first),
      highWatermark: BigInt(end),
      isStale: () => handling.stale,
      seek: (offset) => this.seek(index, offset),
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

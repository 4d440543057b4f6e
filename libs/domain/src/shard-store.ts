/**
 * What the fold of one partition needs of a store, and what it hands to it; `@landbridge/redis` implements it, and so does the model
 * of the simulation.
 */
import type { Segment } from './version-memory.js';

/** One partition's view in one generation. A rebuild writes a new generation beside the live one. */
export interface ShardId {
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
}

/** A bucket of cells: the hours of one local day (days since 1970-01-01), or the months of one local year. */
export type StoredBucket =
  | { readonly kind: 'day'; readonly day: number }
  | { readonly kind: 'year'; readonly year: number };

/** A cell in terms of series numbers. `slot` is the hour 0..23 in a day, the month 1..12 in a year. */
export interface StoredCell {
  readonly slot: number;
  readonly series: number;
  readonly amounts: readonly number[];
}

/** What a store holds of a shard, without its cells: those are read bucket by bucket. */
export interface ShardImage {
  /** Offset of the first record that is not in the view. */
  readonly next: number;
  /** The newest receipt time in the view, epoch milliseconds; 0 in an empty view. */
  readonly newestReceivedMs: number;
  readonly series: readonly string[];
  readonly segments: readonly Segment[];
}

/** What changes in a bucket. `isWhole`: `cells` are all that it holds, in place of what is stored; else they are appended to it. */
export interface StoredBucketChange {
  readonly bucket: StoredBucket;
  readonly cells: readonly StoredCell[];
  readonly isWhole: boolean;
}

/** Everything that one run of records changes, applied all or nothing. Cells are absolute, so applying twice is harmless. */
export interface ShardChange {
  readonly expectedNext: number;
  readonly next: number;
  readonly newestReceivedMs: number;
  readonly newSeries: readonly string[];
  readonly idAppends: readonly { readonly segment: number; readonly bytes: Uint8Array }[];
  readonly droppedSegments: readonly number[];
  readonly segments: readonly { readonly number: number; readonly newestReceivedMs: number }[];
  readonly cells: readonly StoredBucketChange[];
}

/** `refused`: the stored position is not the expected one (somebody else wrote, or the store was rolled back): load again. */
export type ApplyResult = { readonly applied: true } | { readonly applied: false; readonly storedNext: number };

export interface ShardStore {
  /**
   * Everything of one position. Throws `CountingRulesMismatch` when the stored totals were made by other counting rules: only a rebuild
   * may go on.
   */
  load(shard: ShardId): Promise<ShardImage>;
  /**
   * The buckets' cells as they are at the position `next`, in the order in which they were written: the last one of a place stands.
   * Undefined when the store is not there (any more): load again.
   */
  readBuckets(
    shard: ShardId,
    next: number,
    buckets: readonly StoredBucket[],
  ): Promise<readonly (readonly StoredCell[])[] | undefined>;
  apply(shard: ShardId, change: ShardChange): Promise<ApplyResult>;
  /** The stored position of each shard, 0 where there is none. */
  positions(shards: readonly ShardId[]): Promise<readonly number[]>;
}

/** The view was made by other counting rules than this process has. */
export class CountingRulesMismatch extends Error {
  constructor(
    readonly stored: string,
    readonly own: number,
  ) {
    super(`the view was counted by rules version ${stored}, this process has version ${own}: rebuild the view`);
    this.name = 'CountingRulesMismatch';
  }
}

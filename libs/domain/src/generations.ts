/**
 * Generations of the view: what a rebuild and a reconciliation need of the store besides the fold's own `ShardStore`.
 *
 * A generation is a whole view, all partitions of it. One is live: readers read it, the aggregator folds into it. A rebuild fills the
 * next one beside it, and then makes that one live.
 */
import type { ShardId, StoredBucket } from './shard-store.js';

/** The pointers to generations, and the end of old ones. Rejects with the store's error when it cannot be asked. */
export interface Generations {
  live(): Promise<number>;
  /** The generation that an unfinished rebuild fills, and how many days it remembers ids. */
  building(): Promise<{ readonly generation: number; readonly windowDays: number } | undefined>;
  /** Records a generation as the one under construction, in place of any other. */
  begin(building: { readonly generation: number; readonly windowDays: number }): Promise<void>;
  /** Makes a generation the live one, and then forgets that it was under construction. Doing it twice changes nothing. */
  flip(generation: number): Promise<void>;
  /** Removes all keys of every generation but these, in bounded steps; gives the number of keys removed. */
  removeOthers(kept: readonly number[]): Promise<number>;
}

/** A cell by the name of its series; `slot` is the hour in a day's bucket, the month in a year's. */
export interface SnapshotCell {
  readonly bucket: StoredBucket;
  readonly slot: number;
  readonly series: string;
  readonly amounts: readonly number[];
}

/** The cells of a shard at one position: nothing of it is older or newer than that. */
export interface ShardSnapshot {
  /** Offset of the first record that is not in it; undefined where there is no view at all. */
  readonly next: number | undefined;
  readonly cells: readonly SnapshotCell[];
}

/** Reads shards whole, whatever rules they were counted by. */
export interface SnapshotSource {
  /** The cells of months only. */
  months(shard: ShardId): Promise<ShardSnapshot>;
  /** The cells of months and of hours. */
  cells(shard: ShardId): Promise<ShardSnapshot>;
}

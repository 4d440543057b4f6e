/**
 * What the read side needs of a store of cells; `@landbridge/redis` implements it over the view.
 */
import type { System } from './event.js';

/** One stored cell of one partition. Cells of the same series from several partitions are not merged: the reader adds them up. */
export interface Cell {
  readonly series: string;
  /** Hour 0..23 in a day's cells, month 1..12 in a year's cells. */
  readonly slot: number;
  /** Integer sums in base units, aligned with the columns of the series' meter. */
  readonly amounts: readonly number[];
}

/** How far one partition's view is. Times are epoch milliseconds; null until a first record was applied. */
export interface ShardProgress {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record that the view will take. */
  readonly next: bigint;
  /** When the newest record in the view was received by the log. */
  readonly newestReceivedMs: number | null;
}

export interface ThroughputSource {
  /** Cells of all partitions of a system for a local year, by month. */
  yearCells(system: System, year: number): Promise<readonly Cell[]>;
  /** Cells of all partitions of a system for a local day (`YYYY-MM-DD`), by hour. */
  dayCells(system: System, date: string): Promise<readonly Cell[]>;
  /** Progress of every partition that has a view. */
  progress(): Promise<readonly ShardProgress[]>;
}

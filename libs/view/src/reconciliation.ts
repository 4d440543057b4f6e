/**
 * Reconciliation of one partition: its view against the log, at the view's own position.
 *
 * 1 the months of the view are read at one position, 2 the log is counted again up to exactly that position, 3 the cells are compared. What
 * comes in between 1 and 3 is not looked at, so a difference is an error and never a matter of timing.
 */
import type { ShardId, SnapshotCell, SnapshotSource } from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';
import { compareCells, mergeComparisons, type Comparison } from './cell-comparison.js';
import { LogRecount, slicesMax } from './log-recount.js';

/** Offsets of a partition: from the first up to, not including, the second. */
interface Extent {
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** What a recount needs of the log; `LogReader` of `@landbridge/kafka` is one. */
export interface RecountLog {
  extents(topic: string): Promise<readonly Extent[]>;
  /** Hands over all records of a range in order; rejects when the log does not hold it, or cannot be read. */
  read(
    range: { readonly topic: string; readonly partition: number; readonly from: bigint; readonly to: bigint },
    onBatch: (batch: { readonly records: readonly KafkaMessage[]; isStale(): boolean }) => Promise<void>,
  ): Promise<void>;
}

export interface RecountLimits {
  /** Ids held in memory at a time, some 300 bytes each (measured): a longer log is read once for each so many records. */
  readonly idsMax: number;
  /** How long the view remembers an id, milliseconds. */
  readonly windowMs: number;
  /** Called before each `paceRecords` records, at most; whoever reads in the background waits here. */
  readonly pace: (records: number) => Promise<void>;
}

/**
 * `no-view`: there is nothing to compare. `log-cut`: the log no longer holds its beginning, so nothing can be said. `log-short`: the view
 * is ahead of the log, which is then not the log that it was folded from.
 */
export type ReconcileOutcome = 'compared' | 'no-view' | 'log-cut' | 'log-short';

export interface ShardReconciliation {
  readonly topic: string;
  readonly partition: number;
  readonly outcome: ReconcileOutcome;
  /** Offset up to which view and log were compared; 0 where they were not. */
  readonly covered: number;
  readonly comparison: Comparison;
  /** Versions that came after the view may have forgotten their ids: what explains a difference that only a rebuild repairs. */
  readonly lateVersions: number;
}

/** A hundred events are checked within some two milliseconds: nothing else in the process waits longer for its turn. */
const paceRecords = 100;
const nothing: Comparison = mergeComparisons([]);

/** Counts a partition again and compares. Rejects when the log or the store cannot be read. */
export async function reconcileShard(
  shard: ShardId,
  log: RecountLog,
  snapshots: SnapshotSource,
  limits: RecountLimits,
): Promise<ShardReconciliation> {
  const { topic, partition } = shard;
  const view = await snapshots.months(shard); // 1
  const notCompared = (outcome: ReconcileOutcome): ShardReconciliation => ({
    topic,
    partition,
    outcome,
    covered: 0,
    comparison: nothing,
    lateVersions: 0,
  });
  if (view.next === undefined) return notCompared('no-view');
  const extent = (await log.extents(topic)).find((row) => row.partition === partition);
  if (!extent || extent.end < BigInt(view.next)) return notCompared('log-short');
  if (extent.start > 0n && view.next > 0) return notCompared('log-cut');

  const of = Math.min(slicesMax, Math.max(1, Math.ceil(view.next / limits.idsMax)));
  const recount = new LogRecount(topic, limits.windowMs);
  for (let index = 0; index < of; index++) {
    recount.begin({ index, of });
    await readInto(recount, log, { topic, partition, from: 0n, to: BigInt(view.next) }, limits.pace); // 2
  }
  const sides = [view.cells, recount.cells].map((cells) =>
    isAtSeriesLimit(view.cells) ? withoutDimensions(cells) : cells,
  );
  const comparison = compareCells(shard, sides[0]!, sides[1]!); // 3
  return { topic, partition, outcome: 'compared', covered: view.next, comparison, lateVersions: recount.lateVersions };
}

/**
 * Whether the view has reached its limit of series: further ones of a meter add up under the meter's series without dimensions, which no
 * event has by itself. Which ones those are depends on their order, so the two sides can then be compared by meters only.
 */
function isAtSeriesLimit(view: readonly SnapshotCell[]): boolean {
  return view.some(({ series }) => series === seriesOfMeter(series));
}

function withoutDimensions(cells: readonly SnapshotCell[]): SnapshotCell[] {
  const sums = new Map<string, SnapshotCell & { readonly amounts: number[] }>();
  for (const { bucket, slot, series, amounts } of cells) {
    const name = seriesOfMeter(series);
    const key = `${bucket.kind === 'year' ? bucket.year : bucket.day}.${slot}.${name}`;
    const held = sums.get(key);
    if (held) amounts.forEach((amount, column) => (held.amounts[column]! += amount));
    else sums.set(key, { bucket, slot, series: name, amounts: [...amounts] });
  }
  return [...sums.values()];
}

function seriesOfMeter(series: string): string {
  return series.replaceAll(/\|[^|]*/g, '|');
}

/** A batch that goes stale comes again, from its beginning: taking a record twice changes nothing. */
function readInto(
  recount: LogRecount,
  log: RecountLog,
  range: Parameters<RecountLog['read']>[0],
  pace: RecountLimits['pace'],
): Promise<void> {
  return log.read(range, async (batch) => {
    for (let at = 0; at < batch.records.length && !batch.isStale(); at += paceRecords) {
      const some = batch.records.slice(at, at + paceRecords);
      await pace(some.length);
      for (const record of some) recount.take(record);
    }
  });
}

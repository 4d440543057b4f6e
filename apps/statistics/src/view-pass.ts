/**
 * One pass over the view for any number of figures.
 *
 * Goal: figures asked together share their reads (a period and the year before it, all gauges of a scrape), and no question can hold
 * the process: reads in flight, memory and time are bounded. Nothing is cached between passes, because figures are live.
 * Choice: each bucket is read once, folded into all tallies that need it and dropped, so a hundred years take the memory of
 * `readsInFlightMax` buckets. Refused: one read per figure, which would read a year some hundred times per scrape.
 */
import {
  bucketsOfPeriod,
  openTally,
  parseSeries,
  systemsOf,
  type Bucket,
  type Cell,
  type Period,
  type Query,
  type Series,
  type System,
  type Tally,
  type TallyResult,
  type ThroughputSource,
} from '@landbridge/domain';

/** A figure to be read: a query over a period of the hub's clock. */
export interface FigureRequest {
  readonly query: Query;
  readonly period: Period;
}

/** The figures in the order asked, or why the view could not be read; the cause is for the log and not for whoever asked. */
export type PassResult =
  | { readonly ok: true; readonly figures: readonly TallyResult[] }
  | { readonly ok: false; readonly cause: unknown };

/**
 * Reads whose cells are in memory at once. Parsing answers is what takes the time, not waiting for them: with 96,000 cells a read,
 * sixteen at once were no faster than four and held a third more memory.
 */
export const readsInFlightMax = 4;

/**
 * Reads figures in one pass. A store that is lost, slow or holds what is not ours ends in `ok: false`, within `deadlineMs`
 * milliseconds whatever the store does; reads that were not begun by then are never made.
 */
export async function readFigures(
  source: ThroughputSource,
  requests: readonly FigureRequest[],
  deadlineMs: number,
): Promise<PassResult> {
  const tallies = requests.map(({ query }) => openTally(query));
  const reads = readsOf(requests, tallies)[Symbol.iterator]();
  const known = new Map<string, Series>();
  const ended = new AbortController();

  const work = async (): Promise<void> => {
    for (let next = reads.next(); !ended.signal.aborted && !next.done; next = reads.next()) {
      const { system, bucket, listeners } = next.value;
      const cells = await cellsOf(source, system, bucket);
      if (!ended.signal.aborted) fold(cells, listeners, known);
    }
  };
  const passed = await withinDeadline(Promise.all(Array.from({ length: readsInFlightMax }, work)), deadlineMs);
  ended.abort();
  return passed.ok ? { ok: true, figures: tallies.map((tally) => tally.result()) } : passed;
}

/** A tally that wants the slots `from` to `to`, both included, of a bucket. */
interface Listener {
  readonly tally: Tally;
  readonly from: number;
  readonly to: number;
}

interface Read {
  readonly system: System;
  readonly bucket: Bucket;
  readonly listeners: Listener[];
}

/** Every bucket of every system that the figures need, once. At most a year's bucket per year of a period and system. */
function readsOf(requests: readonly FigureRequest[], tallies: readonly Tally[]): Iterable<Read> {
  const reads = new Map<string, Read>();
  requests.forEach(({ query, period }, i) => {
    for (const bucket of bucketsOfPeriod(period)) {
      for (const system of systemsOf(query.measure)) {
        const key = `${system} ${bucket.kind === 'year' ? bucket.year : bucket.date}`;
        let read = reads.get(key);
        if (!read) reads.set(key, (read = { system, bucket, listeners: [] }));
        read.listeners.push({ tally: tallies[i]!, from: bucket.from, to: bucket.to });
      }
    }
  });
  return reads.values();
}

function cellsOf(source: ThroughputSource, system: System, bucket: Bucket): Promise<readonly Cell[]> {
  return bucket.kind === 'year' ? source.yearCells(system, bucket.year) : source.dayCells(system, bucket.date);
}

/**
 * `known` spares parsing a series again for every slot and partition; it lives as long as the pass and is as large as the view's
 * series.
 */
function fold(cells: readonly Cell[], listeners: readonly Listener[], known: Map<string, Series>): void {
  for (const cell of cells) {
    let series = known.get(cell.series);
    if (!series) known.set(cell.series, (series = parseSeries(cell.series)));
    for (const { tally, from, to } of listeners)
      if (cell.slot >= from && cell.slot <= to) tally.add(series, cell.amounts);
  }
}

/** What became of work that may be lost or late: the value, or the cause. Work that ends after the deadline is heard by nobody. */
export async function withinDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly cause: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the view did not answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return { ok: true, value: await Promise.race([work, overdue]) };
  } catch (cause) {
    return { ok: false, cause };
  } finally {
    clearTimeout(timer);
  }
}

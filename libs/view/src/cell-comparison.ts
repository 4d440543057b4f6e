/**
 * Compares the cells of a view with the same cells counted again: by a rebuild or by a reconciliation.
 *
 * Totals alone would miss an amount that stands in a wrong cell, so every cell is compared, and a measure's difference is the sum of its
 * months' absolute differences: two errors that cancel out are still two errors.
 */
import {
  dayName,
  dayOfNumber,
  measures,
  monthName,
  parseSeries,
  type Measure,
  type MeasureName,
  type Meter,
  type SnapshotCell,
} from '@landbridge/domain';

/** One measure over all months, in its base unit (grams, fen, pieces). */
export interface MeasureComparison {
  /** A measure's name, or `meter[column]` for a series that the own counting rules do not know. */
  readonly measure: string;
  readonly view: bigint;
  readonly recounted: bigint;
  /** The sum of the absolute differences of its cells of months. */
  readonly difference: bigint;
}

export interface DifferingCell {
  readonly topic: string;
  readonly partition: number;
  /** `2020-06` for a month, `2020-06-30T23` for an hour, on the hub's clock. */
  readonly time: string;
  readonly series: string;
  /** Amounts by the meter's columns; empty where the cell is missing. */
  readonly view: readonly number[];
  readonly recounted: readonly number[];
}

export interface Comparison {
  readonly measures: readonly MeasureComparison[];
  readonly cells: number;
  readonly differingCells: number;
  /** The first of them, at most `differingCellsKept`. */
  readonly examples: readonly DifferingCell[];
}

/** Enough to see a pattern; a view that was counted by other rules may differ in every cell. */
const differingCellsKept = 50;

/** Compares the cells of one shard. A missing cell is one of zeros. */
export function compareCells(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  view: readonly SnapshotCell[],
  recounted: readonly SnapshotCell[],
): Comparison {
  const pairs = new Map<
    string,
    { readonly place: SnapshotCell; view: readonly number[]; recounted: readonly number[] }
  >();
  for (const cell of view) pairs.set(keyOf(cell), { place: cell, view: cell.amounts, recounted: [] });
  for (const cell of recounted) {
    const pair = pairs.get(keyOf(cell));
    if (pair) pair.recounted = cell.amounts;
    else pairs.set(keyOf(cell), { place: cell, view: [], recounted: cell.amounts });
  }
  const sums = new Map<string, MeasureComparison>();
  const examples: DifferingCell[] = [];
  let differingCells = 0;
  for (const { place, view: viewed, recounted: counted } of pairs.values()) {
    if (place.bucket.kind === 'year') addMonth(sums, place.series, viewed, counted);
    if (columnsOf(viewed, counted).every((column) => (viewed[column] ?? 0) === (counted[column] ?? 0))) continue;
    differingCells += 1;
    if (examples.length < differingCellsKept)
      examples.push({ topic, partition, time: timeOf(place), series: place.series, view: viewed, recounted: counted });
  }
  return { measures: [...sums.values()], cells: pairs.size, differingCells, examples };
}

/** The comparisons of several shards as one, measures in the order of the public contract. */
export function mergeComparisons(comparisons: Iterable<Comparison>): Comparison {
  const sums = new Map<string, MeasureComparison>();
  const examples: DifferingCell[] = [];
  let cells = 0;
  let differingCells = 0;
  for (const comparison of comparisons) {
    cells += comparison.cells;
    differingCells += comparison.differingCells;
    examples.push(...comparison.examples.slice(0, differingCellsKept - examples.length));
    for (const { measure, view, recounted, difference } of comparison.measures)
      addMeasure(sums, measure, view, recounted, difference);
  }
  const order = Object.keys(measures);
  const rank = (measure: string): number => (order.includes(measure) ? order.indexOf(measure) : order.length);
  const sorted = [...sums.values()].toSorted((a, b) => rank(a.measure) - rank(b.measure));
  return { measures: sorted, cells, differingCells, examples };
}

/** The measures that are sums: those that a comparison speaks of. */
export const summedMeasures: readonly MeasureName[] = (Object.keys(measures) as MeasureName[]).filter(
  (name) => measures[name].kind === 'sum',
);

function addMonth(
  sums: Map<string, MeasureComparison>,
  series: string,
  view: readonly number[],
  recounted: readonly number[],
): void {
  const names = columnMeasures(series);
  for (const column of columnsOf(view, recounted)) {
    const viewed = BigInt(view[column] ?? 0);
    const counted = BigInt(recounted[column] ?? 0);
    const difference = viewed > counted ? viewed - counted : counted - viewed;
    for (const measure of names(column)) addMeasure(sums, measure, viewed, counted, difference);
  }
}

function addMeasure(
  sums: Map<string, MeasureComparison>,
  measure: string,
  view: bigint,
  recounted: bigint,
  difference: bigint,
): void {
  const held = sums.get(measure);
  sums.set(measure, {
    measure,
    view: (held?.view ?? 0n) + view,
    recounted: (held?.recounted ?? 0n) + recounted,
    difference: (held?.difference ?? 0n) + difference,
  });
}

/** The measures that a column of a series feeds; an unknown series (other rules made it) is named by itself. */
function columnMeasures(series: string): (column: number) => readonly string[] {
  let meter: Meter;
  try {
    ({ meter } = parseSeries(series));
  } catch {
    return (column) => [`${series.split('|')[0]}[${column}]`];
  }
  return (column) => {
    const name = meter.columns[column];
    const fed = Object.entries<Measure>(measures).filter(
      ([, rule]) => rule.kind === 'sum' && rule.meter === meter.name && rule.column === name,
    );
    return name === undefined ? [`${meter.name}[${column}]`] : fed.map(([measure]) => measure);
  };
}

function columnsOf(view: readonly number[], recounted: readonly number[]): number[] {
  return Array.from({ length: Math.max(view.length, recounted.length) }, (_, column) => column);
}

function keyOf({ bucket, slot, series }: SnapshotCell): string {
  return `${bucket.kind === 'year' ? `y${bucket.year}` : `d${bucket.day}`}.${slot}.${series}`;
}

function timeOf({ bucket, slot }: SnapshotCell): string {
  if (bucket.kind === 'year') return monthName({ year: bucket.year, month: slot });
  return `${dayName(dayOfNumber(bucket.day))}T${String(slot).padStart(2, '0')}`;
}

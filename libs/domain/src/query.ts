/**
 * Questions to the cells: one measure over one period, filtered, and split by a dimension where asked.
 *
 * Goal: one place decides which cells count towards an answer, so that a gauge, an HTTP answer and a recount cannot differ.
 * Choice: a tally takes cells one after the other, so a reader may fold a hundred years without holding them. Amounts are added as
 * integers: a cell is exact below 2^53 and the sum of cells need not be, so a sum ends as a bigint and is written as a decimal text.
 * Refused: summing in tonnes or yuan, because a floating sum depends on the order of its parts.
 */
import { dayName } from './calendar.js';
import type { Corridor, Direction, System } from './event.js';
import {
  dimensions,
  measures,
  meters,
  type Dimension,
  type Measure,
  type MeasureName,
  type Meter,
} from './measures.js';
import { coverOf, type Period } from './period.js';
import type { Series } from './series.js';

/** Which side of the border the other end is on: `CN` is domestic, any other partner international. */
export const flows = ['domestic', 'international'] as const;
export type Flow = (typeof flows)[number];

/** What an answer can be split by: a stored dimension, or the flow that follows from the partner. */
export const groupings = [...dimensions, 'flow'] as const;
export type Grouping = (typeof groupings)[number];

/** Values that a cell must have, each exactly. */
export type Filters = { readonly [dimension in Exclude<Dimension, 'direction' | 'corridor'>]?: string } & {
  readonly direction?: Direction;
  readonly corridor?: Corridor;
  readonly flow?: Flow;
};

export interface Query {
  readonly measure: MeasureName;
  readonly filters: Filters;
  readonly by?: Grouping;
}

/** Integers in the measure's base unit (grams, fen, pieces); `groups` stands where the query has `by`, null for cells that do not say. */
export interface TallyResult {
  readonly total: bigint;
  readonly groups?: ReadonlyMap<string | null, bigint>;
}

/** Takes the cells of a period, of whatever partitions and in any order, and ends in the figure. */
export interface Tally {
  /** The name of the meter that the tally listens to, or undefined for all meters. */
  readonly meter: string | undefined;
  /** Adds one cell. Cells of other meters, or that a filter excludes, change nothing. */
  add(series: Series, amounts: readonly number[]): void;
  /** The figure over the cells added so far. */
  result(): TallyResult;
}

/** Begins a tally. Give it exactly the cells of the period's buckets: it does not know of time. */
export function openTally(query: Query): Tally {
  const measure: Measure = measures[query.measure];
  const by = query.by;
  const required = Object.entries(query.filters).filter(([, value]) => value !== undefined) as [Grouping, string][];
  const passes = (series: Series): boolean => required.every(([name, value]) => groupingOf(series, name) === value);
  const [meter, newFigure] = figureOf(measure);
  const total = newFigure();
  const groups = new Map<string | null, Figure>();

  return {
    meter,
    add(series, amounts) {
      if ((meter !== undefined && series.meter.name !== meter) || !passes(series)) return;
      total.add(series, amounts);
      if (by === undefined) return;
      const key = groupingOf(series, by) ?? null;
      let group = groups.get(key);
      if (!group) groups.set(key, (group = newFigure()));
      group.add(series, amounts);
    },
    result() {
      if (by === undefined) return { total: total.value() };
      return { total: total.value(), groups: new Map([...groups].map(([key, group]) => [key, group.value()])) };
    },
  };
}

function groupingOf(series: Series, grouping: Grouping): string | undefined {
  return grouping === 'flow' ? flowOf(series.values.partner) : series.values[grouping];
}

/** The flow of a movement with this partner; undefined where there is no partner, which counts as neither. */
export function flowOf(partner: string | undefined): Flow | undefined {
  if (partner === undefined) return undefined;
  return partner === homeCountry ? 'domestic' : 'international';
}

const homeCountry = 'CN';

/** One running figure: the total's, or a group's. */
interface Figure {
  add(series: Series, amounts: readonly number[]): void;
  value(): bigint;
}

/** The meter that a measure listens to, and how one of its figures is made. */
function figureOf(measure: Measure): [meter: string | undefined, make: () => Figure] {
  if (measure.kind === 'distinct') return [undefined, () => distinctValues(measure.dimension)];
  const meter: Meter = meters.find(({ name }) => name === measure.meter)!;
  const column = meter.columns.indexOf(measure.column);
  return [meter.name, () => exactSum(column)];
}

/** Adds as a plain number while that is exact, because nearly all sums stay below 2^53 and bigint addition is several times slower. */
function exactSum(column: number): Figure {
  let carried = 0n;
  let sum = 0;
  return {
    add(_series, amounts) {
      const amount = amounts[column];
      if (!Number.isSafeInteger(amount))
        throw new RangeError(`a cell holds ${amount} in column ${column}, not an exact integer`);
      if (!Number.isSafeInteger(sum + amount!)) {
        carried += BigInt(sum);
        sum = 0;
      }
      sum += amount!;
    },
    value: () => carried + BigInt(sum),
  };
}

/**
 * Counts values with a positive first amount, the meter's leading quantity: a value whose events were all retracted keeps its cells, and
 * they hold zeros. The home country is not a partner of itself.
 */
function distinctValues(dimension: Dimension): Figure {
  const seen = new Set<string>();
  return {
    add(series, amounts) {
      const value = series.values[dimension];
      if (value === undefined || !(amounts[0]! > 0)) return;
      if (dimension === 'partner' && value === homeCountry) return;
      seen.add(value);
    },
    value: () => BigInt(seen.size),
  };
}

/** The systems whose cells a measure is made of. */
export function systemsOf(name: MeasureName): readonly System[] {
  return [...new Set(metersOf(name).map((meter) => meter.system))];
}

/** What a measure can be filtered by and split by. Another dimension would find no cell and answer a zero that misleads. */
export function groupingsOf(name: MeasureName): readonly Grouping[] {
  const kept = new Set(metersOf(name).flatMap((meter) => meter.dimensions));
  return groupings.filter((grouping) => kept.has(grouping === 'flow' ? 'partner' : grouping));
}

function metersOf(name: MeasureName): readonly Meter[] {
  const measure: Measure = measures[name];
  return measure.kind === 'sum' ? meters.filter((meter) => meter.name === measure.meter) : meters;
}

/** One stored bucket, and the slots of it that belong to a period: months 1..12 of a year, hours 0..23 of a day, both ends included. */
export type Bucket =
  | { readonly kind: 'year'; readonly year: number; readonly from: number; readonly to: number }
  | { readonly kind: 'day'; readonly date: string; readonly from: number; readonly to: number };

/** The stored buckets that add up to a period: at most one a year of it, or one day. */
export function bucketsOfPeriod(period: Period): readonly Bucket[] {
  const cover = coverOf(period);
  if (cover.kind === 'hours')
    return [{ kind: 'day', date: dayName(cover.day), from: cover.fromHour, to: cover.toHour - 1 }];
  const years = new Map<number, Bucket>();
  for (const { year, month } of cover.months)
    years.set(year, { kind: 'year', year, from: years.get(year)?.from ?? month, to: month });
  return [...years.values()];
}

/**
 * Growth over a base as a ratio, 0.215 for 21.5 %; null where the base is zero, or below, and so no base.
 * The quotient is taken in integers to sixty decimals, so that figures above 2^53 keep their digits. For figures below it the result is
 * the number nearest to the true quotient: those can lie within a part in 10^32 of a tie, and a ratio begins at the 16th decimal or before.
 */
export function growthRatio(value: bigint, base: bigint): number | null {
  if (base <= 0n) return null;
  return Number(`${((value - base) * 10n ** 60n) / base}e-60`);
}

/**
 * An integer in base units as a decimal in the public unit: 255000000500000 with 6 decimals (grams to tonnes) is `255000000.5`.
 * It is a valid JSON number with no digit lost and no zero at its end; a reader that parses to doubles rounds it, we do not.
 */
export function decimalText(amount: bigint, decimals: number): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

/** Decimals of a measure: answers are its integer divided by ten to this power. */
export function decimalsOf(name: MeasureName): number {
  const measure: Measure = measures[name];
  return measure.kind === 'sum' ? measure.decimals : 0;
}

/**
 * Why an event counts as it does, for people: the measures that it adds to and by how much, or the first reason why it adds to none.
 *
 * It asks the counting rules themselves (`contributionsOf`) what is added; only the reason for nothing is worked out here, in the order in
 * which the rules look. A test holds the two together: there is a reason exactly when nothing is added.
 */
import { dayName } from './calendar.js';
import type { EventFacts, System } from './event.js';
import { contributionsOf } from './fold.js';
import { measures, meters, type Column, type Dimension, type MeasureName, type Meter } from './measures.js';
import { dayHourOf } from './period.js';
import { isPlaceOfHub } from './reference/hubs.js';
import { parseSeries } from './series.js';

/** What an event adds to one measure, in the unit of public answers. */
export interface CountedAmount {
  readonly measure: MeasureName;
  readonly value: number;
  readonly unit: string;
  /** On the clock of the hub: `2020-06-30`, and the hour from 0 to 23. */
  readonly period: { readonly day: string; readonly hour: number };
  readonly dimensions: { readonly [dimension in Dimension]?: string };
}

export type CountExplanation =
  | { readonly measures: readonly CountedAmount[]; readonly reason?: undefined }
  | { readonly measures: readonly []; readonly reason: string };

/**
 * What an event adds to every measure that sums; amounts of 0 are left out. `partners.count` is not named: whether a partner is new in a
 * period is not a matter of one event.
 * @param timeMs when it happened, epoch milliseconds
 */
export function explainCount(system: System, timeMs: number, facts: EventFacts): CountExplanation {
  const added = contributionsOf(system, timeMs, facts).flatMap(({ series, hour, amounts }) => {
    const { meter, values } = parseSeries(series);
    const when = dayHourOf(hour);
    const period = { day: dayName(when), hour: when.hour };
    return meter.columns.flatMap((column, at) => amountOf(meter, column, amounts[at]!, period, values));
  });
  return added.length > 0 ? { measures: added } : { measures: [], reason: reasonFor(system, facts) };
}

function amountOf(
  meter: Meter,
  column: Column,
  amount: number,
  period: CountedAmount['period'],
  values: CountedAmount['dimensions'],
): CountedAmount[] {
  if (amount === 0) return [];
  return measureNames.flatMap((name) => {
    const measure = measures[name];
    if (measure.kind !== 'sum' || measure.meter !== meter.name || measure.column !== column) return [];
    return [{ measure: name, value: amount / 10 ** measure.decimals, unit: measure.unit, period, dimensions: values }];
  });
}

const measureNames = Object.keys(measures) as MeasureName[];

/** The first rule that keeps an event out, in the words of the event. */
function reasonFor(system: System, facts: EventFacts): string {
  const { classifier, direction, hub, milestone, place, unit } = facts;
  if (classifier !== 'actual') return `it is ${classifier}: only what happened counts`;
  const ofUnit = (meters as readonly Meter[]).filter(
    (meter) => meter.system === system && meter.units.includes(unit.type),
  );
  if (ofUnit.length === 0) return `no measure counts a ${unit.type} in ${system} events`;
  const milestonesOf = ofUnit.flatMap(({ countsAt }) => countsAt[direction] ?? []);
  if (milestonesOf.length === 0) return `${direction} events count nowhere: only what begins or ends at the hub does`;
  if (!milestonesOf.includes(milestone))
    return `the ${direction} ${unit.type} counts at ${milestonesOf.join(' or ')}, not at ${milestone}`;
  if (place !== undefined && !isPlaceOfHub(hub, place)) return `it happened at ${place}, which is no place of ${hub}`;
  return 'it says no quantity that a measure sums';
}

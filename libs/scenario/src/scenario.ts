/**
 * The stream: every event of the scenario, day by day, in the order of their times.
 *
 * Totals are decided first (`published-figures.ts`), split over planned flights, trains, manifests and consignments, and leave here only as
 * single events. Ids do not depend on the seed: posting the stream twice, in any order, counts nothing twice.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { planAirTraffic } from './air-traffic.js';
import { planCbecTraffic } from './cbec-traffic.js';
import { dayNumberFrom, type Span } from './day.js';
import { planPortTraffic } from './port-traffic.js';
import { scenarioSpan } from './published-figures.js';
import { planRailTraffic } from './rail-traffic.js';
import { SeededRandom } from './seeded-random.js';

export interface ScenarioRange {
  /** First and last day, `YYYY-MM-DD` on the hub's clock, both included; the whole two years unless given. */
  readonly from?: string;
  readonly to?: string;
  /** Another seed moves amounts between events; totals stay. Events of two seeds must not be posted to the same hub. */
  readonly seed?: number;
}

/** The seed of the figures that `npm start` shows. */
export const scenarioSeed = 1_210;

/**
 * The scenario's events in the order of their times. A day is made when it is reached, so memory holds the plan and one day.
 * Throws a RangeError at once where `from` or `to` is not a day; the plan itself is made with the first event.
 */
export function scenarioEvents(range: ScenarioRange = {}): Generator<CanonicalEvent, void, undefined> {
  const from = range.from === undefined ? scenarioSpan.firstDay : dayNumberFrom(range.from);
  const to = range.to === undefined ? scenarioSpan.lastDay : dayNumberFrom(range.to);
  const span = { firstDay: Math.max(scenarioSpan.firstDay, from), lastDay: Math.min(scenarioSpan.lastDay, to) };
  return eventsOfDays(span, range.seed ?? scenarioSeed);
}

function* eventsOfDays({ firstDay, lastDay }: Span, seed: number): Generator<CanonicalEvent, void, undefined> {
  const plans = [planAirTraffic(seed), planRailTraffic(seed), planCbecTraffic(seed), planPortTraffic(seed)];
  for (let day = firstDay; day <= lastDay; day++)
    yield* plans
      .flatMap((eventsOf) => eventsOf(day))
      // All times have one form and one offset, so their order is that of their texts; sorting is stable.
      .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** The same events in an order that the seed decides (Fisher-Yates), all in memory: for showing that order does not matter. */
export function shuffledScenario(shuffleSeed: number, range: ScenarioRange = {}): CanonicalEvent[] {
  const events = [...scenarioEvents(range)];
  const random = new SeededRandom(shuffleSeed, 'shuffle');
  for (let i = events.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    [events[i], events[j]] = [events[j]!, events[i]!];
  }
  return events;
}

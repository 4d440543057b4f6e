/**
 * Counts a stream of events in memory, by the domain's rules and nothing else: what the running system must answer for it.
 *
 * It holds month totals by series and no ids, so it is for streams in which every event is there once and in one version, as the
 * scenario's are. The system itself has to manage without that promise.
 */
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import {
  bucketsOfPeriod,
  contributionsOf,
  dayHourOf,
  decimalText,
  decimalsOf,
  growthRatio,
  openTally,
  parsePeriod,
  parseSeries,
  previousYear,
  type Filters,
  type MeasureName,
  type Period,
} from '@landbridge/domain';

/** `value` and `previous` are in the measure's unit, decimal texts with full precision; `growth` is a ratio, null without a base. */
export interface RecountedFigure {
  readonly value: string;
  readonly previous: string;
  readonly growth: number | null;
}

export class Recount {
  /** Amounts by `year`, then by `month|series`. */
  readonly #years = new Map<number, Map<string, number[]>>();
  #events = 0;

  /** Events added so far. */
  get events(): number {
    return this.#events;
  }

  /** Adds one event. Throws on one that the front door would refuse: a generator that makes those has a bug. */
  add(event: CanonicalEvent): void {
    const checked = checkEvent(event);
    if (!checked.ok)
      throw new Error(`${event.source} ${event.id}: ${checked.problem.path ?? ''} ${checked.problem.detail}`);
    this.#events += 1;
    if (!checked.facts) return;
    for (const { series, hour, amounts } of contributionsOf(checked.system, checked.timeMs, checked.facts)) {
      const { year, month } = dayHourOf(hour);
      let ofYear = this.#years.get(year);
      if (!ofYear) this.#years.set(year, (ofYear = new Map()));
      const cell = ofYear.get(`${month}|${series}`);
      if (cell) amounts.forEach((amount, column) => (cell[column]! += amount));
      else ofYear.set(`${month}|${series}`, [...amounts]);
    }
  }

  /** One measure over a period of whole months, with the year before. Throws a RangeError on a text that is not such a period. */
  figure(measure: MeasureName, periodText: string, filters: Filters = {}): RecountedFigure {
    const parsed = parsePeriod(periodText);
    if (!parsed.ok) throw new RangeError(parsed.reason);
    const value = this.#sum(measure, parsed.period, filters);
    const previous = this.#sum(measure, previousYear(parsed.period), filters);
    const decimals = decimalsOf(measure);
    return {
      value: decimalText(value, decimals),
      previous: decimalText(previous, decimals),
      growth: growthRatio(value, previous),
    };
  }

  #sum(measure: MeasureName, period: Period, filters: Filters): bigint {
    const tally = openTally({ measure, filters });
    for (const bucket of bucketsOfPeriod(period)) {
      if (bucket.kind === 'day') throw new RangeError('a recount holds months, not days');
      for (const [key, amounts] of this.#years.get(bucket.year) ?? []) {
        const bar = key.indexOf('|');
        const month = Number(key.slice(0, bar));
        if (month >= bucket.from && month <= bucket.to) tally.add(parseSeries(key.slice(bar + 1)), amounts);
      }
    }
    return tally.result().total;
  }
}

/** When a status happened, out of a day without a year and up to three clock times. */
import { liesAhead } from '@landbridge/contracts';
import { dayNumberOf, dayOfNumber } from '@landbridge/domain';
import { nearestYear, zonedTime, type ZonedTime } from '../places/local-time.js';
import type { AirStatus } from '../air-statuses.js';
import type { Clock, DayMonth, MovementTime } from './imp-fields.js';

export interface Moment {
  /** RFC 3339. */
  readonly text: string;
  /** What the date field says, for the event's identity: `2026-03-03`, and `09:15` where it has a time. */
  readonly day: string;
  readonly minute?: string;
}

interface Receipt {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly status: AirStatus;
}

interface MovementTimes {
  readonly departure?: MovementTime;
  readonly arrival?: MovementTime;
  readonly code: string;
}

/** What has happened is not told of before; two days are for senders that date a flight by its next scheduled day. */
const daysAheadMax = 2;
const midnight: Clock = { hour: 0, minute: 0 };

/**
 * The moment in the time zone of its airport: the time beside the date; otherwise the flight's, of arrival where the status is told on
 * arrival and of departure where it is told on departure; otherwise the start of that day, because it is known that it happened on it.
 * A flight's time may be the scheduled one: where the flight was early and it is still to come, the start of its day stands, too.
 * Never the time of receipt.
 *
 * The flight's times are not part of the identity: they follow in a second message with the same status, which is the same statement.
 * Undefined for a day that no year has.
 */
export function momentOf(line: MovementTimes, date: DayMonth, timeZone: string, receipt: Receipt): Moment | undefined {
  const { atMs, status } = receipt;
  const happened = status.classifier === 'actual';
  const year = nearestYear(date.month, date.day, atMs, timeZone, happened ? daysAheadMax : Infinity);
  if (year === undefined) return undefined;
  const flight = date.clock === undefined ? flightTimeOf(line) : undefined;
  const shift = flight?.dayShift ?? 0;
  const day = shift === 0 ? { year, month: date.month, day: date.day } : shifted(year, date, shift);
  const at = (clock: Clock): ZonedTime | undefined => zonedTime({ ...day, ...clock, second: 0 }, timeZone);
  const told = at(date.clock ?? flight?.clock ?? midnight);
  const zoned =
    flight !== undefined && told !== undefined && liesAhead(status, told.timeMs, atMs) ? at(midnight) : told;
  if (zoned === undefined) return undefined;
  return {
    text: zoned.text,
    day: `${year}-${two(date.month)}-${two(date.day)}`,
    ...(date.clock === undefined ? {} : { minute: `${two(date.clock.hour)}:${two(date.clock.minute)}` }),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

const arrivals: ReadonlySet<string> = new Set(['ARR', 'RCF', 'AWR', 'FIW']);

/** A flight's times come in the order of departure, arrival. */
function flightTimeOf({ code, departure, arrival }: MovementTimes): MovementTime | undefined {
  return arrivals.has(code) ? arrival : departure;
}

function shifted(year: number, { month, day }: DayMonth, days: number): { year: number; month: number; day: number } {
  return dayOfNumber(dayNumberOf(year, month, day) + days);
}

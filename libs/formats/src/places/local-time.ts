/** Local times of messages that name no zone, as instants; and the year of dates that name none. */
import { dayNumberOf, dayOfNumber, daysInMonth } from '@landbridge/domain';
import { dayMs, offsetOfZone } from './zone-offsets.js';

/** What a clock on the wall shows; `month` is 1..12. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface ZonedTime {
  /** Epoch milliseconds. */
  readonly timeMs: number;
  /** RFC 3339 with the zone's offset at that instant: `2026-03-03T09:15:00+08:00`. */
  readonly text: string;
}

const writtenForm = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,12})?)?$/;

/** The local time of an `xsd:dateTime` without an offset, whose seconds may be left out; undefined for any other text. */
export function parseLocalTime(text: string): LocalTime | undefined {
  const [year, month, day, hour, minute, second] = writtenForm.exec(text)?.slice(1).map(Number) ?? [];
  if (year === undefined) return undefined;
  // Left out, it is no number.
  return { year, month: month!, day: day!, hour: hour!, minute: minute!, second: second || 0 };
}

/** Wide enough for every event that may be told of; before 1973 some offsets were not whole minutes. */
const yearMin = 1980;
const yearMax = 2199;
/** No zone is farther than this from UTC, so an offset that holds around a local time for so long is the one it was written in. */
const offsetMaxMs = 16 * 3_600_000;

/**
 * The instant of a local time in an IANA zone, or undefined for a time that no clock shows (30 February, 24:00) or an unknown zone.
 *
 * When clocks are put back, an hour is shown twice: the first one is meant. When they are put forward, an hour is not shown at all: such a
 * time is read with the offset from before and so lies after the change (02:30 becomes 03:30 in summer time), as in `Temporal` by default.
 */
export function zonedTime(local: LocalTime, timeZone: string): ZonedTime | undefined {
  const { year, month, day, hour, minute, second } = local;
  if (!isDay(year, month, day) || !isIn(hour, 0, 23) || !isIn(minute, 0, 59) || !isIn(second, 0, 59)) return undefined;
  const wallMs = dayNumberOf(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1_000;
  const before = offsetOfZone(timeZone, wallMs - offsetMaxMs);
  const after = offsetOfZone(timeZone, wallMs + offsetMaxMs);
  if (before === undefined || after === undefined) return undefined;
  if (before === after) return zoned(wallMs, before);
  // A change is near. The later offset is right if it holds at its own instant and the earlier one does not hold at its own.
  if (offsetOfZone(timeZone, wallMs - before) === before) return zoned(wallMs, before);
  if (offsetOfZone(timeZone, wallMs - after) === after) return zoned(wallMs, after);
  return zoned(wallMs - before + after, after);
}

/**
 * What a clock at a place shows at an instant: `2026-03-03` and `09:15`. A place whose zone is not known is taken to be in UTC, which still
 * tells instants apart. @param timeMs epoch milliseconds
 */
export function localMinuteOf(timeMs: number, timeZone: string | undefined): { day: string; minute: string } {
  const offset = timeZone === undefined ? 0 : (offsetOfZone(timeZone, timeMs) ?? 0);
  const { text } = zoned(Math.floor((timeMs + offset) / 1_000) * 1_000, offset);
  return { day: text.slice(0, 10), minute: text.slice(11, 16) };
}

/**
 * The year that a day without one is of: the one nearest to when the message was received, so that 31 December read on 1 January is of
 * last year. 29 February is of the nearest leap year. Undefined for a day that no year has, or an unknown zone.
 * @param daysAheadMax days are not later than so many after the receipt: what has happened lies half a year back rather than ahead
 */
export function nearestYear(
  month: number,
  day: number,
  receivedAtMs: number,
  timeZone: string,
  daysAheadMax = Infinity,
): number | undefined {
  const offset = offsetOfZone(timeZone, receivedAtMs);
  if (offset === undefined) return undefined;
  const today = Math.floor((receivedAtMs + offset) / dayMs);
  const { year: thisYear } = dayOfNumber(today);
  // The centuries that are no leap years leave eight years without one.
  const reach = month === 2 && day === 29 ? 8 : 1;
  let nearest: number | undefined;
  let nearestDays = Infinity;
  for (let year = thisYear - reach; year <= thisYear + reach; year++) {
    if (!isDay(year, month, day)) continue;
    const daysAhead = dayNumberOf(year, month, day) - today;
    const days = Math.abs(daysAhead);
    if (days >= nearestDays || daysAhead > daysAheadMax) continue;
    nearest = year;
    nearestDays = days;
  }
  return nearest;
}

function isDay(year: number, month: number, day: number): boolean {
  return isIn(year, yearMin, yearMax) && isIn(month, 1, 12) && isIn(day, 1, 31) && day <= daysInMonth(year, month);
}

function isIn(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function zoned(wallMs: number, offsetMs: number): ZonedTime {
  const dayNumber = Math.floor(wallMs / dayMs);
  const { year, month, day } = dayOfNumber(dayNumber);
  const seconds = (wallMs - dayNumber * dayMs) / 1_000;
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const offsetMinutes = Math.abs(offsetMs) / 60_000;
  const offset = `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(offsetMinutes / 60))}:${two(offsetMinutes % 60)}`;
  return { timeMs: wallMs - offsetMs, text: `${year}-${two(month)}-${two(day)}T${time}${offset}` };
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/**
 * Dates and times of DTM (and of UNB) by their format code, 2379.
 *
 * An offset in the message wins; without one the time is local to its place, which the caller knows. Nothing is filled in: a value that
 * does not have the length of its format is refused. A date alone is the beginning of its day.
 * @see UN/EDIFACT code list 2379
 */
import { dayNumberOf, daysInMonth } from '@landbridge/domain';
import type { LocalTime } from '../places/local-time.js';

/** What DTM writes: a local time, and its offset in minutes east of UTC where the format has one. */
export interface WrittenTime {
  readonly local: LocalTime;
  readonly offsetMinutes: number | undefined;
}

/** C century, Y year, M month, D day, h hour, m minute, s second; z is a zone of three letters, o an offset such as +0800. */
const layouts: ReadonlyMap<string, string> = new Map([
  ['101', 'YYMMDD'],
  ['102', 'CCYYMMDD'],
  ['201', 'YYMMDDhhmm'],
  ['202', 'YYMMDDhhmmss'],
  ['203', 'CCYYMMDDhhmm'],
  ['204', 'CCYYMMDDhhmmss'],
  ['205', 'CCYYMMDDhhmmo'],
  ['301', 'YYMMDDhhmmz'],
  ['302', 'YYMMDDhhmmssz'],
  ['303', 'CCYYMMDDhhmmz'],
  ['304', 'CCYYMMDDhhmmssz'],
]);

/** The formats that are read, for the text of a fault. */
export const dateTimeFormats = [...layouts.keys()].join(', ');

/**
 * The time that a value of this format writes, or undefined.
 * @param receivedAtMs epoch milliseconds: a year of two digits is the nearest one to it
 */
export function readDateTime(value: string, format: string, receivedAtMs: number): WrittenTime | undefined {
  const layout = layouts.get(format);
  if (layout === undefined) return undefined;
  const hasZone = layout.endsWith('z') || layout.endsWith('o');
  const digits = hasZone ? layout.slice(0, -1) : layout;
  const zone = value.slice(digits.length);
  if (value.length < digits.length || !/^\d+$/.test(value.slice(0, digits.length)) || (zone === '') === hasZone)
    return undefined;
  const offsetMinutes = hasZone ? offsetOf(zone) : undefined;
  if (hasZone && offsetMinutes === undefined) return undefined;
  const hasCentury = digits.startsWith('C');
  let at = hasCentury ? 4 : 2;
  const two = () => {
    const number = Number(value.slice(at, at + 2));
    at += 2;
    return number; // 0 past the end of a format that stops at the day or the minute
  };
  const year = hasCentury ? Number(value.slice(0, 4)) : nearestYear(Number(value.slice(0, 2)), receivedAtMs);
  const [month, day] = [two(), two()];
  const time = value.slice(0, digits.length);
  const [hour, minute, second] = [
    at < time.length ? two() : 0,
    at < time.length ? two() : 0,
    at < time.length ? two() : 0,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return { local: { year, month, day, hour, minute, second }, offsetMinutes };
}

/** The instant of a local time at an offset, epoch milliseconds. */
export function instantOf({ year, month, day, hour, minute, second }: LocalTime, offsetMinutes: number): number {
  return ((dayNumberOf(year, month, day) * 24 + hour) * 60 + minute - offsetMinutes) * 60_000 + second * 1_000;
}

/** RFC 3339 text of a local time at an offset. */
export function timeText({ year, month, day, hour, minute, second }: LocalTime, offsetMinutes: number): string {
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const offset = `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${offset}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** UTC, or hours and minutes with a sign. Letters such as CST name several zones, so they are not read. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2})(\d{2})?$/.exec(zone) ?? [];
  if (hours === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function nearestYear(yearOfCentury: number, receivedAtMs: number): number {
  const now = new Date(receivedAtMs).getUTCFullYear();
  const year = now - (now % 100) + yearOfCentury;
  if (year - now > 50) return year - 100;
  return now - year > 50 ? year + 100 : year;
}

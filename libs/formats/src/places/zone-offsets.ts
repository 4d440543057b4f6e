/**
 * Offsets of IANA time zones, remembered by day.
 *
 * Goal: the local time of 20,000 messages a second. `Intl` knows every rule but takes some microseconds for each instant. Choice: a zone's
 * offset is asked for at both ends of a UTC day; where they are equal, and no zone has changed twice within a day, it holds all day, and
 * where they differ the instant of the change is found by halving. Refused: our own copy of the rules, which changes several times a year.
 */

const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** A day on which the offset changes: from `changeMs` on it is `after`. All in milliseconds. */
interface ChangeDay {
  readonly before: number;
  readonly after: number;
  readonly changeMs: number;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** By number of the UTC day: the offset of all of it, or its change. */
  readonly days: Map<number, number | ChangeDay>;
}

/** More than IANA has; senders cannot fill memory with other spellings of a name. */
const zonesMax = 640;
/** A year of days for each zone: live messages touch a handful. When it is full it starts anew. */
const daysMax = 366;
const zones = new Map<string, Zone>();

/** The offset of a zone at an instant, milliseconds east of UTC, or undefined where the zone is not known. @param timeMs from 1973 on */
export function offsetOfZone(timeZone: string, timeMs: number): number | undefined {
  const zone = zones.get(timeZone) ?? openZone(timeZone);
  if (zone === undefined) return undefined;
  const dayNumber = Math.floor(timeMs / dayMs);
  let day = zone.days.get(dayNumber);
  if (day === undefined) {
    day = readDay(zone.format, dayNumber * dayMs);
    if (zone.days.size >= daysMax) zone.days.clear();
    zone.days.set(dayNumber, day);
  }
  if (typeof day === 'number') return day;
  return timeMs < day.changeMs ? day.before : day.after;
}

function openZone(timeZone: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return undefined; // Intl throws a RangeError for a zone that it does not know; there is no way to ask first.
  }
  if (zones.size >= zonesMax) zones.clear();
  const zone: Zone = { format, days: new Map() };
  zones.set(timeZone, zone);
  return zone;
}

function readDay(format: Intl.DateTimeFormat, startMs: number): number | ChangeDay {
  const before = askOffset(format, startMs);
  const after = askOffset(format, startMs + dayMs);
  if (before === after) return before;
  // Rules change at whole minutes.
  let same = startMs;
  let changed = startMs + dayMs;
  while (changed - same > minuteMs) {
    const middle = same + Math.floor((changed - same) / 2 / minuteMs) * minuteMs;
    if (askOffset(format, middle) === before) same = middle;
    else changed = middle;
  }
  return { before, after, changeMs: changed };
}

/** Reads the end of a text such as `11/26/2026, GMT+05:30`, where UTC is `GMT` alone. */
function askOffset(format: Intl.DateTimeFormat, timeMs: number): number {
  const text = format.format(timeMs);
  const offset = text.slice(text.indexOf('GMT') + 3);
  if (offset === '') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return (offset.startsWith('-') ? -minutes : minutes) * minuteMs;
}

/** CEB times: 14 digits to the second or 17 to the millisecond, on Beijing's clock, without an offset. */
import { parseTimestamp } from '@landbridge/domain';

/** IANA zone of every customs time; there has been no daylight saving since 1992, so its offset is fixed. */
export const customsZone = 'Asia/Shanghai';
const customsOffset = '+08:00';
const customsOffsetMs = 8 * 3_600_000;

/** RFC 3339 with Beijing's offset; undefined where it is no time. */
export function fromCebTime(digits: string): { readonly text: string; readonly timeMs: number } | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$/.exec(digits);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, milliseconds] = parts;
  const fraction = milliseconds === undefined || milliseconds === '000' ? '' : `.${milliseconds}`;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${customsOffset}`;
  const timeMs = parseTimestamp(text);
  return timeMs === undefined ? undefined : { text, timeMs };
}

/** 14 digits, or 17 with milliseconds, of an instant. @param timeMs epoch milliseconds */
export function toCebTime(timeMs: number, digits: 14 | 17): string {
  return new Date(timeMs + customsOffsetMs).toISOString().replaceAll(/\D/g, '').slice(0, digits);
}

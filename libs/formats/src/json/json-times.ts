/** Times in JSON messages: RFC 3339 with an offset, or a fault that says what was expected. */
import { isPossibleTime } from '@landbridge/contracts';
import { parseTimestamp } from '@landbridge/domain';
import { bad, good, shown, type Read } from './json-values.js';

export interface TimeRead {
  readonly timeMs: number;
  /** RFC 3339, as it was written. */
  readonly text: string;
}

const expected = 'an RFC 3339 time with an offset, such as 2026-03-03T09:15:00+08:00';

/**
 * The instant of a value. Problems: time_missing where there is none, invalid_time for one that is not RFC 3339 or not from 2000 to 2100.
 * @param path JSONPath of the value
 */
export function readTime(value: unknown, path: string, rule: string): Read<TimeRead> {
  if (value === undefined || value === null || value === '')
    return bad({ code: 'time_missing', detail: 'the event does not say when it happened', path, rule, expected });
  const text = typeof value === 'string' ? value.trim() : '';
  const timeMs = parseTimestamp(text);
  if (timeMs === undefined || !isPossibleTime(timeMs))
    return bad({
      code: 'invalid_time',
      detail: `${shown(value)} is not a time that can be used`,
      path,
      rule,
      expected,
    });
  return good({ timeMs, text });
}

/** An instant as RFC 3339 text with an offset such as `+08:00`, in milliseconds where they are not zero. */
export function timeWithOffset(timeMs: number, offset: string): string {
  const minutes = (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))) * (offset.startsWith('-') ? -1 : 1);
  const local = new Date(timeMs + minutes * 60_000)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '');
  return local + offset;
}

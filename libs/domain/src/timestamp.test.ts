import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTimestamp, timestampLengthMax } from './timestamp.js';

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Any instant that RFC 3339 can write, with any fraction and offset. */
const dateTimes = fc
  .record({
    instantMs: fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') }),
    fraction: fc.option(fc.stringMatching(/^\d{1,14}$/), { nil: undefined }),
    zone: fc.oneof(
      fc.constant('Z'),
      fc
        .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([sign, hours, minutes]) => `${sign}${pad(hours)}:${pad(minutes)}`),
    ),
  })
  .map(({ instantMs, fraction, zone }) => {
    const local = new Date(instantMs).toISOString().slice(0, 19);
    return `${local}${fraction === undefined ? '' : `.${fraction}`}${zone}`;
  });

describe('parseTimestamp', () => {
  test('agrees with the platform on every well-formed timestamp', () => {
    fc.assert(
      fc.property(dateTimes, (text) => {
        // V8 misreads fractions of ten and more digits that begin with zeros (".0002000000" becomes 2 ms), so it is given three.
        const cut = text.replace(/(\.\d{3})\d+/, '$1');
        expect(parseTimestamp(text)).toBe(Date.parse(cut));
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads back every millisecond that it is given', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2100-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  test('refuses any text from which one character is missing, or to which one is added', () => {
    const removable = dateTimes.filter((text) => !text.includes('.')); // a fraction may lose a digit
    fc.assert(
      fc.property(removable, fc.nat(), (text, seed) => {
        const at = seed % text.length;
        expect(parseTimestamp(text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
        expect(parseTimestamp(`${text}0`)).toBeUndefined();
        expect(parseTimestamp(` ${text}`)).toBeUndefined();
      }),
    );
  });

  test.each([
    ['no zone', '2020-06-30T14:05:06'],
    ['no zone after a fraction', '2020-06-30T14:05:06.123'],
    ['no time', '2020-06-30'],
    ['no seconds', '2020-06-30T14:05Z'],
    ['month 13', '2020-13-01T00:00:00Z'],
    ['month 0', '2020-00-01T00:00:00Z'],
    ['day 0', '2020-06-00T00:00:00Z'],
    ['30 February', '2020-02-30T00:00:00Z'],
    ['29 February of a common year', '2021-02-29T00:00:00Z'],
    ['31 June', '2020-06-31T00:00:00Z'],
    ['hour 24', '2020-06-30T24:00:00Z'],
    ['minute 60', '2020-06-30T23:60:00Z'],
    ['second 61', '2020-06-30T23:59:61Z'],
    ['an offset of 24 hours', '2020-06-30T14:05:06+24:00'],
    ['an offset of 60 minutes', '2020-06-30T14:05:06+08:60'],
    ['an offset without a colon', '2020-06-30T14:05:06+0800'],
    ['an offset of hours only', '2020-06-30T14:05:06+08'],
    ['a point without a fraction', '2020-06-30T14:05:06.Z'],
    ['a decimal comma', '2020-06-30T14:05:06,5Z'],
    ['a space for T', '2020-06-30 14:05:06Z'],
    ['a sign before the year', '+2020-06-30T14:05:06Z'],
    ['digits of another script', '２０２０-06-30T14:05:06Z'],
    ['a negative second', '2020-06-30T14:05:-6Z'],
    ['nothing', ''],
    ['a text past the longest', `2020-06-30T14:05:06.${'0'.repeat(timestampLengthMax)}Z`],
  ])('refuses %s', (_, text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test('takes lower-case letters, and an unknown offset as UTC', () => {
    const expected = Date.UTC(2020, 5, 30, 14, 5, 6);
    expect(parseTimestamp('2020-06-30t14:05:06z')).toBe(expected);
    expect(parseTimestamp('2020-06-30T14:05:06-00:00')).toBe(expected);
  });

  test('cuts a fraction to milliseconds and does not round it', () => {
    expect(parseTimestamp('2020-06-30T23:59:59.9999999Z')).toBe(Date.UTC(2020, 5, 30, 23, 59, 59, 999));
    expect(parseTimestamp('1969-12-31T23:59:59.9999Z')).toBe(-1);
    expect(parseTimestamp('2020-06-30T00:00:00.5Z')).toBe(Date.UTC(2020, 5, 30, 0, 0, 0, 500));
  });

  test('takes a leap second at the end of a UTC month as the last millisecond of that month', () => {
    const last = Date.UTC(2016, 11, 31, 23, 59, 59, 999);
    expect(parseTimestamp('2016-12-31T23:59:60Z')).toBe(last);
    expect(parseTimestamp('2016-12-31T23:59:60.75Z')).toBe(last);
    expect(parseTimestamp('2017-01-01T07:59:60+08:00')).toBe(last);
  });

  test('refuses a leap second where none can be', () => {
    expect(parseTimestamp('2016-12-30T23:59:60Z')).toBeUndefined();
    expect(parseTimestamp('2016-12-31T12:59:60Z')).toBeUndefined();
    expect(parseTimestamp('2016-12-31T23:59:60+08:00')).toBeUndefined();
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dayNumberOf, daysInMonth, type Month } from './calendar.js';
import {
  coverOf,
  dayHourOf,
  formatPeriod,
  hourIndexOf,
  hubZone,
  localDayHour,
  parsePeriod,
  periodBounds,
  periodMonthsMax,
  periodYearMax,
  periodYearMin,
  previousYear,
  type Period,
} from './period.js';

const hourMs = 3_600_000;

/** The period that a text names; fails the test when it names none. */
function period(text: string): Period {
  const result = parsePeriod(text);
  if (!result.ok) throw new Error(`${text}: ${result.reason}`);
  return result.period;
}

const years = fc.integer({ min: periodYearMin, max: periodYearMax });
const months: fc.Arbitrary<Month> = fc.record({ year: years, month: fc.integer({ min: 1, max: 12 }) });
const days = fc
  .tuple(months, fc.nat())
  .map(([{ year, month }, seed]) => ({ year, month, day: 1 + (seed % daysInMonth(year, month)) }));
const periods: fc.Arbitrary<Period> = fc.oneof(
  years.map((year): Period => ({ kind: 'year', year })),
  fc.tuple(years, fc.constantFrom(1, 2)).map(([year, half]): Period => ({ kind: 'half', year, half })),
  fc.tuple(years, fc.constantFrom(1, 2, 3, 4)).map(([year, quarter]): Period => ({ kind: 'quarter', year, quarter })),
  months.map((month): Period => ({ kind: 'month', ...month })),
  days.map((day): Period => ({ kind: 'day', ...day })),
  fc.tuple(days, fc.integer({ min: 0, max: 23 })).map(([day, hour]): Period => ({ kind: 'hour', ...day, hour })),
  fc
    .tuple(months, months)
    .map(([a, b]): Period => {
      const inOrder = a.year * 12 + a.month <= b.year * 12 + b.month;
      return { kind: 'range', from: inOrder ? a : b, to: inOrder ? b : a };
    })
    .filter((range) => coverLength(range) <= periodMonthsMax),
);

function coverLength(period: Period): number {
  const cover = coverOf(period);
  return cover.kind === 'months' ? cover.months.length : cover.toHour - cover.fromHour;
}

describe('parsePeriod', () => {
  test.each([
    ['2020', { kind: 'year', year: 2020 }],
    ['2020-H1', { kind: 'half', year: 2020, half: 1 }],
    ['2020-Q2', { kind: 'quarter', year: 2020, quarter: 2 }],
    ['2020-06', { kind: 'month', year: 2020, month: 6 }],
    ['2020-06-30', { kind: 'day', year: 2020, month: 6, day: 30 }],
    ['2020-02-29', { kind: 'day', year: 2020, month: 2, day: 29 }],
    ['2020-06-30T14', { kind: 'hour', year: 2020, month: 6, day: 30, hour: 14 }],
    ['2020-01/2020-08', { kind: 'range', from: { year: 2020, month: 1 }, to: { year: 2020, month: 8 } }],
    ['2020-06/2020-06', { kind: 'range', from: { year: 2020, month: 6 }, to: { year: 2020, month: 6 } }],
  ])('reads %s', (text, expected) => {
    expect(parsePeriod(text)).toEqual({ ok: true, period: expected });
  });

  test.each([
    ['2020-13', /month is 01 to 12, not 13/],
    ['2020-00', /month is 01 to 12, not 00/],
    ['2020-02-30', /2020-02 has no day 30/],
    ['2021-02-29', /2021-02 has no day 29/],
    ['2020-06-00', /2020-06 has no day 00/],
    ['2020-06-30T24', /hour is 00 to 23, not 24/],
    ['2020-08/2020-01', /ends before it begins/],
    ['2020-01/2020-13', /month is 01 to 12, not 13/],
    ['1999', /year is 2000 to 2100, not 1999/],
    ['2101-H1', /year is 2000 to 2100, not 2101/],
    ['1999-12/2000-01', /year is 2000 to 2100, not 1999/],
    ['2000-01/2100-01', /at most 1200 months, this one has 1201/],
  ])('refuses %s and says why', (text, reason) => {
    expect(parsePeriod(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each([
    '',
    '20',
    '2020-',
    '2020-6',
    '2020-H3',
    '2020-h1',
    '2020-Q0',
    '2020-Q5',
    '2020-06-30T14:00',
    '2020-06-30T',
    '2020/2021',
    '2020-H1/2020-H2',
    '2020-01/2020-08/2020-09',
    '2020-01-01/2020-01-31',
    ' 2020',
    '2020\n',
    '２０２０',
  ])('refuses %j as not written like a period', (text) => {
    expect(parsePeriod(text)).toEqual({ ok: false, reason: expect.stringContaining('is written like') });
  });

  test('takes the longest range', () => {
    expect(coverLength(period('2000-01/2099-12'))).toBe(periodMonthsMax);
  });

  test('is the inverse of formatPeriod', () => {
    fc.assert(
      fc.property(periods, (period) => {
        expect(parsePeriod(formatPeriod(period))).toEqual({ ok: true, period });
      }),
    );
  });
});

describe('previousYear', () => {
  test.each([
    ['2020', '2019'],
    ['2020-H1', '2019-H1'],
    ['2020-Q2', '2019-Q2'],
    ['2020-06', '2019-06'],
    ['2020-06-30', '2019-06-30'],
    ['2020-02-29', '2019-02-28'],
    ['2020-02-29T14', '2019-02-28T14'],
    ['2021-02-28', '2020-02-28'],
    ['2019-11/2020-08', '2018-11/2019-08'],
  ])('of %s is %s', (text, expected) => {
    expect(formatPeriod(previousYear(period(text)))).toBe(expected);
  });

  test('of the first year still has bounds', () => {
    expect(periodBounds(previousYear(period('2000'))).endMs).toBe(periodBounds(period('2000')).startMs);
  });
});

describe('periodBounds', () => {
  test.each([
    ['2020', '2020-01-01T00:00:00+08:00', '2021-01-01T00:00:00+08:00'],
    ['2020-H2', '2020-07-01T00:00:00+08:00', '2021-01-01T00:00:00+08:00'],
    ['2020-Q1', '2020-01-01T00:00:00+08:00', '2020-04-01T00:00:00+08:00'],
    ['2020-02', '2020-02-01T00:00:00+08:00', '2020-03-01T00:00:00+08:00'],
    ['2020-06-30', '2020-06-30T00:00:00+08:00', '2020-07-01T00:00:00+08:00'],
    ['2020-12-31T23', '2020-12-31T23:00:00+08:00', '2021-01-01T00:00:00+08:00'],
    ['2019-11/2020-08', '2019-11-01T00:00:00+08:00', '2020-09-01T00:00:00+08:00'],
  ])('of %s', (text, start, end) => {
    expect(periodBounds(period(text))).toEqual({ startMs: Date.parse(start), endMs: Date.parse(end) });
  });
});

function monthsOf(...texts: string[]): Month[] {
  return texts.flatMap((text) => {
    const cover = coverOf(period(text));
    return cover.kind === 'months' ? cover.months : [];
  });
}

describe('coverOf', () => {
  test('gives whole months in order, across a turn of the year', () => {
    expect(coverOf(period('2019-11/2020-02'))).toEqual({
      kind: 'months',
      months: [
        { year: 2019, month: 11 },
        { year: 2019, month: 12 },
        { year: 2020, month: 1 },
        { year: 2020, month: 2 },
      ],
    });
  });

  test('gives the hours of a day, and one of them for an hour', () => {
    const day = { year: 2020, month: 6, day: 30 };
    expect(coverOf(period('2020-06-30'))).toEqual({ kind: 'hours', day, fromHour: 0, toHour: 24 });
    expect(coverOf(period('2020-06-30T14'))).toEqual({ kind: 'hours', day, fromHour: 14, toHour: 15 });
  });

  test('halves, quarters and months of a year are the months of the year, each once', () => {
    const year = monthsOf('2020');
    expect(year).toHaveLength(12);
    expect(monthsOf('2020-H1', '2020-H2')).toEqual(year);
    expect(monthsOf('2020-Q1', '2020-Q2', '2020-Q3', '2020-Q4')).toEqual(year);
  });

  test('has as many hours as lie between the bounds, and the first and the last of them are its own', () => {
    fc.assert(
      fc.property(periods, (period) => {
        const cover = coverOf(period);
        const hours =
          cover.kind === 'hours'
            ? cover.toHour - cover.fromHour
            : cover.months.reduce((sum, { year, month }) => sum + daysInMonth(year, month) * 24, 0);
        const { startMs, endMs } = periodBounds(period);
        expect((endMs - startMs) / hourMs).toBe(hours);
        const first = cover.kind === 'hours' ? cover.day : cover.months[0]!;
        const last = cover.kind === 'hours' ? cover.day : cover.months.at(-1)!;
        expect(localDayHour(startMs)).toMatchObject(first);
        expect(localDayHour(endMs - 1)).toMatchObject(last);
      }),
    );
  });
});

describe("the hub's clock", () => {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: hubZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });

  test('agrees with the time-zone database from 1999 on', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1999, 0, 1), max: Date.UTC(2101, 0, 1) }), (epochMs) => {
        const parts = new Map(clock.formatToParts(epochMs).map((part) => [part.type as string, Number(part.value)]));
        expect(localDayHour(epochMs)).toEqual({
          year: parts.get('year'),
          month: parts.get('month'),
          day: parts.get('day'),
          hour: parts.get('hour'),
        });
      }),
    );
  });

  test('an event one millisecond before midnight belongs to the day that ends', () => {
    const midnight = Date.parse('2020-07-01T00:00:00+08:00');
    expect(localDayHour(midnight - 1)).toEqual({ year: 2020, month: 6, day: 30, hour: 23 });
    expect(localDayHour(midnight)).toEqual({ year: 2020, month: 7, day: 1, hour: 0 });
  });

  test('counts hours from its own 1970-01-01T00', () => {
    expect(hourIndexOf(Date.parse('1970-01-01T00:00:00+08:00'))).toBe(0);
    expect(hourIndexOf(Date.parse('1969-12-31T23:59:59+08:00'))).toBe(-1);
    expect(hourIndexOf(Date.parse('2020-06-30T14:59:59+08:00'))).toBe(dayNumberOf(2020, 6, 30) * 24 + 14);
    expect(dayHourOf(dayNumberOf(2020, 6, 30) * 24 + 14)).toEqual({ year: 2020, month: 6, day: 30, hour: 14 });
    expect(dayHourOf(-1)).toEqual({ year: 1969, month: 12, day: 31, hour: 23 });
  });
});

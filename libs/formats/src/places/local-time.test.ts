import { describe, expect, it } from '@jest/globals';
import { parseTimestamp } from '@landbridge/domain';
import { assert, constantFrom, integer, pre, property } from 'fast-check';
import { nearestYear, zonedTime, type LocalTime } from './local-time.js';

const at = (text: string): LocalTime => {
  const [year, month, day, hour, minute, second] = text.split(/[-T:]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { year, month, day, hour, minute, second };
};

describe('zonedTime', () => {
  it('carries the offset of the zone at that instant', () => {
    expect(zonedTime(at('2026-03-03T09:15:00'), 'Asia/Shanghai')).toEqual({
      timeMs: Date.UTC(2026, 2, 3, 1, 15),
      text: '2026-03-03T09:15:00+08:00',
    });
    expect(zonedTime(at('2026-07-01T00:00:00'), 'Europe/Luxembourg')?.text).toBe('2026-07-01T00:00:00+02:00');
    expect(zonedTime(at('2026-01-01T00:00:00'), 'America/St_Johns')?.text).toBe('2026-01-01T00:00:00-03:30');
    expect(zonedTime(at('2026-01-01T00:00:00'), 'UTC')?.text).toBe('2026-01-01T00:00:00+00:00');
    expect(zonedTime(at('2026-01-01T23:59:59'), 'Pacific/Kiritimati')?.text).toBe('2026-01-01T23:59:59+14:00');
  });

  it('reads an hour that is shown twice as the first one', () => {
    expect(zonedTime(at('2026-10-25T02:30:00'), 'Europe/Berlin')?.text).toBe('2026-10-25T02:30:00+02:00');
    expect(zonedTime(at('2026-11-01T01:59:59'), 'America/Chicago')?.text).toBe('2026-11-01T01:59:59-05:00');
    expect(zonedTime(at('2026-10-25T03:00:00'), 'Europe/Berlin')?.text).toBe('2026-10-25T03:00:00+01:00');
  });

  it('puts an hour that is not shown after the change', () => {
    expect(zonedTime(at('2026-03-29T02:30:00'), 'Europe/Berlin')?.text).toBe('2026-03-29T03:30:00+02:00');
    expect(zonedTime(at('2026-03-29T01:59:59'), 'Europe/Berlin')?.text).toBe('2026-03-29T01:59:59+01:00');
    expect(zonedTime(at('2026-10-04T02:10:00'), 'Australia/Lord_Howe')?.text).toBe('2026-10-04T02:40:00+11:00');
  });

  it('follows a country that changed its zone', () => {
    expect(zonedTime(at('2024-02-29T12:00:00'), 'Asia/Almaty')?.text).toBe('2024-02-29T12:00:00+06:00');
    expect(zonedTime(at('2024-03-02T12:00:00'), 'Asia/Almaty')?.text).toBe('2024-03-02T12:00:00+05:00');
  });

  it.each([
    '2026-02-29T00:00:00',
    '2026-04-31T00:00:00',
    '2026-13-01T00:00:00',
    '2026-00-01T00:00:00',
    '2026-01-00T00:00:00',
    '2026-01-01T24:00:00',
    '2026-01-01T00:60:00',
    '2026-01-01T00:00:60',
    '1899-01-01T00:00:00',
  ])('knows no %s', (text) => {
    expect(zonedTime(at(text), 'Asia/Shanghai')).toBeUndefined();
  });

  it('knows no time in an unknown zone, nor of a part that is no whole number', () => {
    expect(zonedTime(at('2026-01-01T00:00:00'), 'Asia/Zhengzhou')).toBeUndefined();
    expect(zonedTime({ ...at('2026-01-01T00:00:00'), hour: 1.5 }, 'Asia/Shanghai')).toBeUndefined();
    expect(zonedTime({ ...at('2026-01-01T00:00:00'), day: Number.NaN }, 'Asia/Shanghai')).toBeUndefined();
  });

  const zones = ['Asia/Shanghai', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca'];
  const zone = constantFrom(
    ...zones,
    'Asia/Kathmandu',
    'Europe/Moscow',
    'America/Santiago',
    'Asia/Tehran',
    'Asia/Gaza',
  );
  const second = integer({ min: Date.UTC(2000, 0, 1) / 1_000, max: Date.UTC(2040, 0, 1) / 1_000 });

  it('agrees with Intl: what a wall clock showed is read back as that instant, or as the first that it was shown at', () => {
    assert(
      property(zone, second, (timeZone, seconds) => {
        const timeMs = seconds * 1_000;
        const read = zonedTime(wallClock(timeZone, timeMs), timeZone)!;
        expect(read.timeMs).toBeLessThanOrEqual(timeMs);
        expect(wallClock(timeZone, read.timeMs)).toEqual(wallClock(timeZone, timeMs));
        expect(parseTimestamp(read.text)).toBe(read.timeMs);
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays right when more days are asked for than are remembered', () => {
    for (let day = 0; day < 1_000; day++) {
      const timeMs = Date.UTC(2020, 0, 1, 12) + day * 86_400_000;
      expect(zonedTime(wallClock('Europe/Paris', timeMs), 'Europe/Paris')?.timeMs).toBe(timeMs);
    }
  });
});

describe('nearestYear', () => {
  const shanghai = 'Asia/Shanghai';

  it('turns with the year, in the zone of the place', () => {
    expect(nearestYear(12, 31, Date.UTC(2027, 0, 1, 1), shanghai)).toBe(2026);
    expect(nearestYear(1, 1, Date.UTC(2026, 11, 31, 12), shanghai)).toBe(2027);
    expect(nearestYear(3, 3, Date.UTC(2026, 2, 3), shanghai)).toBe(2026);
    // It is 2 July already in Zhengzhou: last year's 1 January is 182 days away, next year's 183.
    expect(nearestYear(1, 1, Date.UTC(2026, 6, 1, 20), shanghai)).toBe(2026);
    expect(nearestYear(1, 1, Date.UTC(2026, 6, 3, 20), shanghai)).toBe(2027);
  });

  it('finds the leap year of 29 February', () => {
    expect(nearestYear(2, 29, Date.UTC(2026, 1, 1), shanghai)).toBe(2024);
    expect(nearestYear(2, 29, Date.UTC(2027, 1, 1), shanghai)).toBe(2028);
    expect(nearestYear(2, 29, Date.UTC(2099, 11, 1), shanghai)).toBe(2096);
  });

  it('looks back rather than ahead for what has happened', () => {
    const november = Date.UTC(2026, 10, 26);
    expect(nearestYear(5, 24, november, shanghai)).toBe(2027);
    expect(nearestYear(5, 24, november, shanghai, 2)).toBe(2026);
    expect(nearestYear(11, 28, november, shanghai, 2)).toBe(2026);
    expect(nearestYear(11, 29, november, shanghai, 2)).toBe(2025);
    expect(nearestYear(2, 29, Date.UTC(2027, 10, 1), shanghai, 2)).toBe(2024);
  });

  it('knows no year of a day that there is not', () => {
    expect(nearestYear(2, 30, Date.UTC(2026, 1, 1), shanghai)).toBeUndefined();
    expect(nearestYear(0, 1, Date.UTC(2026, 1, 1), shanghai)).toBeUndefined();
    expect(nearestYear(1, 1, Date.UTC(2026, 1, 1), 'Moon/Tranquility')).toBeUndefined();
  });

  it('is never more than half a year away', () => {
    const instant = integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2090, 0, 1) });
    assert(
      property(instant, integer({ min: -182, max: 182 }), (receivedAtMs, days) => {
        const { year, month, day } = wallClock(shanghai, receivedAtMs + days * 86_400_000);
        pre(!(month === 2 && day === 29));
        expect(nearestYear(month, day, receivedAtMs, shanghai)).toBe(year);
      }),
    );
  });
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows, by another way than the code under test: part by part. */
function wallClock(timeZone: string, timeMs: number): LocalTime {
  const numeric = 'numeric';
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
  return parts as unknown as LocalTime;
}

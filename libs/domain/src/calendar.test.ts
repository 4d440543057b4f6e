import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dayName, dayNumberOf, dayOfNumber, daysInMonth, monthName } from './calendar.js';

const dayMs = 86_400_000;
const firstDay = dayNumberOf(0, 1, 1);
const lastDay = dayNumberOf(9999, 12, 31);

describe('calendar', () => {
  test('numbers days from 1970-01-01', () => {
    expect(dayNumberOf(1970, 1, 1)).toBe(0);
    expect(dayNumberOf(1969, 12, 31)).toBe(-1);
    expect(dayNumberOf(2000, 3, 1)).toBe(11_017);
    expect(dayOfNumber(11_016)).toEqual({ year: 2000, month: 2, day: 29 });
  });

  test('agrees with the platform on every day that it can name', () => {
    fc.assert(
      fc.property(fc.integer({ min: firstDay, max: lastDay }), (dayNumber) => {
        const day = dayOfNumber(dayNumber);
        expect(dayName(day)).toBe(new Date(dayNumber * dayMs).toISOString().slice(0, 10));
        expect(dayNumberOf(day.year, day.month, day.day)).toBe(dayNumber);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [2020, 2, 29],
    [2021, 2, 28],
    [2000, 2, 29],
    [2100, 2, 28],
    [2020, 4, 30],
    [2020, 12, 31],
  ])('%i-%i has %i days', (year, month, days) => {
    expect(daysInMonth(year, month)).toBe(days);
  });

  test('pads names', () => {
    expect(monthName({ year: 2020, month: 6 })).toBe('2020-06');
    expect(dayName({ year: 33, month: 12, day: 3 })).toBe('0033-12-03');
  });
});

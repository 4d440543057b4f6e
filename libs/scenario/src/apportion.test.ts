import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { apportion } from './apportion.js';

const weights = fc
  .array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { minLength: 1, maxLength: 60 })
  .filter((list) => list.some((weight) => weight > 0));

describe('apportion', () => {
  test('gives each part its exact share, rounded to a neighbour, and the parts add up to the total', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), weights, (total, list) => {
        const parts = apportion(total, list);
        const weightSum = list.reduce((sum, weight) => sum + BigInt(weight), 0n);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
        parts.forEach((part, i) => {
          const below = (BigInt(total) * BigInt(list[i]!)) / weightSum;
          expect(part).toBeGreaterThanOrEqual(Number(below));
          expect(part).toBeLessThanOrEqual(Number(below) + 1);
        });
      }),
    );
  });

  test('never goes below the least, also where a weight is zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 50 }),
        weights,
        (extra, least, list) => {
          const parts = apportion(least * list.length + extra, list, least);
          expect(Math.min(...parts)).toBeGreaterThanOrEqual(least);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(least * list.length + extra);
        },
      ),
    );
  });

  test('gives the units that are left to the largest remainders, the first one on a tie', () => {
    expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(apportion(7, [3, 1, 2])).toEqual([4, 1, 2]);
    expect(apportion(0, [5, 5])).toEqual([0, 0]);
  });

  test('keeps the exact total where total times weight is above 2^53', () => {
    const parts = apportion(9_007_199_254_740_991, [999_999_999_999, 1, 999_999_999_999]);
    expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(9_007_199_254_740_991n);
  });

  test.each([
    ['a total below the least', () => apportion(2, [1, 1, 1], 1)],
    ['weights that are all zero', () => apportion(2, [0, 0])],
    ['no parts at all', () => apportion(0, [])],
    ['a negative weight', () => apportion(2, [1, -1])],
    ['a fractional weight', () => apportion(2, [0.5])],
    ['a fractional total', () => apportion(2.5, [1])],
    ['a negative total', () => apportion(-1, [1])],
  ])('refuses %s', (_what, split) => {
    expect(split).toThrow(RangeError);
  });
});

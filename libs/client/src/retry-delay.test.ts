import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { defaultRetryPolicy, parseRetryAfter, retryDelayMs } from './retry-delay.js';

const nowMs = Date.UTC(2020, 5, 30, 12);

describe('retryDelayMs', () => {
  test('doubles its bound with every attempt, up to the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7].map((attempts) =>
      retryDelayMs(defaultRetryPolicy, attempts, 0, undefined, 0.9999),
    );
    expect(longest).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 9_999]);
  });

  test('spreads over the whole time below the bound', () => {
    expect(retryDelayMs(defaultRetryPolicy, 3, 0, undefined, 0)).toBe(0);
    expect(retryDelayMs(defaultRetryPolicy, 3, 0, undefined, 0.5)).toBe(400);
  });

  test('waits at least as long as it was asked to', () => {
    expect(retryDelayMs(defaultRetryPolicy, 1, 0, 5_000, 0.1)).toBe(5_000);
    expect(retryDelayMs(defaultRetryPolicy, 7, 0, 1, 0.5)).toBe(5_000);
  });

  test('gives up when the attempts are used, or when the wait would end after the time', () => {
    expect(retryDelayMs(defaultRetryPolicy, 8, 0, undefined, 0)).toBeUndefined();
    expect(retryDelayMs(defaultRetryPolicy, 1, 0, 60_001, 0)).toBeUndefined();
    expect(retryDelayMs(defaultRetryPolicy, 1, 59_950, undefined, 0.9)).toBeUndefined();
    expect(retryDelayMs(defaultRetryPolicy, 1, 60_000, undefined, 0)).toBe(0);
  });

  test('never waits past the time that a batch has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 70_000 }),
        fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, spentMs, retryAfterMs, random) => {
          const delayMs = retryDelayMs(defaultRetryPolicy, attempts, spentMs, retryAfterMs, random);
          if (delayMs === undefined) return;
          expect(spentMs + delayMs).toBeLessThanOrEqual(defaultRetryPolicy.retryForMs);
          expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
        },
      ),
    );
  });
});

describe('parseRetryAfter', () => {
  test.each([
    ['5', 5_000],
    [' 12 ', 12_000],
    ['0', 0],
    ['Tue, 30 Jun 2020 12:00:07 GMT', 7_000],
    ['Tue, 30 Jun 2020 11:00:00 GMT', 0],
    [null, undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999999', undefined],
  ])('reads %j as %j ms', (header, expected) => {
    expect(parseRetryAfter(header, nowMs)).toBe(expected);
  });
});

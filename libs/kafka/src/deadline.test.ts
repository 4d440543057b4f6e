import { describe, expect, test } from '@jest/globals';
import { backoffMs, Overdue, within } from './deadline.js';

describe('within', () => {
  test('gives the value or the error of a promise that is in time', async () => {
    await expect(within(1_000, 'it', Promise.resolve(5))).resolves.toBe(5);
    await expect(within(1_000, 'it', Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  test('rejects when the promise is late, and ignores how that ends', async () => {
    const late = Promise.withResolvers<void>();
    await expect(within(5, 'the answer', late.promise)).rejects.toThrow(new Overdue('the answer', 5));
    late.reject(new Error('nobody hears this'));
  });
});

describe('backoffMs', () => {
  const backoff = { firstMs: 100, maxMs: 2_000 };

  test('doubles up to the maximum, also after a thousand failures', () => {
    const waits = [1, 2, 3, 6, 1_000].map((failures) => backoffMs(backoff, failures, 0));
    expect(waits).toEqual([100, 200, 400, 2_000, 2_000]);
  });

  test('is shortened by up to half', () => {
    expect(backoffMs(backoff, 1, 0.999_999)).toBeCloseTo(50, 3);
  });
});

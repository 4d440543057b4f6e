import { describe, expect, test } from '@jest/globals';
import { SeededRandom } from './seeded-random.js';

const drawn = (seed: number, key: string): number[] => {
  const random = new SeededRandom(seed, key);
  return Array.from({ length: 10_000 }, () => random.between(0, 9));
};

describe('SeededRandom', () => {
  test('gives the same numbers for the same seed and key, and others for other ones', () => {
    expect(drawn(1, 'air')).toEqual(drawn(1, 'air'));
    expect(drawn(1, 'air')).not.toEqual(drawn(2, 'air'));
    expect(drawn(1, 'air')).not.toEqual(drawn(1, 'rail'));
  });

  test('hits every value of a range about equally often, both ends included', () => {
    const counts = drawn(7, 'x').reduce((all, value) => all.with(value, all[value]! + 1), Array<number>(10).fill(0));
    for (const count of counts) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1_150);
    }
  });
});

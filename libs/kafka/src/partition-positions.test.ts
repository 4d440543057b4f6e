import { describe, expect, test } from '@jest/globals';
import { LogGapError, PartitionPositions } from './partition-positions.js';

describe('PartitionPositions', () => {
  test('sees a fetch that began after or before the wanted place', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.gapBefore('t', 1, 100n)).toBeUndefined();
    expect(positions.gapBefore('t', 1, 130n)).toEqual({ topic: 't', partition: 1, wanted: 100n, found: 130n });
    expect(positions.gapBefore('t', 1, 0n)).toEqual({ topic: 't', partition: 1, wanted: 100n, found: 0n });
  });

  test('takes any beginning where nothing is wanted', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.gapBefore('t', 2, 7n)).toBeUndefined();
  });

  test('counts the seeks of a partition, also one to the place where it is', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.seeks('t', 1)).toBe(0);
    positions.seek('t', 1, 100n);
    positions.seek('t', 1, 50n);
    expect(positions.seeks('t', 1)).toBe(2);
    expect(positions.seeks('t', 2)).toBe(0);
    expect(positions.wanted('t', 1)).toBe(50n);
  });

  test('names the place in the error', () => {
    expect(new LogGapError({ topic: 't', partition: 1, wanted: 100n, found: 130n }).message).toBe(
      't:1 does not hold offset 100, it goes on at 130',
    );
  });
});

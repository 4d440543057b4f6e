import { describe, expect, test } from '@jest/globals';
import { LogGapError, PartitionPositions } from './partition-positions.js';

describe('PartitionPositions', () => {
  test('sees a fetch that began after or before the wanted place', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.insteadOf('t', 1, 100n)).toBeUndefined();
    expect(positions.insteadOf('t', 1, 130n)).toBe(100n);
    expect(positions.insteadOf('t', 1, 0n)).toBe(100n);
  });

  test('takes any beginning where nothing is wanted', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.insteadOf('t', 2, 7n)).toBeUndefined();
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
    expect(new LogGapError({ topic: 't', partition: 1, wanted: 100n, start: 130n, end: 200n }).message).toBe(
      't:1 does not hold offset 100: it begins at 130 and ends before 200',
    );
  });
});

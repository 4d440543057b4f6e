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

  test('takes any beginning where nothing is wanted: another partition, or a new assignment', () => {
    const positions = new PartitionPositions();
    positions.expect('t', 1, 100n);
    expect(positions.gapBefore('t', 2, 7n)).toBeUndefined();
    positions.forget();
    expect(positions.gapBefore('t', 1, 7n)).toBeUndefined();
  });

  test('names the place in the error', () => {
    expect(new LogGapError({ topic: 't', partition: 1, wanted: 100n, found: 130n }).message).toBe(
      't:1 does not hold offset 100, it goes on at 130',
    );
  });
});

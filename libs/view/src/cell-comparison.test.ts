import { describe, expect, it } from '@jest/globals';
import type { SnapshotCell } from '@landbridge/domain';
import { compareCells, mergeComparisons } from './cell-comparison.js';

const shard = { topic: 'landbridge.air.v1', partition: 3 };
const air = 'air-cargo|CGO|outbound|air|LU|CV';

const month = (slot: number, amounts: readonly number[], series = air, year = 2020): SnapshotCell => ({
  bucket: { kind: 'year', year },
  slot,
  series,
  amounts,
});
const hour = (slot: number, amounts: readonly number[]): SnapshotCell => ({
  bucket: { kind: 'day', day: 18_443 }, // 2020-06-30
  slot,
  series: air,
  amounts,
});

describe('compareCells', () => {
  it('finds equal cells equal, in any order, and a missing one equal to zeros', () => {
    const view = [month(6, [10, 2, 1]), month(7, [0, 0, 0]), hour(23, [10, 2, 1])];
    const { differingCells, cells, examples, measures } = compareCells(shard, view, [view[2]!, view[0]!]);
    expect({ differingCells, cells, examples }).toEqual({ differingCells: 0, cells: 3, examples: [] });
    expect(measures).toEqual([
      { measure: 'air.weight', view: 10n, recounted: 10n, difference: 0n },
      { measure: 'air.pieces', view: 2n, recounted: 2n, difference: 0n },
    ]);
  });

  it('finds an amount in a wrong cell, although the totals are equal', () => {
    const { differingCells, measures } = compareCells(shard, [month(6, [10, 0, 0])], [month(7, [10, 0, 0])]);
    expect(differingCells).toBe(2);
    expect(measures[0]).toEqual({ measure: 'air.weight', view: 10n, recounted: 10n, difference: 20n });
  });

  it('tells where the first differences are, on the hub clock', () => {
    const { examples } = compareCells(shard, [month(6, [10, 2, 1]), hour(9, [1, 1, 1])], [month(6, [11, 2, 1])]);
    expect(examples).toEqual([
      { ...shard, time: '2020-06', series: air, view: [10, 2, 1], recounted: [11, 2, 1] },
      { ...shard, time: '2020-06-30T09', series: air, view: [1, 1, 1], recounted: [] },
    ]);
  });

  it('counts hours among the cells, but a measure only from its months', () => {
    const { measures, differingCells } = compareCells(
      shard,
      [month(6, [10, 0, 1]), hour(9, [9, 0, 1])],
      [month(6, [10, 0, 1])],
    );
    expect(differingCells).toBe(1);
    expect(measures[0]).toMatchObject({ view: 10n, difference: 0n });
  });

  it('names series that other rules have made by themselves', () => {
    const { measures } = compareCells(shard, [month(6, [4, 5], 'air-mail|CGO'), month(6, [1, 2, 3, 4])], []);
    expect(measures.map(({ measure, difference }) => [measure, difference])).toEqual([
      ['air-mail[0]', 4n],
      ['air-mail[1]', 5n],
      ['air.weight', 1n],
      ['air.pieces', 2n],
      ['air-cargo[3]', 4n],
    ]);
  });

  it('adds up beyond the largest exact number', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const view = [month(1, [most, 0, 0]), month(2, [most, 0, 0])];
    expect(compareCells(shard, view, []).measures[0]!.difference).toBe(2n * BigInt(most));
  });
});

describe('mergeComparisons', () => {
  it('adds up shards, measures in the order of the public contract', () => {
    const rail = compareCells(shard, [month(6, [1], 'rail-trains|CGO|outbound|land|DE|')], []);
    const first = compareCells(shard, [month(6, [10, 2, 1])], [month(6, [9, 2, 1])]);
    const merged = mergeComparisons([rail, first, first]);
    expect(merged.measures.map(({ measure, difference }) => [measure, difference])).toEqual([
      ['air.weight', 2n],
      ['air.pieces', 0n],
      ['rail.trains', 1n],
    ]);
    expect(merged).toMatchObject({ cells: 3, differingCells: 3 });
    expect(merged.examples).toHaveLength(3);
  });

  it('keeps a bounded number of examples', () => {
    const many = compareCells(
      shard,
      Array.from({ length: 40 }, (_, i) => month(1, [1, 1, 1], air, 2000 + i)),
      [],
    );
    expect(mergeComparisons([many, many]).examples).toHaveLength(50);
    expect(mergeComparisons([many, many]).differingCells).toBe(80);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CellBucket } from './cell-bucket.js';
import type { StoredCell } from './shard-store.js';

const place = ({ slot, series }: Pick<StoredCell, 'slot' | 'series'>): string => `${slot}.${series}`;
const standing = (entries: readonly StoredCell[]): Map<string, readonly number[]> =>
  new Map(entries.map((entry) => [place(entry), entry.amounts]));

describe('a bucket of cells', () => {
  it('is in the store what it is in memory, whenever it is drained and loaded again', () => {
    const addition = fc.record({ slot: fc.nat(23), series: fc.nat(40), amounts: fc.tuple(fc.nat(9), fc.nat(9)) });
    const runs = fc.array(fc.record({ additions: fc.array(addition), reloads: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(runs, (all) => {
        let stored: readonly StoredCell[] = [];
        let bucket = new CellBucket([]);
        const expected = new Map<string, number[]>();
        for (const { additions, reloads } of all) {
          for (const { slot, series, amounts } of additions) {
            const sums = expected.get(place({ slot, series })) ?? [0, 0];
            expected.set(place({ slot, series }), [sums[0]! + amounts[0], sums[1]! + amounts[1]]);
            expect(bucket.add(slot, series, amounts, 1)).toBe(true);
          }
          const { cells, isWhole } = bucket.drain();
          stored = isWhole ? cells : [...stored, ...cells];
          expect(standing(stored)).toEqual(expected);
          expect(bucket.size).toBe(expected.size);
          expect(stored.length).toBeLessThanOrEqual(2 * expected.size + 64);
          if (reloads) bucket = new CellBucket(stored);
        }
      }),
    );
  });

  it('gives each changed cell once, and then no more', () => {
    const bucket = new CellBucket([{ slot: 1, series: 7, amounts: [10, 1] }]);
    bucket.add(1, 7, [5, 1], 1);
    bucket.add(1, 7, [3, 1], -1);
    bucket.add(2, 7, [8, 1], 1);
    expect(bucket.drain()).toEqual({
      cells: [
        { slot: 1, series: 7, amounts: [12, 1] },
        { slot: 2, series: 7, amounts: [8, 1] },
      ],
      isWhole: false,
    });
    expect(bucket.drain().cells).toEqual([]);
  });

  it('is written anew when most of what is stored is overtaken', () => {
    const bucket = new CellBucket([]);
    const drained = Array.from({ length: 200 }, (_, i) => {
      bucket.add(i % 2, 3, [1], 1);
      return bucket.drain();
    });
    expect(drained.filter(({ isWhole }) => isWhole)).toHaveLength(2);
    expect(drained.find(({ isWhole }) => isWhole)?.cells).toHaveLength(2);
  });

  it('tells cells apart by slot and series, thousands of them', () => {
    const bucket = new CellBucket([]);
    for (let slot = 0; slot < 24; slot++)
      for (let series = 0; series < 2_000; series++) bucket.add(slot, series, [slot * 2_000 + series], 1);
    const { cells } = bucket.drain();
    expect(cells).toHaveLength(48_000);
    for (const { slot, series, amounts } of cells) expect(amounts).toEqual([slot * 2_000 + series]);
  });

  it('takes nothing that would make a sum inexact or negative', () => {
    const bucket = new CellBucket([{ slot: 0, series: 0, amounts: [1, Number.MAX_SAFE_INTEGER] }]);
    expect(bucket.add(0, 0, [1, 1], 1)).toBe(false);
    expect(() => bucket.add(0, 0, [2, 0], -1)).toThrow('below zero');
    expect(bucket.drain().cells).toEqual([]);
  });
});

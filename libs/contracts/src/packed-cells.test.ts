import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { packCells, unpackCellEntries, unpackCells } from './packed-cells.js';

const someCell = fc.record({
  slot: fc.nat(23),
  series: fc.oneof(fc.nat(300), fc.nat(999_999_999)),
  amounts: fc.array(
    fc.oneof(
      fc.nat(9_999),
      fc.maxSafeNat(),
      fc.integer({ min: Number.MAX_SAFE_INTEGER - 100, max: Number.MAX_SAFE_INTEGER }),
    ),
    { maxLength: 3 },
  ),
});

describe('packed cells', () => {
  it('are read as they were written, also next to the largest exact integer', () => {
    fc.assert(
      fc.property(fc.array(someCell, { maxLength: 50 }), (cells) => {
        expect(unpackCellEntries(packCells(cells))).toEqual(cells);
      }),
    );
  });

  it('stand as they were appended last', () => {
    const fewPlaces = fc.record({ slot: fc.nat(2), series: fc.nat(2), amounts: fc.tuple(fc.nat()) });
    fc.assert(
      fc.property(fc.array(fewPlaces), fc.array(fewPlaces), (first, second) => {
        const expected = new Map<string, readonly number[]>();
        for (const { slot, series, amounts } of [...first, ...second]) expected.set(`${slot}.${series}`, amounts);
        const read = unpackCells(Buffer.concat([packCells(first), packCells(second)]));
        expect(new Map(read.map(({ slot, series, amounts }) => [`${slot}.${series}`, amounts]))).toEqual(expected);
        expect(read).toHaveLength(expected.size);
      }),
    );
  });

  it('take about nine bytes each', () => {
    expect(packCells([{ slot: 23, series: 200, amounts: [1_200_000, 40, 1] }])).toHaveLength(9);
  });

  it.each([
    ['a cut entry', [23, 1, 3, 5, 6]],
    ['a cut number', [23, 0x81]],
    ['a number above 2^53', [1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a slot that no bucket has', [0x80, 0x01, 1, 1, 1]],
    ['amounts without end', [1, 1, 0x7f, 1]],
    ['the text of another layout', [...Buffer.from('1200000,40,1')]],
  ])('are refused where they are %s', (_name, bytes) => {
    expect(() => unpackCells(Uint8Array.from(bytes))).toThrow('not the cells');
  });

  it('refuse what has no place in them', () => {
    expect(() => packCells([{ slot: 128, series: 1, amounts: [1] }])).toThrow('cannot be stored');
    expect(() => packCells([{ slot: 1, series: 2 ** 32, amounts: [1] }])).toThrow('cannot be stored');
    expect(() => packCells([{ slot: 1, series: 1, amounts: Array.from({ length: 16 }, () => 1) }])).toThrow(
      'cannot be stored',
    );
  });
});

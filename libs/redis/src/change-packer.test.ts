import { describe, expect, it } from '@jest/globals';
import { parseCellField } from '@landbridge/contracts';
import type { ShardChange } from '@landbridge/domain';
import * as fc from 'fast-check';
import { parseAmounts } from './cell-text.js';
import { packChange } from './change-packer.js';

type Unpacked = Buffer | readonly Unpacked[];

/** Reads what the script reads with `cmsgpack.unpack`: arrays, and texts as raw bytes. */
function unpack(bytes: Buffer): Unpacked {
  let at = 0;
  const raw = (length: number): Buffer => bytes.subarray(at, (at += length));
  const value = (): Unpacked => {
    const kind = bytes[at++];
    if (kind === 0xd9) return raw(raw(1).readUInt8());
    const length = raw(4).readUInt32BE();
    if (kind === 0xdb) return raw(length);
    if (kind === 0xdd) return Array.from({ length }, value);
    throw new Error(`not a kind of value that is packed: ${kind}`);
  };
  const unpacked = value();
  expect(at).toBe(bytes.length);
  return unpacked;
}

function changeOf(change: Partial<ShardChange>): ShardChange {
  return {
    expectedNext: 0,
    next: 1,
    newestReceivedMs: 0,
    newSeries: [],
    idAppends: [],
    droppedSegments: [],
    segments: [],
    cells: [],
    ...change,
  };
}

const cell = fc.record({
  slot: fc.nat(23),
  series: fc.nat(999_999_999),
  amounts: fc.array(
    fc.oneof(
      fc.nat(9_999),
      fc.maxSafeNat(),
      fc.integer({ min: Number.MAX_SAFE_INTEGER - 100, max: Number.MAX_SAFE_INTEGER }),
    ),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('a packed change', () => {
  it('holds every cell digit by digit, also next to the largest exact integer', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 50 }), (cells) => {
        const bucket = { kind: 'year', year: 2020 } as const;
        const [, , hashes] = unpack(packChange(changeOf({ cells: [{ bucket, cells }] }))) as Unpacked[][];
        const texts = (hashes![0] as readonly Buffer[]).map(String);
        const read = cells.map((_, i) => ({
          ...parseCellField(texts[2 * i]!),
          amounts: parseAmounts(texts[2 * i + 1]!),
        }));
        expect(read).toEqual(cells);
        expect(texts).toHaveLength(2 * cells.length);
      }),
    );
  });

  it('holds series and ids as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        fc.uint8Array({ maxLength: 200_000 }),
        (newSeries, bytes) => {
          const [series, appends] = unpack(packChange(changeOf({ newSeries, idAppends: [{ segment: 0, bytes }] }))) as [
            Buffer[],
            Buffer[],
          ];
          expect(series.map(String)).toEqual(newSeries.map((name) => Buffer.from(name).toString()));
          expect(appends[0]!.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});

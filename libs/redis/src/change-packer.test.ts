import { describe, expect, it } from '@jest/globals';
import { unpackCellEntries } from '@landbridge/contracts';
import type { ShardChange } from '@landbridge/domain';
import * as fc from 'fast-check';
import { packChange } from './change-packer.js';

type Unpacked = Buffer | readonly Unpacked[];

/** Reads what the script reads with `cmsgpack.unpack`: arrays, and texts as raw bytes. */
function unpack(bytes: Buffer): Unpacked {
  let at = 0;
  const raw = (length: number): Buffer => bytes.subarray(at, (at += length));
  const value = (): Unpacked => {
    const kind = bytes[at++];
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

const someCell = fc.record({
  slot: fc.nat(23),
  series: fc.nat(999_999),
  amounts: fc.array(fc.maxSafeNat(), { maxLength: 3 }),
});
const someBuckets = fc.array(fc.record({ cells: fc.array(someCell, { maxLength: 50 }), isWhole: fc.boolean() }));

describe('a packed change', () => {
  it('holds the cells of each bucket, those to append before those to set', () => {
    fc.assert(
      fc.property(someBuckets, (buckets) => {
        const cells = buckets.map((one, i) => ({ ...one, bucket: { kind: 'year', year: 2000 + i } as const }));
        const [, appends, sets] = unpack(packChange(changeOf({ cells }))) as [Buffer[], Buffer[], Buffer[]];
        const packed = (whole: boolean) => cells.filter(({ isWhole }) => isWhole === whole).map((one) => one.cells);
        expect(appends.map(unpackCellEntries)).toEqual(packed(false));
        expect(sets.map(unpackCellEntries)).toEqual(packed(true));
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

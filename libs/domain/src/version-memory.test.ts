import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { identityLength, VersionMemory, type RememberedVersion, type Segment } from './version-memory.js';

const day = 86_400_000;
const limits = { windowMs: 32 * day, segmentsMax: 64 };

/** A distinct identity for a number, spread like a hash; a `family` makes many share their first four bytes, and so their fingerprint. */
function identity(n: number, family?: number): string {
  const spread = family ?? Math.imul(n + 1, 0x9e3779b1) >>> 0;
  const codes = [
    spread & 0xff,
    (spread >> 8) & 0xff,
    (spread >> 16) & 0xff,
    spread >>> 24,
    n & 0xff,
    (n >> 8) & 0xff,
    (n >> 16) & 0xff,
  ];
  return String.fromCharCode(...codes, ...Array.from({ length: identityLength - codes.length }, () => 7));
}

const version = (rank: number, weight = rank): RememberedVersion => ({
  rank,
  contributions: [{ series: 3, hour: 440_000, amounts: [weight, 1, 0] }],
});

describe('version memory', () => {
  it('gives back what it was told, by identity', () => {
    const memory = new VersionMemory(limits);
    memory.advance(1);
    memory.remember(identity(1), version(0, 2 ** 50));
    expect(memory.find(identity(1))).toEqual(version(0, 2 ** 50));
    expect(memory.find(identity(2))).toBeUndefined();
  });

  it('agrees with a plain map, also when fingerprints collide and versions follow each other', () => {
    const step = fc.record({ n: fc.nat(300), family: fc.nat(3), rank: fc.nat(2 ** 31), weight: fc.maxSafeNat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const memory = new VersionMemory(limits);
        const plain = new Map<string, RememberedVersion>();
        for (const { n, family, rank, weight } of steps) {
          const id = identity(n, family);
          memory.remember(id, version(rank, weight));
          plain.set(id, version(rank, weight));
        }
        expect(memory.size).toBe(plain.size);
        for (const [id, expected] of plain) expect(memory.find(id)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same after it was stored and loaded, wherever it was drained', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { minLength: 1, maxLength: 400 }), fc.nat(40), (ids, every) => {
        const memory = new VersionMemory(limits);
        const store = new SegmentStore();
        ids.forEach((n, i) => {
          memory.advance(i);
          memory.remember(identity(n), version(i));
          if (i % (every + 1) === 0) store.take(memory.drain());
        });
        store.take(memory.drain());
        const loaded = new VersionMemory(limits, store.segments(), ids.length - 1);
        expect(loaded.size).toBe(memory.size);
        for (const n of ids) expect(loaded.find(identity(n))).toEqual(memory.find(identity(n)));
      }),
      { numRuns: 40 },
    );
  });

  it('lets go of ids outside the window by the log clock, and keeps those of a newer version', () => {
    const memory = new VersionMemory({ windowMs: 2 * day, segmentsMax: 64 });
    // 60,000 ids of one day fill more than one segment.
    for (let n = 0; n < 60_000; n++) {
      memory.advance(1);
      memory.remember(identity(n), version(0));
    }
    memory.advance(2 * day);
    memory.remember(identity(5), version(2));
    for (let n = 100_000; n < 160_000; n++) memory.remember(identity(n), version(0));
    memory.advance(4 * day);
    expect(memory.find(identity(6))).toBeUndefined();
    expect(memory.find(identity(5))).toEqual(version(2));
    expect(memory.find(identity(110_000))).toEqual(version(0));
    expect(memory.drain().dropped).toContain(0);
  });

  it('is bounded by its number of segments, and says which to delete', () => {
    const memory = new VersionMemory({ windowMs: 32 * day, segmentsMax: 2 });
    for (let n = 0; n < 200_000; n++) memory.remember(identity(n), version(0));
    const { segments, dropped } = memory.drain();
    expect(segments).toHaveLength(2);
    expect(dropped.length).toBeGreaterThan(1);
    expect(memory.find(identity(0))).toBeUndefined();
    expect(memory.find(identity(199_999))).toEqual(version(0));
  });

  it('does not depend on where it was reloaded, also after segments have left', () => {
    const small = { windowMs: 32 * day, segmentsMax: 2 };
    const straight = new VersionMemory(small);
    let reloaded = new VersionMemory(small);
    const store = new SegmentStore();
    for (let n = 0; n < 130_000; n++) {
      straight.remember(identity(n), version(n));
      reloaded.remember(identity(n), version(n));
      if (n % 29_999 === 0) {
        store.take(reloaded.drain());
        reloaded = new VersionMemory(small, store.segments());
      }
    }
    expect(reloaded.size).toBe(straight.size);
    for (let n = 0; n < 130_000; n += 37) expect(reloaded.find(identity(n))).toEqual(straight.find(identity(n)));
  });

  it('refuses a segment that is cut in the middle of an entry', () => {
    const memory = new VersionMemory(limits);
    memory.remember(identity(1), version(0));
    const bytes = memory.drain().appends[0]!.bytes;
    const cut = { number: 0, newestReceivedMs: 0, bytes: bytes.slice(0, bytes.length - 1) };
    expect(() => new VersionMemory(limits, [cut])).toThrow(/cut/);
  });
});

/** What the store does with drained changes: append, delete. */
class SegmentStore {
  private readonly bytes = new Map<number, Uint8Array>();
  private times: readonly { number: number; newestReceivedMs: number }[] = [];

  take({ appends, dropped, segments }: ReturnType<VersionMemory['drain']>): void {
    for (const { segment, bytes } of appends)
      this.bytes.set(segment, Buffer.concat([this.bytes.get(segment) ?? Buffer.alloc(0), bytes]));
    for (const number of dropped) this.bytes.delete(number);
    this.times = segments;
  }

  segments(): Segment[] {
    return this.times.map(({ number, newestReceivedMs }) => ({
      number,
      newestReceivedMs,
      bytes: Uint8Array.from(this.bytes.get(number) ?? Buffer.alloc(0)),
    }));
  }
}

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decide, rankOf, supersedes, type Version } from './fold.js';
import type { ShardChange, ShardImage, StoredBucket, StoredCell } from './shard-store.js';
import { ShardView, type FoldRecord, type TakeOutcome } from './shard-view.js';
import { dayNumberOf } from './calendar.js';

const limits = { windowMs: 32 * 86_400_000, segmentsMax: 64, seriesMax: 1 << 16, cellsMax: 1 << 16 };
const hour = (y: number, m: number, d: number, h: number): number => dayNumberOf(y, m, d) * 24 + h;
const identity = (n: number): string => String.fromCharCode(n & 0xff, n >> 8, ...Array.from({ length: 14 }, () => 1));
const emptyImage: ShardImage = { next: 0, newestReceivedMs: 0, series: [], segments: [] };

/** A store in memory with the rules of the real one: compare the position, then take everything or nothing. */
class ModelStore {
  next = 0;
  newestReceivedMs = 0;
  readonly series: string[] = [];
  readonly ids = new Map<number, number[]>();
  segmentTimes: ShardChange['segments'] = [];
  /** Entries by bucket; the last one of a cell stands. */
  readonly buckets = new Map<string, readonly StoredCell[]>();

  apply(change: ShardChange): boolean {
    if (change.expectedNext !== this.next) return false;
    this.next = change.next;
    this.newestReceivedMs = change.newestReceivedMs;
    this.series.push(...change.newSeries);
    for (const { segment, bytes } of change.idAppends)
      this.ids.set(segment, [...(this.ids.get(segment) ?? []), ...bytes]);
    for (const number of change.droppedSegments) this.ids.delete(number);
    this.segmentTimes = change.segments;
    for (const { bucket, cells, isWhole } of change.cells) {
      const entries = this.buckets.get(JSON.stringify(bucket)) ?? [];
      this.buckets.set(JSON.stringify(bucket), isWhole ? [...cells] : [...entries, ...cells]);
    }
    return true;
  }

  image(): ShardImage {
    const segments = this.segmentTimes.map((one) => ({
      ...one,
      bytes: Uint8Array.from(this.ids.get(one.number) ?? []),
    }));
    return { next: this.next, newestReceivedMs: this.newestReceivedMs, series: [...this.series], segments };
  }

  read(bucket: StoredBucket): StoredCell[] {
    return [...(this.buckets.get(JSON.stringify(bucket)) ?? [])];
  }

  /** Non-zero totals by series name, bucket and slot. */
  totals(): Record<string, readonly number[]> {
    const found: Record<string, readonly number[]> = {};
    for (const [bucket, entries] of this.buckets)
      for (const { slot, series, amounts } of entries) found[`${bucket}.${slot} ${this.series[series]}`] = amounts;
    for (const [place, amounts] of Object.entries(found))
      if (amounts.every((amount) => amount === 0)) delete found[place];
    return found;
  }
}

function fold(view: ShardView, store: ModelStore, records: readonly FoldRecord[]): TakeOutcome[] {
  const missing = view.missingBuckets(records);
  view.addBuckets(
    missing,
    missing.map((bucket) => store.read(bucket)),
  );
  const taken = records.map((record) => {
    const outcome = view.take(record);
    if (outcome !== 'unloaded') return outcome;
    const asked = view.missingBuckets([record]);
    view.addBuckets(
      asked,
      asked.map((bucket) => store.read(bucket)),
    );
    return view.take(record) as TakeOutcome;
  });
  expect(store.apply(view.drain())).toBe(true);
  view.trim();
  return taken;
}

const arbitraryVersion = fc.record({
  id: fc.nat(12),
  revision: fc.nat(3),
  retracted: fc.boolean(),
  series: fc.constantFrom('air-cargo|CGO|outbound|air|LU|CV', 'air-cargo|CGO|inbound|air|CN|CZ'),
  hour: fc.constantFrom(hour(2020, 6, 30, 23), hour(2020, 7, 1, 0), hour(2019, 12, 31, 23)),
  weight: fc.nat(1_000_000),
});

function toRecord(
  one: { id: number; revision: number; retracted: boolean; series: string; hour: number; weight: number },
  offset: number,
): FoldRecord {
  const version: Version = {
    rank: rankOf(one.revision, one.retracted),
    contributions: one.retracted ? [] : [{ series: one.series, hour: one.hour, amounts: [one.weight, 1, 1] }],
  };
  return { offset, receivedMs: offset, identity: identity(one.id), version };
}

/** An independent recount: the newest version of each id, first come first served among equals, added up. */
function recount(records: readonly FoldRecord[]): Record<string, number[]> {
  const newest = new Map<string, Version>();
  for (const { identity, version } of records)
    if (supersedes(decide(newest.get(identity), version))) newest.set(identity, version);
  const totals: Record<string, number[]> = {};
  for (const { contributions } of newest.values()) {
    for (const { series, hour, amounts } of contributions) {
      const date = new Date(hour * 3_600_000);
      const places = [
        `{"kind":"day","day":${Math.floor(hour / 24)}}.${hour % 24}`,
        `{"kind":"year","year":${date.getUTCFullYear()}}.${date.getUTCMonth() + 1}`,
      ];
      for (const place of places) {
        const held = (totals[`${place} ${series}`] ??= [0, 0, 0]);
        amounts.forEach((amount, i) => (held[i]! += amount));
      }
    }
  }
  return totals;
}

describe('view of a partition', () => {
  it('equals an independent recount, whatever the runs, reloads and corrections', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryVersion, { maxLength: 120 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (steps, run, reloadEvery) => {
          const records = steps.map(toRecord);
          const store = new ModelStore();
          let view = new ShardView(emptyImage, limits);
          for (let from = 0, runs = 1; from < records.length; from += run, runs++) {
            fold(view, store, records.slice(from, from + run));
            if (runs % reloadEvery === 0) view = new ShardView(store.image(), limits);
          }
          expect(store.totals()).toEqual(recount(records));
          expect(store.next).toBe(records.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('ends in the same totals when everything arrives twice in another order', () => {
    const unique = fc.uniqueArray(arbitraryVersion, {
      selector: ({ id, revision, retracted }) => `${id}.${revision}.${retracted}`,
      maxLength: 40,
    });
    fc.assert(
      fc.property(unique, fc.infiniteStream(fc.nat(1_000)), (steps, keys) => {
        const shuffled = [...steps, ...steps]
          .map((step) => ({ step, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key);
        const straight = new ModelStore();
        fold(new ShardView(emptyImage, limits), straight, steps.map(toRecord));
        const mixed = new ModelStore();
        fold(
          new ShardView(emptyImage, limits),
          mixed,
          shuffled.map(({ step }, i) => toRecord(step, i)),
        );
        expect(mixed.totals()).toEqual(straight.totals());
      }),
      { numRuns: 100 },
    );
  });

  it('names every outcome: applied, duplicate, conflict, replaced, stale, retracted', () => {
    const store = new ModelStore();
    const view = new ShardView(emptyImage, limits);
    const base = {
      id: 1,
      revision: 1,
      retracted: false,
      series: 'air-cargo|CGO|outbound|air|LU|CV',
      hour: 440_000,
      weight: 5,
    };
    const steps = [
      base,
      base,
      { ...base, weight: 6 },
      { ...base, revision: 2, weight: 7 },
      base,
      { ...base, revision: 2, retracted: true },
      { ...base, revision: 2, weight: 7 },
    ];
    expect(fold(view, store, steps.map(toRecord))).toEqual([
      'applied',
      'duplicate',
      'conflict',
      'replaced',
      'stale',
      'retracted',
      'stale',
    ]);
    expect(store.totals()).toEqual({});
  });

  it('refuses an amount that would not stay an exact integer, and goes on', () => {
    const store = new ModelStore();
    const view = new ShardView(emptyImage, limits);
    const base = { id: 1, revision: 0, retracted: false, series: 'air-cargo|CGO|outbound|air|LU|CV', hour: 440_000 };
    const taken = fold(view, store, [
      toRecord({ ...base, weight: Number.MAX_SAFE_INTEGER - 1 }, 0),
      toRecord({ ...base, id: 2, weight: 2 }, 1),
      toRecord({ ...base, id: 3, weight: 1 }, 2),
    ]);
    expect(taken).toEqual(['applied', 'overflow', 'applied']);
    expect(Object.values(store.totals()).map(([weight]) => weight)).toEqual([
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER,
    ]);
  });

  it('counts series beyond the limit under their meter, so that totals stay right', () => {
    const store = new ModelStore();
    const view = new ShardView(emptyImage, { ...limits, seriesMax: 1 });
    const step = (id: number, carrier: string) => ({
      id,
      revision: 0,
      retracted: false,
      series: `air-cargo|CGO|outbound|air|LU|${carrier}`,
      hour: 440_000,
      weight: 10,
    });
    fold(view, store, [step(1, 'CV'), step(2, 'CZ'), step(3, 'MU')].map(toRecord));
    expect(store.series).toEqual(['air-cargo|CGO|outbound|air|LU|CV', 'air-cargo|||||']);
    expect(Object.values(store.totals()).reduce((sum, [weight]) => sum + weight!, 0)).toBe(60);
    const reposted = toRecord(step(3, 'MU'), 3);
    expect(fold(view, store, [reposted])).toEqual(['duplicate']);
    const contradiction = toRecord({ ...step(3, 'MU'), weight: 11 }, 4);
    expect(fold(view, store, [contradiction])).toEqual(['conflict']);
  });

  it('keeps no more cells than its limit between runs', () => {
    const store = new ModelStore();
    const view = new ShardView(emptyImage, { ...limits, cellsMax: 2 });
    const step = (id: number, day: number) => ({
      id,
      revision: 0,
      retracted: false,
      series: 'air-cargo|CGO|outbound|air|LU|CV',
      hour: day * 24,
      weight: 1,
    });
    for (let i = 0; i < 20; i++) fold(view, store, [toRecord(step(i, 18_000 + (i % 4)), i)]);
    expect(view.missingBuckets([toRecord(step(99, 18_000), 20)])).toHaveLength(1);
    expect(Object.values(store.totals()).reduce((sum, [weight]) => sum + weight!, 0)).toBe(40);
  });

  it('passes over a dead letter', () => {
    const view = new ShardView(emptyImage, limits);
    view.skip(0, 5);
    expect(view.drain()).toMatchObject({ expectedNext: 0, next: 1, newestReceivedMs: 5, cells: [] });
  });

  it('refuses to take a record twice', () => {
    const view = new ShardView({ ...emptyImage, next: 4 }, limits);
    expect(() =>
      view.take(toRecord({ id: 1, revision: 0, retracted: true, series: '', hour: 0, weight: 0 }, 3)),
    ).toThrow(/behind/);
  });
});

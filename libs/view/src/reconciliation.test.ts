import { describe, expect, it } from '@jest/globals';
import { eventTopics } from '@landbridge/contracts';
import type { ShardSnapshot, SnapshotCell, SnapshotSource } from '@landbridge/domain';
import { FakeRecountLog } from './fake-recount-log.js';
import { reconcileShard } from './reconciliation.js';
import { flightRecord } from './test-events.js';

const shard = { generation: 1, topic: eventTopics.air, partition: 0 };
const june = (series: string, amounts: readonly number[]): SnapshotCell => ({
  bucket: { kind: 'year', year: 2020 },
  slot: 6,
  series,
  amounts,
});
const lu = 'air-cargo|CGO|outbound|air|LU|CV';
const de = 'air-cargo|CGO|outbound|air|DE|CV';
const viewOf = (next: number | undefined, ...cells: readonly SnapshotCell[]): SnapshotSource => {
  const snapshot: ShardSnapshot = { next, cells };
  return { months: async () => snapshot, cells: async () => snapshot };
};
const records = Array.from({ length: 250 }, (_, i) => flightRecord(`f${i}`));
const limits = { idsMax: 1_000, windowMs: 1, pace: () => Promise.resolve() };

describe('the reconciliation of a partition', () => {
  it('compares at the position of the view, not at the end of the log', async () => {
    const result = await reconcileShard(
      shard,
      new FakeRecountLog(records),
      viewOf(200, june(lu, [200_000, 200, 200])),
      limits,
    );
    expect(result).toMatchObject({ outcome: 'compared', covered: 200, comparison: { differingCells: 0, cells: 1 } });
  });

  it('finds a record that the view lacks, and one that it has twice', async () => {
    for (const flights of [199, 201]) {
      const view = viewOf(200, june(lu, [flights * 1_000, flights, flights]));
      const { comparison } = await reconcileShard(shard, new FakeRecountLog(records), view, limits);
      expect(comparison).toMatchObject({ differingCells: 1, measures: [{ difference: 1_000n }, { difference: 1n }] });
    }
  });

  it('reads the log once for each so many records, and counts the same', async () => {
    const log = new FakeRecountLog(records);
    const view = viewOf(250, june(lu, [250_000, 250, 250]));
    const result = await reconcileShard(shard, log, view, { ...limits, idsMax: 60 });
    expect(result.comparison.differingCells).toBe(0);
    expect(log.reads).toBe(5);
  });

  it('asks for its turn before every hundred records', async () => {
    const asked: number[] = [];
    const pace = async (count: number) => void asked.push(count);
    await reconcileShard(shard, new FakeRecountLog(records, 240), viewOf(250), { ...limits, pace });
    expect(asked).toEqual([100, 100, 40, 10]);
  });

  it.each([
    ['no-view', viewOf(undefined), new FakeRecountLog(records)],
    ['log-short', viewOf(251), new FakeRecountLog(records)],
    ['log-cut', viewOf(200), new FakeRecountLog(records, 100, 3n)],
  ])('says %s where nothing can be compared', async (outcome, view, log) => {
    expect(await reconcileShard(shard, log, view, limits)).toMatchObject({ outcome, covered: 0 });
    expect(log.reads).toBe(0);
  });

  it('compares meters where the view has reached its limit of series', async () => {
    const mixed = [...records.slice(0, 3), flightRecord('x', { data: { partner: 'DE' } })];
    const folded = (grams: number) => viewOf(4, june(lu, [3_000, 3, 3]), june('air-cargo|||||', [grams, 1, 1]));
    const result = await reconcileShard(shard, new FakeRecountLog(mixed), folded(1_000), limits);
    expect(result.comparison).toMatchObject({ differingCells: 0, cells: 1 });
    const wrong = await reconcileShard(shard, new FakeRecountLog(mixed), folded(999), limits);
    expect(wrong.comparison.measures[0]!.difference).toBe(1n);
    // Without the limit a series in the place of another one is an error.
    const moved = viewOf(4, june(lu, [4_000, 4, 4]), june(de, [0, 0, 0]));
    const found = await reconcileShard(shard, new FakeRecountLog(mixed), moved, limits);
    expect(found.comparison.differingCells).toBe(2);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventTopicPartitions, stateKey } from '@landbridge/contracts';
import {
  CountingRulesMismatch,
  defaultCellsMax,
  defaultMemoryLimits,
  defaultSeriesMax,
  ShardView,
  type FoldRecord,
  type ShardId,
} from '@landbridge/domain';
import { connectRedis, RedisShardStore, ThroughputReader, type RedisConnection } from '@landbridge/redis';
import { emptyRedis, startOwnCluster } from '../harness/redis-cluster.js';
import { startOwnRedis } from '../harness/servers.js';

const limits = { ...defaultMemoryLimits, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
const shard: ShardId = { generation: 1, topic: 'landbridge.air.v1', partition: 3 };
const quiet = { warn: () => undefined, info: () => undefined };
const hour = Date.UTC(2020, 5, 30, 23) / 3_600_000;

function record(
  offset: number,
  id: number,
  weight: number,
  rank = 0,
  series = 'air-cargo|CGO|outbound|air|LU|CV',
): FoldRecord {
  return {
    offset,
    receivedMs: 1_000 + offset,
    identity: String.fromCharCode(id & 0xff, id >> 8, ...Array.from({ length: 14 }, () => 200)),
    version: { rank, contributions: [{ series, hour, amounts: [weight, 1, 1] }] },
  };
}

const kinds = {
  // Of its own, because it is emptied before each case.
  'one Redis': async () => {
    const server = await startOwnRedis();
    return { url: `redis://${server.address}`, dispose: () => server.dispose() };
  },
  'a Redis Cluster': startOwnCluster,
};

describe.each(Object.entries(kinds))('shards of the view in %s', (_kind, start) => {
  let server: { readonly url: string; dispose(): Promise<void> };
  let redis: RedisConnection;
  let store: RedisShardStore;

  beforeAll(async () => {
    server = await start();
    redis = connectRedis(server, 'wait', quiet);
    store = new RedisShardStore(redis);
  });
  beforeEach(() => emptyRedis(redis));
  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  async function readFor(view: ShardView, records: readonly FoldRecord[], own = shard) {
    const missing = view.missingBuckets(records);
    view.addBuckets(missing, (await store.readBuckets(own, view.next, missing))!);
  }

  function fold(view: ShardView, records: readonly FoldRecord[], own = shard) {
    for (const one of records) view.take(one);
    return store.apply(own, view.drain());
  }

  async function foldAll(view: ShardView, records: readonly FoldRecord[], own = shard) {
    await readFor(view, records, own);
    return fold(view, records, own);
  }

  it('keeps a change whole, and gives it back to whoever loads next', async () => {
    expect(await foldAll(new ShardView(await store.load(shard), limits), [record(0, 1, 10), record(1, 2, 20)])).toEqual(
      { applied: true },
    );
    const view = new ShardView(await store.load(shard), limits);
    expect(view.next).toBe(2);
    expect(view.rememberedIds).toBe(2);
    // A re-post counts nothing, a correction takes the old amount out.
    expect(await foldAll(view, [record(2, 1, 10), record(3, 2, 5, 2)])).toEqual({ applied: true });
    const cells = await new ThroughputReader(redis).dayCells('air', '2020-06-30');
    expect(cells).toEqual([{ series: 'air-cargo|CGO|outbound|air|LU|CV', slot: 23, amounts: [15, 2, 2] }]);
    expect(await new ThroughputReader(redis).yearCells('air', 2020)).toEqual([
      { series: 'air-cargo|CGO|outbound|air|LU|CV', slot: 6, amounts: [15, 2, 2] },
    ]);
  });

  it('refuses whoever folded from another position, and changes nothing', async () => {
    const slow = new ShardView(await store.load(shard), limits);
    const records = [record(0, 1, 10), record(1, 2, 20)];
    await readFor(slow, records);
    await foldAll(new ShardView(await store.load(shard), limits), [record(0, 1, 10)]);
    const before = await redis.dump(stateKey(shard));
    expect(await fold(slow, records)).toEqual({ applied: false, storedNext: 1 });
    expect(await redis.dump(stateKey(shard))).toEqual(before);
    expect(await new ThroughputReader(redis).yearCells('air', 2020)).toHaveLength(1);
  });

  it('gives no cells of another position than was asked for', async () => {
    const view = new ShardView(await store.load(shard), limits);
    const buckets = view.missingBuckets([record(0, 1, 10)]);
    await foldAll(view, [record(0, 1, 10)]);
    expect(await store.readBuckets(shard, 0, buckets)).toBeUndefined();
    expect(await store.readBuckets(shard, 1, buckets)).toHaveLength(buckets.length);
  });

  it('takes a change of tens of thousands of cells and series in one call', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => record(i, i, 1, 0, `air-cargo|CGO|outbound|air|LU|C${i}`));
    expect(await foldAll(new ShardView(await store.load(shard), limits), many)).toEqual({ applied: true });
    const cells = await new ThroughputReader(redis).yearCells('air', 2020);
    expect(cells).toHaveLength(20_000);
    expect(new Set(cells.map(({ series }) => series)).size).toBe(20_000);
  });

  it('takes nothing into a shard that holds half a change, and removes it at the next load', async () => {
    const other = { ...shard, partition: 5 };
    for (const one of [shard, other]) {
      const view = new ShardView(await store.load(one), limits);
      view.addBuckets(view.missingBuckets([record(0, 1, 10)]), [[], []]);
      view.take(record(0, 1, 10));
      expect(await store.apply(one, view.drain())).toEqual({ applied: true });
    }
    const view = new ShardView(await store.load(shard), limits);
    await redis.hset(stateKey(shard), 'applying', '7');
    expect(await foldAll(view, [record(1, 2, 20)])).toEqual({ applied: false, storedNext: -1 });
    expect(await store.load(shard)).toMatchObject({ next: 0, series: [], segments: [] });
    expect(await new ThroughputReader(redis).progress()).toMatchObject([{ partition: 5, next: 1n }]);
    expect(await foldAll(new ShardView(await store.load(shard), limits), [record(0, 1, 10)])).toEqual({
      applied: true,
    });
  });

  it('refuses a view that was counted by other rules', async () => {
    await redis.hset(stateKey(shard), 'next', '5', 'rules', '999');
    await expect(store.load(shard)).rejects.toThrow(CountingRulesMismatch);
  });

  it('tells the position and the newest receipt of every partition that has a view', async () => {
    await foldAll(new ShardView(await store.load(shard), limits), [record(0, 1, 10)]);
    expect(await store.positions([shard, { ...shard, partition: 4 }])).toEqual([1, 0]);
    expect(await new ThroughputReader(redis).progress()).toEqual([
      { topic: shard.topic, partition: 3, next: 1n, newestReceivedMs: 1_000 },
    ]);
  });

  it('is read over all partitions, wherever their keys are', async () => {
    for (let partition = 0; partition < eventTopicPartitions; partition++) {
      const own = { ...shard, partition };
      const view = new ShardView(await store.load(own), limits);
      expect(await foldAll(view, [record(0, partition, 10)], own)).toEqual({ applied: true });
    }
    const cells = await new ThroughputReader(redis).dayCells('air', '2020-06-30');
    expect(cells.map(({ amounts }) => amounts)).toEqual(Array.from({ length: eventTopicPartitions }, () => [10, 1, 1]));
    expect(await new ThroughputReader(redis).progress()).toHaveLength(eventTopicPartitions);
  });
});

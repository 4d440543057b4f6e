import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildingGenerationKey, liveGenerationKey } from '@landbridge/contracts';
import { defaultCellsMax, defaultMemoryLimits, defaultSeriesMax, ShardView, type ShardId } from '@landbridge/domain';
import {
  connectRedis,
  RedisGenerations,
  RedisShardStore,
  RedisSnapshots,
  ThroughputReader,
  type RedisConnection,
} from '@landbridge/redis';
import { emptyRedis } from '../harness/redis-cluster.js';
import { redisKinds, type RedisOfItsOwn } from '../harness/redis-kinds.js';
import { silent } from './kafka-topic.js';

const limits = { ...defaultMemoryLimits, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
const air = 'air-cargo|CGO|outbound|air|LU|CV';
const topic = 'landbridge.air.v1';
const startMs = 60_000;

describe.each(redisKinds)('generations of the view in %s', (_kind, start) => {
  let server: RedisOfItsOwn;
  let redis: RedisConnection;
  let generations: RedisGenerations;

  beforeAll(async () => {
    server = await start();
    redis = connectRedis(server, 'wait', silent);
    generations = new RedisGenerations(redis);
  }, startMs);
  beforeEach(() => emptyRedis(redis));
  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  }, startMs);

  /** Folds a flight of each of these weights, in the hour that it names, since 1970. */
  async function fold(shard: ShardId, flights: readonly { grams: number; hour: number }[]): Promise<void> {
    const store = new RedisShardStore(redis);
    const view = new ShardView(await store.load(shard), limits);
    const records = flights.map(({ grams, hour }, i) => ({
      offset: view.next + i,
      receivedMs: 1_000,
      identity: String.fromCharCode(
        ...Array.from({ length: 16 }, (_, at) => (at === 0 ? view.next + i : shard.partition)),
      ),
      version: { rank: 0, contributions: [{ series: air, hour, amounts: [grams, 1, 1] }] },
    }));
    const missing = view.missingBuckets(records);
    view.addBuckets(missing, (await store.readBuckets(shard, view.next, missing))!);
    for (const record of records) view.take(record);
    expect(await store.apply(shard, view.drain())).toEqual({ applied: true });
  }

  const hourOf = (time: string): number => Date.parse(`${time}:00:00Z`) / 3_600_000;
  const shardsOf = (generation: number): ShardId[] =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((partition) => ({ generation, topic, partition }));

  it('begin with the first, and none under construction', async () => {
    expect(await generations.live()).toBe(1);
    expect(await generations.building()).toBeUndefined();
  });

  it('are flipped once the new one is whole, as often as that is done', async () => {
    await generations.begin({ generation: 2, windowDays: 64 });
    expect(await generations.building()).toEqual({ generation: 2, windowDays: 64 });
    expect(await generations.live()).toBe(1);
    await generations.flip(2);
    await generations.flip(2);
    expect(await generations.live()).toBe(2);
    expect(await generations.building()).toBeUndefined();
  });

  it('are not guessed from pointers that are not ours', async () => {
    await redis.set(liveGenerationKey, 'two');
    await redis.set(buildingGenerationKey, '3');
    await expect(generations.live()).rejects.toThrow('names no generation');
    await expect(generations.building()).rejects.toThrow('names no generation');
    await expect(new ThroughputReader(redis).yearCells('air', 2020)).rejects.toThrow('names no generation');
  });

  it('are read by readers from the flip on', async () => {
    await fold(shardsOf(1)[0]!, [{ grams: 10, hour: hourOf('2020-06-30T23') }]);
    await fold(shardsOf(2)[0]!, [{ grams: 20, hour: hourOf('2020-06-30T23') }]);
    const reader = new ThroughputReader(redis);
    const grams = async () => (await reader.yearCells('air', 2020)).map(({ amounts }) => amounts[0]);
    expect(await grams()).toEqual([10]);
    await generations.flip(2);
    expect(await grams()).toEqual([20]);
  });

  it('leave without a trace, all but those that are kept, and nothing else with them', async () => {
    for (const generation of [1, 2, 3])
      for (const shard of shardsOf(generation)) await fold(shard, [{ grams: 1, hour: hourOf('2020-06-30T23') }]);
    await redis.set(liveGenerationKey, '2');
    await redis.set('lb:9:{other}:state', 'not a shard');
    // State, series, ids, a day and a year of each shard.
    expect(await generations.removeOthers([2, 3])).toBe(8 * 5);
    const snapshots = new RedisSnapshots(redis);
    for (const shard of shardsOf(1)) expect(await snapshots.cells(shard)).toEqual({ next: undefined, cells: [] });
    for (const shard of shardsOf(2)) expect((await snapshots.cells(shard)).next).toBe(1);
    expect(await redis.get('lb:9:{other}:state')).toBe('not a shard');
    expect(await generations.removeOthers([2, 3])).toBe(0);
  });

  it('are read whole: months, and hours of every day that they have', async () => {
    const shard = shardsOf(1)[3]!;
    await fold(shard, [
      { grams: 1, hour: hourOf('2000-01-01T00') },
      { grams: 2, hour: hourOf('2020-02-29T23') },
      { grams: 4, hour: hourOf('2020-02-29T23') },
      { grams: 8, hour: hourOf('2100-12-31T23') },
    ]);
    const snapshots = new RedisSnapshots(redis);
    const shown = ({ cells }: Awaited<ReturnType<RedisSnapshots['cells']>>): string[] =>
      cells.map(
        ({ bucket, slot, amounts }) => `${bucket.kind === 'year' ? bucket.year : bucket.day}.${slot} ${amounts.join()}`,
      );
    const months = ['2000.1 1,1,1', '2020.2 6,2,2', '2100.12 8,1,1'];
    expect(await snapshots.months(shard)).toMatchObject({ next: 4 });
    expect(shown(await snapshots.months(shard))).toEqual(months);
    expect(shown(await snapshots.cells(shard))).toEqual([
      ...months,
      '10957.0 1,1,1',
      '18321.23 6,2,2',
      '47846.23 8,1,1',
    ]);
  });
});

/**
 * A view and the fetch that it is folded on by, or the pointer to its generation, that are not where the other thinks. None of these may
 * leave a record out, and none may stop a partition whose own Redis is there.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ShardStore } from '@landbridge/domain';
import { RedisShardStore } from '@landbridge/redis';
import { PartitionFolder } from '@landbridge/view';
import { Redis } from 'ioredis';
import { sharedRedis } from '../harness/shared-servers.js';
import { wipe } from '../sim/view-content.js';
import { flightBatch, flightCount, flightShard, foldLimits, movedOf, silentObserver } from './flight-batches.js';

/** Of this process alone, in the shared server. */
const generation = 910_000_000 + (process.pid % 1_000_000) * 2;
const other = generation + 1;

let redis: Redis;
let store: RedisShardStore;
beforeAll(() => {
  redis = new Redis(`redis://${sharedRedis()}`);
});
const wipeBoth = async () => {
  await wipe(redis, generation);
  await wipe(redis, other);
};
beforeEach(async () => {
  await wipeBoth();
  store = new RedisShardStore(redis);
});
afterEach(wipeBoth);
afterAll(() => redis.disconnect());

const { topic, partition } = flightShard;
const folderOf = (live: () => Promise<number>, itsStore: ShardStore = store) =>
  new PartitionFolder(
    itsStore,
    live,
    foldLimits,
    () => Promise.resolve(),
    silentObserver,
    () => 0,
  );

it('folds nothing on from a view that does not reach to the beginning of the fetch', async () => {
  const folder = folderOf(() => Promise.resolve(generation));
  await folder.assign(topic, partition);
  await folder.fold(flightBatch(0, 2));
  const sought: bigint[] = [];
  await folder.fold({ ...flightBatch(4, 6), seek: (offset) => sought.push(offset) });
  expect(sought).toEqual([2n]);
  await folder.fold(flightBatch(2, 6));
  expect(await flightCount(redis, generation)).toBe(6);
});

it('folds on behind offsets that hold no record, and has no lag for them', async () => {
  const folder = folderOf(() => Promise.resolve(generation));
  await folder.assign(topic, partition);
  const sought: bigint[] = [];
  const seek = (offset: bigint) => sought.push(offset);
  await folder.fold({ ...flightBatch(0, 2), lastOffset: 2n, highWatermark: 3n, seek });
  expect(folder.lags()).toEqual([{ topic, partition, records: 0 }]);
  await folder.fold({ ...flightBatch(3, 3), lastOffset: 3n, highWatermark: 4n, seek });
  expect(folder.lags()).toEqual([{ topic, partition, records: 0 }]);
  await folder.fold({ ...flightBatch(4, 6), seek });
  expect(sought).toEqual([]);
  expect(await flightCount(redis, generation)).toBe(4);
});

it('notices a loss of an idle partition also after another generation was made live', async () => {
  let live = generation;
  const folder = folderOf(() => Promise.resolve(live));
  for (const into of [generation, other]) {
    const filling = folderOf(() => Promise.resolve(into));
    await filling.fold(flightBatch(0, 4));
  }
  expect(await folder.assign(topic, partition)).toBe(4n);
  live = other;
  expect(await movedOf(folder)).toMatchObject([{ partition, next: 4n, reason: 'flipped' }]);
  await wipe(redis, other);
  expect(await movedOf(folder)).toMatchObject([{ partition, next: 0n, reason: 'rolled-back' }]);
  expect(await movedOf(folder)).toEqual([]);
});

it('tells of a view that moved at once, whatever becomes of the others', async () => {
  const gate = Promise.withResolvers<void>();
  let isLost = false;
  const slowStore: ShardStore = {
    positions: (shards) => store.positions(shards),
    load: async (shard) => {
      if (isLost && shard.partition === 1) throw new Error('its master is away');
      if (isLost && shard.partition === 2) await gate.promise;
      return store.load(shard);
    },
    readBuckets: (...asked) => store.readBuckets(...asked),
    apply: (...change) => store.apply(...change),
  };
  const folder = folderOf(() => Promise.resolve(generation), slowStore);
  for (const nth of [1, 0, 2]) {
    await folder.assign(topic, nth);
    await folder.fold({ ...flightBatch(0, 4), partition: nth });
  }
  await wipe(redis, generation);
  isLost = true;
  const moved = folder.rolledBack();
  expect(await moved.next()).toMatchObject({ value: { partition: 0, next: 0n } });
  gate.resolve();
  expect(await moved.next()).toMatchObject({ value: { partition: 2, next: 0n } });
  await expect(moved.next()).rejects.toThrow('its master is away');
  isLost = false;
  expect(await movedOf(folder)).toMatchObject([{ partition: 1, next: 0n }]);
});

it('goes on in the generation it has heard of while the pointer is away, and follows when it is back', async () => {
  // A pointer of its own: the shared server has one already.
  const key = `lb:test-live:${generation}`;
  await redis.set(key, String(generation));
  let pointer = new Redis(`redis://${sharedRedis()}`);
  const folder = folderOf(async () => Number(await pointer.get(key)));
  await folder.assign(topic, partition);
  pointer.disconnect();
  folder.releaseAll();
  expect(await folder.assign(topic, partition)).toBe(0n);
  await folder.fold(flightBatch(0, 4));
  expect(await flightCount(redis, generation)).toBe(4);
  await expect(movedOf(folder)).rejects.toThrow('closed');
  await redis.set(key, String(other));
  pointer = new Redis(`redis://${sharedRedis()}`);
  expect(await movedOf(folder)).toMatchObject([{ partition, next: 0n, reason: 'flipped' }]);
  await folder.fold(flightBatch(0, 4));
  expect(await flightCount(redis, other)).toBe(4);
  await redis.del(key);
  pointer.disconnect();
});

it('waits for the pointer when it has never heard of a generation', async () => {
  const pointer = new Redis(`redis://${sharedRedis()}`);
  pointer.disconnect();
  const folder = folderOf(async () => Number(await pointer.get('lb:test-live')));
  await expect(folder.assign(topic, partition)).rejects.toThrow('closed');
});

/**
 * Faults that the simulation of the fold has found, each in its smallest form. All need Redis to go back to an older state (a wipe, or a
 * failover that loses the last writes) in the middle of a batch.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ShardStore } from '@landbridge/domain';
import { RedisShardStore } from '@landbridge/redis';
import { PartitionBusy, PartitionFolder } from '@landbridge/view';
import { Redis } from 'ioredis';
import { sharedRedis } from '../harness/shared-servers.js';
import { restore, takeSnapshot, wipe } from '../sim/view-content.js';
import {
  flightBatch as batch,
  flightCount,
  flightShard as shard,
  foldLimits,
  movedOf,
  silentObserver,
} from './flight-batches.js';

/** Of this process alone, in the shared server. */
const generation = 900_000_000 + (process.pid % 10_000_000);

let redis: Redis;
let store: RedisShardStore;
beforeAll(() => {
  redis = new Redis(`redis://${sharedRedis()}`);
});
beforeEach(async () => {
  await wipe(redis, generation);
  store = new RedisShardStore(redis);
});
afterEach(() => wipe(redis, generation));
afterAll(() => redis.disconnect());

function folderOn(itsStore: ShardStore, runRecordsMax = 100): PartitionFolder {
  return new PartitionFolder(
    itsStore,
    generation,
    foldLimits,
    async () => undefined,
    silentObserver,
    () => 0,
    runRecordsMax,
  );
}

/** The real store, with something that happens around one of its methods. */
function around(other: Partial<ShardStore>): ShardStore {
  return {
    load: (asked) => store.load(asked),
    readBuckets: (...asked) => store.readBuckets(...asked),
    apply: (...asked) => store.apply(...asked),
    positions: (asked) => store.positions(asked),
    ...other,
  };
}

const flights = () => flightCount(redis, generation);

it('folds the records of earlier runs again when Redis goes back between two runs of a batch', async () => {
  let runs = 0;
  const goesBack = around({
    apply: async (...asked) => {
      const before = await takeSnapshot(redis, generation);
      const result = await store.apply(...asked);
      // The second run is written and then lost, while the first one stays.
      if (++runs === 2) await restore(redis, generation, before);
      return result;
    },
  });
  await folderOn(goesBack, 2).fold(batch(0, 6));
  expect(await flights()).toBe(6);
});

it('counts nothing twice when it read what somebody else had written and Redis then lost', async () => {
  let reads = 0;
  const zombie = folderOn(
    around({
      readBuckets: async (...asked) => {
        if (++reads > 1) return store.readBuckets(...asked);
        await folderOn(store).fold(batch(0, 4));
        const contents = await store.readBuckets(...asked);
        await wipe(redis, generation);
        return contents;
      },
    }),
  );
  await zombie.assign(shard.topic, shard.partition);
  await zombie.fold(batch(0, 4));
  expect(await flights()).toBe(4);
});

it('leaves out no record when a load of an earlier assignment ends late and Redis goes back to where it was read', async () => {
  const read = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let loads = 0;
  const folder = folderOn(
    around({
      load: async (asked) => {
        const image = await store.load(asked);
        if (++loads > 1) return image;
        read.resolve();
        await answered.promise;
        return image;
      },
    }),
  );
  const late = folder.assign(shard.topic, shard.partition);
  await read.promise;
  const before = await takeSnapshot(redis, generation);
  folder.releaseAll();
  await folder.assign(shard.topic, shard.partition);
  await folder.fold(batch(0, 4));
  answered.resolve();
  await late;
  await restore(redis, generation, before);
  // Only the first records of the log make up for what Redis has lost.
  const sought: bigint[] = [];
  const isStale = () => sought.length > 0;
  await folder.fold({ ...batch(4, 6), isStale, seek: (offset) => sought.push(offset) });
  expect(sought).toEqual([0n]);
  await folder.fold(batch(0, 6));
  expect(await flights()).toBe(6);
});

it('holds no view of a partition that was given away while it was loaded', async () => {
  const answered = Promise.withResolvers<void>();
  const folder = folderOn(
    around({
      load: async (asked) => {
        await answered.promise;
        return store.load(asked);
      },
    }),
  );
  const late = folder.assign(shard.topic, shard.partition);
  folder.releaseAll();
  answered.resolve();
  await late;
  expect(folder.partitions()).toEqual([]);
});

it.each(['is refused', 'fails'])('keeps the view of an assignment when a batch of the one before %s', async (end) => {
  const applying = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const folder = folderOn(
    around({
      apply: async (...asked) => {
        applying.resolve();
        await answered.promise;
        if (end === 'fails') throw new Error('the connection is gone');
        return store.apply(...asked);
      },
    }),
  );
  await folder.assign(shard.topic, shard.partition);
  let isOver = false;
  const old = folder.fold({ ...batch(0, 4), isStale: () => isOver }).catch(() => undefined);
  await applying.promise;
  isOver = true;
  await folderOn(store).fold(batch(0, 4));
  folder.releaseAll();
  expect(await folder.assign(shard.topic, shard.partition)).toBe(4n);
  answered.resolve();
  await old;
  // Where nothing new arrives, it is the view in memory by which a wipe is noticed.
  await wipe(redis, generation);
  expect(await movedOf(folder)).toMatchObject([{ partition: shard.partition, next: 0n, reason: 'rolled-back' }]);
});

it('folds one batch of a partition at a time', async () => {
  const reading = Promise.withResolvers<void>();
  const folder = folderOn(
    around({
      readBuckets: async (...asked) => {
        await reading.promise;
        return store.readBuckets(...asked);
      },
    }),
  );
  const first = folder.fold(batch(0, 4));
  await expect(folder.fold(batch(0, 4))).rejects.toThrow(PartitionBusy);
  reading.resolve();
  await first;
  await folder.fold(batch(4, 6));
  expect(await flights()).toBe(6);
});

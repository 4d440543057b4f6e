/**
 * `landbridge rebuild` on real servers: next to a working aggregator, on views that are wrong, wiped or of other rules, and interrupted.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  deadLetterTopic,
  eventTopicPartitions,
  eventTopics,
  liveGenerationKey,
  parseShardKey,
  stateKey,
  packCells,
  unpackCells,
  yearKey,
} from '@landbridge/contracts';
import { defaultCellsMax, defaultMemoryLimits, defaultSeriesMax, type ShardStore } from '@landbridge/domain';
import { DeadLetters } from '@landbridge/kafka';
import { RedisGenerations, RedisShardStore, RedisSnapshots } from '@landbridge/redis';
import { PartitionFolder, Rebuild, type RebuildLog, type RebuildReport } from '@landbridge/view';
import type { KafkaMessage } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { flight, flights, Hub } from './hub-log.js';

type ToolReport = Pick<RebuildReport, 'outcome' | 'generation' | 'records' | 'removedKeys' | 'verdicts' | 'refused'> & {
  readonly code: number | null;
  readonly comparison: {
    readonly cells: number;
    readonly differingCells: number;
    readonly measures: readonly { readonly measure: string; readonly difference: string }[];
  };
};

const limits = { ...defaultMemoryLimits, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
const startMs = 120_000;
/** A rebuild as a process waits five seconds for readers before it removes the old generation. */
const caseMs = 60_000;
const letterDeadlineMs = 20_000;

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
  await hub.post(flights(3_000));
  await hub.post(flights(1_000).map((event) => ({ ...event }))); // repeats
  await hub.post([
    flight(0, { revision: 1, data: { quantities: { pieces: 1, weightGrams: 501_000 } } }),
    flight(1, { retracted: true }),
  ]);
  await hub.put(['{"specversion":', null], () => 'poison');
}, startMs);
afterAll(() => hub?.dispose(), startMs);

/** 3,000 flights, one 500 kg heavier, one taken back. */
const posted = [3_499_000, 2_999, 2_999] as const;
const records = 4_004;
/** Records that are no events, written while nobody folds. */
const unmet = 2;

const airShards = (generation: number) =>
  Array.from({ length: eventTopicPartitions }, (_, partition) => ({ generation, topic: eventTopics.air, partition }));

async function generationsInRedis(): Promise<number[]> {
  const keys = await hub.redis.keys('lb:*');
  return [...new Set(keys.flatMap((key) => parseShardKey(key)?.shard.generation ?? []))].toSorted((a, b) => a - b);
}

function rebuildWith(log: RebuildLog): Rebuild {
  return new Rebuild({
    log,
    store: new RedisShardStore(hub.redis),
    generations: new RedisGenerations(hub.redis),
    snapshots: new RedisSnapshots(hub.redis),
    topics: Object.values(eventTopics),
    publishDead: (dead) => new DeadLetters(hub.writer).publish(dead, letterDeadlineMs),
    onProgress: () => undefined,
    onStep: () => undefined,
    sleep: () => Promise.resolve(),
    readersDoneMs: 0,
    liveStandsMs: 250,
  });
}

const asked = { acceptDifferences: false, acceptGap: false, keepOld: false, restart: false };

async function rebuilt(options: Partial<typeof asked & { windowDays: number }> = {}): Promise<RebuildReport> {
  const reader = await hub.openReader();
  try {
    return await rebuildWith(reader).run({ ...asked, ...options });
  } finally {
    await reader.stop();
  }
}

describe('a rebuild beside a working aggregator', () => {
  it(
    'is live in the end, equal in every cell, and nobody has restarted',
    async () => {
      const aggregator = await hub.startAggregator();
      await hub.airTotalsToBe(posted);
      const pid = aggregator.pid;
      const rebuilding = hub.toolJson<ToolReport>('rebuild');
      await hub.post(flights(500, 10_000));
      const report = await rebuilding;

      expect(report).toMatchObject({ code: 0, outcome: 'flipped', generation: 2, refused: { unreadable_record: 2 } });
      expect(report.comparison).toMatchObject({ differingCells: 0, cells: expect.any(Number) });
      expect(report.verdicts.filter(({ topic }) => topic === eventTopics.air).map(({ compared }) => compared)).toEqual(
        Array.from({ length: eventTopicPartitions }, () => 'at-equal-position'),
      );
      expect(await hub.redis.get(liveGenerationKey)).toBe('2');
      await hub.post(flights(500, 20_000));
      await hub.airTotalsToBe([posted[0] + 1_000_000, posted[1] + 1_000, posted[2] + 1_000]);
      expect(await generationsInRedis()).toEqual([2]);
      expect(report.removedKeys).toBeGreaterThan(8);

      // Idle partitions follow a flip as well: here back, by hand, to a generation that is empty.
      await hub.redis.set(liveGenerationKey, '7');
      await hub.airTotalsToBe([posted[0] + 1_000_000, posted[1] + 1_000, posted[2] + 1_000]);
      expect(aggregator.pid).toBe(pid);
      expect((await aggregator.stop()).code).toBe(0);
    },
    caseMs,
  );

  it(
    'heals a wiped Redis by itself, also while records come in',
    async () => {
      const before = await hub.airTotals();
      const aggregator = await hub.startAggregator();
      await hub.redis.flushall();
      await hub.post(flights(500, 30_000));
      await hub.airTotalsToBe([before[0] + 500_000, before[1] + 500, before[2] + 500]);
      expect((await aggregator.stop()).code).toBe(0);
    },
    caseMs,
  );
});

describe('the fold of a batch', () => {
  const batchOf = (events: readonly object[]) => {
    let sought: bigint | undefined;
    const records = events.map((event, offset) => ({
      offset: String(offset),
      timestamp: '1000',
      value: Buffer.from(JSON.stringify(event)),
    })) as unknown as KafkaMessage[];
    return {
      topic: eventTopics.air,
      partition: 0,
      records,
      firstOffset: 0n,
      lastOffset: BigInt(records.length) - 1n,
      highWatermark: BigInt(records.length),
      isStale: () => sought !== undefined,
      seek: (offset: bigint) => (sought = offset),
      commit: () => undefined,
    };
  };
  const folderOn = (store: ShardStore) =>
    new PartitionFolder(
      store,
      99,
      limits,
      async () => undefined,
      { folded: () => undefined, added: () => undefined, sought: () => undefined, applied: () => undefined },
      () => 0,
    );

  it('loses nothing when Redis goes back between two runs of it', async () => {
    const own = { generation: 99, topic: eventTopics.air, partition: 0 };
    const store = new RedisShardStore(hub.redis);
    const generations = new RedisGenerations(hub.redis);
    const removeOthers = async () => generations.removeOthers([await generations.live()]);
    let runs = 0;
    const wiping: ShardStore = {
      load: (id) => store.load(id),
      positions: (ids) => store.positions(ids),
      readBuckets: (id, next, buckets) => store.readBuckets(id, next, buckets),
      apply: async (id, change) => {
        if (++runs === 2) await removeOthers();
        return store.apply(id, change);
      },
    };
    await folderOn(wiping).fold(batchOf(flights(12_000, 100_000)));
    const { next, cells } = await new RedisSnapshots(hub.redis).months(own);
    expect(next).toBe(12_000);
    expect(cells.map(({ amounts }) => amounts)).toEqual([[12_000_000, 12_000, 12_000]]);
    expect(runs).toBeGreaterThan(3);
    await removeOthers();
  });
});

describe('a rebuild without an aggregator', () => {
  /** What the log says by now. */
  const all = [posted[0] + 1_500_000, posted[1] + 1_500, posted[2] + 1_500] as const;

  it(
    'stops before the flip where the live view is wrong, and accepts that when it is told to',
    async () => {
      const live = await new RedisGenerations(hub.redis).live();
      const months = await Promise.all(airShards(live).map((shard) => hub.redis.getBuffer(yearKey(shard, 2020))));
      const shard = airShards(live)[months.findIndex((bytes) => bytes !== null)]!;
      const cell = unpackCells(months[shard.partition]!)[0]!;
      const [grams = 0, ...others] = cell.amounts;
      await hub.redis.append(yearKey(shard, 2020), packCells([{ ...cell, amounts: [grams + 7, ...others] }]));

      const refused = await hub.toolJson<ToolReport>('rebuild');
      expect(refused).toMatchObject({ code: 1, outcome: 'differs', comparison: { differingCells: 1 } });
      expect(refused.comparison.measures).toContainEqual(
        expect.objectContaining({ measure: 'air.weight', difference: '7' }),
      );
      expect((await hub.airTotals())[0]).toBe(all[0] + 7);

      expect(await rebuilt({ windowDays: 400 })).toMatchObject({ outcome: 'other-window' });
      expect(await rebuilt({ acceptDifferences: true, keepOld: true })).toMatchObject({
        outcome: 'flipped',
        records: 0, // all was folded by the run before
        comparison: { differingCells: 1 },
      });
      expect(await hub.airTotals()).toEqual(all);
      expect(await generationsInRedis()).toEqual([live, live + 1]);
    },
    caseMs,
  );

  it('goes on where it was interrupted', async () => {
    const reader = await hub.openReader();
    let batches = 0;
    const failing: RebuildLog = {
      extents: (topic) => reader.extents(topic),
      read: (range, onBatch) =>
        reader.read(range, async (batch) => {
          if (++batches > 3) throw new Error('the power is gone');
          await onBatch(batch);
        }),
    };
    await expect(rebuildWith(failing).run(asked)).rejects.toThrow('the power is gone');
    await reader.stop();
    const unfinished = await new RedisGenerations(hub.redis).building();
    const done = await new RedisShardStore(hub.redis).positions(airShards(unfinished!.generation));
    const doneRecords = done.reduce((sum, next) => sum + next, 0);
    expect(doneRecords).toBeGreaterThan(0);

    const report = await rebuilt();
    expect(report).toMatchObject({
      outcome: 'flipped',
      generation: unfinished!.generation,
      comparison: { differingCells: 0 },
    });
    expect(report.records).toBe(records + 1_500 - doneRecords);
    expect(await hub.airTotals()).toEqual(all);
  });

  it('finishes what a crash after the flip has left', async () => {
    const generations = new RedisGenerations(hub.redis);
    const live = await generations.live();
    await generations.begin({ generation: live, windowDays: 32 });
    await hub.redis.set(stateKey({ ...airShards(1)[0]!, generation: live - 1 }), 'left');
    expect(await rebuilt()).toMatchObject({ outcome: 'flipped', generation: live, removedKeys: 1 });
    expect(await generations.building()).toBeUndefined();
    expect(await hub.airTotals()).toEqual(all);
  });

  it('begins anew when it is told to, in a generation that nobody has touched', async () => {
    const generations = new RedisGenerations(hub.redis);
    const live = await generations.live();
    await generations.begin({ generation: live + 1, windowDays: 32 });
    await hub.redis.hset(stateKey(airShards(live + 1)[0]!), 'next', '5', 'rules', '999');
    await expect(rebuilt()).rejects.toThrow('rules version 999');
    expect(await rebuilt({ restart: true, windowDays: 64 })).toMatchObject({
      outcome: 'flipped',
      generation: live + 2,
      windowDays: 64,
    });
    expect(await generationsInRedis()).toEqual([live + 2]);
    expect(await hub.airTotals()).toEqual(all);
  });

  it(
    'puts aside what the live view has not met, and nothing twice',
    async () => {
      const letters = await hub.end(deadLetterTopic);
      await hub.put(['unmet', null], () => 'poison');
      expect(await hub.toolJson<ToolReport>('rebuild', '--keep-old')).toMatchObject({
        outcome: 'flipped',
        refused: { unreadable_record: 2 + unmet },
      });
      expect(await hub.end(deadLetterTopic)).toBe(letters + unmet);
    },
    caseMs,
  );

  it('makes a view where there is none', async () => {
    await hub.redis.flushall();
    const report = await rebuilt();
    expect(report).toMatchObject({ outcome: 'flipped', generation: 2, records: records + 1_500 + unmet });
    expect(new Set(report.verdicts.map(({ compared }) => compared))).toEqual(new Set(['empty']));
    expect(await hub.airTotals()).toEqual(all);
  });

  it('replaces a view of other counting rules, with all differences told', async () => {
    const live = await new RedisGenerations(hub.redis).live();
    const store = new RedisShardStore(hub.redis);
    for (const shard of airShards(live)) {
      if ((await store.positions([shard]))[0] === 0) continue;
      await hub.redis.hset(stateKey(shard), 'rules', '999');
      await hub.redis.lset(stateKey(shard).replace(/state$/, 'series'), 0, 'air-mail|CGO');
    }
    await expect(store.load(airShards(live)[0]!)).rejects.toThrow('rebuild the view');
    const refused = await rebuilt();
    expect(refused.outcome).toBe('differs');
    expect(refused.comparison.measures.map(({ measure }) => measure)).toEqual(
      expect.arrayContaining(['air.weight', 'air.pieces', 'air-mail[0]', 'air-mail[2]']),
    );
    expect(await rebuilt({ acceptDifferences: true })).toMatchObject({ outcome: 'flipped', records: 0 });
    expect(await hub.airTotals()).toEqual(all);
  });

  it(
    'does not begin where the log has lost its beginning, unless that is accepted; then the aggregator goes on, too',
    async () => {
      const aggregator = await hub.startAggregator();
      const readiness = async () => (await fetch(`${aggregator.url}/readyz`)).text();
      const lost = 200;
      await hub.deleteBelow(eventTopics.air, await hub.fullestPartition(eventTopics.air), lost);
      await hub.redis.flushall();
      await eventually(async () => (await readiness()).includes(`does not hold offset 0: it begins at ${lost}`), {
        deadlineMs: 30_000,
        what: 'the aggregator to say what is missing',
      });
      expect(await rebuilt()).toMatchObject({ outcome: 'log-cut', records: 0 });
      const report = await rebuilt({ acceptGap: true });
      expect(report).toMatchObject({ outcome: 'flipped', records: records + 1_500 + unmet - lost });
      const [grams, pieces, flightsNow] = await hub.airTotals();
      // Some of them were repeated later, so not all are lost.
      expect(flightsNow).toBeLessThan(all[2]);
      expect(flightsNow).toBeGreaterThanOrEqual(all[2] - lost);
      await hub.post(flights(100, 40_000));
      await hub.airTotalsToBe([grams + 100_000, pieces + 100, flightsNow + 100]);
      expect(await readiness()).not.toContain('does not hold');
      expect((await aggregator.stop()).code).toBe(0);
    },
    caseMs,
  );
});

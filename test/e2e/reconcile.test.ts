/**
 * Reconciliation on real servers: the command, and the aggregator that recounts in the background. Both must see an error, wherever it is.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventTopicPartitions, eventTopics, packCells, unpackCells, yearKey } from '@landbridge/contracts';
import { defaultMemoryLimits, type ShardId } from '@landbridge/domain';
import { RedisShardStore, RedisSnapshots } from '@landbridge/redis';
import { reconcileShard } from '@landbridge/view';
import { eventually } from '../harness/poll.js';
import type { Service } from '../harness/service.js';
import { flight, flights, Hub } from './hub-log.js';

interface ToolReport {
  readonly ok: boolean;
  readonly records: number;
  readonly differingCells: number;
  readonly measures: readonly { readonly measure: string; readonly difference: string }[];
  readonly examples: readonly { readonly partition: number; readonly time: string; readonly series: string }[];
}

const startMs = 120_000;
/** A pass begins five seconds after the one before it. */
const caseMs = 60_000;

let hub: Hub;
let aggregator: Service & { readonly url: string };
beforeAll(async () => {
  hub = await Hub.start();
  await hub.post([
    flight(0, { revision: 2, data: { quantities: { weightGrams: 5 } } }), // a correction before its original
    ...flights(2_000),
    ...flights(700, 300),
    flight(1, { retracted: true }),
    flight(1),
    flight(2, { revision: 1, time: '2020-07-01T00:00:00+08:00' }), // to another month
    flight(3, { revision: 1, data: { partner: 'DE' } }), // and to another series
    flight(4, { tenant: 'other' }), // another event with the same id
  ]);
  await hub.put(['{', null, JSON.stringify(flight(9_000, { data: { hub: 'ZZZ' } }))], () => 'poison');
  aggregator = await hub.startAggregator({ LANDBRIDGE_RECONCILE_RECORDS_PER_SECOND: '50000' });
  const shards = Array.from({ length: eventTopicPartitions }, (_, partition) => shardOf(partition));
  const folded = async () =>
    (await new RedisShardStore(hub.redis).positions(shards)).reduce((sum, next) => sum + next, 0);
  await eventually(async () => expect(await folded()).toBe(written), {
    deadlineMs: 30_000,
    what: 'the log to be folded',
  });
}, startMs);
afterAll(async () => {
  await aggregator?.stop();
  await hub?.dispose();
}, startMs);

const written = 2_709;
const shardOf = (partition: number): ShardId => ({ generation: 1, topic: eventTopics.air, partition });

/** Changes the first cell of the air view that a change applies to, and gives a way back. */
async function tamper(
  change: (amounts: number[]) => number[],
): Promise<{ shard: ShardId; undo: () => Promise<unknown> }> {
  for (let partition = 0; partition < eventTopicPartitions; partition++) {
    const shard = shardOf(partition);
    const stored = await hub.redis.getBuffer(yearKey(shard, 2020));
    const [cell] = stored === null ? [] : unpackCells(stored);
    if (!cell) continue;
    // The entry that is written last is the one that stands.
    await hub.redis.append(yearKey(shard, 2020), packCells([{ ...cell, amounts: change([...cell.amounts]) }]));
    return { shard, undo: () => hub.redis.append(yearKey(shard, 2020), packCells([cell])) };
  }
  throw new Error('there is no view');
}

const metricsText = async (): Promise<string> => (await fetch(`${aggregator.url}/metrics`)).text();

function differenceToBe(measure: string, expected: number): Promise<void> {
  return eventually(
    async () =>
      expect(await metricsText()).toContain(`landbridge_reconcile_difference{measure="${measure}"} ${expected}\n`),
    { deadlineMs: 30_000, intervalMs: 200, what: `the difference of ${measure} to be ${expected}` },
  );
}

describe('landbridge reconcile', () => {
  it(
    'finds nothing wrong with a view that is right',
    async () => {
      const report = await hub.toolJson<ToolReport>('reconcile');
      expect(report).toMatchObject({ code: 0, ok: true, records: written, differingCells: 0 });
      expect(report.measures).toContainEqual({
        measure: 'air.weight',
        view: '1999005',
        recounted: '1999005',
        difference: '0',
      });
    },
    caseMs,
  );

  it(
    'finds an amount too little, and where',
    async () => {
      const { shard, undo } = await tamper(([grams, ...rest]) => [grams! - 1_000, ...rest]);
      const report = await hub.toolJson<ToolReport>('reconcile');
      expect(report).toMatchObject({ code: 1, ok: false, differingCells: 1 });
      expect(report.measures).toContainEqual(expect.objectContaining({ measure: 'air.weight', difference: '1000' }));
      expect(report.examples).toEqual([expect.objectContaining({ partition: shard.partition, topic: shard.topic })]);
      await undo();
    },
    caseMs,
  );

  it(
    'tells a person by a table',
    async () => {
      const { undo } = await tamper((amounts) => amounts.map((amount) => amount + 2));
      const { code, stdout } = await hub.tool('reconcile');
      expect(code).toBe(1);
      expect(stdout).toMatch(/air\.weight +1\.999007 +1\.999005 +0\.000002 +t\n/);
      expect(stdout).toMatch(/landbridge\.air\.v1:\d 2020-0\d air-cargo\|CGO\|outbound\|air\|/);
      await undo();
    },
    caseMs,
  );
});

describe('the recount of a partition', () => {
  it('is the same with few ids in memory at a time', async () => {
    const reader = await hub.openReader();
    const shard = shardOf(await hub.fullestPartition(eventTopics.air));
    try {
      for (const idsMax of [1_000_000, 100]) {
        const limits = { idsMax, windowMs: defaultMemoryLimits.windowMs, pace: () => Promise.resolve() };
        const result = await reconcileShard(shard, reader, new RedisSnapshots(hub.redis), limits);
        expect(result).toMatchObject({ outcome: 'compared', comparison: { differingCells: 0 }, lateVersions: 0 });
        expect(result.covered).toBeGreaterThan(200);
      }
    } finally {
      await reader.stop();
    }
  });
});

describe('the aggregator in the background', () => {
  it(
    'covers the log, and shows no difference where there is none',
    async () => {
      await eventually(
        async () => {
          const text = await metricsText();
          expect(text).toContain(`landbridge_reconcile_covered_records{topic="${eventTopics.air}"} ${written}\n`);
          expect(text).toMatch(/landbridge_reconcile_last_pass_timestamp_seconds 1\d{9}/);
        },
        { deadlineMs: 30_000, what: 'a whole pass' },
      );
      await differenceToBe('air.weight', 0);
    },
    caseMs,
  );

  it(
    'shows an error until it is repaired, and tells of it in the log',
    async () => {
      const { undo } = await tamper(([grams, pieces, units]) => [grams! + 250, pieces!, units! + 1]);
      await differenceToBe('air.weight', 250);
      expect(await metricsText()).toContain('landbridge_reconcile_difference{measure="air.pieces"} 0\n');
      expect(aggregator.logs()).toContain('the view differs from the log');
      await undo();
      await differenceToBe('air.weight', 0);
    },
    caseMs,
  );
});

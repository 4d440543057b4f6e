/**
 * `npm run bench -- rebuild`: how fast a view is made again from the log, by itself and by command.
 *
 * An aggregator has folded the log; then Redis is emptied under it. It finds that out within its 2 s and folds from the log's start. After
 * that `landbridge rebuild` folds the same log into a second generation, compares both cell by cell, flips and removes the old one; its
 * time holds the start of a process and the five seconds in which readers may still be on the old generation.
 */
import { eventTopicPartitions } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import {
  connectRedis,
  RedisGenerations,
  RedisShardStore,
  ThroughputReader,
  type RedisConnection,
} from '@landbridge/redis';
import { createLogger } from '@landbridge/telemetry';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { startService } from '../harness/service.js';
import { runTool } from '../harness/tool.js';
import type { BenchShape, BenchTotals } from './bench-events.js';
import { benchTopic, fillLog } from './filled-log.js';

export interface Rebuilt {
  readonly shape: BenchShape;
  readonly how: 'wiped Redis heals' | 'landbridge rebuild';
  /** From the wipe, or from the command's start, until the view is whole. */
  readonly seconds: number;
  /** From the first position that is stored to the last. */
  readonly eventsPerSecond: number;
  readonly totalsRight: boolean;
}

const logger = createLogger({ service: 'bench', level: 'error' });
const deadlineMs = 600_000;

export async function benchRebuild(shapes: readonly BenchShape[], events: number): Promise<Rebuilt[]> {
  const rows: Rebuilt[] = [];
  for (const shape of shapes) rows.push(...(await benchShape(shape, events)));
  return rows;
}

async function benchShape(shape: BenchShape, events: number): Promise<Rebuilt[]> {
  const [kafka, redisServer] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  const redis = connectRedis({ url: `redis://${redisServer.address}` }, 'wait', logger);
  const env = {
    LANDBRIDGE_KAFKA_BROKERS: kafka.address,
    LANDBRIDGE_REDIS_URL: `redis://${redisServer.address}`,
    LANDBRIDGE_LOG_LEVEL: 'warn',
  };
  const [port] = await freePorts(1);
  try {
    const totals = await fillLog(kafka.address, shape, events);
    const aggregator = await startService({
      name: 'aggregator',
      entry: 'apps/aggregator/dist/main.js',
      // A recount of the log beside the fold would be measured too.
      env: { ...env, LANDBRIDGE_HTTP_PORT: String(port), LANDBRIDGE_RECONCILE_RECORDS_PER_SECOND: '0' },
      readyUrl: `http://127.0.0.1:${port}/livez`,
    });
    const generations = new RedisGenerations(redis);
    await filled(redis, await generations.live(), events);

    const wipedAt = performance.now();
    await redis.flushall();
    const healed = await filled(redis, await generations.live(), events);
    const healedSeconds = (performance.now() - wipedAt) / 1_000;
    const healedRight = await areTotals(redis, totals);

    const next = (await generations.live()) + 1;
    const beganAt = performance.now();
    const folding = filled(redis, next, events);
    const { code, stderr } = await runTool(['rebuild', '--json'], env, deadlineMs);
    if (code !== 0) throw new Error(`the rebuild ended with ${code}: ${stderr}`);
    const rebuiltSeconds = (performance.now() - beganAt) / 1_000;
    const rebuilt = await folding;
    const rebuiltRight = (await generations.live()) === next && (await areTotals(redis, totals));
    await aggregator.stop();
    return [
      { shape, how: 'wiped Redis heals', seconds: healedSeconds, eventsPerSecond: healed, totalsRight: healedRight },
      {
        shape,
        how: 'landbridge rebuild',
        seconds: rebuiltSeconds,
        eventsPerSecond: rebuilt,
        totalsRight: rebuiltRight,
      },
    ];
  } finally {
    redis.disconnect();
    await Promise.all([kafka.dispose(), redisServer.dispose()]);
  }
}

/** Waits until a generation holds all events, and gives the rate from its first position to its last. */
async function filled(redis: RedisConnection, generation: number, events: number): Promise<number> {
  const store = new RedisShardStore(redis);
  const shards = Array.from({ length: eventTopicPartitions }, (_, partition) => ({
    generation,
    topic: benchTopic,
    partition,
  }));
  let first = { at: 0, records: 0 };
  let last = { at: 0, records: 0 };
  await eventually(
    async () => {
      const records = (await store.positions(shards)).reduce((sum, next) => sum + next, 0);
      last = { at: performance.now(), records };
      if (records > 0 && first.at === 0) first = last;
      return records >= events;
    },
    { deadlineMs, intervalMs: 20, what: `generation ${generation} to hold the log` },
  );
  return ((last.records - first.records) * 1_000) / (last.at - first.at);
}

async function areTotals(redis: RedisConnection, totals: BenchTotals): Promise<boolean> {
  const cells = await new ThroughputReader(redis).yearCells('air', 2026);
  const sumOf = (column: number): number => cells.reduce((sum, { amounts }) => sum + amounts[column]!, 0);
  return sumOf(0) === totals.grams && sumOf(2) === totals.events;
}

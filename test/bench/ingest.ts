/**
 * `npm run bench -- ingest`: how many events the door takes a second, each confirmed by the log (acks=all) before its 202, with the key
 * looked up and every event checked; beside a bare Fastify door with the same producer and no checks, turn by turn in one run.
 */
import { eventTopics } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import { Kafka, logLevel } from 'kafkajs';
import { openIngestDoor } from '../harness/ingest-door.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { startService } from '../harness/service.js';
import { postLoad, type LoadResult } from './post-load.js';

export interface IngestOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
}

export interface IngestRow {
  readonly mode: 'single' | 'batches of 100';
  readonly who: 'landbridge' | 'bare fastify';
  readonly eventsPerSecond: number;
  /** To the bare door, of the same run. */
  readonly ofBare: number;
  /** To what Telegraf's HTTP listener takes, which answers before Kafka has the events. */
  readonly ofTelegraf: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 202. */
  readonly refused: number;
}

export interface IngestResult {
  readonly rows: readonly IngestRow[];
  /** Whether the log holds at least as many events as were acknowledged. */
  readonly allOnLog: boolean;
}

/** Measured on a machine of this size, events a second: single posts, and batches of 100. */
const telegrafEventsPerSecond = { single: 32_800, 'batches of 100': 97_000 } as const;
const warmupMs = 2_000;
const modes = [
  ['single', 1],
  ['batches of 100', 100],
] as const;

export async function benchIngest({ seconds, rounds, connections }: IngestOptions): Promise<IngestResult> {
  const [kafka, redis] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  try {
    const door = await openIngestDoor(kafka.address, {
      LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
      LANDBRIDGE_LOG_LEVEL: 'warn',
      // One carrier posts what a whole hub does: its budget is kept, and is never used up.
      LANDBRIDGE_RATE_PER_SECOND: '1000000',
      LANDBRIDGE_RATE_BURST: '1000000',
    });
    const [barePort = 0] = await freePorts(1);
    const bare = await startService({
      name: 'bare door',
      entry: 'test/dist/bench/bare-door.js',
      env: { LANDBRIDGE_KAFKA_BROKERS: kafka.address, LANDBRIDGE_HTTP_PORT: String(barePort) },
      readyUrl: `http://127.0.0.1:${barePort}/readyz`,
    });
    const doors = [
      ['landbridge', Number(new URL(door.url).port)],
      ['bare fastify', barePort],
    ] as const;
    const rows: IngestRow[] = [];
    let acknowledged = 0;
    let firstPost = 0;
    for (const [mode, batch] of modes) {
      const found = new Map<string, LoadResult[]>(doors.map(([who]) => [who, []]));
      for (let round = 0; round < rounds; round++)
        for (const [who, port] of doors) {
          const result = await postLoad({
            port,
            secret: door.secret,
            source: door.source,
            batch,
            connections,
            warmupMs,
            measureMs: seconds * 1_000,
            firstPost,
          });
          firstPost = result.nextPost;
          acknowledged += result.acknowledged.length * batch;
          found.get(who)!.push(result);
        }
      const bareRate = meanOf(found.get('bare fastify')!, 'eventsPerSecond');
      for (const [who] of doors) rows.push(rowOf(mode, who, found.get(who)!, bareRate));
    }
    await Promise.all([door.service.stop(), bare.stop()]);
    return { rows, allOnLog: (await recordsOn(kafka.address, eventTopics.air)) >= acknowledged };
  } finally {
    await Promise.all([kafka.dispose(), redis.dispose()]);
  }
}

function rowOf(
  mode: IngestRow['mode'],
  who: IngestRow['who'],
  results: readonly LoadResult[],
  bareRate: number,
): IngestRow {
  const rate = meanOf(results, 'eventsPerSecond');
  const refused = results.flatMap(({ statuses }) => Object.entries(statuses)).filter(([status]) => status !== '202');
  return {
    mode,
    who,
    eventsPerSecond: Math.round(rate),
    ofBare: rate / bareRate,
    ofTelegraf: rate / telegrafEventsPerSecond[mode],
    p50Ms: meanOf(results, 'p50Ms'),
    p99Ms: meanOf(results, 'p99Ms'),
    refused: refused.reduce((sum, [, count]) => sum + count, 0),
  };
}

function meanOf(results: readonly LoadResult[], name: 'eventsPerSecond' | 'p50Ms' | 'p99Ms'): number {
  return results.reduce((sum, result) => sum + result[name], 0) / results.length;
}

/** How many records a topic holds. */
export async function recordsOn(broker: string, topic: string): Promise<number> {
  const admin = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const rows = await admin.fetchTopicOffsets(topic);
    return rows.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}

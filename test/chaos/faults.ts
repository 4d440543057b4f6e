/**
 * The faults of a chaos run, each with its own repair: what a supervisor, an operator or time itself would do.
 *
 * `inject` returns when the cause is gone; that the system has recovered is for the run to see.
 */
import { cp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ChaosStack, ServerName } from './chaos-stack.js';
import type { SeededRandom } from './seeded-random.js';

export interface Stage {
  readonly stack: ChaosStack;
  readonly random: SeededRandom;
  /** Longer stops and more of everything; the short form keeps within its time. */
  readonly long: boolean;
}

export interface Fault {
  /** Processes ended by SIGKILL. */
  readonly kills: number;
  readonly inject: (stage: Stage) => Promise<void>;
  /** It needs file systems whose size can be changed. */
  readonly needsSizedFolders?: true;
}

/** Of a consumer group; a stop beyond it makes a zombie of an aggregator. */
const sessionMs = 6_000;
const brokerDownMs = 1_500;
const redisDownMs = 500;
const slowMs = 8_000;
const fullMs = 6_000;
/** What a nearly full disk still takes: some batches, so that a write is cut in its middle. */
const leftKiB = 96;

export const faults = {
  'kill aggregator': {
    kills: 1,
    inject: async ({ stack, random }) => random.pick(stack.aggregators).signal('SIGKILL'),
  },
  'kill ingest': { kills: 1, inject: async ({ stack }) => stack.service('ingest').signal('SIGKILL') },
  'kill Redis': { kills: 1, inject: (stage) => killServer(stage, 'redis', redisDownMs) },
  'kill broker': { kills: 1, inject: (stage) => killServer(stage, 'kafka', brokerDownMs) },
  'kill Redis and an aggregator': {
    kills: 2,
    inject: async (stage) => {
      stage.random.pick(stage.stack.aggregators).signal('SIGKILL');
      await killServer(stage, 'redis', redisDownMs);
    },
  },
  'kill broker and ingest': {
    kills: 2,
    inject: async (stage) => {
      stage.stack.service('ingest').signal('SIGKILL');
      await killServer(stage, 'kafka', brokerDownMs);
    },
  },
  'stop aggregator beyond its session': {
    kills: 0,
    inject: async ({ stack, random, long }) => {
      const aggregator = random.pick(stack.aggregators);
      aggregator.signal('SIGSTOP');
      await delay(sessionMs + (long ? random.integer(1_000, 8_000) : 1_500));
      aggregator.signal('SIGCONT');
    },
  },
  'stop Redis': { kills: 0, inject: (stage) => stopServer(stage, 'redis') },
  'stop broker': { kills: 0, inject: (stage) => stopServer(stage, 'kafka') },
  'wipe Redis': { kills: 0, inject: ({ stack }) => askRedis(stack, (redis) => redis.flushall()) },
  'restore an older Redis': { kills: 1, inject: restoreOlderCopy },
  'cut the append-only file': { kills: 1, inject: cutAppendOnlyFile },
  'silence ingest to Kafka': { kills: 0, inject: async ({ stack }) => stack.proxies.ingestKafka.silence() },
  'silence aggregators to Kafka': { kills: 0, inject: async ({ stack }) => stack.proxies.aggregatorKafka.silence() },
  'silence aggregators to Redis': { kills: 0, inject: async ({ stack }) => stack.proxies.aggregatorRedis.silence() },
  'slow Redis': {
    kills: 0,
    inject: async ({ stack }) => {
      stack.proxies.aggregatorRedis.delayMs = 200;
      await delay(slowMs);
      stack.proxies.aggregatorRedis.delayMs = 0;
    },
  },
  'slow Kafka': {
    kills: 0,
    inject: async ({ stack: { proxies } }) => {
      proxies.ingestKafka.delayMs = proxies.aggregatorKafka.delayMs = 200;
      await delay(slowMs);
      proxies.ingestKafka.delayMs = proxies.aggregatorKafka.delayMs = 0;
    },
  },
  'cut every third produce answer': {
    kills: 0,
    inject: async ({ stack: { proxies } }) => {
      proxies.ingestKafka.cutEveryNthProduceAnswer = 3;
      await delay(slowMs);
      proxies.ingestKafka.cutEveryNthProduceAnswer = 0;
    },
  },
  'disk of Redis full': { kills: 0, inject: (stage) => fillDisk(stage, 'redis'), needsSizedFolders: true },
  'disk of Kafka full': { kills: 0, inject: (stage) => fillDisk(stage, 'kafka'), needsSizedFolders: true },
  'rolling restart': {
    kills: 0,
    inject: async ({ stack }) => {
      for (const aggregator of stack.aggregators) await aggregator.restart();
      await stack.service('ingest').restart();
    },
  },
  'scale up and down': {
    kills: 0,
    inject: async ({ stack }) => {
      const spare = stack.spareAggregator();
      spare.start();
      await spare.ready();
      await delay(sessionMs);
      await spare.stop();
    },
  },
} as const satisfies Record<string, Fault>;
export type FaultName = keyof typeof faults;

/** Takes the copy that `restore an older Redis` goes back to. A rewrite of the file in the middle of it would spoil the copy. */
export async function copyRedis(stack: ChaosStack): Promise<void> {
  await askRedis(stack, (redis) => redis.config('SET', 'auto-aof-rewrite-percentage', '0'));
  const copy = copyFolder(stack);
  await rm(copy, { recursive: true, force: true });
  await cp(appendOnlyFolder(stack), copy, { recursive: true });
  await askRedis(stack, (redis) => redis.config('SET', 'auto-aof-rewrite-percentage', '100'));
}

async function killServer({ stack }: Stage, name: ServerName, downMs: number): Promise<void> {
  await stack.servers[name].kill();
  await delay(downMs);
  await stack.servers[name].start();
}

async function stopServer({ stack, long }: Stage, name: ServerName): Promise<void> {
  stack.servers[name].signal('SIGSTOP');
  await delay(long ? 20_000 : 8_000);
  stack.servers[name].signal('SIGCONT');
}

/** The state of minutes ago, which is then the next one to go back to. */
async function restoreOlderCopy({ stack }: Stage): Promise<void> {
  await stack.servers.redis.kill();
  await rm(appendOnlyFolder(stack), { recursive: true });
  if (existsSync(copyFolder(stack))) await cp(copyFolder(stack), appendOnlyFolder(stack), { recursive: true });
  await stack.servers.redis.start();
  await copyRedis(stack);
}

async function cutAppendOnlyFile({ stack, random }: Stage): Promise<void> {
  await stack.servers.redis.kill();
  const folder = appendOnlyFolder(stack);
  // Redis repairs a cut tail of the newest increment; anywhere else the file is damaged, and Redis rightly refuses to start.
  const increments = (await readdir(folder)).filter((name) => name.endsWith('.incr.aof'));
  const newest = join(folder, increments.toSorted((a, b) => numberOf(a) - numberOf(b)).at(-1)!);
  await truncate(newest, Math.floor(random.next() * (await stat(newest)).size));
  await stack.servers.redis.start();
}

/** `appendonly.aof.3.incr.aof` is the third. */
function numberOf(name: string): number {
  return Number(name.split('.')[2]);
}

/** A server may end on a full disk, and should: it is started again when there is room. */
async function fillDisk({ stack }: Stage, name: ServerName): Promise<void> {
  const server = stack.servers[name];
  const folder = stack.sizedFolder(name)!;
  await folder.fill(leftKiB);
  const [ended] = await Promise.all([server.endsWithin(fullMs), delay(fullMs)]);
  folder.free();
  if (ended) await server.start();
}

function appendOnlyFolder(stack: ChaosStack): string {
  return join(stack.servers.redis.dataDir, 'appendonlydir');
}

function copyFolder(stack: ChaosStack): string {
  return join(stack.folder, 'redis-copy');
}

async function askRedis(stack: ChaosStack, ask: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(`redis://${stack.redisAddress}`);
  try {
    await ask(redis);
  } finally {
    redis.disconnect();
  }
}

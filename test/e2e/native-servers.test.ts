import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  archiveClasses,
  freePorts,
  LOOPBACK,
  ServerStartError,
  startKafka,
  startPrometheus,
  startRedis,
  startStack,
} from '@landbridge/native';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { shortLivedJava, startOwnKafka, startOwnRedis } from '../harness/servers.js';

/** Starting and stopping a broker takes 4 s here; the rest is for a machine that is busy with other suites. */
const SERVER_TEST_MS = 180_000;

const shortLived = { javaArguments: shortLivedJava };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landbridge-native-'));
});

/** Ended after each case, also after one that failed: a server left here would hold the worker. */
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a stack', () => {
  test(
    'starts Kafka and Redis, which answer their clients, and leaves no process when it is stopped',
    async () => {
      await archiveClasses(() => undefined);
      const [kafka = 0, redis = 0] = await freePorts(2);
      const stack = await startStack({ dataDir: join(folder, 'stack'), ports: { kafka, redis }, kafka: shortLived });
      endings.push(() => stack.stop());
      const pids = [stack.kafka.pid, stack.redis.pid];
      expect(pids.map(isRunning)).toEqual([true, true]);
      // What is mapped is in use.
      expect(readFileSync(`/proc/${stack.kafka.pid}/maps`, 'utf8')).toMatch(/kafka-[\d.]+\.jsa/);

      await publish(`${LOOPBACK}:${kafka}`, 'arrivals', ['one', 'two']);
      expect(await endOffset(`${LOOPBACK}:${kafka}`, 'arrivals')).toBe(2);
      expect(await withRedis(redis, (client) => client.incrby('pieces', 7))).toBe(7);

      await stack.stop();
      expect(pids.map(isRunning)).toEqual([false, false]);
      await expect(stack.redis.exited).resolves.toEqual({ code: 0, signal: null });
    },
    SERVER_TEST_MS,
  );

  test(
    'is never half there: when Redis cannot start, Kafka is stopped again',
    async () => {
      const [kafka = 0] = await freePorts(1);
      await usingTakenPort(async (redis) => {
        const dataDir = join(folder, 'half');
        await expect(startStack({ dataDir, ports: { kafka, redis }, kafka: shortLived })).rejects.toThrow(
          `port ${redis} is taken by another process: stop it, or set LANDBRIDGE_REDIS_PORT`,
        );
        expect(existsSync(join(dataDir, 'kafka', 'kafka.pid'))).toBe(false);
      });
    },
    SERVER_TEST_MS,
  );
});

describe('a start that cannot succeed says why in one line', () => {
  test('when the port is taken', async () => {
    await usingTakenPort(async (port) => {
      const error = await failureOf(startKafka({ dataDir: join(folder, 'taken'), port }));
      expect(error.message).toBe(`port ${port} is taken by another process: stop it, or set LANDBRIDGE_KAFKA_PORT`);
    });
  });

  test('when the server ends at once: what it printed is quoted', async () => {
    const [port = 0] = await freePorts(1);
    const directives = { 'maxmemory-policy': 'evict-what-you-like' };
    const error = await failureOf(startRedis({ dataDir: join(folder, 'bad'), port, directives }));
    expect(error.message).toMatch(
      /^Redis ended while starting \(exit code 1\): [^\n]*evict-what-you-like[^\n]*redis\.log$/,
    );
  });

  test('when the data folder belongs to a server that runs', async () => {
    const redis = await startOwnRedis();
    endings.push(() => redis.dispose());
    const [port = 0] = await freePorts(1);
    const error = await failureOf(startRedis({ dataDir: redis.dataDir, port }));
    expect(error.message).toContain(`already runs on ${redis.dataDir} for process ${process.pid}`);
    expect(isRunning(redis.server.pid)).toBe(true);
  });
});

describe('kill -9, then a start on the same data folder', () => {
  test(
    'keeps the records of Kafka',
    async () => {
      const kafka = await startOwnKafka();
      endings.push(() => kafka.dispose());
      await publish(kafka.address, 'departures', ['one', 'two', 'three']);
      const killed = kafka.server.pid;
      kafka.server.kill('SIGKILL');
      await kafka.start();
      expect(kafka.server.pid).not.toBe(killed);
      expect(await endOffset(kafka.address, 'departures')).toBe(3);
    },
    SERVER_TEST_MS,
  );

  test('keeps the totals of Redis', async () => {
    const redis = await startOwnRedis();
    endings.push(() => redis.dispose());
    await withRedis(redis.port, (client) => client.hincrby('cells', 'air.weight', 639_413));
    redis.server.kill('SIGKILL');
    await redis.start();
    expect(await withRedis(redis.port, (client) => client.hget('cells', 'air.weight'))).toBe('639413');
  });
});

test('a parent that is killed leaves no server, and its data folder can be used at once', async () => {
  const [port = 0] = await freePorts(1);
  const dataDir = join(folder, 'orphan');
  const program = `
    import { startRedis } from '@landbridge/native';
    const server = await startRedis({ dataDir: ${JSON.stringify(dataDir)}, port: ${port} });
    console.log(server.pid);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const orphan = Number(line.toString('utf8'));
  expect(isRunning(orphan)).toBe(true);

  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const server = await startRedis({ dataDir, port });
  endings.push(() => server.stop());
  expect(isRunning(orphan)).toBe(false);
});

test(
  'Prometheus scrapes the targets that it was given',
  async () => {
    const [port = 0] = await freePorts(1);
    const targets = [{ job: 'itself', addresses: [`${LOOPBACK}:${port}`] }];
    const server = await startPrometheus({
      dataDir: join(folder, 'prometheus'),
      port,
      targets,
      scrapeIntervalSeconds: 1,
    });
    endings.push(() => server.stop());
    await eventually(
      async () => {
        const response = await fetch(`http://${LOOPBACK}:${port}/api/v1/query?query=up`);
        const { data } = (await response.json()) as {
          data: { result: { metric: { job: string }; value: [number, string] }[] };
        };
        // A scrape has a second, which a busy machine may miss.
        expect(data.result).toMatchObject([{ metric: { job: 'itself' }, value: [expect.any(Number), '1'] }]);
      },
      { deadlineMs: 30_000, what: 'a scrape' },
    );
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  },
  SERVER_TEST_MS,
);

/** A process that has ended but that nobody has asked after (a zombie, as orphans are in some containers) does not run. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

async function usingTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const [port = 0] = await freePorts(1);
  const stranger = createServer().listen(port, LOOPBACK);
  await once(stranger, 'listening');
  await use(port).finally(() => stranger.close());
}

async function failureOf(start: Promise<unknown>): Promise<ServerStartError> {
  const error = await start.then(
    () => new Error('it started'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServerStartError);
  return error as ServerStartError;
}

function kafkaClient(address: string): Kafka {
  return new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 20, maxRetryTime: 1_000 } });
}

async function publish(address: string, topic: string, values: readonly string[]): Promise<void> {
  const client = kafkaClient(address);
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function endOffset(address: string, topic: string): Promise<number> {
  const admin = kafkaClient(address).admin();
  await admin.connect();
  const [partition] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return Number(partition?.high);
}

async function withRedis<T>(port: number, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: LOOPBACK, port });
  return use(client).finally(() => client.disconnect());
}

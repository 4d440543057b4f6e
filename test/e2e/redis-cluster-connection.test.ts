/**
 * How commands fail and wait on a Redis Cluster, of which one master or all of them are killed.
 */
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, type RedisConnection, type RedisMode } from '@landbridge/redis';
import { eventually } from '../harness/poll.js';
import { startOwnCluster, type OwnCluster } from '../harness/redis-cluster.js';

/** One key on each master, in their order: slots 4,879, 9,068 and 13,133 of 16,384. */
const keys = ['{air:2}', '{air:1}', '{air:0}'] as const;
/** Two seconds are promised; the rest is for a machine that is busy with other suites. */
const failFastMs = 20_000;
/** Longer than a reader waits, shorter than a consumer does. */
const outageMs = 4_000;
/** Longer than a socket may be silent before it is made again. */
const silenceMs = 6_500;

let cluster: OwnCluster;
const connections: RedisConnection[] = [];
const lines: string[] = [];

beforeAll(async () => {
  cluster = await startOwnCluster();
}, 60_000);

afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await cluster.dispose();
});

async function connect(mode: RedisMode): Promise<RedisConnection> {
  const tell = (_fields: object, message: string) => void lines.push(message);
  const connection = connectRedis(cluster, mode, { warn: tell, info: tell });
  connections.push(connection);
  // On a busy machine connecting alone may take the two seconds that a reader waits.
  for (const [i, key] of keys.entries())
    await eventually(() => connection.set(key, i), { deadlineMs: 20_000, what: 'the connection' });
  return connection;
}

/** Kills masters, and whatever comes of it starts them again: all at once, because each waits for the whole cluster. */
async function whileAway(indexes: readonly number[], use: () => Promise<void>): Promise<void> {
  for (const index of indexes) {
    cluster.masters[index]!.kill('SIGKILL');
    await cluster.masters[index]!.exited;
  }
  try {
    await use();
  } finally {
    await Promise.all(indexes.map((index) => cluster.startMaster(index)));
  }
}

async function outcome(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch(() => 'failed');
}

describe('a reader', () => {
  it('is told within its time that a master is away, and gets what the others have', async () => {
    const reader = await connect('fail-fast');
    await whileAway([0], async () => {
      const begin = performance.now();
      expect(await Promise.all(keys.map((key) => outcome(reader.get(key))))).toEqual(['failed', '1', '2']);
      expect(performance.now() - begin).toBeLessThan(failFastMs);
    });
    await eventually(async () => (await reader.get(keys[0])) === '0', { deadlineMs: 20_000, what: 'the key' });
  }, 90_000);

  it('is told so in the same time when no master is left, and by no more than a bounded queue', async () => {
    const reader = await connect('fail-fast');
    await whileAway([0, 1, 2], async () => {
      await eventually(() => reader.status !== 'ready', { deadlineMs: 20_000, what: 'the loss to be noticed' });
      const begin = performance.now();
      let told = 0;
      const waits = Array.from({ length: 1_500 }, async () => {
        expect(await outcome(reader.get(keys[1]))).toBe('failed');
        told += 1;
      });
      // Those beyond the queue's bound do not wait at all: they are told before any timer can run.
      await setImmediate();
      expect(told).toBeGreaterThanOrEqual(500);
      expect(told).toBeLessThan(1_500);
      await Promise.all(waits);
      expect(performance.now() - begin).toBeLessThan(failFastMs);
    });
    await eventually(async () => (await reader.get(keys[1])) === '1', { deadlineMs: 20_000, what: 'the key' });
  }, 90_000);

  it('that asks before the first node has answered gets its answer', async () => {
    const ask = async () => {
      const reader = connectRedis(cluster, 'fail-fast', { warn: () => undefined, info: () => undefined });
      connections.push(reader);
      expect(await reader.get(keys[2])).toBe('2');
    };
    // Each time it is a connection that nobody has waited for.
    await eventually(ask, { deadlineMs: 20_000, what: 'the answer' });
  });
});

describe('a consumer', () => {
  it.each([
    ['one master', [1]],
    ['all masters', [0, 1, 2]],
  ])(
    'waits for %s to come back, and its command is done then',
    async (_what, indexes) => {
      const consumer = await connect('wait');
      lines.length = 0;
      const begin = performance.now();
      let done: Promise<number>[] = [];
      await whileAway(indexes, async () => {
        done = keys.map((key) => consumer.append(key, '!').then(() => performance.now() - begin));
        await eventually(() => performance.now() - begin > outageMs, { deadlineMs: 2 * outageMs, what: 'the outage' });
      });
      const waited = (await Promise.all(done)).map((ms) => ms > outageMs);
      expect(indexes.map((index) => waited[index])).toEqual(indexes.map(() => true));
      expect(await Promise.all(keys.map((key) => consumer.get(key)))).toEqual(['0!', '1!', '2!']);
      expect(lines.filter((line) => /not reachable|no node/.test(line)).length).toBeGreaterThan(0);
    },
    90_000,
  );
});

it('a master that is silent and not gone: a reader is told in its time, a consumer gets through when it runs again', async () => {
  const reader = await connect('fail-fast');
  const consumer = await connect('wait');
  cluster.masters[2]!.kill('SIGSTOP');
  const begin = performance.now();
  const appended = consumer.append(keys[2], '!').then(() => performance.now() - begin);
  try {
    expect(await outcome(reader.get(keys[2]))).toBe('failed');
    expect(performance.now() - begin).toBeLessThan(failFastMs);
    await eventually(() => performance.now() - begin > silenceMs, { deadlineMs: 2 * silenceMs, what: 'the silence' });
  } finally {
    cluster.masters[2]!.kill('SIGCONT');
  }
  expect(await appended).toBeGreaterThan(silenceMs);
  // What was sent on the silent socket ran when the master did, and what was sent again too: at least once is what is promised.
  expect(await consumer.get(keys[2])).toMatch(/^2!+$/);
}, 60_000);

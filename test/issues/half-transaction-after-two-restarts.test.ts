/**
 * Redis 7.0 carries out half of a cut transaction at the second restart after the cut (valkey-io/valkey#4342). Found by the chaos run: a
 * partition's list of series had an entry twice, and totals stood under wrong series.
 */
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startOwnRedis, type OwnServer } from '../harness/servers.js';

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server?.dispose());

const raise = `for _, key in ipairs(KEYS) do redis.call('RPUSH', key, ARGV[1]) end`;
const keys = ['{t}:a', '{t}:b', '{t}:c'];

async function ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(`redis://${server.address}`);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

const lists = () => ask((redis) => Promise.all(keys.map((key) => redis.lrange(key, 0, -1))));

async function killAndCut(bytes: number): Promise<void> {
  server.server.kill('SIGKILL');
  await server.server.exited;
  const folder = join(server.dataDir, 'appendonlydir');
  const name = (await readdir(folder)).find((one) => one.endsWith('.incr.aof'))!;
  await truncate(join(folder, name), (await stat(join(folder, name))).size - bytes);
  await server.start();
}

it('applies a cut transaction wholly or not at all, also after the next restart', async () => {
  await ask((redis) => redis.eval(raise, keys.length, ...keys, 'first'));
  await ask((redis) => redis.eval(raise, keys.length, ...keys, 'cut'));
  // `EXEC` and the half of the last command before it.
  await killAndCut(30);
  expect(await lists()).toEqual([['first'], ['first'], ['first']]);
  await ask((redis) => redis.eval(raise, keys.length, ...keys, 'second'));
  await killAndCut(0);
  const both = ['first', 'second'];
  expect(await lists()).toEqual([both, both, both]);
});

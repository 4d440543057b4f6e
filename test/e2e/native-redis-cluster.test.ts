import { existsSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { freePorts, startRedisCluster, type RedisCluster } from '@landbridge/native';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from 'ioredis';

/** Forming takes 2 s and a master's return 2 s; the rest is for a machine that is busy with other suites. */
const CLUSTER_TEST_MS = 120_000;

/** Ended after each case, also after one that failed: a server left here would hold the worker. */
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function startThree(dataDir: string, ports: readonly number[]): Promise<RedisCluster> {
  const cluster = await startRedisCluster({ dataDir, ports: ports.slice(0, 3), busPorts: ports.slice(3) });
  endings.push(() => cluster.stop());
  return cluster;
}

async function withClient<T>(port: number | undefined, use: (client: Cluster) => Promise<T>): Promise<T> {
  const client = new Cluster([{ host: '127.0.0.1', port: port ?? 0 }]);
  return use(client).finally(() => client.disconnect());
}

test(
  'three masters share the slots, keep their data over kill -9 and a new start, and leave no process',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'landbridge-cluster-'));
    endings.push(() => rm(dataDir, { recursive: true, force: true }));
    const ports = await freePorts(6);
    const cluster = await startThree(dataDir, ports);
    const names = Array.from({ length: 60 }, (_, i) => `cell-${i}`);
    await withClient(ports[0], (client) => Promise.all(names.map((name, i) => client.set(name, i))));

    const killed = cluster.masters[1]!.pid;
    cluster.masters[1]!.kill('SIGKILL');
    await cluster.startMaster(1);
    expect(cluster.masters[1]!.pid).not.toBe(killed);
    const sizes = await withClient(ports[1], async (client) => {
      expect(await Promise.all(names.map((name) => client.get(name)))).toEqual(names.map((_, i) => String(i)));
      return Promise.all(client.nodes('master').map((node) => node.dbsize()));
    });
    expect(sizes).toHaveLength(3);
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);

    const pids = cluster.masters.map(({ pid }) => pid);
    await cluster.stop();
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);

    await startThree(dataDir, ports);
    expect(await withClient(ports[2], (client) => client.get('cell-59'))).toBe('59');
  },
  CLUSTER_TEST_MS,
);

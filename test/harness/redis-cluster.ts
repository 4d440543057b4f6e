import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startRedisCluster, type RedisCluster } from '@landbridge/native';
import type { RedisConnection } from '@landbridge/redis';
import { Cluster } from 'ioredis';

/** A Redis Cluster of three masters that one test owns: each may be killed and started again on its port and data. */
export interface OwnCluster extends RedisCluster {
  /** As `LANDBRIDGE_REDIS_URL` names it; only the first two masters, because a client has to find the third. */
  readonly url: string;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}

const MASTERS = 3;

/** Starts a cluster on free ports and a temporary folder. */
export async function startOwnCluster(): Promise<OwnCluster> {
  const free = await freePorts(2 * MASTERS);
  const [ports, busPorts] = [free.slice(0, MASTERS), free.slice(MASTERS)];
  const dataDir = await mkdtemp(join(tmpdir(), 'landbridge-cluster-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  let cluster: RedisCluster;
  try {
    cluster = await startRedisCluster({ dataDir, ports, busPorts });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    ...cluster,
    url: `redis+cluster://127.0.0.1:${ports[0]},127.0.0.1:${ports[1]}`,
    dispose: async () => {
      await cluster.stop();
      await remove();
    },
  };
}

/** Removes every key: a cluster takes FLUSHALL on each master for itself. */
export async function emptyRedis(redis: RedisConnection): Promise<void> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  await Promise.all(servers.map((server) => server.flushall()));
}

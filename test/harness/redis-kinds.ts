import { startOwnCluster } from './redis-cluster.js';
import { startOwnRedis } from './servers.js';

/** A Redis of its own that holds a view, in either of the two shapes that ours may live in. */
export interface RedisOfItsOwn {
  /** As `LANDBRIDGE_REDIS_URL` names it. */
  readonly url: string;
  /** kill -9 of the server, or of one master; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts what was killed again, on its data; resolves when everything is served. */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** For `describe.each`: suites that must hold on one Redis and on a Redis Cluster. */
export const redisKinds: readonly (readonly [name: string, start: () => Promise<RedisOfItsOwn>])[] = [
  ['one Redis', startOne],
  ['a Redis Cluster', startCluster],
];

async function startOne(): Promise<RedisOfItsOwn> {
  const redis = await startOwnRedis();
  return {
    url: `redis://${redis.address}`,
    kill: async () => {
      redis.server.kill('SIGKILL');
      await redis.server.exited;
    },
    start: () => redis.start(),
    dispose: () => redis.dispose(),
  };
}

/** The first of three masters is the one that is killed: two of the eight partitions of the air topic are on it. */
async function startCluster(): Promise<RedisOfItsOwn> {
  const cluster = await startOwnCluster();
  return {
    url: cluster.url,
    kill: async () => {
      cluster.masters[0]!.kill('SIGKILL');
      await cluster.masters[0]!.exited;
    },
    start: () => cluster.startMaster(0),
    dispose: () => cluster.dispose(),
  };
}

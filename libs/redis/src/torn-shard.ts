/**
 * What becomes of a shard that holds half a change.
 *
 * Redis writes a script's effects to its append-only file as one transaction, and drops a transaction that the file's end cuts off. But
 * Redis 7.0 then goes on writing inside the unfinished transaction, and the start after that executes the half. So the script marks
 * the shard before its first effect and unmarks it after its last: a marked shard is not the fold of any log. It is removed as a
 * whole, and folded again from the log's start.
 */
import { parseShardKey, shardKeyPattern } from '@landbridge/contracts';
import type { ShardId } from '@landbridge/domain';
import { Cluster } from 'ioredis';
import type { RedisConnection } from './connection.js';

/** Keys that one SCAN looks at: about a millisecond of Redis's time. */
const scanCount = 1_000;

/**
 * Removes the keys it is given while the shard is still marked, and nothing otherwise: of two processes that find a torn shard at the same
 * time, the slower one must not remove what the faster one has begun to fold. A marked shard takes no changes, so it gets no new keys.
 *
 *   KEYS  1 state, then the other keys of the shard
 */
export const removeTornScript = `
if redis.call('HEXISTS', KEYS[1], 'applying') == 0 then return 0 end
for i = 2, #KEYS do redis.call('UNLINK', KEYS[i]) end
redis.call('UNLINK', KEYS[1])
return #KEYS
`;

/** The keys of a shard, except its state. */
export async function keysOfShard(redis: RedisConnection, shard: ShardId): Promise<string[]> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const keys = new Set<string>();
  for (const server of servers) {
    let cursor = '0';
    do {
      const [next, found] = await server.scan(cursor, 'MATCH', shardKeyPattern, 'COUNT', scanCount);
      for (const key of found) {
        const parsed = parseShardKey(key);
        if (parsed && parsed.part !== 'state' && isSameShard(parsed.shard, shard)) keys.add(key);
      }
      cursor = next;
    } while (cursor !== '0');
  }
  return [...keys];
}

function isSameShard(a: ShardId, b: ShardId): boolean {
  return a.generation === b.generation && a.topic === b.topic && a.partition === b.partition;
}

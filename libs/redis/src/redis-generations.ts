/**
 * The pointers to generations of the view in Redis, and the removal of generations that nobody reads any more.
 */
import {
  buildingGenerationKey,
  formatBuilding,
  formatGeneration,
  liveGenerationKey,
  parseBuilding,
  parseGeneration,
  parseShardKey,
  shardKeyPattern,
  type BuildingGeneration,
} from '@landbridge/contracts';
import type { Generations } from '@landbridge/domain';
import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connection.js';

/** Keys that one SCAN looks at: about a millisecond of Redis's time. */
const scanCount = 1_000;
/** Keys freed by one UNLINK; the memory itself is given back by a thread of Redis's own. */
const unlinkKeysMax = 500;

export class RedisGenerations implements Generations {
  constructor(private readonly redis: RedisConnection) {}

  async live(): Promise<number> {
    return parseGeneration(await this.redis.get(liveGenerationKey));
  }

  async building(): Promise<BuildingGeneration | undefined> {
    return parseBuilding(await this.redis.get(buildingGenerationKey));
  }

  async begin(building: BuildingGeneration): Promise<void> {
    await this.redis.set(buildingGenerationKey, formatBuilding(building));
  }

  /** Two commands, because the keys are in two slots of a cluster; a crash between them leaves a record that `building` equals `live`. */
  async flip(generation: number): Promise<void> {
    await this.redis.set(liveGenerationKey, formatGeneration(generation));
    await this.redis.del(buildingGenerationKey);
  }

  async removeOthers(kept: readonly number[]): Promise<number> {
    // In a cluster each master knows its own keys only.
    const servers = this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
    let removed = 0;
    for (const server of servers) removed += await this.removeFrom(server, kept);
    return removed;
  }

  private async removeFrom(server: Redis, kept: readonly number[]): Promise<number> {
    let removed = 0;
    let cursor = '0';
    do {
      const [next, found] = await server.scan(cursor, 'MATCH', shardKeyPattern, 'COUNT', scanCount);
      const others = found.filter((key) => {
        const parsed = parseShardKey(key);
        return parsed !== undefined && !kept.includes(parsed.shard.generation);
      });
      removed += await this.unlink(others);
      cursor = next;
    } while (cursor !== '0');
    return removed;
  }

  /** One call a shard and step: keys of several slots are refused by a cluster. */
  private async unlink(keys: readonly string[]): Promise<number> {
    const byTag = Map.groupBy(keys, (key) => key.slice(0, key.indexOf('}')));
    let removed = 0;
    for (const group of byTag.values())
      for (let from = 0; from < group.length; from += unlinkKeysMax)
        removed += await this.redis.unlink(...group.slice(from, from + unlinkKeysMax));
    return removed;
  }
}

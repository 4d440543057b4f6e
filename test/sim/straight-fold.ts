/**
 * A fold with no trouble at all: what a rebuild does, and what a played schedule must not differ from.
 */
import type { ViewLimits } from '@landbridge/domain';
import { RedisShardStore } from '@landbridge/redis';
import { PartitionFolder, type DeadRecord } from '@landbridge/view';
import type { Redis } from 'ioredis';
import type { SeededRandom } from '../chaos/seeded-random.js';
import type { PlannedPartition } from './planned-log.js';

export interface StraightFold {
  readonly redis: Redis;
  readonly generation: number;
  readonly limits: ViewLimits;
  readonly onDead: (dead: readonly DeadRecord[]) => void;
}

/** Folds each partition from where the generation stands up to its end, given by index, in batches of the random's choice. */
export async function foldStraight(
  random: SeededRandom,
  log: readonly PlannedPartition[],
  ends: readonly number[],
  { redis, generation, limits, onDead }: StraightFold,
): Promise<void> {
  const nothing = () => undefined;
  const observer = { folded: nothing, added: nothing, sought: nothing, applied: nothing };
  const publishDead = async (dead: readonly DeadRecord[]) => onDead(dead);
  const folder = new PartitionFolder(new RedisShardStore(redis), generation, limits, publishDead, observer, () => 0);
  for (const { shard, entries } of log) {
    const end = ends[shard.index]!;
    let from = await folder.assign(shard.topic, shard.partition);
    const records = entries.filter(({ offset }) => offset >= from && offset < end).map(({ message }) => message);
    while (records.length > 0) {
      const batch = records.splice(0, random.integer(1, records.length));
      const lastOffset = BigInt(batch.at(-1)!.offset);
      await folder.fold({
        topic: shard.topic,
        partition: shard.partition,
        records: batch,
        firstOffset: from,
        lastOffset,
        highWatermark: BigInt(end),
        isStale: () => false,
        seek: nothing,
        commit: nothing,
      });
      from = lastOffset + 1n;
    }
  }
}

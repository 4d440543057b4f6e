/**
 * Reads the cells of the live view, over all partitions: the source of every published figure.
 *
 * Names of series are looked up after the cells were read: a partition's list of series only grows, so every number that a cell uses
 * is then in it. The lists are kept between reads and only their new ends are fetched.
 */
import {
  dayKey,
  eventTopicPartitions,
  eventTopics,
  liveGenerationKey,
  parseGeneration,
  unpackCells,
  seriesKey,
  stateKey,
  yearKey,
} from '@landbridge/contracts';
import {
  systems,
  type Cell,
  type ShardId,
  type ShardProgress,
  type System,
  type ThroughputSource,
} from '@landbridge/domain';
import type { RedisConnection } from './connection.js';

export class ThroughputReader implements ThroughputSource {
  /** Series by shard key, of one generation; at most one list a partition, each bounded by the writer. */
  private readonly series = new Map<string, string[]>();
  private seriesGeneration: number | undefined;

  /** @param redis a connection in the mode `fail-fast`. Every method rejects when Redis does not answer in time. */
  constructor(private readonly redis: RedisConnection) {}

  async yearCells(system: System, year: number): Promise<Cell[]> {
    return this.cells(system, (shard) => yearKey(shard, year));
  }

  async dayCells(system: System, date: string): Promise<Cell[]> {
    return this.cells(system, (shard) => dayKey(shard, date));
  }

  async progress(): Promise<ShardProgress[]> {
    const generation = await this.liveGeneration();
    const shards = systems.flatMap((system) => shardsOf(system, generation));
    const states = await Promise.all(shards.map((shard) => this.redis.hmget(stateKey(shard), 'next', 'newest')));
    return shards.flatMap(({ topic, partition }, i) => {
      const [next, newest] = states[i]!;
      if (next == null) return [];
      return [{ topic, partition, next: BigInt(next), newestReceivedMs: newest ? Number(newest) : null }];
    });
  }

  private async cells(system: System, keyOf: (shard: ShardId) => string): Promise<Cell[]> {
    const shards = shardsOf(system, await this.liveGeneration());
    const contents = await Promise.all(shards.map((shard) => this.redis.getBuffer(keyOf(shard))));
    const found: Cell[] = [];
    for (const [i, bytes] of contents.entries()) {
      if (bytes === null) continue;
      const cells = unpackCells(bytes);
      const names = await this.seriesOf(
        shards[i]!,
        cells.reduce((most, { series }) => Math.max(most, series), -1),
      );
      for (const { slot, series, amounts } of cells) found.push({ slot, series: names[series]!, amounts });
    }
    return found;
  }

  /** The series of a shard, at least up to a number. A list that is shorter than that was wiped in between: the read fails. */
  private async seriesOf(shard: ShardId, upTo: number): Promise<readonly string[]> {
    const key = seriesKey(shard);
    let known = this.series.get(key) ?? [];
    if (known.length > 0 && (await this.redis.lindex(key, known.length - 1)) !== known.at(-1)) known = [];
    if (known.length <= upTo) known = [...known, ...(await this.redis.lrange(key, known.length, -1))];
    this.series.set(key, known);
    if (known.length <= upTo)
      throw new Error(`the view of ${shard.topic}:${shard.partition} changed while it was read`);
    return known;
  }

  private async liveGeneration(): Promise<number> {
    const generation = parseGeneration(await this.redis.get(liveGenerationKey));
    if (generation !== this.seriesGeneration) this.series.clear();
    this.seriesGeneration = generation;
    return generation;
  }
}

function shardsOf(system: System, generation: number): ShardId[] {
  return Array.from({ length: eventTopicPartitions }, (_, partition) => ({
    generation,
    topic: eventTopics[system],
    partition,
  }));
}

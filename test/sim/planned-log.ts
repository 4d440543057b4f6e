/**
 * The log of a simulation, planned to its end: what stands where in each partition. A schedule decides only when it becomes visible, so
 * one log can be played under many schedules.
 */
import { eventTopics, type CanonicalEvent, type ProblemCode } from '@landbridge/contracts';
import { systems } from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';
import type { SeededRandom } from '../chaos/seeded-random.js';
import { carrierWrites, type CarrierWrite, type SimulatedShard } from './carrier-writes.js';

export interface LogEntry {
  readonly offset: number;
  readonly receivedMs: number;
  readonly message: KafkaMessage;
  readonly meaning: { readonly event: CanonicalEvent } | { readonly poison: ProblemCode };
}

export interface PlannedPartition {
  readonly shard: SimulatedShard;
  readonly entries: readonly LogEntry[];
  /** The offset that the next record would have; behind the last entry's when the log ends with a hole. */
  readonly end: number;
}

/** What each entry's receipt time leaves as rest by this number is the index of its partition: so an observer knows where it stands. */
const shardsMax = 8;
const beginMs = 1_700_000_000_000 - (1_700_000_000_000 % shardsMax);

/** The partition of a record, by its receipt time. */
export function shardOfReceipt(receivedMs: number): number {
  return receivedMs % shardsMax;
}

/** One to six partitions of one to three topics, with some `count` records in all. */
export function planLog(random: SeededRandom, count: number): PlannedPartition[] {
  const shards = someShards(random);
  const open = shards.map((shard) => ({ shard, entries: [] as LogEntry[], end: 0 }));
  const holes = random.chance(0.5) ? 0.1 : 0;
  let clockMs = beginMs;
  for (const write of carrierWrites(random, shards, count)) {
    const partition = open[write.shard]!;
    // A producer's retry: the same bytes stand in the log again.
    for (let times = random.chance(0.05) ? random.integer(2, 3) : 1; times > 0; times--) {
      // The broker's clock steps back at times.
      clockMs += shardsMax * (random.chance(0.05) ? -random.integer(1, 50) : random.integer(0, 50));
      partition.entries.push(entryOf(write, partition.end, clockMs + write.shard));
      // Control records of transactions, and what compaction took.
      partition.end += 1 + (random.chance(holes) ? random.integer(1, 3) : 0);
    }
  }
  return open;
}

function someShards(random: SeededRandom): SimulatedShard[] {
  const topics = random.shuffled(systems).slice(0, random.integer(1, 3));
  const partitions = random.integer(1, 2);
  return topics.flatMap((system, at) =>
    Array.from({ length: partitions }, (_, partition) => ({
      index: at * partitions + partition,
      system,
      topic: eventTopics[system],
      partition,
    })),
  );
}

function entryOf({ value, meaning }: CarrierWrite, offset: number, receivedMs: number): LogEntry {
  const message: KafkaMessage = {
    key: null,
    value,
    timestamp: String(receivedMs),
    attributes: 0,
    offset: String(offset),
    headers: {},
  };
  return { offset, receivedMs, message, meaning };
}

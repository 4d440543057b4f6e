/** A partition of flights, one piece each, as batches of a fetch; and how many of them a generation has counted. */
import { eventTopics, eventTypes } from '@landbridge/contracts';
import { defaultCellsMax, defaultMemoryLimits, defaultSeriesMax } from '@landbridge/domain';
import type { MovedPartition, PartitionFolder, PartitionRecords } from '@landbridge/view';
import type { Redis } from 'ioredis';
import type { KafkaMessage } from 'kafkajs';
import { readContent, storedView } from '../sim/view-content.js';

export const flightShard = { index: 0, system: 'air', topic: eventTopics.air, partition: 0 } as const;
export const foldLimits = { ...defaultMemoryLimits, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
const silently = () => undefined;
export const silentObserver = { folded: silently, added: silently, sought: silently, applied: silently };

/** A flight with one piece. */
function flight(offset: number): KafkaMessage {
  const value = JSON.stringify({
    specversion: '1.0',
    id: `flight-${offset}`,
    source: '/test/CV',
    tenant: 'test',
    subject: `CV${offset}`,
    time: '2020-06-30T23:30:00+08:00',
    type: eventTypes.air,
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      unit: { type: 'flight', id: `CV${offset}` },
      quantities: { pieces: 1 },
    },
  });
  const timestamp = String(1_700_000_000_000 + offset);
  return { key: null, value: Buffer.from(value), timestamp, attributes: 0, offset: String(offset), headers: {} };
}

/** The flights whose offsets are from `from` up to, not including, `to`. It must begin early enough: a seek is an error. */
export function flightBatch(from: number, to: number): PartitionRecords {
  return {
    topic: flightShard.topic,
    partition: flightShard.partition,
    records: Array.from({ length: to - from }, (_, i) => flight(from + i)),
    firstOffset: BigInt(from),
    lastOffset: BigInt(to) - 1n,
    highWatermark: BigInt(to),
    isStale: () => false,
    seek: (offset) => {
      throw new Error(`the batch begins early enough, and yet ${offset} is sought`);
    },
    commit: silently,
  };
}

/** By the cell of the hour in which all of them departed. */
export async function flightCount(redis: Redis, generation: number): Promise<number> {
  const { cells } = storedView(await readContent(redis, generation), flightShard);
  return Number(cells.get('2020-06-30 23 air-cargo|CGO|outbound|air||')?.split(',')[2] ?? 0);
}

/** All that a folder finds moved in one look. */
export async function movedOf(folder: PartitionFolder): Promise<MovedPartition[]> {
  const moved: MovedPartition[] = [];
  for await (const one of folder.rolledBack()) moved.push(one);
  return moved;
}

/**
 * A log that is longer than the memory for ids. What is forgotten then decides what a late re-post counts, so it must follow from the log
 * alone: the seeds of the simulation are too short to fill even one segment of remembered ids.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventTopics, eventTypes, type CanonicalEvent } from '@landbridge/contracts';
import { defaultCellsMax, defaultSeriesMax, type ViewLimits } from '@landbridge/domain';
import { Redis } from 'ioredis';
import { SeededRandom } from '../chaos/seeded-random.js';
import { sharedRedis } from '../harness/shared-servers.js';
import type { LogEntry, PlannedPartition } from './planned-log.js';
import { foldStraight } from './straight-fold.js';
import { readContent, restore, storedView, takeSnapshot, wipe } from './view-content.js';

/** About 3,000 versions fill a segment of this size, a tenth of the usual one. */
const records = 3_800;
const segmentBytesMax = 104_858;
const kept = { segmentBytesMax, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
/** Both let the first segment go before the log ends: the second one is begun, or is as much younger as a version is remembered. */
const memories: Readonly<Record<string, ViewLimits>> = {
  'by their number': { windowMs: 86_400_000, segmentsMax: 1, ...kept },
  'by their age': { windowMs: 300, segmentsMax: 64, ...kept },
};
const generation = 950_000_000 + (process.pid % 10_000_000) * 2;
const shard = { index: 0, system: 'air', topic: eventTopics.air, partition: 0 } as const;

/** Flights with large amounts, which take more bytes; every tenth is a re-post of some earlier one. */
function longLog(random: SeededRandom): PlannedPartition {
  const entries: LogEntry[] = [];
  for (let offset = 0; offset < records; offset++) {
    const id = offset > 0 && offset % 10 === 0 ? random.integer(0, offset - 1) : offset;
    const event: CanonicalEvent = {
      specversion: '1.0',
      id: `flight-${id}`,
      source: '/test/CV',
      tenant: 'test',
      subject: `CV${id}`,
      time: '2020-06-30T23:30:00+08:00',
      type: eventTypes.air,
      data: {
        classifier: 'actual',
        milestone: 'departed',
        hub: 'CGO',
        corridor: 'air',
        direction: 'outbound',
        unit: { type: 'flight', id: `CV${id}` },
        quantities: { pieces: 5_000_000_000, weightGrams: 10_000_000_000 },
      },
    };
    const receivedMs = 1_700_000_000_000 + offset;
    const timestamp = String(receivedMs);
    const value = Buffer.from(JSON.stringify(event));
    const message = { key: null, value, timestamp, attributes: 0, offset: String(offset), headers: {} };
    entries.push({ offset, receivedMs, message, meaning: { event } });
  }
  return { shard, entries, end: records };
}

let redis: Redis;
beforeAll(() => {
  redis = new Redis(`redis://${sharedRedis()}`);
});
afterAll(async () => {
  await wipe(redis, generation);
  await wipe(redis, generation + 1);
  redis.disconnect();
});

it.each(Object.entries(memories))(
  'forgets the same ids %s, whatever the batches, restarts and losses were',
  async (_how, limits) => {
    await wipe(redis, generation);
    await wipe(redis, generation + 1);
    const random = new SeededRandom(1);
    const log = [longLog(random)];
    const fold = (into: number, end: number) =>
      foldStraight(random, log, [end], { redis, generation: into, limits, onDead: () => undefined });

    await fold(generation, records);
    const straight = await readContent(redis, generation);

    let snapshot = await takeSnapshot(redis, generation + 1);
    for (let end = 0; end < records;) {
      end = Math.min(records, end + random.integer(1, 900));
      await fold(generation + 1, end);
      if (random.chance(0.2)) await restore(redis, generation + 1, snapshot);
      if (random.chance(0.4)) snapshot = await takeSnapshot(redis, generation + 1);
    }
    await fold(generation + 1, records);
    expect(await readContent(redis, generation + 1)).toEqual(straight);

    const { next, cells } = storedView(straight, shard);
    expect(next).toBe(records);
    // Some re-posts came when their original was forgotten, and most did not.
    const flights = Number(cells.get('2020 6 air-cargo|CGO|outbound|air||')?.split(',')[2]);
    expect(flights).toBeGreaterThan(records * 0.9);
    expect(flights).toBeLessThan(records * 0.95);
    // The first segment has left, and what was in it is forgotten.
    const segments = [...straight.keys()].filter((key) => key.includes(':ids:'));
    expect(segments).toEqual([expect.stringMatching(/:ids:1$/)]);
  },
  60_000,
);

/** Flights out of the hub in June 2020, as records of the air topic, and what the view says of them. */
import { eventTopics, eventTypes } from '@landbridge/contracts';
import type { LogRecord } from '@landbridge/kafka';
import { ThroughputReader, type RedisConnection } from '@landbridge/redis';

/** Enough for everything that a test writes at once. */
export const testLane = {
  eventsMax: 50_000,
  bytesMax: 64_000_000,
  lingerMs: 2,
  batchEvents: 1_000,
  batchBytes: 1_000_000,
};

/** The event of flight `n`: one piece of 1,000 grams. Attributes and data given replace its own. */
export function flight(n: number, change: object = {}) {
  const { data, ...attributes } = change as { data?: object };
  return {
    specversion: '1.0',
    id: `flight-${n}`,
    source: '/test/CV',
    tenant: 'test',
    subject: `CV${n % 100}`,
    time: '2020-06-30T23:30:00+08:00',
    ...attributes,
    type: eventTypes.air,
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      partner: 'LU',
      transport: { mode: 'air', carrier: 'CV' },
      unit: { type: 'flight', id: `CV${n}` },
      quantities: { pieces: 1, weightGrams: 1_000 },
      ...data,
    },
  };
}

export function flightRecord(event: object): LogRecord {
  return { topic: eventTopics.air, key: (event as { subject: string }).subject, value: JSON.stringify(event) };
}

/** Grams, pieces and flights of 2020 in the live view. */
export async function flightTotals(redis: RedisConnection): Promise<readonly number[]> {
  const cells = await new ThroughputReader(redis).yearCells('air', 2020);
  return cells.reduce((sum, { amounts }) => sum.map((value, i) => value + amounts[i]!), [0, 0, 0]);
}

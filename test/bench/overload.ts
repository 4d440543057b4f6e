/**
 * `npm run bench -- overload`: the door is offered five times what it can take. What it takes then is compared with its peak, what it has
 * acknowledged is looked for in the log event by event, and its memory is watched.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventTopics } from '@landbridge/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { openIngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { recordsOn } from './ingest.js';
import { loadEventId, postLoad, type LoadPlan } from './post-load.js';

export interface OverloadOptions {
  readonly seconds: number;
  /** Times the peak that is offered. */
  readonly times: number;
}

export interface OverloadResult {
  readonly peakEventsPerSecond: number;
  readonly offeredEventsPerSecond: number;
  /** Acknowledged while overloaded. */
  readonly goodputEventsPerSecond: number;
  readonly ofPeak: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Posts that were due and found all connections waiting. */
  readonly unsent: number;
  readonly acknowledgedEvents: number;
  /** Acknowledged and not on the log. */
  readonly lostEvents: number;
  readonly rssMiBMax: number;
}

const batch = 100;
const peakConnections = 64;
/** More than fill the lane: 20,000 events by default. */
const overloadConnections = 512;
const warmupMs = 2_000;
const peakMs = 10_000;
const readDeadlineMs = 300_000;

export async function benchOverload({ seconds, times }: OverloadOptions): Promise<OverloadResult> {
  const [kafka, redis] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  try {
    const door = await openIngestDoor(kafka.address, {
      LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
      LANDBRIDGE_LOG_LEVEL: 'warn',
      // One carrier posts what a whole hub does: its budget is kept, and is never used up.
      LANDBRIDGE_RATE_PER_SECOND: '1000000',
      LANDBRIDGE_RATE_BURST: '1000000',
    });
    const { secret, source } = door;
    const shared = { port: Number(new URL(door.url).port), secret, source, batch, warmupMs };
    const peak = await postLoad({ ...shared, connections: peakConnections, measureMs: peakMs, firstPost: 0 });
    const perSecond = (peak.eventsPerSecond * times) / batch;
    const plan: LoadPlan = {
      ...shared,
      connections: overloadConnections,
      measureMs: seconds * 1_000,
      perSecond,
      firstPost: peak.nextPost,
    };
    let rssMiBMax = 0;
    const watch = setInterval(() => (rssMiBMax = Math.max(rssMiBMax, rssMiBOf(door.service.pid))), 100);
    const overloaded = await postLoad(plan).finally(() => clearInterval(watch));
    await door.service.stop();
    const acknowledged = [...peak.acknowledged, ...overloaded.acknowledged];
    return {
      peakEventsPerSecond: Math.round(peak.eventsPerSecond),
      offeredEventsPerSecond: Math.round(perSecond * batch),
      goodputEventsPerSecond: Math.round(overloaded.eventsPerSecond),
      ofPeak: overloaded.eventsPerSecond / peak.eventsPerSecond,
      p50Ms: overloaded.p50Ms,
      p99Ms: overloaded.p99Ms,
      statuses: overloaded.statuses,
      unsent: overloaded.unsent,
      acknowledgedEvents: acknowledged.length * batch,
      lostEvents: await lostOf(kafka.address, acknowledged),
      rssMiBMax: Math.round(rssMiBMax),
    };
  } finally {
    await Promise.all([kafka.dispose(), redis.dispose()]);
  }
}

/** How many events of the acknowledged posts the log does not hold. */
async function lostOf(broker: string, acknowledged: readonly number[]): Promise<number> {
  const total = await recordsOn(broker, eventTopics.air);
  const seen = new Map<number, Uint8Array>();
  const kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, maxBytesPerPartition: 4_194_304 });
  await consumer.connect();
  let read = 0;
  try {
    await consumer.subscribe({ topics: [eventTopics.air], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch: { messages } }) => {
        for (const { value } of messages) {
          const [post, at] = numbersIn(value!);
          let events = seen.get(post);
          if (events === undefined) seen.set(post, (events = new Uint8Array(batch)));
          events[at] = 1;
        }
        read += messages.length;
        return Promise.resolve();
      },
    });
    await eventually(() => read >= total, { deadlineMs: readDeadlineMs, what: 'the log to be read' });
  } finally {
    await consumer.disconnect();
  }
  let lost = 0;
  for (const post of acknowledged) lost += batch - (seen.get(post)?.reduce((sum, one) => sum + one, 0) ?? 0);
  return lost;
}

const idForm = new RegExp(`"id":"${loadEventId('(\\d+)', 0).replace(/0$/, '(\\d+)')}"`);
/** The id stands at the beginning of an event's bytes. */
const idWithin = 80;

function numbersIn(value: Buffer): [post: number, at: number] {
  const match = idForm.exec(value.toString('latin1', 0, idWithin));
  if (match === null) throw new Error('an event of nobody stands on the log');
  return [Number(match[1]), Number(match[2])];
}

function rssMiBOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

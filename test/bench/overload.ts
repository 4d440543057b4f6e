/**
 * `npm run bench -- overload`: the door is offered five times what it can take. What it takes then is compared with its peak, which is
 * what it takes for a quarter of a minute from as many connections as it needs, warm, before and after. What
 * it has acknowledged is looked for in the log event by event, and its memory is watched.
 *
 * Two ratios are told. `ofPeak` is goodput to peak as they were measured. But the load shares the machine with the door, and posts that
 * are sent to be refused cost it and the kernel as much as others: beside 2,300 of them a second that go to a door which takes nothing
 * (`sink-door.ts`) this one loses a third of its peak without having seen any. So the peak is measured once more beside what was refused
 * in overload, sent there; `ofPeakBesideLoad` is goodput to that: what refusing itself costs.
 *
 * A machine's own pace may differ by a third from one second to the next, where others share its processors. So what each process used is
 * told as well, and what an event cost the door in processor time, at its peak and in overload: where both cost the same, the door did the
 * same, and a lower figure is the machine's.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventTopics } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import { Kafka, logLevel } from 'kafkajs';
import { openIngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { startService } from '../harness/service.js';
import { recordsOn } from './ingest.js';
import { loadEventId, postLoad, type LoadPlan, type LoadResult } from './post-load.js';
import { ProcessorWatch } from './processor-time.js';

export interface OverloadOptions {
  readonly seconds: number;
  /** Times the peak that is offered. */
  readonly times: number;
  /** Each holds one post at a time. 512 are more than fill the lane (20,000 events by default). */
  readonly connections: number;
  /** Whether bodies are sent at once, or when the door has said to go on (`Expect: 100-continue`). */
  readonly bodies: 'at once' | 'when asked for';
}

/** Processors in use on average: 0.5 is half of one. */
type ProcessorUse = Readonly<Record<'load' | 'ingest' | 'kafka' | 'redis' | 'stolen' | 'idle', number>>;

export interface OverloadResult {
  /** The mean of before and after. */
  readonly peakEventsPerSecond: number;
  /** While another door is sent the posts that were refused. */
  readonly peakBesideLoadEventsPerSecond: number;
  readonly offeredEventsPerSecond: number;
  /** What found a free connection and was sent. */
  readonly sentEventsPerSecond: number;
  /** Acknowledged while overloaded. */
  readonly goodputEventsPerSecond: number;
  readonly ofPeak: number;
  readonly ofPeakBesideLoad: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Posts that were due and found all connections waiting. */
  readonly unsent: number;
  readonly acknowledgedEvents: number;
  /** Acknowledged and not on the log. */
  readonly lostEvents: number;
  readonly rssMiBMax: number;
  /** Processor time of the door for an event, microseconds: at its peak, before and after together, and in overload. */
  readonly ingestMicrosPerEvent: { readonly atPeak: number; readonly overloaded: number };
  /** Before and after. */
  readonly processorsAtPeak: readonly ProcessorUse[];
  readonly processorsOverloaded: ProcessorUse;
}

const batch = 100;
const peakConnections = 64;
const warmupMs = 2_000;
/** Compilers of the door and of the log: the first ten seconds are slower by a third, and a peak of them would be too easy. */
const coldMs = 12_000;
const peakMs = 15_000;
const readDeadlineMs = 300_000;

export async function benchOverload({ seconds, times, connections, bodies }: OverloadOptions): Promise<OverloadResult> {
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
    const expectContinue = bodies === 'when asked for';
    const shared = { port: Number(new URL(door.url).port), secret, source, batch, warmupMs, expectContinue };
    const pids = { load: process.pid, ingest: door.service.pid, kafka: kafka.server.pid, redis: redis.server.pid };
    const measured = async (plan: LoadPlan): Promise<{ load: LoadResult; processors: ProcessorUse }> => {
      const watch = new ProcessorWatch(pids);
      let processors = unused;
      const onMeasure = (moment: 'begin' | 'end'): void => {
        if (moment === 'begin') watch.begin();
        else processors = watch.end();
      };
      const load = await postLoad({ ...plan, onMeasure });
      return { load, processors };
    };
    const measurePeak = (firstPost: number) =>
      measured({ ...shared, connections: peakConnections, measureMs: peakMs, firstPost });
    const cold = await postLoad({ ...shared, connections: peakConnections, measureMs: coldMs, firstPost: 0 });
    const before = await measurePeak(cold.nextPost);
    const perSecond = (before.load.eventsPerSecond * times) / batch;
    const plan: LoadPlan = {
      ...shared,
      connections,
      measureMs: seconds * 1_000,
      perSecond,
      firstPost: before.load.nextPost,
    };
    let rssMiBMax = 0;
    const watch = setInterval(() => (rssMiBMax = Math.max(rssMiBMax, rssMiBOf(door.service.pid))), 100);
    const { load, processors } = await measured(plan).finally(() => clearInterval(watch));
    const refused = load.nextPost - plan.firstPost - load.acknowledged.length;
    const beside = await besideLoad(
      (refused * 1_000) / (warmupMs + plan.measureMs),
      { ...plan, measureMs: peakMs },
      () => measurePeak(load.nextPost),
    );
    const after = await measurePeak(beside.load.nextPost);
    await door.service.stop();
    const peak = (before.load.eventsPerSecond + after.load.eventsPerSecond) / 2;
    const acknowledged = [cold, before.load, load, beside.load, after.load].flatMap((one) => one.acknowledged);
    return {
      peakEventsPerSecond: Math.round(peak),
      peakBesideLoadEventsPerSecond: Math.round(beside.load.eventsPerSecond),
      offeredEventsPerSecond: Math.round(perSecond * batch),
      sentEventsPerSecond: Math.round(((load.nextPost - plan.firstPost) * batch * 1_000) / (warmupMs + plan.measureMs)),
      goodputEventsPerSecond: Math.round(load.eventsPerSecond),
      ofPeak: load.eventsPerSecond / peak,
      ofPeakBesideLoad: load.eventsPerSecond / beside.load.eventsPerSecond,
      p50Ms: load.p50Ms,
      p99Ms: load.p99Ms,
      statuses: load.statuses,
      unsent: load.unsent,
      acknowledgedEvents: acknowledged.length * batch,
      lostEvents: await lostOf(kafka.address, acknowledged),
      rssMiBMax: Math.round(rssMiBMax),
      ingestMicrosPerEvent: {
        atPeak: ((before.processors.ingest + after.processors.ingest) * 500_000) / peak,
        overloaded: (processors.ingest * 1_000_000) / load.eventsPerSecond,
      },
      processorsAtPeak: [before.processors, after.processors],
      processorsOverloaded: processors,
    };
  } finally {
    await Promise.all([kafka.dispose(), redis.dispose()]);
  }
}

const unused: ProcessorUse = { load: 0, ingest: 0, kafka: 0, redis: 0, stolen: 0, idle: 0 };

/** Runs a measurement while so many posts a second go to a door that takes nothing. */
async function besideLoad<T>(perSecond: number, plan: LoadPlan, measure: () => Promise<T>): Promise<T> {
  const [port = 0] = await freePorts(1);
  const sink = await startService({
    name: 'sink door',
    entry: 'test/dist/bench/sink-door.js',
    env: { LANDBRIDGE_HTTP_PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
  });
  try {
    const [measured] = await Promise.all([measure(), postLoad({ ...plan, port, perSecond, expectContinue: false })]);
    return measured;
  } finally {
    await sink.stop();
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

/**
 * `npm run bench -- overload`: the door is offered five times what it can take. What it takes then is compared with its peak, which is
 * what it takes from as many connections as it needs. What it has acknowledged is looked for in the log event by event, and its memory is
 * watched.
 *
 * A machine's own pace differs by a third within a minute, where others share its processors. So peak and overload take turns, warm, and
 * each turn of overload is compared with the peaks right before and after it. Load, door and log share the processors, so a ratio of rates
 * is a ratio of shares as well: what an event cost each of them in processor time is told of each turn. Where the door's cost is the
 * same, it did the same, and where the load's own is higher, the door had less of the machine.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventTopics } from '@landbridge/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { openIngestDoor, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { recordsOn } from './ingest.js';
import { loadEventId, postLoad, type LoadPlan } from './post-load.js';
import { ProcessorWatch } from './processor-time.js';

export interface OverloadOptions {
  /** Of overload, in all. */
  readonly seconds: number;
  /** Turns of overload that they are cut into. */
  readonly rounds: number;
  /** Times the peak that is offered. */
  readonly times: number;
  /** Each holds one post at a time. 512 are more than fill the lane (20,000 events by default). */
  readonly connections: number;
  /** Whether bodies are sent at once, or when the door has said to go on (`Expect: 100-continue`). */
  readonly bodies: 'at once' | 'when asked for';
}

/** Processors in use on average: 0.5 is half of one. */
type ProcessorUse = Readonly<Record<'load' | 'ingest' | 'kafka' | 'redis' | 'stolen' | 'idle', number>>;

export interface OverloadTurn {
  readonly kind: 'peak' | 'overload';
  /** Acknowledged. */
  readonly eventsPerSecond: number;
  /** Of overload: to the mean of the peaks before and after it. */
  readonly ofPeak?: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time for an acknowledged event. */
  readonly microsPerEvent: Readonly<Record<'load' | 'ingest' | 'kafka', number>>;
  /** Of one request to the log. */
  readonly eventsPerBatch: number;
  readonly processors: ProcessorUse;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Posts that were due and found all connections waiting. */
  readonly unsent: number;
}

export interface OverloadResult {
  readonly turns: readonly OverloadTurn[];
  /** Of all peaks, and of all turns of overload. */
  readonly peakEventsPerSecond: number;
  readonly offeredEventsPerSecond: number;
  readonly goodputEventsPerSecond: number;
  readonly ofPeak: number;
  readonly acknowledgedEvents: number;
  /** Acknowledged and not on the log. */
  readonly lostEvents: number;
  readonly rssMiBMax: number;
}

const batch = 100;
const peakConnections = 64;
const warmupMs = 2_000;
/** Compilers of the door and of the log: the first ten seconds are slower by a third, and a peak of them would be too easy. */
const coldMs = 12_000;
const peakMs = 10_000;
const readDeadlineMs = 300_000;

export async function benchOverload(options: OverloadOptions): Promise<OverloadResult> {
  const [kafka, redis] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  try {
    const door = await openIngestDoor(kafka.address, {
      LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
      LANDBRIDGE_LOG_LEVEL: 'warn',
      // One carrier posts what a whole hub does: its budget is kept, and is never used up.
      LANDBRIDGE_RATE_PER_SECOND: '1000000',
      LANDBRIDGE_RATE_BURST: '1000000',
    });
    const pids = { load: process.pid, ingest: door.service.pid, kafka: kafka.server.pid, redis: redis.server.pid };
    const bench = new OverloadBench(door, pids);
    let rssMiBMax = 0;
    const watch = setInterval(() => (rssMiBMax = Math.max(rssMiBMax, rssMiBOf(door.service.pid))), 100);
    const turns = await bench.run(options).finally(() => clearInterval(watch));
    await door.service.stop();
    const meanOf = (kind: OverloadTurn['kind']): number =>
      mean(turns.filter((turn) => turn.kind === kind).map((turn) => turn.eventsPerSecond));
    return {
      turns,
      peakEventsPerSecond: meanOf('peak'),
      offeredEventsPerSecond: turns[0]!.eventsPerSecond * options.times,
      goodputEventsPerSecond: meanOf('overload'),
      ofPeak: meanOf('overload') / meanOf('peak'),
      acknowledgedEvents: bench.acknowledged.length * batch,
      lostEvents: await lostOf(kafka.address, bench.acknowledged),
      rssMiBMax: Math.round(rssMiBMax),
    };
  } finally {
    await Promise.all([kafka.dispose(), redis.dispose()]);
  }
}

/** The turns of one door, and what it has acknowledged in all of them. */
class OverloadBench {
  readonly acknowledged: number[] = [];
  #nextPost = 0;

  constructor(
    private readonly door: IngestDoor,
    private readonly pids: Readonly<Record<Exclude<keyof ProcessorUse, 'stolen' | 'idle'>, number>>,
  ) {}

  /** A peak, then overload and a peak as often as there are rounds. */
  async run({ seconds, rounds, times, connections, bodies }: OverloadOptions): Promise<OverloadTurn[]> {
    const peak = { connections: peakConnections, expectContinue: bodies === 'when asked for' };
    await this.#turn('peak', { ...peak, measureMs: coldMs });
    const turns = [await this.#turn('peak', { ...peak, measureMs: peakMs })];
    const perSecond = (turns[0]!.eventsPerSecond * times) / batch;
    const overload = { ...peak, connections, perSecond, measureMs: (seconds * 1_000) / rounds };
    for (let round = 0; round < rounds; round++) {
      const before = turns.at(-1)!;
      const turn = await this.#turn('overload', overload);
      const after = await this.#turn('peak', { ...peak, measureMs: peakMs });
      const ofPeak = turn.eventsPerSecond / mean([before.eventsPerSecond, after.eventsPerSecond]);
      turns.push({ ...turn, ofPeak }, after);
    }
    return turns;
  }

  async #turn(
    kind: OverloadTurn['kind'],
    plan: Pick<LoadPlan, 'connections' | 'measureMs' | 'perSecond' | 'expectContinue'>,
  ): Promise<OverloadTurn> {
    const { url, secret, source } = this.door;
    const watch = new ProcessorWatch(this.pids);
    let processors: ProcessorUse | undefined;
    const batchesBefore = await this.door.metric(batchesSent);
    const load = await postLoad({
      ...plan,
      port: Number(new URL(url).port),
      secret,
      source,
      batch,
      warmupMs,
      firstPost: this.#nextPost,
      onMeasure: (moment) => {
        if (moment === 'begin') watch.begin();
        else processors = watch.end();
      },
    });
    this.#nextPost = load.nextPost;
    for (const post of load.acknowledged) this.acknowledged.push(post);
    const batches = (await this.door.metric(batchesSent)) - batchesBefore;
    const { eventsPerSecond, p50Ms, p99Ms, statuses, unsent } = load;
    const microsOf = (who: 'load' | 'ingest' | 'kafka'): number => (processors![who] * 1_000_000) / eventsPerSecond;
    return {
      kind,
      eventsPerSecond,
      p50Ms,
      p99Ms,
      microsPerEvent: { load: microsOf('load'), ingest: microsOf('ingest'), kafka: microsOf('kafka') },
      eventsPerBatch: (load.acknowledged.length * batch) / batches,
      processors: processors!,
      statuses,
      unsent,
    };
  }
}

const batchesSent = 'landbridge_producer_batches_total';

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
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

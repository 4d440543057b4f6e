/**
 * `npm run bench -- visible`: how long after its 202 an event is in the answer of `GET /v1/statistics`, on a hub of its own.
 *
 * Every event counts one piece for one of 400 carriers, and a carrier's events share a subject, hence a partition and its order: the
 * n-th piece of a carrier is its n-th acknowledged event. So one question, split by carrier and asked without a pause, tells of each
 * single event when it was seen. It counts as seen when the answer that has it has arrived.
 */
import { loadavg } from 'node:os';
import { freePorts } from '@landbridge/native';
import type { StatisticsAnswer } from '@landbridge/contracts';
import { openIngestDoor } from '../harness/ingest-door.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { startService } from '../harness/service.js';
import { postAtPace } from './paced-posts.js';

export interface VisibilityOptions {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface VisibilityResult {
  readonly perSecond: number;
  /** Events in the measures; those of the warm-up are not. */
  readonly events: number;
  /** From when a post was due to its 202. */
  readonly ackMs: Spread;
  /** From the 202 to the answer of statistics that has the event. */
  readonly visibleMs: Spread;
  /** Posts that were answered with something else than 202. */
  readonly refused: number;
  /** Acknowledged events that were not seen in time. */
  readonly unseen: number;
  readonly questions: number;
  /** Of the machine over the last minute, at the end: what else it had to do. */
  readonly loadAverage: number;
}

/** Answers hold 500 groups at most. */
const carriers = 400;
/** Until the processes have compiled what is hot. */
const warmupSeconds = 5;
const seenDeadlineMs = 30_000;
/** An hour of the past, so that a run may go on past the end of an hour. */
const time = '2021-06-01T10:15:00+08:00';
const question = 'measure=air.pieces&period=2021-06-01T10&by=carrier';

export async function benchVisibility({ perSecond, seconds }: VisibilityOptions): Promise<VisibilityResult> {
  const [kafka, redis] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  const stops = [() => redis.dispose(), () => kafka.dispose()];
  try {
    const door = await openIngestDoor(kafka.address);
    stops.unshift(() => door.service.stop().then(() => undefined));
    const [aggregatorPort, statisticsPort] = (await freePorts(2)) as [number, number];
    const ports = { aggregator: aggregatorPort, statistics: statisticsPort };
    for (const [name, port] of Object.entries(ports)) {
      const service = await startService({
        name,
        entry: `apps/${name}/dist/main.js`,
        env: {
          LANDBRIDGE_KAFKA_BROKERS: kafka.address,
          LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
          LANDBRIDGE_HTTP_PORT: String(port),
          LANDBRIDGE_LOG_LEVEL: 'warn',
        },
        readyUrl: `http://127.0.0.1:${port}/readyz`,
      });
      stops.unshift(() => service.stop().then(() => undefined));
    }

    const warmup = warmupSeconds * perSecond;
    const watch = new CarrierWatch();
    const ackMs: number[] = [];
    let refused = 0;
    const seeing = watch.run(`http://127.0.0.1:${statisticsPort}/v1/statistics?${question}`);
    const posting = postAtPace({
      url: door.url,
      secret: door.secret,
      perSecond,
      count: warmup + seconds * perSecond,
      eventOf: (n) => eventOf(n, door.source),
      onAnswer: (n, status, dueMs, answeredMs) => {
        if (status !== 202) refused += 1;
        else watch.acknowledged(n % carriers, answeredMs, n >= warmup);
        if (n >= warmup) ackMs.push(answeredMs - dueMs);
      },
    });
    await posting.finally(() => watch.endWithin(seenDeadlineMs));
    await seeing;
    return {
      perSecond,
      events: ackMs.length,
      ackMs: spreadOf(ackMs),
      visibleMs: spreadOf(watch.delaysMs),
      refused,
      unseen: watch.unseen,
      questions: watch.questions,
      loadAverage: loadavg()[0]!,
    };
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Asks for the carriers' pieces without a pause, and notes for each acknowledged event when it was seen first. */
class CarrierWatch {
  readonly delaysMs: number[] = [];
  questions = 0;
  /** Acknowledged and not seen yet, oldest first, by carrier. */
  readonly #waiting = Array.from(
    { length: carriers },
    () => [] as { readonly ackMs: number; readonly counts: boolean }[],
  );
  readonly #seen = Array.from({ length: carriers }, () => 0);
  #endMs = Number.POSITIVE_INFINITY;
  #posted = false;

  acknowledged(carrier: number, ackMs: number, counts: boolean): void {
    this.#waiting[carrier]!.push({ ackMs, counts });
  }

  get unseen(): number {
    return this.#waiting.reduce((sum, waiting) => sum + waiting.length, 0);
  }

  /** No event is posted any more: the watch ends when all are seen, or after this time. */
  endWithin(deadlineMs: number): void {
    this.#posted = true;
    this.#endMs = performance.now() + deadlineMs;
  }

  async run(url: string): Promise<void> {
    while (!(this.#posted && this.unseen === 0) && performance.now() < this.#endMs) {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`statistics answers ${response.status}: ${await response.text()}`);
      const { groups = [] } = (await response.json()) as StatisticsAnswer;
      const nowMs = performance.now();
      this.questions += 1;
      for (const { key, value } of groups) this.#note(Number(key), value, nowMs);
    }
  }

  #note(carrier: number, pieces: number, nowMs: number): void {
    const waiting = this.#waiting[carrier]!;
    // An event may be in an answer before its own 202 has come back: it is noted with the answer after that.
    for (; this.#seen[carrier]! < pieces && waiting.length > 0; this.#seen[carrier]! += 1) {
      const { ackMs, counts } = waiting.shift()!;
      if (counts) this.delaysMs.push(nowMs - ackMs);
    }
  }
}

function eventOf(n: number, source: string): object {
  const carrier = String(n % carriers).padStart(4, '0');
  return {
    specversion: '1.0',
    id: `visible-${n}`,
    source,
    type: 'landbridge.air.event.v1',
    subject: carrier,
    time,
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      partner: 'LU',
      transport: { mode: 'air', carrier },
      unit: { type: 'flight', id: carrier },
      quantities: { pieces: 1, weightGrams: 1_000 },
    },
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

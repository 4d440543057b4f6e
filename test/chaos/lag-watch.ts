/**
 * Watches from outside how far the view is behind the log: the log's ends from Kafka, the view's positions from Redis.
 *
 * Under load the two are never read at the same moment, so the question is: up to which moment of the past does the view hold everything?
 */
import { eventTopicPartitions, eventTopics, firstGeneration, liveGenerationKey, stateKey } from '@landbridge/contracts';
import { Redis } from 'ioredis';
import kafkajs, { type Admin } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 250;
const timeoutMs = 1_500;
/** Some minutes of samples: more than any outage of a run. */
const samplesMax = 1_000;
/** The view counts as caught up when it holds all that the log had this long ago: a look at both, and a commit under way. */
const freshMs = 1_500;

const topics = Object.values(eventTopics);

/** Ends or positions of all partitions, in the order of `topics` and partitions. */
type Offsets = readonly number[];

export class LagWatch {
  readonly #redis: Redis;
  #admin: Admin | undefined;
  #samples: { readonly atMs: number; readonly ends: Offsets }[] = [];
  /** The newest moment whose records the view was seen to hold, and when it was seen; on the clock of `performance.now()`. */
  #reached: { readonly momentMs: number; readonly seenMs: number } = { momentMs: -Infinity, seenMs: -Infinity };
  #ended = false;
  #watching: Promise<void> | undefined;

  constructor(
    private readonly kafkaAddress: string,
    redisAddress: string,
  ) {
    this.#redis = new Redis(`redis://${redisAddress}`, {
      commandTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 200,
      socketTimeout: 5_000,
    });
    // Redis is killed on purpose; what fails is seen at the command.
    this.#redis.on('error', () => undefined);
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#watching;
    this.#redis.disconnect();
    await this.#admin?.disconnect().catch(() => undefined);
  }

  /** Whether the view was seen to hold all that was in the log at this moment, and to be nearly level with the log. */
  hasReached(momentMs: number): boolean {
    return this.#reached.momentMs >= momentMs && this.#reached.seenMs - this.#reached.momentMs <= freshMs;
  }

  /** The log's ends now. Rejects when Kafka cannot be asked. */
  async ends(): Promise<Offsets> {
    this.#admin ??= await this.#connect();
    const found = await Promise.all(topics.map((topic) => this.#admin!.fetchTopicOffsets(topic)));
    return found.flatMap((rows) => rows.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high)));
  }

  /** The view's positions now. Rejects when Redis cannot be asked. */
  async positions(): Promise<Offsets> {
    const generation = Number((await this.#redis.get(liveGenerationKey)) ?? firstGeneration);
    const states = topics.flatMap((topic) =>
      Array.from({ length: eventTopicPartitions }, (_, partition) => stateKey({ generation, topic, partition })),
    );
    const stored = await Promise.all(states.map((key) => this.#redis.hget(key, 'next')));
    return stored.map((next) => Number(next ?? 0));
  }

  /** The partitions whose view is not at the log's end, in words; what cannot be read is said as well. */
  async behind(): Promise<string> {
    try {
      const [ends, positions] = [await this.ends(), await this.positions()];
      const places = topics.flatMap((topic) =>
        Array.from({ length: eventTopicPartitions }, (_, partition) => `${topic}:${partition}`),
      );
      return places
        .flatMap((place, at) => (positions[at]! < ends[at]! ? [`${place} at ${positions[at]} of ${ends[at]}`] : []))
        .join(', ');
    } catch (error) {
      return `not known: ${(error as Error).message}`;
    }
  }

  async #watch(): Promise<void> {
    while (!this.#ended) {
      await this.#look();
      await delay(pauseMs);
    }
  }

  async #look(): Promise<void> {
    try {
      const atMs = performance.now();
      this.#samples.push({ atMs, ends: await this.ends() });
      if (this.#samples.length > samplesMax) this.#samples.shift();
    } catch {
      await this.#forgetAdmin();
    }
    try {
      const positions = await this.positions();
      const seenMs = performance.now();
      const reached = this.#samples.findLast(({ ends }) => ends.every((end, at) => positions[at]! >= end));
      // A view that went back has reached less than before; nothing at all is said by no sample.
      this.#reached = { momentMs: reached?.atMs ?? -Infinity, seenMs };
    } catch {
      // Redis is away; the next look tells.
    }
  }

  async #connect(): Promise<Admin> {
    const admin = new kafkajs.Kafka({
      brokers: [this.kafkaAddress],
      clientId: 'chaos-watch',
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      retry: { retries: 0 },
    }).admin();
    await admin.connect();
    return admin;
  }

  async #forgetAdmin(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }
}

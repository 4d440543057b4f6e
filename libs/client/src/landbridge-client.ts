/**
 * What a carrier installs to post events: typed, batched, retried, and with one answer for all.
 *
 * A rejected event, a refused key, a service that is away: all of these are values in the result and never exceptions, because a sender
 * has to handle each of them. Repeating a post is always safe: events are counted once by (source, id).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CanonicalEvent, RejectedEvent } from '@landbridge/contracts';
import { requestBatch, type BatchOutcome, type PostProblem, type RequestSurroundings } from './batch-request.js';
import { eventBatches, halvesOf, type EventBatch } from './event-batches.js';
import { secretOf, type SigningKey } from './request-credentials.js';
import { defaultRetryPolicy, type RetryPolicy } from './retry-delay.js';

export interface ClientOptions {
  /** Where ingest is, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** An API key, or what the requests are signed with. */
  readonly key: string | SigningKey;
  /** Events in one request, 1 to 5000; 1000 unless given. */
  readonly batchEvents?: number;
  /** Bytes of one request's body, up to 8 MiB; 1 MiB unless given. */
  readonly batchBytes?: number;
  /** Requests under way at the same time, 1 to 64; 4 unless given. */
  readonly concurrency?: number;
  /** An answer comes after the log has confirmed, within 10 s; 15 s unless given. */
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly surroundings?: Partial<RequestSurroundings>;
}

export interface PostOptions {
  /** Ends the posting: requests under way are cut off, further ones not begun. */
  readonly signal?: AbortSignal;
  /** Only have the events checked: nothing is published. */
  readonly dryRun?: boolean;
  /** Told after every batch that was answered. */
  readonly onProgress?: (progress: PostProgress) => void;
}

/** How far a posting is, in events. */
export interface PostProgress {
  readonly answered: number;
  readonly accepted: number;
  readonly rejected: number;
}

export interface PostResult {
  /** True when every event was accepted, or was a repeat inside its own batch. */
  readonly ok: boolean;
  readonly accepted: number;
  readonly duplicates: number;
  /** How many events were rejected; `rejected` holds the first of them. */
  readonly rejectedTotal: number;
  /** In no particular order; `index` counts from 0 over everything posted. */
  readonly rejected: readonly RejectedEvent[];
  /** Batches that were not taken. After the first one no further batch is begun: what was not answered should be posted again. */
  readonly failures: readonly BatchFailure[];
  /** Requests made in all, repeats included. */
  readonly requests: number;
}

export interface BatchFailure {
  /** Place of the batch's first event in everything posted, from 0, and how many events it held. */
  readonly from: number;
  readonly count: number;
  readonly problem: PostProblem;
}

/** Rejections that a result keeps, so that a posting without an end cannot fill the memory. */
export const rejectedKeptMax = 10_000;

/** The limits of the service; its own may be set lower, then it answers 413 and batches are halved. */
const limits = { batchEvents: 5_000, batchBytes: 8_388_608, concurrency: 64 } as const;

export class LandbridgeClient {
  readonly #options: Required<Omit<ClientOptions, 'surroundings' | 'retry'>>;
  readonly #retry: RetryPolicy;
  readonly #surroundings: RequestSurroundings;

  /** Throws a RangeError where a number is outside its range, and a TypeError where the URL or the signing secret is none. */
  constructor(options: ClientOptions) {
    const { surroundings, retry, ...rest } = options;
    this.#options = {
      batchEvents: 1_000,
      batchBytes: 1_048_576,
      concurrency: 4,
      requestTimeoutMs: 15_000,
      ...rest,
      url: new URL(options.url).href,
    };
    for (const [name, max] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const value = this.#options[name];
      if (!Number.isSafeInteger(value) || value < 1 || value > max)
        throw new RangeError(`${name} is an integer from 1 to ${max}, not ${value}`);
    }
    if (typeof options.key !== 'string') secretOf(options.key);
    this.#retry = { ...defaultRetryPolicy, ...retry };
    this.#surroundings = { fetch: globalThis.fetch, clock: Date.now, sleep, random: Math.random, ...surroundings };
  }

  /**
   * Posts events and returns when all are answered, or when one batch could not be delivered.
   * Events are taken from the input as they are sent: memory holds `concurrency` batches. What the input itself throws is thrown here.
   */
  async post(
    events: Iterable<CanonicalEvent> | AsyncIterable<CanonicalEvent>,
    options: PostOptions = {},
  ): Promise<PostResult> {
    const { batchEvents, batchBytes, concurrency } = this.#options;
    const batches = eventBatches(events, { events: batchEvents, bytes: batchBytes });
    const tally = new PostTally(options.onProgress);
    const work = async (): Promise<void> => {
      while (!tally.failed) {
        const next = await batches.next();
        if (next.done) return;
        await this.#postBatch(next.value, options, tally);
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, work));
    } finally {
      await batches.return();
    }
    return tally.result();
  }

  async #postBatch(batch: EventBatch, options: PostOptions, tally: PostTally): Promise<void> {
    const url = new URL('/v1/events', this.#options.url);
    if (options.dryRun) url.searchParams.set('dryRun', 'true');
    const { key, requestTimeoutMs } = this.#options;
    const target = { url, key, requestTimeoutMs, retry: this.#retry };
    const outcome = await requestBatch(target, batch, this.#surroundings, options.signal);
    const tooLarge = !outcome.ok && outcome.problem.status === 413;
    if (!tooLarge) return tally.add(batch, outcome);
    // The service's limits are lower than ours: smaller batches get through, and an event that is too large by itself is its own fault.
    if (batch.texts.length === 1) return tally.addTooLarge(batch, outcome);
    tally.addRequests(outcome.attempts);
    for (const half of halvesOf(batch)) if (!tally.failed) await this.#postBatch(half, options, tally);
  }
}

/** Merges the outcomes of batches. */
class PostTally {
  #accepted = 0;
  #duplicates = 0;
  #rejectedTotal = 0;
  #requests = 0;
  readonly #rejected: RejectedEvent[] = [];
  readonly #failures: BatchFailure[] = [];

  constructor(private readonly onProgress: PostOptions['onProgress']) {}

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  addRequests(attempts: number): void {
    this.#requests += attempts;
  }

  add(batch: EventBatch, outcome: BatchOutcome): void {
    this.addRequests(outcome.attempts);
    if (!outcome.ok) {
      this.#failures.push({ from: batch.from, count: batch.texts.length, problem: outcome.problem });
      return;
    }
    this.#accepted += outcome.answer.accepted;
    this.#duplicates += outcome.answer.duplicates;
    for (const rejected of outcome.answer.rejected) this.#reject({ ...rejected, index: batch.from + rejected.index });
    this.#report();
  }

  addTooLarge(batch: EventBatch, outcome: BatchOutcome): void {
    this.addRequests(outcome.attempts);
    const detail = outcome.ok ? '' : outcome.problem.detail;
    this.#reject({ index: batch.from, id: batch.ids[0] ?? null, code: 'event_too_large', detail, path: '$' });
    this.#report();
  }

  result(): PostResult {
    return {
      ok: this.#failures.length === 0 && this.#rejectedTotal === 0,
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      rejectedTotal: this.#rejectedTotal,
      rejected: this.#rejected,
      failures: this.#failures,
      requests: this.#requests,
    };
  }

  #reject(rejected: RejectedEvent): void {
    this.#rejectedTotal += 1;
    if (this.#rejected.length < rejectedKeptMax) this.#rejected.push(rejected);
  }

  #report(): void {
    this.onProgress?.({
      answered: this.#accepted + this.#duplicates + this.#rejectedTotal,
      accepted: this.#accepted,
      rejected: this.#rejectedTotal,
    });
  }
}

/** A wait that the signal ends early. */
async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

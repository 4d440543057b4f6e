/**
 * One batch over HTTP: send, read the answer, wait and send again while that can help.
 *
 * Sending again is always safe. Where the answer was lost, the events of the first request are found to be repeats further down, by
 * their ids, so a network error needs no other treatment than a 503.
 */
import { problems, type IngestAnswer, type ProblemCode } from '@landbridge/contracts';
import { bodyOf, type EventBatch } from './event-batches.js';
import { credentialHeaders, type SigningKey } from './request-credentials.js';
import { parseRetryAfter, retryDelayMs, type RetryPolicy } from './retry-delay.js';

/** Why a batch was not taken. `network`, `timeout`, `unexpected_answer` and `cancelled` are found here, the others said by the service. */
export interface PostProblem {
  readonly code: ProblemCode | 'network' | 'timeout' | 'unexpected_answer' | 'cancelled';
  readonly detail: string;
  /** HTTP status of the last answer, where there was one. */
  readonly status?: number;
}

export type BatchOutcome =
  | { readonly ok: true; readonly answer: IngestAnswer; readonly attempts: number }
  | { readonly ok: false; readonly problem: PostProblem; readonly attempts: number };

/** What the outside world is to a request; tests put their own in. */
export interface RequestSurroundings {
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Resolves after the time, or as soon as the signal is aborted; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

export interface RequestTarget {
  readonly url: URL;
  readonly key: string | SigningKey;
  readonly requestTimeoutMs: number;
  readonly retry: RetryPolicy;
}

/** Sends a batch until it is answered for good, the attempts or the time are used up, or the signal is aborted. Never throws. */
export async function requestBatch(
  target: RequestTarget,
  batch: EventBatch,
  surroundings: RequestSurroundings,
  signal: AbortSignal | undefined,
): Promise<BatchOutcome> {
  const body = bodyOf(batch);
  const startMs = surroundings.clock();
  for (let attempts = 1; ; attempts++) {
    if (signal?.aborted) return { ok: false, problem: cancelled, attempts: attempts - 1 };
    const reply = await sendOnce(target, body, surroundings, signal);
    if (reply.ok) return { ...reply, attempts };
    if (!reply.retryable) return { ok: false, problem: reply.problem, attempts };
    const spentMs = surroundings.clock() - startMs;
    const delayMs = retryDelayMs(target.retry, attempts, spentMs, reply.retryAfterMs, surroundings.random());
    if (delayMs === undefined) return { ok: false, problem: reply.problem, attempts };
    await surroundings.sleep(delayMs, signal);
  }
}

type Reply =
  | { readonly ok: true; readonly answer: IngestAnswer }
  | { readonly ok: false; readonly problem: PostProblem; readonly retryable: boolean; readonly retryAfterMs?: number };

const cancelled: PostProblem = { code: 'cancelled', detail: 'the posting was cancelled' };

/** Answers are a few kilobytes, unless thousands of events are rejected, each in about 300 bytes. */
const answerBytesMax = 16_777_216;

async function sendOnce(
  { url, key, requestTimeoutMs }: RequestTarget,
  body: string,
  { fetch, clock }: RequestSurroundings,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...credentialHeaders(key, body, clock()), 'content-type': 'application/cloudevents-batch+json' },
      body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      // A redirect would carry the key to wherever it points.
      redirect: 'error',
    });
    const declared = Number(response.headers.get('content-length') ?? 0);
    if (declared > answerBytesMax) {
      await response.body?.cancel();
      return unexpected(response.status, `an answer of ${declared} bytes`);
    }
    return readAnswer(
      response.status,
      await response.text(),
      parseRetryAfter(response.headers.get('retry-after'), clock()),
    );
  } catch (error) {
    if (signal?.aborted) return { ok: false, problem: cancelled, retryable: false };
    if (timeout.aborted)
      return {
        ok: false,
        problem: { code: 'timeout', detail: `no answer within ${requestTimeoutMs} ms` },
        retryable: true,
      };
    return { ok: false, problem: { code: 'network', detail: reasonOf(error) }, retryable: true };
  }
}

function readAnswer(status: number, text: string, retryAfterMs: number | undefined): Reply {
  const value = parseObject(text);
  if (value && typeof value['accepted'] === 'number' && Array.isArray(value['rejected']))
    return { ok: true, answer: value as unknown as IngestAnswer };
  const code = value?.['code'];
  if (typeof code === 'string' && Object.hasOwn(problems, code)) {
    const known = code as ProblemCode;
    const detail = typeof value?.['detail'] === 'string' ? value['detail'] : problems[known].title;
    return withRetryAfter({ code: known, detail, status }, problems[known].retryable, retryAfterMs);
  }
  // Something between us and the service answered, such as a load balancer.
  const { problem, retryable } = unexpected(status, text.slice(0, 200).trim() || 'an empty body');
  return withRetryAfter(problem, retryable, retryAfterMs);
}

function withRetryAfter(problem: PostProblem, retryable: boolean, retryAfterMs: number | undefined): Reply {
  return { ok: false, problem, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Too many requests, and the answers of intermediaries whose other side is away. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

function unexpected(status: number, what: string) {
  const problem: PostProblem = { code: 'unexpected_answer', detail: `status ${status} with ${what}`, status };
  return { ok: false, problem, retryable: retryableStatuses.has(status) } as const;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does. A refused connection to two addresses has a code and no message. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: NodeJS.ErrnoException };
  return cause?.message || cause?.code || message || String(error);
}

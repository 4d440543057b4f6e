import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  /** The most that the thing may take on a loaded machine; a test that passes never waits that long. */
  readonly deadlineMs: number;
  readonly intervalMs?: number;
  /** What is waited for, as the error tells it: "the total to reach 500". */
  readonly what: string;
}

const INTERVAL_MS = 50;

/**
 * Deadlines are written for two cores that other suites use as well. A machine whose cores are shared with strangers too may be slower
 * again by this much; the environment of the tests gives each case the same.
 */
export const patience = 3;

/**
 * Asks again until the attempt neither throws nor returns false, null, 0 or an empty text, and returns what it returned.
 *
 * An attempt that only asserts returns undefined, which counts as passed; one that looks for something must therefore return
 * `found ?? null`. At the deadline it throws with the last failure as text and as cause. An attempt that hangs counts too.
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: PollOptions): Promise<T> {
  const { intervalMs = INTERVAL_MS, what } = options;
  const deadlineMs = patience * options.deadlineMs;
  const begin = performance.now();
  const left = () => deadlineMs - (performance.now() - begin);
  let failure: unknown;
  do {
    try {
      const value = await within(left(), attempt);
      if (value === undefined || Boolean(value)) return value;
      failure = new Error(`it was ${JSON.stringify(value)}`);
    } catch (error) {
      failure = error === hung && failure !== undefined ? failure : error;
    }
    if (left() > intervalMs) await delay(intervalMs);
    else break;
  } while (left() > 0);
  const last = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`waited ${deadlineMs} ms for ${what}; at last: ${last}`, { cause: failure });
}

const hung = new Error('the attempt itself did not return');

async function within<T>(milliseconds: number, attempt: () => T | Promise<T>): Promise<T> {
  const inTime = new AbortController();
  const alarm = delay(milliseconds, undefined, { signal: inTime.signal }).then(() => {
    throw hung;
  });
  try {
    return await Promise.race([alarm, Promise.resolve().then(attempt)]);
  } finally {
    inTime.abort();
    alarm.catch(() => undefined);
  }
}

/** Waiting with a bound: kafkajs has calls that never return after a connection went silent. */

/** Something did not end within its time; it may still be going on. */
export class Overdue extends Error {
  constructor(what: string, milliseconds: number) {
    super(`${what} took longer than ${milliseconds} ms`);
    this.name = 'Overdue';
  }
}

/**
 * Rejects with `Overdue` when the promise is late; the late outcome is then ignored, even a rejection. A plain timer: a producer waits like
 * this for each of its sends, and an abort signal costs an error with its stack each time.
 */
export function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Overdue(what, milliseconds)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Whether the promise settles in time. Rejects when it does. */
export async function endsWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after the nth failure in a row (1, 2, ...): doubling up to the maximum, then shortened by up to half, so that
 * processes which failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs({ firstMs, maxMs }: Backoff, failures: number, random: number = Math.random()): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (1 - random / 2);
}

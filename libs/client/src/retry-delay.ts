/**
 * How long to wait before the same request is sent again.
 *
 * Full jitter: a random time up to a bound that doubles. A fleet of carriers that failed at the same moment would otherwise come
 * back at the same moment. What the service asks for with Retry-After is the least.
 */
export interface RetryPolicy {
  /** Requests for one batch, the first included. */
  readonly attemptsMax: number;
  /** Time for one batch from its first request, in milliseconds; a wait that would end later is not begun. */
  readonly retryForMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

/** Eight requests with these waits take at most half a minute by themselves; the minute leaves room for Retry-After. */
export const defaultRetryPolicy: RetryPolicy = {
  attemptsMax: 8,
  retryForMs: 60_000,
  backoffBaseMs: 200,
  backoffCapMs: 10_000,
};

/**
 * Milliseconds until the next attempt, or undefined where there is none.
 * @param attempts requests made so far, from 1
 * @param spentMs time since the first request
 * @param random from 0 up to, not including, 1
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempts: number,
  spentMs: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (attempts >= policy.attemptsMax) return undefined;
  const bound = Math.min(policy.backoffCapMs, policy.backoffBaseMs * 2 ** (attempts - 1));
  const delayMs = Math.max(retryAfterMs ?? 0, Math.ceil(random * bound));
  return spentMs + delayMs > policy.retryForMs ? undefined : delayMs;
}

/**
 * Milliseconds that a Retry-After header asks for: seconds, or a date (RFC 9110, 10.2.3). Undefined where it is neither.
 * @param nowMs epoch milliseconds, for a date
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  // Date.parse would read a bare number such as "-1" as a year; an HTTP date begins with the day's name.
  const dateMs = /^[A-Z][a-z]{2,8},? /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/**
 * Identity of events whose format gives them none: a hash of what the event says, without anything about its transmission, so that the
 * same statement sent twice, or by way of another envelope, is the same event.
 */
import { createHash } from 'node:crypto';

/** 160 bits: a collision would swallow another event of the same sender. */
const hexCharacters = 40;

/**
 * The id `<prefix>:<40 hex digits>` of an event by its identifying parts, in a fixed order; an absent part is undefined and differs from
 * an empty one. Put in what tells two statements apart (unit, status, place, time, leg); leave out message references, time of sending,
 * and whatever a correction may change (quantities, names), because a correction must meet its original.
 */
export function eventIdOf(prefix: string, parts: readonly (string | number | undefined)[]): string {
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return `${prefix}:${createHash('sha256').update(text).digest('hex').slice(0, hexCharacters)}`;
}

/**
 * The revision of a correction that its format numbers only by time: seconds from 2000 to when the correction was made, so that the
 * newest one stands whatever order they arrive in, and each stands above the original's 0. @param madeAtMs epoch milliseconds
 */
export function revisionAt(madeAtMs: number): number {
  return Math.max(1, Math.floor((madeAtMs - Date.UTC(2000, 0, 1)) / 1_000));
}

/** When a correction with this revision was made, RFC 3339 in UTC: the reverse of `revisionAt`. Undefined where no time makes it. */
export function madeAtOf(revision: number): string | undefined {
  const timeMs = Date.UTC(2000, 0, 1) + revision * 1_000;
  return revision > 0 && timeMs < Date.UTC(2100, 0, 1) ? new Date(timeMs).toISOString() : undefined;
}

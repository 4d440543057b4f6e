/**
 * An actual event says that something has happened, so it cannot lie after its receipt. Plans and estimates can.
 *
 * The door asks this, and `landbridge check` at the carrier's desk; consumers do not, because a fold of the log gives the same whenever
 * it is read. Choice: such an event is refused and not only marked. It would be counted in an hour that is still to come, where nobody
 * looks for it, and the usual reason is a wrong zone or a plan that is called actual, which only its sender can put right.
 */
import type { EventFacts } from '@landbridge/domain';
import type { CheckedEvent } from './event-check.js';
import type { Problem } from './problems.js';

/**
 * How far a sender's clock may be ahead of ours, milliseconds. Gates, scales and locomotives are set by hand or once a day, and messages
 * round to the minute; a wrong time zone is at least half an hour off, so this tells the two apart.
 */
const clockSkewMsMax = 10 * 60_000;
/**
 * Air cargo is prepared, manifested and taken off for a flight, and told by the flight's day and time. Cargo-IMP dates nothing later than
 * the end of the second day after the receipt. None of the three counts anywhere.
 */
const flightAheadMsMax = 3 * 24 * 3_600_000;
const toldByFlight: ReadonlySet<string> = new Set(['prepared', 'manifested', 'discrepancy']);

/** Whether an event says that something has happened which, by its time, is still to come. Both times are epoch milliseconds. */
export function liesAhead(
  { classifier, milestone }: Pick<EventFacts, 'classifier' | 'milestone'>,
  timeMs: number,
  receivedAtMs: number,
): boolean {
  // Nearly all events lie behind.
  if (timeMs <= receivedAtMs || classifier !== 'actual') return false;
  return timeMs > receivedAtMs + aheadMsMax(milestone);
}

/**
 * Why an event may not be taken yet, or undefined. Problem: future_time. A retraction may be of any time: it takes back what was taken.
 * @param receivedAtMs epoch milliseconds
 */
export function futureFault({ event, timeMs, facts }: CheckedEvent, receivedAtMs: number): Problem | undefined {
  if (facts === undefined || event.retracted || !liesAhead(facts, timeMs, receivedAtMs)) return undefined;
  const latest = new Date(receivedAtMs + aheadMsMax(facts.milestone)).toISOString();
  return {
    code: 'future_time',
    detail: `${event.time} is later than the receipt at ${new Date(receivedAtMs).toISOString()}, and an actual event has happened`,
    path: '$.time',
    rule: 'Landbridge event v1, time of an actual event',
    expected: `a time until ${latest}, in its right zone, or the classifier planned or estimated`,
  };
}

function aheadMsMax(milestone: string): number {
  return toldByFlight.has(milestone) ? flightAheadMsMax : clockSkewMsMax;
}

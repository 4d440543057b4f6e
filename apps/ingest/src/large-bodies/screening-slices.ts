/**
 * How the decided events of a large body come back from a thread: as slices of bytes, which the event loop takes in one by one.
 *
 * A thread's message is made into objects by whoever receives it, in one go: 5,000 events would hold the loop up for 50 to 100 ms, and as
 * several messages too, because Node hands over all that have arrived. Bytes are handed over without being looked at.
 */
import { deserialize, serialize } from 'node:v8';
import type { Problem } from '@landbridge/contracts';
import type { ScreenedEvents } from '../event-screening.js';
import type { Turns } from '../turns.js';
import type { BodyScreening } from './body-screening.js';

/** What a thread answers. */
export type SlicedScreening =
  | { readonly ok: true; readonly eventsRead: number; readonly totals: Totals; readonly slices: readonly Uint8Array[] }
  | { readonly ok: false; readonly problem: Problem };

type Totals = Pick<ScreenedEvents, 'accepted' | 'duplicates' | 'tally'>;
type Lists = Omit<ScreenedEvents, keyof Totals>;

/** Some 2 ms of work for the loop. An event has at most 200 links, a rejection some hundred characters. */
const itemsPerSlice = 100;

/** For the thread. Each slice has bytes of its own, which can be handed over. */
export function toSlices(screening: BodyScreening): SlicedScreening {
  if (!screening.ok) return screening;
  const { accepted, duplicates, tally, events, records, rejected, rejectedSystems } = screening.screened;
  const items = Math.max(events.length, records.length, rejected.length);
  const slices: Uint8Array[] = [];
  for (let from = 0; from < items; from += itemsPerSlice) {
    const to = from + itemsPerSlice;
    const slice: Lists = {
      events: events.slice(from, to),
      records: records.slice(from, to),
      rejected: rejected.slice(from, to),
      rejectedSystems: rejectedSystems.slice(from, to),
    };
    slices.push(serialize(slice));
  }
  return { ok: true, eventsRead: screening.eventsRead, totals: { accepted, duplicates, tally }, slices };
}

/** For the event loop: a slice a turn. */
export async function fromSlices(answer: SlicedScreening, turns: Turns): Promise<BodyScreening> {
  if (!answer.ok) return answer;
  const events: Lists['events'][number][] = [];
  const records: Lists['records'][number][] = [];
  const rejected: Lists['rejected'][number][] = [];
  const rejectedSystems: Lists['rejectedSystems'][number][] = [];
  for (const bytes of answer.slices) {
    await turns.next();
    const slice = deserialize(bytes) as Lists;
    events.push(...slice.events);
    records.push(...slice.records);
    rejected.push(...slice.rejected);
    rejectedSystems.push(...slice.rejectedSystems);
  }
  return {
    ok: true,
    eventsRead: answer.eventsRead,
    screened: { ...answer.totals, events, records, rejected, rejectedSystems },
  };
}

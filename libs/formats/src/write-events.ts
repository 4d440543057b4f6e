/**
 * Events to messages of a format, with an account of what the messages do not say.
 *
 * What was written is read again by the format's own reader, and what comes out is compared with what went in. An event that would be
 * understood as another statement (it happened elsewhere, or an hour later, or it would count where it did not) is left out; one that
 * only loses something stays, and each loss is told. So nothing is dropped silently and nothing false is sent, whatever a writer does.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { differencesOf } from './event-differences.js';
import type { MessageFormat, ReadContext } from './message-format.js';
import type { EventToWrite, UnsaidPart, WriteContext } from './message-writing.js';

/** Messages, and all that they do not say. */
export interface EventsWritten {
  /** Each a whole message, to be sent in UTF-8; none where nothing could be said. */
  readonly messages: readonly string[];
  /** In the order of the items; an item whose event is in no message has exactly one row. */
  readonly unsaid: readonly UnsaidRow[];
}

/** What is not said of an event. */
export interface UnsaidRow extends UnsaidPart {
  /** Whether the whole event is in no message, and not only this part of it. */
  readonly isLeftOut: boolean;
}

/**
 * Writes events in a format. Pure; time is linear in their number. The source of an event is never written: it belongs to whoever sends the
 * message.
 * @param hub code of the hub that the message is sent to, for instance `CGO`: it tells where a reader sees the events from
 */
export function writeEvents(
  format: MessageFormat,
  items: readonly EventToWrite[],
  context: WriteContext & { readonly hub: string },
): EventsWritten {
  const { writing } = format;
  if (!writing.fromEvents) {
    const detail = `${format.name} is not written from events, because ${writing.because}`;
    return { messages: [], unsaid: items.map((_, index) => ({ index, path: '$', detail, isLeftOut: true })) };
  }
  const leftOut = new Map<number, UnsaidRow>();
  for (;;) {
    // Each round leaves at least one more event out, and all that are false in it; a second round finds what depended on them.
    const tried = [...items.keys()].filter((index) => !leftOut.has(index));
    const { messages, left } = writing.write(
      tried.map((index) => items[index]!),
      context,
    );
    const lost: UnsaidRow[] = [];
    const leftBefore = leftOut.size;
    for (const { text, indices } of messages)
      for (const row of accountOf(
        format,
        text,
        indices.map((at) => ({ ...items[tried[at]!]!, index: tried[at]! })),
        context,
      )) {
        if (row.isLeftOut) leftOut.set(row.index, row);
        else lost.push(row);
      }
    if (leftOut.size > leftBefore) continue;
    const untold = left.map((part): UnsaidRow => ({ ...part, index: tried[part.index]!, isLeftOut: true }));
    const unsaid = [...leftOut.values(), ...untold, ...lost].toSorted((a, b) => a.index - b.index);
    return { messages: messages.map(({ text }) => text), unsaid };
  }
}

type TriedItem = EventToWrite & { readonly index: number };

/** Reads a message again: what it loses of its events, and which of them it must not tell. */
function accountOf(
  format: MessageFormat,
  text: string,
  told: readonly TriedItem[],
  context: WriteContext & { readonly hub: string },
): readonly UnsaidRow[] {
  const reader: ReadContext = {
    source: 'urn:landbridge:written',
    hub: context.hub,
    receivedAtMs: context.madeAtMs,
    eventsMax: told.length,
  };
  const reading = format.read(Buffer.from(text), reader);
  if (!reading.ok || reading.items.length !== told.length) {
    const detail = reading.ok ? 'the message would tell other events' : reading.fault.detail;
    return whoSpoilsIt(format, told, context, detail);
  }
  return told.flatMap(({ index, event }, order): readonly UnsaidRow[] => {
    const item = reading.items[order]!;
    if (!item.ok) return [{ index, path: '$', detail: item.fault.detail, isLeftOut: true }];
    return rowsOf(index, event, item.event);
  });
}

/** A message that cannot be read leaves out those of its events that cannot be read alone; all of them where each alone can. */
function whoSpoilsIt(
  format: MessageFormat,
  told: readonly TriedItem[],
  context: WriteContext & { readonly hub: string },
  detail: string,
): readonly UnsaidRow[] {
  const all = told.map(({ index }): UnsaidRow => ({ index, path: '$', detail, isLeftOut: true }));
  if (told.length <= 1) return all;
  const alone = told.flatMap((item) =>
    writeEvents(format, [item], context).unsaid.map((row) => ({ ...row, index: item.index })),
  );
  const spoilers = alone.filter(({ isLeftOut }) => isLeftOut);
  return spoilers.length > 0 ? spoilers : all;
}

function rowsOf(index: number, event: CanonicalEvent, read: CanonicalEvent): readonly UnsaidRow[] {
  const differences = differencesOf(event, read);
  const falsehood = differences.find(({ isFalse }) => isFalse);
  const told = falsehood === undefined ? differences : [falsehood];
  return told.map(({ path, detail, isFalse }) => ({ index, path, detail, isLeftOut: isFalse }));
}

/**
 * From the bytes of a body to decided events in one pure step: what a thread does with a large body. Small ones are read and screened by
 * the same functions on the event loop, one after the other, so the size of a body changes nothing of its answer.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { CarrierKey, Problem } from '@landbridge/contracts';
import { formatByName, type FormatName, type MessageFormat, type ReadContext } from '@landbridge/formats';
import { readEvents, UnreadableEvent } from '../content-types/event-reader.js';
import type { ContentMode } from '../content-types/media-type.js';
import { screenEvents, type ScreenedEvents } from '../event-screening.js';

/** A body and all that must be known to decide its events. It crosses to a thread, so it holds values only. */
export interface BodyTask {
  readonly key: CarrierKey;
  readonly bytes: Uint8Array;
  readonly content: EventsContent | MessageContent;
}

/** A body of `POST /v1/events`. */
interface EventsContent {
  readonly kind: 'events';
  readonly mode: ContentMode;
  readonly headers: IncomingHttpHeaders;
  readonly eventsMax: number;
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
}

/** A body of `POST /v1/messages`. */
interface MessageContent {
  readonly kind: 'message';
  readonly format: FormatName;
  readonly context: ReadContext;
}

/** `eventsRead` counts those that were rejected too: all of them are charged to the carrier. */
export type BodyScreening =
  | { readonly ok: true; readonly eventsRead: number; readonly screened: ScreenedEvents }
  | { readonly ok: false; readonly problem: Problem };

/** Problems: those of `readEvents`, or those of the format. Never throws, whatever the bytes are. */
export function screenBody({ key, bytes, content }: BodyTask, eventBytesMax: number): BodyScreening {
  // Bytes that crossed to a thread are no Buffer any more.
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reading: BodyReading =
    content.kind === 'events'
      ? readEvents(content.mode, body, content.headers, content.eventsMax)
      : readMessage(formatByName(content.format)!, body, content.context);
  if (!reading.ok) return reading;
  const { events, paths } = reading;
  const { receivedAtMs } = content.kind === 'events' ? content : content.context;
  const screened = screenEvents(key, events, { eventBytesMax, receivedAtMs }, paths);
  return { ok: true, eventsRead: events.length, screened };
}

/** What was read, for `screenEvents`. `paths` tell where each event stands in a message. */
export type BodyReading =
  | { readonly ok: true; readonly events: readonly unknown[]; readonly paths?: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/** The events of a message; one that could not be read stands there as an `UnreadableEvent`. Problems: those of the format. */
export function readMessage(
  format: MessageFormat,
  bytes: Uint8Array,
  context: ReadContext,
): BodyReading & { readonly paths?: readonly string[] } {
  const reading = format.read(bytes, context);
  if (!reading.ok) return { ok: false, problem: reading.fault };
  return {
    ok: true,
    events: reading.items.map((item) => (item.ok ? item.event : new UnreadableEvent(item.fault, item.id))),
    paths: reading.items.map((item) => (item.ok ? item.path : item.fault.path)),
  };
}

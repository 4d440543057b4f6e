/**
 * The way back of a format: canonical events to messages, with a reason for each event that the format cannot say.
 *
 * A writer says what its format has words for and refuses an event that it cannot tell at all. What gets lost of an event that it does
 * tell is not the writer's to list: `writeEvents` reads the message again and compares, so no list can be out of date.
 */
import type { CanonicalEvent } from '@landbridge/contracts';

/** Whether a format can be written from events; where it cannot, why: a clause that follows "because". */
export type Writing =
  | { readonly fromEvents: true; write(items: readonly EventToWrite[], context: WriteContext): WrittenEvents }
  | { readonly fromEvents: false; readonly because: string };

/** An event, and what is known beside it of its air waybill. An item that a reader gave is one. */
export interface EventToWrite {
  readonly event: CanonicalEvent;
  readonly waybill?: Waybill;
}

/** What an air waybill is as a whole, as far as it is known. */
export interface Waybill {
  /** IATA codes of both ends of the whole way. */
  readonly origin?: string;
  readonly destination?: string;
  /** An event with fewer pieces is about a part. */
  readonly pieces?: number;
  readonly weightGrams?: number;
}

/** What a message says of its sending, which no event knows. */
export interface WriteContext {
  /** When it is made, epoch milliseconds. */
  readonly madeAtMs: number;
  /** As the parties call each other: at most 35 letters and digits. */
  readonly sender: string;
  readonly receiver: string;
  /** Of the message, unique with its sender. */
  readonly reference: string;
}

export interface WrittenEvents {
  readonly messages: readonly WrittenMessage[];
  /** Events that are in no message. */
  readonly left: readonly UnsaidPart[];
}

export interface WrittenMessage {
  /** To be sent in UTF-8. */
  readonly text: string;
  /** Which items it tells, by index, in the order in which its reader finds them. */
  readonly indices: readonly number[];
}

/** A part of an event that a message does not say. */
export interface UnsaidPart extends Unsayable {
  /** Of the item. */
  readonly index: number;
}

/** Why an event cannot be said. */
export interface Unsayable {
  /** JSONPath from the event: `$.data.unit.type`. */
  readonly path: string;
  /** One clause about the format: `DCSA has no code for the milestone booked of a container`. */
  readonly detail: string;
}

/** What a writer makes of one event. */
export type Said<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly unsayable: Unsayable };

export function said<T>(value: T): Said<T> {
  return { ok: true, value };
}

export function unsayable(path: string, detail: string): { readonly ok: false; readonly unsayable: Unsayable } {
  return { ok: false, unsayable: { path, detail } };
}

/** Events by what is said of them, with their index; and what could not be said. */
export function sayEach<T>(
  items: readonly EventToWrite[],
  say: (item: EventToWrite, index: number) => Said<T>,
): { readonly told: readonly { readonly index: number; readonly value: T }[]; readonly left: readonly UnsaidPart[] } {
  const told: { readonly index: number; readonly value: T }[] = [];
  const left: UnsaidPart[] = [];
  for (const [index, item] of items.entries()) {
    const one = say(item, index);
    if (one.ok) told.push({ index, value: one.value });
    else left.push({ index, ...one.unsayable });
  }
  return { told, left };
}

/** Writes all that can be said as one message; none where that is nothing. */
export function asOneMessage<T>(
  items: readonly EventToWrite[],
  say: (item: EventToWrite) => Said<T>,
  textOf: (values: readonly T[]) => string,
): WrittenEvents {
  const { told, left } = sayEach(items, say);
  if (told.length === 0) return { messages: [], left };
  return {
    messages: [{ text: textOf(told.map(({ value }) => value)), indices: told.map(({ index }) => index) }],
    left,
  };
}

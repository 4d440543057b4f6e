/** For tests of writers: what was written is read again, and the account of what was not said is looked at. */
import { checkEvent, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { awbCheckDigit, containerCheckDigit } from '@landbridge/domain';
import * as fc from 'fast-check';
import type { MessageFormat } from './message-format.js';
import type { EventToWrite, Waybill } from './message-writing.js';
import { writeEvents, type UnsaidRow } from './write-events.js';

export const source = '/carriers/cv';
export const writeContext = {
  hub: 'CGO',
  madeAtMs: Date.UTC(2026, 6, 1, 1, 30),
  sender: 'CGORAIL',
  receiver: "LAND'BRIDGE",
  reference: '77',
};

/** All events of messages, as the carrier's; throws where one is refused or would be refused at the door. */
export function readAgain(format: MessageFormat, messages: readonly string[]): readonly CanonicalEvent[] {
  const context = { source, hub: 'CGO', receivedAtMs: writeContext.madeAtMs, eventsMax: 1_000 };
  return messages.flatMap((text) => {
    const reading = format.read(Buffer.from(text), context);
    if (!reading.ok) throw new Error(`${reading.fault.detail}\n${text}`);
    return reading.items.map((item) => {
      if (!item.ok) throw new Error(`${item.fault.detail}\n${text}`);
      const check = checkEvent(item.event);
      if (!check.ok) throw new Error(`${check.problem.detail}\n${text}`);
      return item.event;
    });
  });
}

export interface WrittenBack {
  /** What the messages say, under the ids of the events that they were written from, and in their order. */
  readonly events: readonly CanonicalEvent[];
  readonly messages: readonly string[];
  readonly unsaid: readonly UnsaidRow[];
}

/** Writes events, alone or with their waybills, and reads them again. */
export function writtenBack(format: MessageFormat, events: readonly (CanonicalEvent | EventToWrite)[]): WrittenBack {
  const items = events.map((one) => ('event' in one ? (one as EventToWrite) : { event: one as CanonicalEvent }));
  const { messages, unsaid } = writeEvents(format, items, writeContext);
  return { messages, unsaid, events: readAgain(format, messages) };
}

/** Why an event is in no message: `$.data.milestone`. */
export function pathOfRefusal(format: MessageFormat, event: CanonicalEvent, waybill?: Waybill): string | undefined {
  const item = waybill === undefined ? { event } : { event, waybill };
  const { messages, unsaid } = writeEvents(format, [item], writeContext);
  return messages.length === 0 && unsaid.length === 1 && unsaid[0]!.isLeftOut ? unsaid[0]!.path : undefined;
}

/** An event without the members whose values are undefined. */
export function eventFrom(
  type: CanonicalEvent['type'],
  id: string,
  time: string,
  data: { readonly [K in keyof EventData]?: EventData[K] | undefined },
): CanonicalEvent {
  const subject = data.unit!.id;
  return JSON.parse(JSON.stringify({ specversion: '1.0', id, source, type, subject, time, data })) as CanonicalEvent;
}

/** The event with other data. */
export function having(event: CanonicalEvent, data: Partial<EventData>): CanonicalEvent {
  return { ...event, data: { ...event.data!, ...data } };
}

/** A value or nothing. */
export function maybe<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(values, { nil: undefined });
}

export const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
export const awbs = fc
  .tuple(digits(3), digits(7))
  .map(([prefix, serial]) => `${prefix}-${serial}${awbCheckDigit(serial)}`);
export const containers = fc
  .tuple(fc.stringMatching(/^[A-Z]{3}$/), digits(6))
  .map(([owner, serial]) => `${owner}U${serial}${containerCheckDigit(`${owner}U${serial}`)}`);
/** At Zhengzhou, to the second. */
export const times = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}+08:00`);
export const amounts = fc.integer({ min: 0, max: 1_000_000_000 });
export const zones = {
  CNZGZ: 'Asia/Shanghai',
  CNCGO: 'Asia/Shanghai',
  DEHAM: 'Europe/Berlin',
  USJFK: 'America/New_York',
} as const;
export const places = fc.constantFrom(...(Object.keys(zones) as (keyof typeof zones)[]));
/** Numbers of corrections, as times of the years from 2022 to 2028 make them. */
export const revisions = fc.integer({ min: 700_000_000, max: 900_000_000 });

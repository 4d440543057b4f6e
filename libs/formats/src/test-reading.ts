/** For tests of readers: what is read of a message, and that the door would take it. */
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { counts, meters } from '@landbridge/domain';
import { samplesByFormat } from './all-formats.js';
import type { FormatFault, MessageFormat, MessageItem, ReadContext } from './message-format.js';

/** A message as text, or a JSON value that is written as one. */
type Message = unknown;

export interface TestReader {
  readonly context: ReadContext;
  /** Throws where the whole message is refused. */
  readonly itemsOf: (message: Message) => readonly MessageItem[];
  /** Throws where one of them is refused, by the reader or at the door. */
  readonly eventsOf: (message: Message) => readonly CanonicalEvent[];
  /** The first of them. */
  readonly eventOf: (message: Message) => CanonicalEvent;
  /** Of the first item. */
  readonly faultOf: (message: Message) => FormatFault | undefined;
  /** The text of a sample of the format. */
  readonly sample: (name: string) => string;
}

/** Reads messages of a format as those of a carrier, received at Zhengzhou on 4 March 2026. */
export function testReader(format: MessageFormat, source: string): TestReader {
  const context: ReadContext = { source, hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 4), eventsMax: 1_000 };
  const itemsOf = (message: Message) => {
    const reading = format.read(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), context);
    if (!reading.ok) throw new Error(JSON.stringify(reading.fault));
    return reading.items;
  };
  const taken = (item: MessageItem | undefined): CanonicalEvent => {
    if (item?.ok !== true) throw new Error(JSON.stringify(item));
    const check = checkEvent(item.event);
    if (!check.ok) throw new Error(JSON.stringify([check.problem, item.event]));
    return item.event;
  };
  return {
    context,
    itemsOf,
    eventsOf: (message) => itemsOf(message).map(taken),
    eventOf: (message) => taken(itemsOf(message)[0]),
    faultOf: (message) => {
      const [item] = itemsOf(message);
      return item?.ok === false ? item.fault : undefined;
    },
    sample: (name) => samplesByFormat[format.name].find((one) => one.name === name)!.text,
  };
}

/** Whether an event counts in any figure. */
export function countsAnywhere(event: CanonicalEvent): boolean {
  const check = checkEvent(event);
  return check.ok && check.facts !== undefined && meters.some((meter) => counts(meter, check.system, check.facts!));
}

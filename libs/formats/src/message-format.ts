/**
 * What a carriers' format is to the rest of the system: pure functions from a message's bytes to canonical events, and back where the
 * format allows it.
 *
 * A reader never throws and never guesses: what it cannot read is a fault that names its place, the rule that was broken and what was
 * expected. A fault of one event leaves the message's other events standing; only what makes the whole unreadable (no such syntax, wrong
 * counts) refuses the message. The way back has the same seam: `Writing`, which `writeEvents` holds to what it wrote.
 */
import type { CanonicalEvent, ProblemCode } from '@landbridge/contracts';
import type { Waybill, Writing } from './message-writing.js';

/** The formats of the public contract: `POST /v1/messages/{format}`. */
export const formatNames = [
  'cargo-imp',
  'cargo-xml',
  'one-record',
  'epcis',
  'dcsa',
  'edifact',
  'taf-tsi',
  'ceb',
] as const;
export type FormatName = (typeof formatNames)[number];

export interface MessageFormat {
  readonly name: FormatName;
  /** In words, for lists that people read: `IATA Cargo-IMP (FSU, FSA, FWB)`. */
  readonly title: string;
  /** Content types under which such messages are sent, the usual one first. */
  readonly contentTypes: readonly string[];
  /**
   * Whether a message looks like one of this format, by its first bytes alone (`head` is at most `headBytes` of them). At most one format
   * says yes to a well-formed message; cheap, and never throws.
   */
  recognises(head: Uint8Array): boolean;
  /** Never throws, whatever the bytes are; time and memory are linear in their number. */
  read(bytes: Uint8Array, context: ReadContext): MessageReading;
  /** The way back, or why there is none. Used through `writeEvents`, which reads again what was written. */
  readonly writing: Writing;
}

/** As much of a message as `recognises` is given. */
export const headBytes = 2_048;

/** What a reader must be told, because the message does not say it. */
export interface ReadContext {
  /** CloudEvents `source` of the events: the carrier's own. */
  readonly source: string;
  /** Code of the hub that the message was sent to, for instance `CGO`. */
  readonly hub: string;
  /** When the message was received, epoch milliseconds: it tells the year of dates without one, and is never an event's time. */
  readonly receivedAtMs: number;
  /** More events than this are refused as `too_many_events`. */
  readonly eventsMax: number;
}

export type MessageReading =
  | { readonly ok: true; readonly items: readonly MessageItem[] }
  | { readonly ok: false; readonly fault: FormatFault };

/** One event of a message, or why there is none, in the order of the message. */
export type MessageItem =
  | {
      readonly ok: true;
      /** Without tenant and original, which the door adds. It has not passed `checkEvent` yet. */
      readonly event: CanonicalEvent;
      /** Where in the message it stands, in the form of `FormatFault.path`. */
      readonly path: string;
      /** Of an air waybill's event: what the message says of the waybill itself, which other air formats want to be told. */
      readonly waybill?: Waybill;
    }
  | { readonly ok: false; readonly id: string | null; readonly fault: FormatFault };

/** Why a message or one of its events was not read. */
export interface FormatFault {
  readonly code: ProblemCode;
  /** What is wrong, with the offending text cut to 40 characters. */
  readonly detail: string;
  /** `line 3, column 7` (both from 1, columns in characters) in text formats, a JSONPath in JSON ones. */
  readonly path: string;
  /** The rule that was broken, by standard and section: `Cargo-IMP FSU 4.2, movement detail`. */
  readonly rule?: string;
  /** What would have been right: `a date such as 03MAR0915`. */
  readonly expected?: string;
}

/**
 * Bytes to unknown values: the only place where a carrier's body is read.
 *
 * What comes out is not checked against any schema yet. Faults are values that name their place: line and column for JSON, the byte
 * for bytes that are not UTF-8. The body as a whole is refused for one fault, except in lines mode, where each line stands alone.
 * A byte order mark at the very beginning is skipped (Windows tools write it); RFC 8259 section 8.1 allows that.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '@landbridge/contracts';
import { findJsonFault, firstInvalidByte, lineAndColumn, startsWithMark } from '@landbridge/formats';
import { readBinaryAttributes } from './binary-attributes.js';
import type { ContentMode } from './media-type.js';

export type Reading =
  | { readonly ok: true; readonly events: readonly unknown[] }
  | { readonly ok: false; readonly problem: Problem };

/** Stands in `events` for one that cannot be read. A class, because no value that JSON makes can be mistaken for it. */
export class UnreadableEvent {
  /** @param id what the sender finds it by, where that much of it was read */
  constructor(
    readonly problem: Problem,
    readonly id: string | null = null,
  ) {}
}

/**
 * Reads the events of a body in the order sent. Never throws, whatever the bytes are.
 * Problems: unreadable, empty_batch, too_many_events (limit: `eventsMax`).
 */
export function readEvents(mode: ContentMode, body: Buffer, headers: IncomingHttpHeaders, eventsMax: number): Reading {
  switch (mode) {
    case 'structured': {
      const json = readJson(body);
      return json.ok ? { ok: true, events: [json.value] } : json;
    }
    case 'batch':
      return readBatch(body, eventsMax);
    case 'lines':
      return readLines(body, eventsMax);
    case 'binary':
      return readBinary(body, headers);
  }
}

function readBatch(body: Buffer, eventsMax: number): Reading {
  const json = readJson(body);
  if (!json.ok) return json;
  const events = json.value;
  if (!Array.isArray(events)) return unreadable(batchForm, 'line 1, column 1');
  if (events.length === 0) return emptyBatch;
  return events.length > eventsMax ? tooMany(eventsMax) : { ok: true, events };
}

/** An event's index is its place among the lines that are not blank; the position in a fault counts all lines, as editors do. */
function readLines(body: Buffer, eventsMax: number): Reading {
  const events: unknown[] = [];
  // One fast pass over the body instead of one per line; only a body that fails it is looked at line by line.
  const allUtf8 = isUtf8(body);
  let start = startsWithMark(body) ? 3 : 0;
  for (let line = 1; start < body.length; line++) {
    // 0x0a is never part of a longer UTF-8 sequence, so lines can be cut before the bytes are known to be text.
    const feed = body.indexOf(0x0a, start);
    const end = feed < 0 ? body.length : feed;
    if (!isBlank(body, start, end)) {
      if (events.length === eventsMax) return tooMany(eventsMax);
      events.push(readLine(body, start, end, line, allUtf8));
    }
    start = end + 1;
  }
  return events.length === 0 ? emptyBatch : { ok: true, events };
}

function readLine(body: Buffer, start: number, end: number, line: number, knownUtf8: boolean): unknown {
  if (!knownUtf8 && !isUtf8(body.subarray(start, end))) {
    const byte = firstInvalidByte(body.subarray(start, end));
    return new UnreadableEvent(faultAt(utf8Form('the line'), `line ${line}, byte ${byte}`));
  }
  const text = body.toString('utf8', start, end);
  try {
    return JSON.parse(text);
  } catch {
    const { offset, reason } = faultOf(text);
    return new UnreadableEvent(faultAt({ ...lineForm, reason }, `line ${line}, column ${offset + 1}`));
  }
}

/** Binary mode: an empty body is an event without data, as a retraction may be. */
function readBinary(body: Buffer, headers: IncomingHttpHeaders): Reading {
  const attributes = readBinaryAttributes(headers);
  if (!attributes.ok) return { ok: true, events: [new UnreadableEvent(attributes.problem)] };
  const event = attributes.event;
  if (body.length > 0) {
    const json = readJson(body);
    if (!json.ok) return json;
    event['data'] = json.value;
  }
  return { ok: true, events: [event] };
}

type JsonReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

function readJson(body: Buffer): JsonReading {
  if (!isUtf8(body)) return unreadable(utf8Form('the body'), `byte ${firstInvalidByte(body)}`);
  const text = body.toString('utf8', startsWithMark(body) ? 3 : 0, body.length);
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    const { offset, reason } = faultOf(text);
    const { line, column } = lineAndColumn(text, offset);
    return unreadable({ ...jsonForm, reason }, `line ${line}, column ${column}`);
  }
}

/** The scanner and `JSON.parse` agree (a property test holds them together); were they ever not to, the end is still a position. */
function faultOf(text: string): { readonly offset: number; readonly reason: string } {
  return findJsonFault(text) ?? { offset: text.length, reason: 'the text is not JSON' };
}

/** Spaces, tabs and the CR of a CR LF. */
function isBlank(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

/** What bytes are to be, and why some are not. */
interface BrokenForm {
  readonly reason: string;
  readonly rule: string;
  readonly expected: string;
}

const jsonForm = { rule: 'RFC 8259 section 2', expected: 'one JSON value' };
const lineForm = { rule: 'RFC 8259 section 2', expected: 'one JSON object, whole on its line' };
const batchForm: BrokenForm = {
  reason: 'a batch is a JSON array of events',
  rule: 'CloudEvents 1.0.2 JSON event format, section 4',
  expected: 'a JSON array of events',
};
const utf8Form = (what: string): BrokenForm => ({
  reason: `${what} is not valid UTF-8`,
  rule: 'RFC 8259 section 8.1',
  expected: 'text in UTF-8',
});

const faultAt = ({ reason, rule, expected }: BrokenForm, position: string): Problem => ({
  code: 'unreadable',
  detail: `${reason}, at ${position}`,
  path: position,
  rule,
  expected,
});

const unreadable = (form: BrokenForm, position: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: faultAt(form, position),
});

const emptyBatch: Reading = { ok: false, problem: { code: 'empty_batch', detail: 'the body holds no event' } };

const tooMany = (eventsMax: number): Reading => ({
  ok: false,
  problem: { code: 'too_many_events', detail: `a request holds at most ${eventsMax} events` },
});

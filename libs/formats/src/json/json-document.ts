/**
 * Bytes to a JSON value, strictly: what every JSON format reads its messages with.
 *
 * Goal: one text has one meaning. `JSON.parse` keeps the last of two equal names without a word, so that two readers of the same message
 * could count different events; RFC 8259 section 4 leaves it open, and EPCIS and DCSA senders do make this mistake. Choice: `JSON.parse`
 * reads, because nothing is faster, and one linear scan over the text finds equal names, too deep nesting and too many values. It comes
 * first: four million brackets took `JSON.parse` and whoever walked its values seconds, and the scan refuses them after a few. A parser
 * of our own would do all at once, and was refused: it took four times as long. Only a text that `JSON.parse` refuses is scanned for
 * where it ends.
 */
import { isUtf8 } from 'node:buffer';
import type { FormatFault } from '../message-format.js';
import { findJsonFault, lineAndColumn } from './json-fault.js';
import { findNameFault } from './json-names.js';
import { firstInvalidByte, startsWithMark } from './utf8-fault.js';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: FormatFault };

/** Deeper than any message of our formats, the deepest of which has ten levels. */
export const jsonDepthMax = 32;
/** Sixty values for each of 5,000 events; a message of our formats has some 25. It bounds what a message of 8 MiB can be made of. */
export const jsonValuesMax = 300_000;

/**
 * The JSON value of a message. A byte order mark at the beginning is skipped. Never throws, whatever the bytes are.
 * Problems: invalid_message, at line and column for what is not UTF-8 or not JSON, at a JSONPath for equal names, for nesting below
 * `jsonDepthMax` levels and for the value that is one more than `jsonValuesMax`.
 */
export function readJson(bytes: Uint8Array): JsonReading {
  const start = startsWithMark(bytes) ? 3 : 0;
  if (!isUtf8(bytes)) return notUtf8(bytes, start);
  const text = textOf(bytes, start, bytes.length);
  const fault = findNameFault(text, jsonDepthMax, jsonValuesMax);
  if (fault?.kind === 'too deep')
    return refuse('the nesting is too deep', fault.path, { expected: `at most ${jsonDepthMax} levels` });
  if (fault?.kind === 'too many values')
    return refuse('there are too many values', fault.path, { expected: `at most ${jsonValuesMax}` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return notJson(text);
  }
  return fault === undefined
    ? { ok: true, value }
    : refuse('the object holds this name twice', fault.path, {
        rule: 'RFC 8259 section 4',
        expected: 'each name once',
      });
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** The place is behind the last character before the first byte that is none. */
function notUtf8(bytes: Uint8Array, start: number): JsonReading {
  const before = textOf(bytes, start, Math.max(start, firstInvalidByte(bytes)));
  const { line, column } = lineAndColumn(before, before.length);
  return refuse('the text is not UTF-8', `line ${line}, column ${column}`, {
    rule: 'RFC 8259 section 8.1',
    expected: 'UTF-8 throughout',
  });
}

function notJson(text: string): JsonReading {
  const fault = findJsonFault(text) ?? { offset: 0, reason: 'the text is not JSON' };
  const { line, column } = lineAndColumn(text, fault.offset);
  return refuse(fault.reason, `line ${line}, column ${column}`, { rule: 'RFC 8259', expected: 'one JSON value' });
}

function refuse(detail: string, path: string, more: Pick<FormatFault, 'rule' | 'expected'>): JsonReading {
  return { ok: false, fault: { code: 'invalid_message', detail, path, ...more } };
}

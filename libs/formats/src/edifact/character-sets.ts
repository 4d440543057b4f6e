/**
 * Bytes to text, by the character set that UNB names (its syntax identifier).
 *
 * A set that is named holds: bytes outside of it refuse the message, because a wrong guess would spoil names silently. Without an envelope
 * nothing is named; then it is UTF-8 where the bytes are that, and ISO 8859-1 otherwise. Lower case is taken in UNOA: everybody sends it.
 * @see ISO 9735-1, annex on character sets
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { lineAndColumn } from '../json/json-fault.js';
import { firstInvalidByte, startsWithMark } from '../json/utf8-fault.js';
import type { FormatFault } from '../message-format.js';

type Encoding = 'ascii' | 'latin1' | 'utf-8' | `iso-8859-${number}`;

/** By the last letter of the syntax identifier `UNOx`; `X` (switched by ISO 2022 escapes) is not read. */
const encodings: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['A', 'ascii'],
  ['B', 'ascii'],
  ['C', 'latin1'],
  ['D', 'iso-8859-2'],
  ['E', 'iso-8859-5'],
  ['F', 'iso-8859-7'],
  ['G', 'iso-8859-3'],
  ['H', 'iso-8859-4'],
  ['I', 'iso-8859-6'],
  ['J', 'iso-8859-8'],
  ['K', 'iso-8859-9'],
  ['W', 'utf-8'],
  ['Y', 'utf-8'],
]);

/** UNA, line ends and the beginning of UNB fit in this many bytes. */
const headLength = 64;
const rule = 'ISO 9735-1, character sets';

export type Decoding =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: FormatFault };

/** The text of a message, without a byte order mark. */
export function decodeText(bytes: Uint8Array): Decoding {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refuse('the message is UTF-16', 'line 1, column 1', 'one of UNOA to UNOK, UNOW or UNOY');
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(startsWithMark(bytes) ? 3 : 0);
  const head = whole.toString('latin1', 0, headLength);
  const named = /^\s*(?:UNA.{6}\s*)?UNB.UNO(.)/s.exec(head);
  if (!named) return { ok: true, text: isUtf8(whole) ? whole.toString('utf8') : whole.toString('latin1') };
  const encoding = encodings.get(named[1]!);
  if (encoding === undefined)
    return refuse(
      `the character set UNO${named[1]} is not known`,
      positionOf(head, named[0].length - 4),
      'UNOA to UNOK',
    );
  // All sets agree in ASCII, which nearly every message is.
  if (isAscii(whole)) return { ok: true, text: whole.toString('latin1') };
  return decode(whole, encoding, `UNO${named[1]}`);
}

function decode(whole: Buffer, encoding: Encoding, name: string): Decoding {
  if (encoding === 'latin1') return { ok: true, text: whole.toString('latin1') };
  if (encoding === 'ascii') {
    const first = whole.findIndex((byte) => byte > 0x7f);
    const shown = `0x${whole[first]!.toString(16)}`;
    return refuse(
      `the byte ${shown} is not in ${name}`,
      positionOf(whole.toString('latin1', 0, first), first),
      'ASCII, or UNOC',
    );
  }
  if (encoding === 'utf-8') {
    if (isUtf8(whole)) return { ok: true, text: whole.toString('utf8') };
    const before = whole.toString('utf8', 0, firstInvalidByte(whole));
    return refuse(`a byte is not UTF-8, which ${name} is`, positionOf(before, before.length), 'UTF-8, or UNOC');
  }
  const text = decoderOf(encoding).decode(whole);
  const first = text.indexOf('\ufffd');
  if (first < 0) return { ok: true, text };
  return refuse(`a byte is not in ${name} (${encoding})`, positionOf(text, first), `${encoding} text`);
}

const decoders = new Map<Encoding, TextDecoder>();

function decoderOf(encoding: Encoding): TextDecoder {
  const known = decoders.get(encoding) ?? new TextDecoder(encoding);
  decoders.set(encoding, known);
  return known;
}

function positionOf(text: string, offset: number): string {
  const { line, column } = lineAndColumn(text, offset);
  return `line ${line}, column ${column}`;
}

function refuse(detail: string, path: string, expected: string): Decoding {
  return { ok: false, fault: { code: 'invalid_message', detail, path, rule, expected } };
}

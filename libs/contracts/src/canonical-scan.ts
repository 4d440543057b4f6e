/**
 * Finds the parts of a canonical event in its bytes without parsing them as JSON: the hot path of every consumer.
 *
 * Goal: a consumer that folds needs a dozen fields of an event, and `JSON.parse` plus the schema check cost more than all else it does.
 * Choice: the door writes a fixed form (`toRecordValue`), so most of an event's text is the same from event to event. The scan cuts out
 * the parts that differ (id, subject, time, unit id, quantities) and hands over the rest as two texts, the `sender` and the `shape`; what
 * these mean is learned once from the full check and looked up after that. Whatever is not exactly in the form (other writers, further
 * fields, escapes, corrections) gives undefined, and the full check decides. A test holds the two ways equal on mutated bytes.
 * Refused: trusting a field by position without comparing the text around it, because then a foreign record could be counted wrongly.
 */
import { parseTimestamp, quantityNames, timestampLengthMax } from '@landbridge/domain';
import { quantityMax } from './event-schema.js';

export interface CanonicalParts {
  /** The bytes from the id to the tenant: equal for equal identities and for no others. */
  readonly identityStart: number;
  readonly identityEnd: number;
  /** The text of source and tenant; good in every event once it was good in one. */
  readonly sender: string;
  /** The text from the type to the unit's type: all dimensions; good in every event once it was good in one. */
  readonly shape: string;
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  readonly unitId: string;
  /** In the order of `quantityNames`, 0 where absent. */
  readonly quantities: readonly number[];
}

const literal = (text: string): Buffer => Buffer.from(text, 'latin1');
const opening = literal('{"specversion":"1.0","id":"');
const sourceName = literal('","source":"');
const tenantName = literal('","tenant":"');
const subjectName = literal('","subject":"');
const timeName = literal('","time":"');
const typeName = literal('","type":"');
const unitName = literal('"unit":{"type":"');
const unitIdName = literal('","id":"');
const unitEnd = literal('"}');
const quantitiesName = literal(',"quantities":{');
const quantityKeys = quantityNames.map((name) => literal(`"${name}":`));

const quote = 0x22;
const backslash = 0x5c;
const idLengthMax = 128;
const unitIdLengthMax = 80;
/** Longer than any shape of the schema; beyond it the full check decides. */
const shapeLengthMax = 1_024;

/** The identity's bytes of an event that is not in canonical bytes: what the scan would have found between the same marks. */
export function identityBytesOf(tenant: string | undefined, source: string, id: string): Buffer {
  return Buffer.from(`${inner(id)}","source":"${inner(source)}","tenant":"${inner(tenant ?? '')}`);
}

/** A string as JSON writes it, without its quotes. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The parts of an event in canonical bytes, or undefined where they are not (exactly) that. Never throws. */
export function scanCanonical(bytes: Buffer): CanonicalParts | undefined {
  if (!holdsAt(bytes, opening, 0)) return undefined;
  const identityStart = opening.length;
  const idEnd = endOfText(bytes, identityStart, idLengthMax);
  if (idEnd < 0 || !holdsAt(bytes, sourceName, idEnd)) return undefined;
  const senderStart = idEnd + sourceName.length;
  const sourceEnd = endOfText(bytes, senderStart, idLengthMax);
  if (sourceEnd < 0 || !holdsAt(bytes, tenantName, sourceEnd)) return undefined;
  const identityEnd = endOfText(bytes, sourceEnd + tenantName.length, idLengthMax);
  if (identityEnd < 0 || !holdsAt(bytes, subjectName, identityEnd)) return undefined;
  const subjectEnd = endOfText(bytes, identityEnd + subjectName.length, idLengthMax);
  if (subjectEnd < 0 || !holdsAt(bytes, timeName, subjectEnd)) return undefined;
  const timeStart = subjectEnd + timeName.length;
  const timeEnd = endOfText(bytes, timeStart, timestampLengthMax);
  if (timeEnd < 0 || !holdsAt(bytes, typeName, timeEnd)) return undefined;
  const timeMs = parseTimestamp(bytes.toString('latin1', timeStart, timeEnd));
  if (timeMs === undefined) return undefined;

  const shapeStart = timeEnd + typeName.length;
  const unitAt = bytes.indexOf(unitName, shapeStart);
  if (unitAt < 0 || unitAt - shapeStart > shapeLengthMax) return undefined;
  const shapeEnd = endOfText(bytes, unitAt + unitName.length, unitIdLengthMax);
  if (shapeEnd < 0 || !holdsAt(bytes, unitIdName, shapeEnd)) return undefined;
  const unitIdStart = shapeEnd + unitIdName.length;
  const unitIdEnd = endOfText(bytes, unitIdStart, unitIdLengthMax);
  if (unitIdEnd < 0 || !holdsAt(bytes, unitEnd, unitIdEnd)) return undefined;
  const quantities = readQuantities(bytes, unitIdEnd + unitEnd.length);
  if (quantities === undefined) return undefined;
  return {
    identityStart,
    identityEnd,
    sender: bytes.toString('latin1', senderStart, identityEnd),
    shape: bytes.toString('latin1', shapeStart, shapeEnd),
    timeMs,
    unitId: bytes.toString('latin1', unitIdStart, unitIdEnd),
    quantities,
  };
}

function holdsAt(bytes: Buffer, text: Buffer, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Where a non-empty text of printable ASCII without escapes ends at its quote, or -1. */
function endOfText(bytes: Buffer, start: number, lengthMax: number): number {
  for (let at = start; at <= start + lengthMax; at++) {
    const byte = bytes[at];
    if (byte === quote) return at > start ? at : -1;
    if (byte === undefined || byte < 0x20 || byte > 0x7e || byte === backslash) return -1;
  }
  return -1;
}

/** Reads `,"quantities":{…}}}` or `}}` up to the end of the bytes. */
function readQuantities(bytes: Buffer, start: number): number[] | undefined {
  const found = [0, 0, 0, 0, 0];
  let at = start;
  if (holdsAt(bytes, quantitiesName, at)) {
    at += quantitiesName.length;
    let first = true;
    for (let i = 0; i < quantityKeys.length; i++) {
      const comma = first ? 0 : 1;
      if (comma === 1 && bytes[at] !== 0x2c) break;
      if (!holdsAt(bytes, quantityKeys[i]!, at + comma)) continue;
      at += comma + quantityKeys[i]!.length;
      const from = at;
      let value = 0;
      for (let digit = bytes[at]; digit !== undefined && digit >= 0x30 && digit <= 0x39; digit = bytes[++at])
        value = value * 10 + digit - 0x30;
      if (at === from || at - from > 13 || value > quantityMax || (bytes[from] === 0x30 && at - from > 1))
        return undefined;
      found[i] = value;
      first = false;
    }
    if (bytes[at] !== 0x7d) return undefined;
    at++;
  }
  return bytes[at] === 0x7d && bytes[at + 1] === 0x7d && bytes.length === at + 2 ? found : undefined;
}

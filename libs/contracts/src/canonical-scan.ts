/**
 * Finds the parts of a canonical event in its bytes without parsing them as JSON: the hot path of every consumer.
 *
 * Goal: a consumer that folds needs a dozen fields of an event, and `JSON.parse` plus the schema check cost more than all else it does.
 * Choice: the door writes a fixed form, in which what differs from event to event comes first and what is shared by many comes last:
 *
 *   {"specversion":"1.0","id":"…","source":"…","tenant":"…","subject":"…","time":"…",
 *    "data":{"original":{…},"quantities":{…},"unit":{"id":"…","type":"flight"},"classifier":"actual", … },"type":"…"}
 *    └ stepped over, then cut out one by one ──────────────────────┘└ the shape: looked up as a whole ───────────────┘
 *
 * The scan cuts out the first part and leaves two ranges to be looked up, the sender (source and tenant) and the shape: what these mean
 * is learned once from the full check. Whatever is not exactly in the form (other writers, escapes, corrections, links, originals
 * in the event itself) is not found, and the full check decides. A test holds the two ways equal on mutated bytes.
 * Refused: trusting a field by its position without comparing what stands around it; a foreign record could then be counted wrongly.
 */
import { dayNumberOf, daysInMonth, parseTimestamp, quantityNames, timestampLengthMax } from '@landbridge/domain';
import { quantityMax } from './event-data.js';

/** Where the parts of the event that was scanned last are. Written anew by each scan, so that a scan makes no garbage. */
export class CanonicalParts {
  /** The bytes from the id to the tenant: equal for equal identities and for no others. */
  identityStart = 0;
  identityEnd = 0;
  /** Source and tenant; good in every event once they were good in one. Ends where the identity ends. */
  senderStart = 0;
  /** From the end of the unit's id to the end of the event; good in every event once it was good in one. */
  shapeStart = 0;
  unitIdStart = 0;
  /** When it happened, epoch milliseconds. */
  timeMs = 0;
  /** In the order of `quantityNames`, 0 where absent. */
  readonly quantities: number[] = quantityNames.map(() => 0);
}

const literal = (text: string): Buffer => Buffer.from(text, 'latin1');
const opening = literal('{"specversion":"1.0","id":"');
const sourceName = literal('","source":"');
const tenantName = literal('","tenant":"');
const subjectName = literal('","subject":"');
const timeName = literal('","time":"');
const dataName = literal('","data":{');
const originalName = literal('"original":{"format":"');
const digestName = literal('","digest":"');
const atName = literal('","at":"');
const originalEnd = literal('"},');
const quantitiesName = literal('"quantities":{');
const unitIdName = literal('"unit":{"id":"');
const quantityKeys = quantityNames.map((name) => literal(`"${name}":`));

const quote = 0x22;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;
const backslash = 0x5c;
const closingBrace = 0x7d;
const textLengthMax = 128;
const unitIdLengthMax = 80;
/** Digits of the largest quantity. */
const quantityDigitsMax = 13;

/** The identity's bytes of an event that is not in canonical bytes: what the scan would have found between the same marks. */
export function identityBytesOf(tenant: string | undefined, source: string, id: string): Buffer {
  return Buffer.from(`${inner(id)}","source":"${inner(source)}","tenant":"${inner(tenant ?? '')}`);
}

/** A string as JSON writes it, without its quotes. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * Whether the bytes from `start` to `end` begin as a canonical event does; the parts are then filled in, as places in `bytes`. Never
 * throws. An event may stand between others: what would go on beyond `end` is none.
 */
export function scanCanonical(bytes: Buffer, parts: CanonicalParts, start = 0, end = bytes.length): boolean {
  if (!holdsAt(bytes, opening, start)) return false;
  const identityStart = start + opening.length;
  const idEnd = endOfText(bytes, identityStart, textLengthMax);
  if (idEnd < 0 || !holdsAt(bytes, sourceName, idEnd)) return false;
  const senderStart = idEnd + sourceName.length;
  const sourceEnd = endOfText(bytes, senderStart, textLengthMax);
  if (sourceEnd < 0 || !holdsAt(bytes, tenantName, sourceEnd)) return false;
  const identityEnd = endOfText(bytes, sourceEnd + tenantName.length, textLengthMax);
  if (identityEnd < 0 || !holdsAt(bytes, subjectName, identityEnd)) return false;
  const subjectEnd = endOfText(bytes, identityEnd + subjectName.length, textLengthMax);
  if (subjectEnd < 0 || !holdsAt(bytes, timeName, subjectEnd)) return false;
  const timeStart = subjectEnd + timeName.length;
  const timeEnd = endOfText(bytes, timeStart, timestampLengthMax);
  if (timeEnd < 0 || !holdsAt(bytes, dataName, timeEnd)) return false;
  const timeMs = readTime(bytes, timeStart, timeEnd);
  if (timeMs === undefined) return false;
  const quantitiesAt = afterOriginal(bytes, timeEnd + dataName.length);
  if (quantitiesAt < 0) return false;
  const unitAt = readQuantities(bytes, quantitiesAt, parts.quantities);
  if (unitAt < 0 || !holdsAt(bytes, unitIdName, unitAt)) return false;
  const unitIdStart = unitAt + unitIdName.length;
  const shapeStart = endOfText(bytes, unitIdStart, unitIdLengthMax);
  if (shapeStart < 0 || shapeStart > end) return false;
  parts.identityStart = identityStart;
  parts.identityEnd = identityEnd;
  parts.senderStart = senderStart;
  parts.shapeStart = shapeStart;
  parts.unitIdStart = unitIdStart;
  parts.timeMs = timeMs;
  return true;
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

const hubOffset = literal('+08:00');
const hubOffsetMs = 8 * 3_600_000;

/** The usual form, `2020-06-30T23:30:00+08:00`, is read from its bytes; every other one by the parser of timestamps. */
function readTime(bytes: Buffer, start: number, end: number): number | undefined {
  const usual =
    end - start === 25 &&
    holdsAt(bytes, hubOffset, start + 19) &&
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a;
  if (usual) {
    const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
    const month = twoDigits(bytes, start + 5);
    const day = twoDigits(bytes, start + 8);
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    // What is not a digit is NaN, for which every comparison is false.
    const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
    if (exists && hour < 24 && minute < 60 && second < 60)
      return dayNumberOf(year, month, day) * 86_400_000 + (hour * 3_600 + minute * 60 + second) * 1_000 - hubOffsetMs;
  }
  return parseTimestamp(bytes.toString('latin1', start, end));
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - zero;
  const ones = bytes[at + 1]! - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const formatLengthMax = 24;
const digestLength = 64;
const partitionDigitsMax = 5;
const offsetDigitsMax = 19;
const slash = 0x2f;

/**
 * The place behind `"original":{"format":"…","digest":"…","at":"3/128"},`, `start` itself where there is none, or -1 for any other form.
 * It adds to no total, so nothing of it is kept; it is held to its schema byte by byte, because the full check would be.
 */
function afterOriginal(bytes: Buffer, start: number): number {
  if (!holdsAt(bytes, originalName, start)) return start;
  const formatAt = start + originalName.length;
  const formatEnd = runEnd(bytes, formatAt, formatLengthMax, isFormatByte);
  if (formatEnd === formatAt || !holdsAt(bytes, digestName, formatEnd)) return -1;
  const digestAt = formatEnd + digestName.length;
  const digestEnd = runEnd(bytes, digestAt, digestLength, isHexByte);
  if (digestEnd !== digestAt + digestLength || !holdsAt(bytes, atName, digestEnd)) return -1;
  const partitionAt = digestEnd + atName.length;
  const partitionEnd = runEnd(bytes, partitionAt, partitionDigitsMax, isDigit);
  if (partitionEnd === partitionAt || bytes[partitionEnd] !== slash) return -1;
  const offsetEnd = runEnd(bytes, partitionEnd + 1, offsetDigitsMax, isDigit);
  if (offsetEnd === partitionEnd + 1 || !holdsAt(bytes, originalEnd, offsetEnd)) return -1;
  return offsetEnd + originalEnd.length;
}

/** Where a run of at most `lengthMax` bytes of a kind ends. */
function runEnd(bytes: Buffer, start: number, lengthMax: number, isOfKind: (byte: number) => boolean): number {
  let at = start;
  while (at < start + lengthMax && at < bytes.length && isOfKind(bytes[at]!)) at++;
  return at;
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;
const isHexByte = (byte: number): boolean => isDigit(byte) || (byte >= 0x61 && byte <= 0x66);
const isFormatByte = (byte: number): boolean => isDigit(byte) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d;

/** Reads `"quantities":{…},` into `found`, or nothing where it is absent; gives the place behind it, or -1. */
function readQuantities(bytes: Buffer, start: number, found: number[]): number {
  found.fill(0);
  if (!holdsAt(bytes, quantitiesName, start)) return start;
  let at = start + quantitiesName.length;
  for (let i = 0, first = true; i < quantityKeys.length && bytes[at] !== closingBrace; i++) {
    const key = quantityKeys[i]!;
    const keyAt = first ? at : at + 1;
    if ((!first && bytes[at] !== comma) || !holdsAt(bytes, key, keyAt)) continue;
    const from = keyAt + key.length;
    let value = 0;
    for (at = from; bytes[at]! >= zero && bytes[at]! <= nine; at++) value = value * 10 + bytes[at]! - zero;
    const digits = at - from;
    if (digits === 0 || digits > quantityDigitsMax || value > quantityMax || (bytes[from] === zero && digits > 1))
      return -1;
    found[i] = value;
    first = false;
  }
  return bytes[at] === closingBrace && bytes[at + 1] === comma ? at + 2 : -1;
}

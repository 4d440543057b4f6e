/**
 * How one sender writes its events: which members in which order, with what between them. Learned from the text of one event that was
 * fully checked; the next one is then read by comparing it with that text instead of parsing it.
 *
 *   {"specversion":"1.0","id":"…","type":"landbridge.air.event.v1","subject":"…", … "direction":"inbound", … "pieces":812, …}
 *                            └ varies                                    └ varies     └ a word            └ varies
 *
 * A handful of values differ from event to event and are cut out where they stand. All others, the words, are few: as long as they are
 * those of the event before, the bytes between two varying values are compared in one go. Whatever is not exactly in the form (another
 * member, an escape, a letter beyond ASCII) does not match, and the event is parsed and checked as any other.
 */
import { quantityNames, type QuantityName } from '@landbridge/domain';

export type VaryingField = 'id' | 'subject' | 'time' | QuantityName | 'unitId';

/** In the order in which the record of an event has them. */
export const varyingFields: readonly VaryingField[] = ['id', 'subject', 'time', ...quantityNames, 'unitId'];

/** An event with data has these; where one is missing it is of another kind. */
const always: readonly VaryingField[] = ['id', 'subject', 'time', 'unitId'];

interface Slot {
  /** Path from the event: `data.unit.id`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly isNumber: boolean;
}

/** What stands between two varying values. */
interface Run {
  /** Each word with the bytes before it, then the bytes up to the next varying value, or to the end of the event. */
  readonly words: readonly { readonly before: DataView; readonly index: number }[];
  readonly after: DataView;
  /** The value that follows, absent after the last run. */
  readonly varying: { readonly isNumber: boolean; readonly index: number } | undefined;
  /** The bytes of the run that was matched last. */
  last: DataView;
}

/** Members whose values vary, by path. */
const varyingByPath: ReadonlyMap<string, VaryingField> = new Map<string, VaryingField>([
  ['id', 'id'],
  ['subject', 'subject'],
  ['time', 'time'],
  ...quantityNames.map((name): [string, VaryingField] => [`data.quantities.${name}`, name]),
  ['data.unit.id', 'unitId'],
]);
const objects: ReadonlySet<string> = new Set(['data', 'data.unit', 'data.transport', 'data.quantities']);
/** What can be compared by its text: all members of the schema but corrections, links, originals and extensions. */
const words: ReadonlySet<string> = new Set(
  (
    'specversion source type datacontenttype tenant ' +
    'data.classifier data.milestone data.hub data.place data.timeZone data.corridor data.direction data.partner data.brand ' +
    'data.tradeMode data.portOfEntry data.unit.type data.transport.mode data.transport.carrier data.transport.service ' +
    'data.transport.vessel'
  ).split(' '),
);

const quote = 0x22;
const backslash = 0x5c;
const zero = 0x30;
const nine = 0x39;
/** The longest text of an event, as its schema says; the shorter bounds are the reader's to ask for. */
const textLengthMax = 128;
/** Digits of the largest quantity, less one: that one is left to the full check. */
const digitsMax = 12;

export class EventLayout {
  /** Places of the event that was matched last, by the index of the varying field in `fields`. */
  readonly starts: number[];
  readonly ends: number[];
  /** The words of that event, in the order of its text. */
  readonly words: string[];
  /** Whether the words may be others than when this was last set to false. */
  wordsChanged = true;

  private constructor(
    /** The varying fields that this layout has, in the order of `varyingFields`. */
    readonly fields: readonly VaryingField[],
    private readonly runs: readonly Run[],
    wordCount: number,
  ) {
    this.starts = fields.map(() => 0);
    this.ends = fields.map(() => 0);
    this.words = Array.from({ length: wordCount }, () => '');
  }

  /** The layout of the event whose text begins at `start`; undefined for one of another form. The event is known to be a good one. */
  static of(bytes: Buffer, start: number): EventLayout | undefined {
    const slots: Slot[] = [];
    const end = new SlotFinder(bytes, slots).object('', start);
    if (end < 0) return undefined;
    const fieldsThere = new Set(slots.map(({ path }) => varyingByPath.get(path)));
    const fields = varyingFields.filter((field) => fieldsThere.has(field));
    if (!always.every((field) => fieldsThere.has(field))) return undefined;
    const runs: Run[] = [];
    let wordCount = 0;
    let runWords: { before: DataView; index: number }[] = [];
    let from = start;
    for (const { path, start: at, end: to, isNumber } of slots) {
      const field = varyingByPath.get(path);
      const between = copyOf(bytes, from, at);
      if (field === undefined) runWords.push({ before: between, index: wordCount++ });
      else {
        const varying = { isNumber, index: fields.indexOf(field) };
        runs.push({ words: runWords, after: between, varying, last: nothing });
        runWords = [];
      }
      from = to;
    }
    const after = copyOf(bytes, from, end);
    runs.push({ words: runWords, after, varying: undefined, last: nothing });
    return new EventLayout(fields, runs, wordCount);
  }

  /**
   * Where the event that begins at `start` ends, with its places filled in; -1 when it is written in another way. Never throws.
   * @param view of the same bytes, made once for all events of a body
   */
  match(bytes: Buffer, start: number, view = viewOf(bytes)): number {
    let at = start;
    for (const run of this.runs) {
      const { last } = run;
      at = last.byteLength > 0 && holdsAt(view, last, at) ? at + last.byteLength : this.#readRun(bytes, view, run, at);
      if (at < 0) return -1;
      const { varying } = run;
      if (varying === undefined) continue;
      const end = varying.isNumber ? endOfDigits(bytes, at) : endOfText(bytes, at);
      if (end < 0) return -1;
      this.starts[varying.index] = at;
      this.ends[varying.index] = end;
      at = end;
    }
    return at;
  }

  /** Reads a run word by word. Its end, or -1. */
  #readRun(bytes: Buffer, view: DataView, run: Run, start: number): number {
    let at = start;
    this.wordsChanged = true;
    for (const { before, index } of run.words) {
      if (!holdsAt(view, before, at)) return forget(run);
      at += before.byteLength;
      const end = endOfText(bytes, at);
      if (end < 0) return forget(run);
      this.words[index] = bytes.toString('latin1', at, end);
      at = end;
    }
    if (!holdsAt(view, run.after, at)) return forget(run);
    at += run.after.byteLength;
    run.last = copyOf(bytes, start, at);
    return at;
  }
}

const nothing = new DataView(new ArrayBuffer(0));

/** A run that was read in part has written over some of its words, so its last bytes no longer say what they are. */
function forget(run: Run): -1 {
  run.last = nothing;
  return -1;
}

/** Four bytes at a time: most of what is done to an event is to compare it. A call of `Buffer.compare` costs more than these loops. */
function holdsAt(bytes: DataView, expected: DataView, at: number): boolean {
  const { byteLength } = expected;
  if (at + byteLength > bytes.byteLength) return false;
  let i = 0;
  for (; i + 4 <= byteLength; i += 4) if (bytes.getInt32(at + i) !== expected.getInt32(i)) return false;
  for (; i < byteLength; i++) if (bytes.getUint8(at + i) !== expected.getUint8(i)) return false;
  return true;
}

/** To read several bytes at once. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function copyOf(bytes: Buffer, start: number, end: number): DataView {
  return viewOf(Buffer.from(bytes.subarray(start, end)));
}

/** Where a non-empty text of printable ASCII without escapes ends at its quote, or -1. */
function endOfText(bytes: Buffer, start: number): number {
  for (let at = start; at <= start + textLengthMax; at++) {
    const byte = bytes[at];
    if (byte === quote) return at > start ? at : -1;
    if (byte === undefined || byte < 0x20 || byte > 0x7e || byte === backslash) return -1;
  }
  return -1;
}

/** Where a whole number from 0, as JSON writes it, ends; or -1. What follows it is the next run's to compare. */
function endOfDigits(bytes: Buffer, start: number): number {
  let at = start;
  while (at - start <= digitsMax && bytes[at]! >= zero && bytes[at]! <= nine) at++;
  const digits = at - start;
  if (digits === 0 || digits > digitsMax) return -1;
  return digits > 1 && bytes[start] === zero ? -1 : at;
}

/** Finds the values in the text of an object that is known to be JSON. */
class SlotFinder {
  /** Of a member that stands twice, an object above all, parsing keeps the last one only: such an event cannot be compared by its text. */
  readonly #found = new Set<string>();

  constructor(
    private readonly bytes: Buffer,
    private readonly slots: Slot[],
  ) {}

  /** Notes the values of the object at `start`, in order. Its end, or -1 for what cannot be compared by its text. */
  object(path: string, start: number): number {
    let at = this.#blank(start);
    if (this.bytes[at] !== 0x7b) return -1;
    at = this.#blank(at + 1);
    while (this.bytes[at] === quote) {
      const nameEnd = endOfText(this.bytes, at + 1);
      if (nameEnd < 0) return -1;
      const name = this.bytes.toString('latin1', at + 1, nameEnd);
      at = this.#blank(nameEnd + 1);
      if (this.bytes[at] !== 0x3a) return -1;
      at = this.#blank(this.#value(path === '' ? name : `${path}.${name}`, this.#blank(at + 1)));
      if (at < 0) return -1;
      if (this.bytes[at] === 0x7d) return at + 1;
      if (this.bytes[at] !== 0x2c) return -1;
      at = this.#blank(at + 1);
    }
    return -1;
  }

  #value(path: string, start: number): number {
    if (this.#found.has(path)) return -1;
    this.#found.add(path);
    if (objects.has(path)) return this.object(path, start);
    const isText = this.bytes[start] === quote;
    const varying = varyingByPath.get(path);
    if (isText ? varying === undefined && !words.has(path) : !path.startsWith('data.quantities.')) return -1;
    const from = isText ? start + 1 : start;
    const end = isText ? endOfText(this.bytes, from) : endOfDigits(this.bytes, from);
    if (end < 0 || (!isText && varying === undefined)) return -1;
    this.slots.push({ path, start: from, end, isNumber: !isText });
    return isText ? end + 1 : end;
  }

  /** The next byte that is not blank; -1 stays -1. */
  #blank(start: number): number {
    let at = start;
    while (isBlank(this.bytes[at])) at++;
    return at;
  }
}

/** White space as JSON has it. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The lines of a Cargo-IMP message, with their places. */
import { isUtf8 } from 'node:buffer';
import type { FormatFault, MessageItem } from '../message-format.js';

/** A line without its end and the blanks before it. */
export interface ImpLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Lines have at most 69 characters in the standard; much longer ones are no Cargo-IMP, and are not split into fields. */
export const lineCharactersMax = 1_000;

/** A body has at most so many lines: enough for 10,000 statuses with what belongs to them, and read within a twentieth of a second. */
export const linesMax = 50_000;

/**
 * The characters of a message: UTF-8 where the bytes are that, otherwise Latin-1, because the standard's own characters are ASCII and
 * whatever else stands in a name must not cost the message. A byte order mark is no character.
 */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(bytes)) return buffer.toString('latin1');
  const text = buffer.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Walks over lines that end in LF, CRLF or CR, one at a time, so that no list of them is ever made. */
export class ImpLines {
  private at = 0;
  private number = 0;
  private readonly lineEnd: string;

  constructor(private readonly text: string) {
    this.lineEnd = text.includes('\n') ? '\n' : '\r';
  }

  /** Whether there are more lines than a body may have; `next` does not give those. */
  get tooMany(): boolean {
    return this.number >= linesMax && this.at < this.text.length;
  }

  /** The next line that has something on it, or undefined after the last one. */
  next(): ImpLine | undefined {
    while (this.at < this.text.length && this.number < linesMax) {
      const found = this.text.indexOf(this.lineEnd, this.at);
      const end = found < 0 ? this.text.length : found;
      const line = trimmed(this.text, this.at, end);
      this.at = end + 1;
      this.number++;
      if (line !== '') return { number: this.number, text: line };
    }
    return undefined;
  }
}

/** Takes blanks, a CR and the control characters of teletype (STX, ETX) off: all of them are below or at the space. */
function trimmed(text: string, start: number, end: number): string {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) <= 0x20) last--;
  let first = start;
  while (first < last && text.charCodeAt(first) < 0x20) first++;
  return text.slice(first, last);
}

/** The fields of a line; the first one is its tag, and `/` separates them. */
export class ImpFields {
  private readonly fields: readonly string[];

  constructor(readonly line: ImpLine) {
    this.fields = line.text.split('/');
  }

  get length(): number {
    return this.fields.length;
  }

  /** The field, without blanks at its ends; the empty text where there is none. */
  at(index: number): string {
    return this.fields[index]?.trim() ?? '';
  }

  /** Where the field stands; one past the end of the line where it is missing. */
  pathOf(index: number): string {
    let column = 1;
    for (let i = 0; i < index && i < this.fields.length; i++) column += this.fields[i]!.length + 1;
    return pathAt(this.line, Math.min(column, this.line.text.length + 1));
  }
}

/** `line 3, column 7`. */
export function pathAt(line: ImpLine, column: number): string {
  return `line ${line.number}, column ${column}`;
}

/** A text in a sentence: in quotes and not too long. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** What a message is read into, in its order. */
export class ImpItems {
  readonly items: MessageItem[] = [];

  constructor(private readonly max: number) {}

  /** Whether there are more items than the message may have; what comes after is not kept. */
  get overfull(): boolean {
    return this.items.length > this.max;
  }

  add(item: MessageItem): void {
    if (!this.overfull) this.items.push(item);
  }

  refuse(fault: FormatFault): void {
    this.add({ ok: false, id: null, fault });
  }
}

/**
 * EDIFACT's syntax layer: text to segments, each with its line and column.
 *
 * Choice: an own tokenizer. Those on npm (`edifact`, `ts-edifact`) are not kept up and tell no lines; here every fault has a place.
 * A segment is found by searching for its terminator, and taken apart only where somebody reads it, so most of a message is never copied.
 * Time is linear: the text is searched once for terminators and once for line ends, and nothing is searched again.
 * @see ISO 9735 (UN/EDIFACT syntax rules), sections 5 to 8
 */
import type { FormatFault } from '../message-format.js';

/** Longer segments are refused; the longest of the directories, a free text with all its elements, has some 2,700 characters. */
export const segmentCharactersMax = 16_384;
/** More blanks in a row are refused; line ends and indents are few. */
const blanksMax = 4_096;
/** More segments are refused: a loading report of 9,999 containers with twenty segments each has 200,000. */
export const segmentsMax = 400_000;

/** The service characters, of UNA or the defaults; `release` is undefined where UNA says that none is used. */
export interface Delimiters {
  readonly component: string;
  readonly element: string;
  readonly decimal: string;
  readonly release: string | undefined;
  readonly terminator: string;
}

const defaultDelimiters: Delimiters = { component: ':', element: '+', decimal: '.', release: '?', terminator: "'" };

/** One segment. Elements count from 1 after the tag, components from 0; what is not there reads as an empty text. */
export class Segment {
  private elements: readonly string[] | undefined;

  constructor(
    readonly tag: string,
    /** Of its first character, from 1. */
    readonly line: number,
    readonly column: number,
    private readonly raw: string,
    readonly delimiters: Delimiters,
  ) {}

  /** The text of a component with its release characters taken away and blanks around it cut off. */
  text(element: number, component = 0): string {
    this.elements ??= split(withoutLineEnds(this.raw), this.delimiters.element, this.delimiters.release);
    const written = this.elements[element];
    if (written === undefined || written === '') return '';
    const { release, component: separator } = this.delimiters;
    if (release === undefined || !written.includes(release)) return plainComponent(written, component, separator);
    return unreleased(split(written, separator, release)[component] ?? '', release).trim();
  }

  /** `line 3, column 7` of the segment, or of one of its components, as far as the segment goes. */
  path(element = 0, component = 0): string {
    let { line, column } = this;
    let elementsAhead = element;
    let componentsAhead = component;
    const { release, element: elementMark, component: componentMark } = this.delimiters;
    for (let i = 0; i < this.raw.length && (elementsAhead > 0 || componentsAhead > 0); i++, column++) {
      const character = this.raw[i];
      if (character === release) {
        i++;
        column++;
      } else if (character === '\n') {
        line++;
        column = 0;
      } else if (character === elementMark) {
        if (elementsAhead === 0) break;
        elementsAhead--;
      } else if (character === componentMark && elementsAhead === 0) componentsAhead--;
    }
    return `line ${line}, column ${column}`;
  }
}

/** Reads a text's segments one after another; ends at the first fault, which `fault` then holds. */
export class SegmentReader {
  fault: FormatFault | undefined;
  private delimiters = defaultDelimiters;
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private lineEnd: number;
  private count = 0;
  private lastTag = '';

  constructor(private readonly text: string) {
    this.lineEnd = endOfLine(text, 0);
  }

  /** The next segment, or undefined at the end of the text or at a fault. */
  next(): Segment | undefined {
    if (!this.skipBlanks() || !this.readServiceCharacters() || !this.skipBlanks()) return undefined;
    const { text, at: start } = this;
    const { terminator } = this.delimiters;
    this.moveTo(start);
    let end = text.indexOf(terminator, start);
    while (end >= 0 && end - start <= segmentCharactersMax && this.isReleased(start, end))
      end = text.indexOf(terminator, end + 1);
    if (end - start > segmentCharactersMax || (end < 0 && text.length - start > segmentCharactersMax))
      return this.refuse('a segment is too long', `a segment of at most ${segmentCharactersMax} characters`);
    if (end < 0) return this.refuse('a segment is not ended', `the segment terminator ${terminator}`);
    if (++this.count > segmentsMax) return this.refuse('too many segments', `at most ${segmentsMax} segments`);
    const raw = text.slice(start, end);
    if (!this.beginsWithTag(raw))
      return this.refuse('no segment begins here', 'a segment: three capital letters and an element separator');
    this.at = end + 1;
    this.lastTag = raw.slice(0, 3);
    return new Segment(this.lastTag, this.line, start - this.lineStart + 1, raw, this.delimiters);
  }

  /** Blanks and line ends between segments mean nothing. False at the end of the text, and at a fault. */
  private skipBlanks(): boolean {
    const { text, at: start } = this;
    const terminator = this.delimiters.terminator.charCodeAt(0);
    for (; this.at < text.length && this.at - start <= blanksMax; this.at++) {
      const code = text.charCodeAt(this.at);
      if ((code !== 10 && code !== 13 && code !== 32 && code !== 9) || code === terminator) return true;
    }
    if (this.at < text.length) {
      this.moveTo(this.at);
      this.refuse('too many blanks', `at most ${blanksMax} blanks between segments`);
    }
    return false;
  }

  /** Takes over the service characters of a UNA, which may stand before an interchange. False at a fault. */
  private readServiceCharacters(): boolean {
    const { text, at } = this;
    if (!this.mayNameServiceCharacters() || !text.startsWith('UNA', at)) return true;
    const [component = '', element = '', decimal = '', release = '', , terminator = ''] = text.slice(at + 3, at + 9);
    const delimiters = [component, element, terminator, ...(release === ' ' ? [] : [release])];
    this.moveTo(at);
    const areDifferent = new Set(delimiters).size === delimiters.length;
    if (!areDifferent || delimiters.some((one) => one === '' || /[A-Za-z0-9 ]/.test(one))) {
      this.refuse('UNA does not name service characters', "six different characters such as UNA:+.? '");
      return false;
    }
    this.delimiters = { component, element, decimal, release: release === ' ' ? undefined : release, terminator };
    this.at = at + 9;
    return true;
  }

  private mayNameServiceCharacters(): boolean {
    return this.lastTag === '' || this.lastTag === 'UNZ';
  }

  /** Whether an odd number of release characters stands before this place of the segment. */
  private isReleased(start: number, at: number): boolean {
    const { release } = this.delimiters;
    if (release === undefined) return false;
    let first = at;
    while (first > start && this.text[first - 1] === release) first--;
    return (at - first) % 2 === 1;
  }

  private beginsWithTag(raw: string): boolean {
    if (raw.startsWith('UNA')) return false;
    for (let i = 0; i < 3; i++) {
      const code = raw.charCodeAt(i);
      if (!(code >= 65 && code <= 90)) return false;
    }
    const next = raw[3];
    const { element, component } = this.delimiters;
    return next === undefined || next === element || next === component || next === '\r' || next === '\n';
  }

  /** Counts the lines up to this place, which is never before an earlier one. */
  private moveTo(at: number): void {
    while (this.lineEnd < at) {
      this.line++;
      this.lineStart = this.lineEnd + 1;
      this.lineEnd = endOfLine(this.text, this.lineStart);
    }
  }

  private refuse(what: string, expected: string): undefined {
    const shown = this.text.slice(this.at, this.at + 40);
    this.fault = {
      code: 'invalid_message',
      detail: `${what}: ${JSON.stringify(shown)}`,
      path: `line ${this.line}, column ${this.at - this.lineStart + 1}`,
      rule: 'ISO 9735, segments and service characters',
      expected,
    };
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Files that were wrapped at some width have line ends inside of segments, where the syntax allows none. */
function withoutLineEnds(raw: string): string {
  return raw.includes('\n') || raw.includes('\r') ? raw.replace(/[\r\n]/g, '') : raw;
}

function plainComponent(written: string, component: number, separator: string): string {
  let start = 0;
  for (let i = 0; i < component; i++) {
    const mark = written.indexOf(separator, start);
    if (mark < 0) return '';
    start = mark + 1;
  }
  const end = written.indexOf(separator, start);
  return (end < 0 ? written.slice(start) : written.slice(start, end)).trim();
}

/** The pieces between separators that are not released; release characters stay in the pieces. */
function split(text: string, separator: string, release: string | undefined): readonly string[] {
  if (release === undefined || !text.includes(release)) return text.split(separator);
  const pieces: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === release) i++;
    else if (text[i] === separator) {
      pieces.push(text.slice(start, i));
      start = i + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}

function unreleased(text: string, release: string): string {
  let plain = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === release && i + 1 < text.length) i++;
    plain += text[i];
  }
  return plain;
}

/** Places in an XML document, and faults that name them. */
import type { FormatFault } from '../message-format.js';

/** The form of `FormatFault.path` in XML formats: both from 1, columns in UTF-16 units, which are characters but for emoji. */
export function xmlPath(line: number, column: number): string {
  return `line ${line}, column ${column}`;
}

/** A document that is not readable XML, at a place. */
export function xmlFault(path: string, detail: string, expected = 'a well-formed document'): FormatFault {
  return { code: 'invalid_message', detail, path, rule: 'XML 1.0', expected };
}

/** Where each line begins, so that the place of any of 200,000 elements costs a binary search and not another pass. */
export class LineIndex {
  private readonly starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.starts = starts;
  }

  /** The path of an offset into the text. */
  pathOf(offset: number): string {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return xmlPath(low + 1, offset - this.starts[low]! + 1);
  }
}

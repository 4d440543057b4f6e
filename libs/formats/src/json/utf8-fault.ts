/** Where bytes stop being UTF-8. */
import { isUtf8 } from 'node:buffer';

/** UTF-8 writes one character with at most this many bytes. */
const characterBytesMax = 4;

/**
 * Index of the first byte that no valid UTF-8 text has there, counted from 0, in bytes that are not UTF-8. Slow path: halves what is
 * left, so that the whole costs a few passes over the bytes. Everything before `start` is valid and ends at a character's border.
 */
export function firstInvalidByte(bytes: Uint8Array): number {
  let start = 0;
  let end = bytes.length;
  while (end - start > 2 * characterBytesMax) {
    const middle = (start + end) >>> 1;
    // The cut may fall inside a character: then the part is valid after leaving out up to three bytes.
    let border = middle;
    while (border > middle - characterBytesMax && !isUtf8(bytes.subarray(start, border))) border--;
    if (border > middle - characterBytesMax) start = border;
    else end = middle;
  }
  for (let length = 1; length <= characterBytesMax && start + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(start, start + length))) {
      start += length;
      length = 0;
    }
  return start;
}

/** Whether bytes begin with the byte order mark that Windows tools write. RFC 8259 section 8.1 allows to skip it. */
export function startsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

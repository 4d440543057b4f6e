/**
 * Compressed bodies: which `Content-Encoding` is taken, and how a body is expanded within bounds.
 *
 * A few kilobytes of gzip can stand for gigabytes. So a body is expanded piece by piece; each piece is counted against the limit and takes
 * its room in the lane before the next one is made, and expansion ends at the first that is too many.
 * @see https://www.rfc-editor.org/rfc/rfc9110 section 8.4.1
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { Problem } from '@landbridge/contracts';
import type { BodyRoom } from '../intake/body-room.js';

export type ContentCoding = 'identity' | 'gzip';

type CodingResult =
  | { readonly ok: true; readonly coding: ContentCoding }
  | { readonly ok: false; readonly problem: Problem };

/** How the body of a request is coded. Problem: unsupported_media_type. */
export function contentCodingOf(headers: IncomingHttpHeaders): CodingResult {
  const header = headers['content-encoding'];
  if (header === undefined) return identity;
  switch (header.trim().toLowerCase()) {
    case 'identity':
      return identity;
    case 'gzip':
    case 'x-gzip':
      return gzip;
    default:
      return {
        ok: false,
        problem: {
          code: 'unsupported_media_type',
          detail: 'this Content-Encoding is not taken; send gzip, or the body as it is',
          path: 'Content-Encoding',
        },
      };
  }
}

export type Expansion =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly problem: Problem };

/** Of output at a time: the most that is expanded beyond a limit. */
const pieceBytes = 65_536;
/** Of zeros behind a body, as programs leave them that write whole blocks. */
const fillingBytesMax = 65_536;

/**
 * Expands a gzip body. The room grows with it, and in the end is that of the expanded bytes. Never throws.
 * Problems: unreadable (not gzip, or cut off), body_too_large (more than `bytesMax`), overloaded (no room in the lane).
 */
export async function expandGzip(
  body: Buffer,
  bytesMax: number,
  room: Pick<BodyRoom, 'grow' | 'releaseFirst'>,
): Promise<Expansion> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  const pieces: Buffer[] = [];
  let bytes = 0;
  gunzip.end(body);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      bytes += piece.length;
      // Leaving the loop destroys the stream, and with it what was not expanded yet.
      if (bytes > bytesMax) return refuse('body_too_large', `an expanded body has at most ${bytesMax} bytes`);
      if (!room.grow(piece.length))
        return refuse('overloaded', 'the intake is full; send the same request again after the stated time');
      pieces.push(piece);
    }
  } catch {
    return refuse('unreadable', `the body is not gzip, or not all of it: it broke off after ${bytes} expanded bytes`);
  }
  // At a zero behind a member Node takes the body for ended, whatever follows: it would be lost without a word.
  const rest = body.subarray(gunzip.bytesWritten);
  if (rest.length > fillingBytesMax || rest.some((byte) => byte !== 0))
    return refuse('unreadable', `the body is not all gzip: something else begins at byte ${gunzip.bytesWritten}`);
  room.releaseFirst();
  return { ok: true, bytes: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bytes) };
}

const identity: CodingResult = { ok: true, coding: 'identity' };
const gzip: CodingResult = { ok: true, coding: 'gzip' };

const refuse = (code: Problem['code'], detail: string): Expansion => ({ ok: false, problem: { code, detail } });

/**
 * Reads the body of a request that was let in, as it was sent.
 *
 * Fastify's own reader joins the pieces of every body in a new buffer, also where there is one piece only: 36 KB beside the heap for a
 * batch of 100, after the 36 KB that Node has read it into, and such memory is what has V8 collect everything. Node's parser copies each
 * piece out of what it has read, so a body of one piece is nobody else's and is taken as it is. One of several pieces is put together as
 * they come: a chunk of one byte costs hundreds while it is held as a buffer, and 8 MB of such chunks would take 3.6 GB.
 */
import type { Readable } from 'node:stream';
import { errorCodes } from 'fastify';

/** Gets the body, or a fault for which the shell has an answer. */
type BodyRead = (fault: Error | null, body?: Buffer) => void;

/**
 * Reads to the end and calls back once; after a fault nothing more is read. Faults: those of Fastify for a body that is too large or has
 * another length than was said, and the request's own.
 * @param declared bytes that its sender says; undefined where it is chunked
 */
export function readBody(request: Readable, declared: number | undefined, bytesMax: number, done: BodyRead): void {
  let whole: Buffer | undefined;
  let bytes = 0;
  const onData = (piece: Buffer): void => {
    const at = bytes;
    bytes += piece.length;
    if (bytes > bytesMax) return fail(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    if (at === 0 && piece.length === (declared ?? piece.length)) whole = piece;
    else {
      // Twice as much each time, so that a byte is moved once or twice however small the pieces are.
      if (whole === undefined || whole.length < bytes)
        whole = resized(whole, at, declared ?? Math.min(2 * bytes, bytesMax));
      piece.copy(whole, at);
    }
  };
  const onEnd = (): void => {
    if (declared !== undefined && bytes !== declared) return fail(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
    // The others hear nothing more, and are dear to remove. A sender that goes away while it waits for its answer is no fault of its body.
    request.off('error', onError);
    // Room beyond the end would be held, and counted nowhere, as long as the body is.
    done(null, whole?.length === bytes ? whole : resized(whole, bytes, bytes));
  };
  const onError = (error: Error): void => fail(Object.assign(error, { statusCode: 400 }));
  const fail = (fault: Error): void => {
    request.off('data', onData).off('end', onEnd).off('error', onError);
    done(fault);
  };
  request.on('data', onData).on('end', onEnd).on('error', onError);
}

/** The first `bytes` of a buffer at the beginning of one that has another length. */
function resized(from: Buffer | undefined, bytes: number, length: number): Buffer {
  const to = Buffer.allocUnsafeSlow(length);
  from?.copy(to, 0, 0, bytes);
  return to;
}

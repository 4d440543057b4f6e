import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { readBody } from './body-reading.js';

/** What is read of these pieces, in a stream that then ends, or fails. */
function readingOf(pieces: readonly Buffer[], declared: number | undefined, fault?: Error): Promise<Buffer> {
  async function* sent(): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield piece;
    await Promise.resolve();
    if (fault) throw fault;
  }
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  readBody(Readable.from(sent()), declared, 10, (error, body) => (error ? reject(error) : resolve(body!)));
  return promise;
}

describe('a body', () => {
  test('of one piece is that piece, and not a copy', async () => {
    const piece = Buffer.from('0123456789');
    expect(await readingOf([piece], 10)).toBe(piece);
  });

  test.each([
    ['of several pieces', ['012', '3', '456789'], 10],
    ['in chunks', ['012', '345'], undefined],
    ['in chunks of one byte, as many as are taken', Array.from('0123456789'), undefined],
    ['in chunks, as large as is taken', ['0', '12345678', '9'], undefined],
    ['in one chunk', ['012'], undefined],
    ['of no bytes', [], 0],
    ['of no chunks', [], undefined],
  ])('%s is put together', async (_what, pieces, declared) => {
    const read = await readingOf(
      pieces.map((piece) => Buffer.from(piece)),
      declared,
    );
    expect(read.toString()).toBe(pieces.join(''));
  });

  test('in many chunks does not hold them: each costs hundreds of bytes', async () => {
    const request = new Readable({ read: () => undefined });
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    readBody(request, undefined, 10, (_fault, body) => resolve(body));
    for (const text of ['012', '3', '4', '5', '678']) {
      const piece = Buffer.from(text);
      request.emit('data', piece);
      // What is read of it from now on is wrong. The first may be all there is, and is taken as it is.
      if (text !== '012') piece.fill('-');
    }
    request.emit('end');
    const body = await promise;
    expect([body?.toString(), body?.buffer.byteLength]).toEqual(['012345678', 9]);
  });

  test.each([
    ['that is too large', ['0123456789', '0'], undefined, 'FST_ERR_CTP_BODY_TOO_LARGE'],
    ['that is shorter than was said', ['012'], 4, 'FST_ERR_CTP_INVALID_CONTENT_LENGTH'],
    ['that is longer than was said', ['012', '345'], 4, 'FST_ERR_CTP_INVALID_CONTENT_LENGTH'],
    ['whose first piece is all that was said', ['0123', '4'], 4, 'FST_ERR_CTP_INVALID_CONTENT_LENGTH'],
  ])('%s is refused', async (_what, pieces, declared, code) => {
    const reading = readingOf(
      pieces.map((piece) => Buffer.from(piece)),
      declared,
    );
    await expect(reading).rejects.toMatchObject({ code });
  });

  test('that has come has no more faults', async () => {
    const request = Readable.from([Buffer.from('0123')]);
    await new Promise((resolve) => readBody(request, 4, 10, resolve));
    expect(request.listenerCount('error')).toBe(0);
  });

  test('that breaks off is a fault of its sender', async () => {
    const reading = readingOf([Buffer.from('012')], 4, new Error('aborted'));
    await expect(reading).rejects.toMatchObject({ message: 'aborted', statusCode: 400 });
  });
});

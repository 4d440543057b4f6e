import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { BodyRoom } from '../intake/body-room.js';
import { contentCodingOf, expandGzip } from './content-coding.js';

const nothing = (): void => undefined;

/** A lane of so many bytes that keeps count of what is reserved. */
function laneOf(bytesMax: number) {
  let held = 0;
  let most = 0;
  return {
    reserve: (bytes: number) => {
      if (held + bytes > bytesMax) return undefined;
      held += bytes;
      most = Math.max(most, held);
      return () => void (held -= bytes);
    },
    held: () => held,
    most: () => most,
  };
}

async function expand(body: Buffer, { bytesMax = 10_000_000, laneBytes = 20_000_000 } = {}) {
  const lane = laneOf(laneBytes);
  const room = BodyRoom.of(lane, body.length, nothing)!;
  const result = await expandGzip(body, bytesMax, room);
  return { result, lane, room };
}

describe('the coding of a body', () => {
  test.each([
    [undefined, 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    [' GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
  ])('%s is taken as %s', (header, coding) => {
    expect(contentCodingOf(header === undefined ? {} : { 'content-encoding': header })).toEqual({ ok: true, coding });
  });

  test.each(['br', 'deflate', 'zstd', 'gzip, gzip', ''])('%j is not taken', (header) => {
    expect(contentCodingOf({ 'content-encoding': header })).toMatchObject({
      ok: false,
      problem: { code: 'unsupported_media_type', path: 'Content-Encoding' },
    });
  });
});

describe('a compressed body', () => {
  const text = Buffer.from('FSU/12\n'.repeat(40_000));

  test('is expanded, with room for what it has become', async () => {
    const { result, lane, room } = await expand(gzipSync(text));
    expect(result).toEqual({ ok: true, bytes: text });
    expect(lane.held()).toBe(text.length);
    room.release();
    expect(lane.held()).toBe(0);
  });

  test('of several members is one body, and of nothing is nothing', async () => {
    const members = Buffer.concat([gzipSync('one'), gzipSync('two')]);
    expect((await expand(members)).result).toEqual({ ok: true, bytes: Buffer.from('onetwo') });
    expect((await expand(gzipSync(''))).result).toEqual({ ok: true, bytes: Buffer.alloc(0) });
  });

  test('may be filled up with zeros, as tapes and blocks are', async () => {
    const filled = Buffer.concat([gzipSync('one'), gzipSync('two'), Buffer.alloc(500)]);
    expect((await expand(filled)).result).toEqual({ ok: true, bytes: Buffer.from('onetwo') });
  });

  test('that stands for too much is refused at the limit, and not expanded further', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const { result, lane, room } = await expand(bomb, { bytesMax: 1_000_000 });
    expect(result).toMatchObject({ ok: false, problem: { code: 'body_too_large' } });
    expect(lane.most()).toBeLessThan(1_000_000 + bomb.length + 1);
    room.release();
    expect(lane.held()).toBe(0);
  });

  test('of exactly the limit is taken', async () => {
    expect((await expand(gzipSync(text), { bytesMax: text.length })).result.ok).toBe(true);
    expect((await expand(gzipSync(text), { bytesMax: text.length - 1 })).result.ok).toBe(false);
  });

  test('for which the lane has no room is turned away until later', async () => {
    const { result } = await expand(gzipSync(text), { laneBytes: 100_000 });
    expect(result).toMatchObject({ ok: false, problem: { code: 'overloaded' } });
  });

  test.each([
    ['that is not gzip', Buffer.from('FSU/12')],
    ['that is cut off', gzipSync(text).subarray(0, 200)],
    ['without a byte', Buffer.alloc(0)],
    ['whose second member comes after zeros', Buffer.concat([gzipSync(text), Buffer.alloc(3), gzipSync(text)])],
    ['whose second member begins wrongly', Buffer.concat([gzipSync(text), Buffer.of(0), gzipSync(text).subarray(1)])],
    ['with a wrong check sum', Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)])],
  ])('%s is unreadable', async (_name, body) => {
    expect((await expand(body)).result).toMatchObject({ ok: false, problem: { code: 'unreadable' } });
  });

  test('whose sender has gone takes no more room', async () => {
    const lane = laneOf(1_000_000);
    const room = BodyRoom.of(lane, 10, nothing)!;
    room.release();
    expect(await expandGzip(gzipSync(text), 1_000_000, room)).toMatchObject({ ok: false });
    expect(lane.held()).toBe(0);
  });
});

import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { bytesWithRoom, useRoomBeforeRequests } from './request-head.js';

interface Encoder {
  readonly buffer: Buffer;
  writeInt32(value: number): Encoder;
}

const requireKafkajs = createRequire(import.meta.url);
const createRequest = requireKafkajs('kafkajs/src/protocol/request.js') as (given: object) => Promise<Encoder>;

const requestOf = (bytes: Buffer, clientId: string, correlationId = 7) =>
  createRequest({
    correlationId,
    clientId,
    request: { apiKey: 0, apiVersion: 7, encode: () => Promise.resolve({ buf: bytes, buffer: bytes }) },
  });

function roomy(content: Uint8Array): Buffer {
  const bytes = bytesWithRoom(content.length);
  bytes.set(content);
  return bytes;
}

beforeAll(useRoomBeforeRequests);

describe('the head of a request', () => {
  test('is the same before bytes with room as before others, for clients of any name', async () => {
    const clientId = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constant('c'.repeat(600)));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), clientId, async (content, name) => {
        const [ours, theirs] = await Promise.all([
          requestOf(roomy(content), name),
          requestOf(Buffer.from(content), name),
        ]);
        expect(ours.buffer.equals(theirs.buffer)).toBe(true);
      }),
    );
  });

  test('is written where the bytes are, which are not copied', async () => {
    const bytes = roomy(Buffer.alloc(5_000, 'x'));
    const { buffer } = await requestOf(bytes, 'ingest');
    expect(buffer.buffer).toBe(bytes.buffer);
    expect(buffer.subarray(buffer.length - bytes.length).equals(bytes)).toBe(true);
  });

  test('is copied with the bytes where it is longer than the room', async () => {
    const bytes = roomy(Buffer.alloc(5_000, 'x'));
    const { buffer } = await requestOf(bytes, 'c'.repeat(600));
    expect(buffer.buffer).not.toBe(bytes.buffer);
  });

  test('can be followed by more', async () => {
    const bytes = roomy(Buffer.from('abc'));
    const request = await requestOf(bytes, 'ingest');
    const before = Buffer.from(request.buffer);
    request.writeInt32(9);
    expect(request.buffer.equals(Buffer.concat([before, Buffer.from([0, 0, 0, 9])]))).toBe(true);
  });
});

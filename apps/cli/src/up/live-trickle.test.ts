import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isAccepted } from './demo-key.js';
import { trickle } from './live-trickle.js';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A real HTTP server that answers every post with this status and body, and hands each batch on. */
async function door(status: number, body: object, onBatch: (events: readonly unknown[]) => void): Promise<string> {
  const started = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      onBatch(JSON.parse(Buffer.concat(chunks).toString()) as unknown[]);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

describe('the live trickle', () => {
  test('posts its events every second until it is stopped', async () => {
    const stop = new AbortController();
    const sizes: number[] = [];
    const told: string[] = [];
    const url = await door(202, { accepted: 7, duplicates: 0, rejected: [] }, (events) => {
      sizes.push(events.length);
      if (sizes.length === 2) stop.abort();
    });
    await trickle({ url, key: 'k', eventsPerSecond: 7, signal: stop.signal, onFailure: (line) => told.push(line) });
    expect(sizes).toEqual([7, 7]);
    expect(told).toEqual([]);
  });

  test('tells of a failure once and goes on', async () => {
    const stop = new AbortController();
    let posts = 0;
    const told: string[] = [];
    const url = await door(401, { code: 'unauthenticated', detail: 'the API key is unknown or revoked' }, () => {
      if (++posts === 2) stop.abort();
    });
    await trickle({ url, key: 'k', eventsPerSecond: 1, signal: stop.signal, onFailure: (line) => told.push(line) });
    expect(posts).toBe(2);
    expect(told).toEqual([expect.stringContaining('live events: events 0 to 0 were not taken: unauthenticated')]);
  });
});

describe('a demo key', () => {
  test.each([
    [400, true],
    [401, false],
    [503, false],
  ])('is accepted or not by the answer to an empty batch: %i', async (status, accepted) => {
    const url = await door(status, {}, (events) => expect(events).toEqual([]));
    expect(await isAccepted('k', url)).toBe(accepted);
  });

  test('is not accepted where nobody answers', async () => {
    const url = await door(202, {}, () => undefined);
    await new Promise((resolve) => server!.close(resolve));
    expect(await isAccepted('k', url)).toBe(false);
  });
});

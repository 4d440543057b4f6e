import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { problemDetails, type CanonicalEvent, type IngestAnswer, type ProblemCode } from '@landbridge/contracts';
import { LandbridgeClient, type ClientOptions } from './landbridge-client.js';
import { eventOf } from './test-event.js';

/** What the service received in one request, and how it answers. */
interface Received {
  readonly events: readonly CanonicalEvent[];
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}
type Answer = (received: Received, response: ServerResponse, number: number) => void | Promise<void>;

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A real HTTP server on a free port that answers the nth request with the nth answer, the last one for ever. */
async function serve(...answers: readonly Answer[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const started = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const events = JSON.parse(Buffer.concat(chunks).toString()) as CanonicalEvent[];
      const one = { events, url: request.url ?? '', headers: request.headers };
      const number = received.push(one) - 1;
      void answers[Math.min(number, answers.length - 1)]!(one, response, number);
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}`, received };
}

const sendJson = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const takeAll: Answer = ({ events }, response) =>
  sendJson(response, 202, { accepted: events.length, duplicates: 0, rejected: [] } satisfies IngestAnswer);
const problem =
  (code: ProblemCode, status: number, headers: Record<string, string> = {}): Answer =>
  (_received, response) =>
    sendJson(response, status, problemDetails({ code, detail: `said: ${code}` }), headers);
const hangUp: Answer = (_received, response) => {
  response.socket?.destroy();
};

/** A client whose waits are written down and take no time; its clock moves only by them. */
function clientOf(url: string, options: Partial<ClientOptions> = {}) {
  const waits: number[] = [];
  let nowMs = 1_000_000;
  const client = new LandbridgeClient({
    url,
    key: 'lbk_test',
    surroundings: {
      clock: () => nowMs,
      random: () => 0.5,
      sleep: (ms) => {
        waits.push(ms);
        nowMs += ms;
        return Promise.resolve();
      },
    },
    ...options,
  });
  return { client, waits };
}

const eventsOf = (count: number): CanonicalEvent[] => Array.from({ length: count }, (_, i) => eventOf(i));

describe('LandbridgeClient.post', () => {
  test('sends every event once, in batches, with the key and the content type', async () => {
    const { url, received } = await serve(takeAll);
    const { client } = clientOf(url, { batchEvents: 10 });
    const result = await client.post(eventsOf(95));
    expect(result).toEqual({
      ok: true,
      accepted: 95,
      duplicates: 0,
      rejectedTotal: 0,
      rejected: [],
      failures: [],
      requests: 10,
    });
    const ids = received.flatMap(({ events }) => events.map(({ id }) => id));
    expect(new Set(ids)).toEqual(new Set(eventsOf(95).map(({ id }) => id)));
    expect(ids).toHaveLength(95);
    expect(Math.max(...received.map(({ events }) => events.length))).toBe(10);
    for (const { url: path, headers } of received) {
      expect(path).toBe('/v1/events');
      expect(headers.authorization).toBe('Bearer lbk_test');
      expect(headers['content-type']).toBe('application/cloudevents-batch+json');
    }
  });

  test('takes an asynchronous input, and sends nothing for an empty one', async () => {
    const { url, received } = await serve(takeAll);
    const { client } = clientOf(url);
    async function* some(count: number): AsyncGenerator<CanonicalEvent> {
      for (const event of eventsOf(count)) yield await Promise.resolve(event);
    }
    expect(await client.post(some(0))).toMatchObject({ ok: true, accepted: 0, requests: 0 });
    expect(await client.post(some(3))).toMatchObject({ ok: true, accepted: 3 });
    expect(received).toHaveLength(1);
  });

  test('never has more requests under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    const three = Promise.withResolvers<void>();
    const { url } = await serve(async (received, response, number) => {
      most = Math.max(most, ++underWay);
      // The first ones are answered when as many have come as may be under way; a fourth has its chance all the time.
      if (underWay === 3) three.resolve();
      await three.promise;
      await delay(5);
      underWay -= 1;
      await takeAll(received, response, number);
    });
    const { client } = clientOf(url, { batchEvents: 1, concurrency: 3 });
    expect(await client.post(eventsOf(30))).toMatchObject({ ok: true, accepted: 30 });
    expect(most).toBe(3);
  });

  test('returns rejections with their places in the whole input, and throws nothing', async () => {
    const { url } = await serve(({ events }, response) => {
      const rejected = events.flatMap(({ id }, index) =>
        id === 'e-7' || id === 'e-12'
          ? [{ index, id, code: 'unknown_hub' as const, detail: 'no', path: '$.data.hub' }]
          : [],
      );
      sendJson(response, 207, { accepted: events.length - rejected.length - 1, duplicates: 1, rejected });
    });
    const { client } = clientOf(url, { batchEvents: 5 });
    const result = await client.post(eventsOf(15));
    expect(result).toMatchObject({ ok: false, accepted: 10, duplicates: 3, rejectedTotal: 2, failures: [] });
    expect(result.rejected.map(({ index, id }) => [index, id]).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
      [
        [7, 'e-7'],
        [12, 'e-12'],
      ],
    );
  });

  test.each([
    ['503 overloaded', problem('overloaded', 503)],
    ['503 log_unavailable', problem('log_unavailable', 503)],
    ['500 internal', problem('internal', 500)],
    ['429 of whatever body', (_received, response) => void response.writeHead(429).end('slow down')],
    ['502 of a load balancer', (_received, response) => void response.writeHead(502).end('<html>')],
    ['a connection that is cut', hangUp],
  ] satisfies [string, Answer][])('sends the same events again after %s', async (_what, answer) => {
    const { url, received } = await serve(answer, answer, takeAll);
    const { client, waits } = clientOf(url);
    expect(await client.post(eventsOf(4))).toMatchObject({ ok: true, accepted: 4, requests: 3 });
    expect(received.map(({ events }) => events)).toEqual([eventsOf(4), eventsOf(4), eventsOf(4)]);
    expect(waits).toEqual([100, 200]);
  });

  test('waits as long as Retry-After asks for', async () => {
    const { url } = await serve(problem('overloaded', 503, { 'retry-after': '3' }), takeAll);
    const { client, waits } = clientOf(url);
    expect(await client.post(eventsOf(1))).toMatchObject({ ok: true });
    expect(waits).toEqual([3_000]);
  });

  test('gives up when a wait would not end in time', async () => {
    const { url, received } = await serve(problem('overloaded', 503, { 'retry-after': '3600' }));
    const { client, waits } = clientOf(url);
    const result = await client.post(eventsOf(2));
    expect(result.ok).toBe(false);
    expect(result.failures).toEqual([
      { from: 0, count: 2, problem: { code: 'overloaded', detail: 'said: overloaded', status: 503 } },
    ]);
    expect(received).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('gives up after its attempts, and begins no further batch', async () => {
    const { url, received } = await serve(problem('log_unavailable', 503));
    const { client } = clientOf(url, { batchEvents: 1, concurrency: 1, retry: { attemptsMax: 3 } });
    const result = await client.post(eventsOf(50));
    expect(result).toMatchObject({ ok: false, accepted: 0, requests: 3 });
    expect(result.failures).toMatchObject([{ from: 0, count: 1, problem: { code: 'log_unavailable' } }]);
    expect(received).toHaveLength(3);
  });

  test.each([
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['unsupported_media_type', 415],
    ['unreadable', 400],
  ] as const)('does not repeat what was refused for good: %s', async (code, status) => {
    const { url, received } = await serve(problem(code, status));
    const { client, waits } = clientOf(url, { concurrency: 1 });
    const result = await client.post(eventsOf(2));
    expect(result.failures).toEqual([{ from: 0, count: 2, problem: { code, detail: `said: ${code}`, status } }]);
    expect(received).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('does not take a stranger for the service', async () => {
    const { url } = await serve((_received, response) => void response.writeHead(200).end('welcome'));
    const result = await clientOf(url).client.post(eventsOf(1));
    expect(result.failures[0]?.problem).toEqual({
      code: 'unexpected_answer',
      detail: 'status 200 with welcome',
      status: 200,
    });
  });

  test('sends its key nowhere else when it is redirected', async () => {
    const { url, received } = await serve(
      (_received, response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    const result = await clientOf(url, { retry: { attemptsMax: 1 } }).client.post(eventsOf(1));
    expect(result.failures).toHaveLength(1);
    expect(received.map((one) => one.url)).toEqual(['/v1/events']);
  });

  test('halves a batch that is too large for the service, until only the too large event is rejected', async () => {
    const { url } = await serve((received, response, number) => {
      const tooLarge = received.events.length > 3 || received.events.some(({ id }) => id === 'e-5');
      return (tooLarge ? problem('too_many_events', 413) : takeAll)(received, response, number);
    });
    const result = await clientOf(url).client.post(eventsOf(8));
    expect(result).toMatchObject({ accepted: 7, rejectedTotal: 1, failures: [] });
    expect(result.rejected).toEqual([
      { index: 5, id: 'e-5', code: 'event_too_large', detail: 'said: too_many_events', path: '$' },
    ]);
  });

  test('cuts off a request that is not answered in time, and tries again', async () => {
    const { url } = await serve(() => undefined, takeAll);
    const { client } = clientOf(url, { requestTimeoutMs: 500 });
    const result = await client.post(eventsOf(1));
    expect(result).toMatchObject({ ok: true, accepted: 1 });
    // On a busy machine the second one may be late as well.
    expect(result.requests).toBeGreaterThanOrEqual(2);
  });

  test('ends at once when it is cancelled, also in the middle of a request', async () => {
    const stop = new AbortController();
    const { url, received } = await serve(() => stop.abort());
    const result = await clientOf(url, { concurrency: 1, batchEvents: 1 }).client.post(eventsOf(9), {
      signal: stop.signal,
    });
    expect(result.failures.map(({ problem: { code } }) => code)).toEqual(['cancelled']);
    expect(received).toHaveLength(1);
  });

  test('asks only for a check on a dry run', async () => {
    const { url, received } = await serve(takeAll);
    await clientOf(url).client.post(eventsOf(1), { dryRun: true });
    expect(received[0]?.url).toBe('/v1/events?dryRun=true');
  });

  test('tells how far it is after every batch', async () => {
    const { url } = await serve(takeAll);
    const steps: number[] = [];
    await clientOf(url, { batchEvents: 4, concurrency: 1 }).client.post(eventsOf(10), {
      onProgress: ({ answered }) => steps.push(answered),
    });
    expect(steps).toEqual([4, 8, 10]);
  });

  test('reports a service that is not there, with the reason', async () => {
    const { url } = await serve(takeAll);
    await new Promise((resolve) => server!.close(resolve));
    const result = await clientOf(url, { retry: { attemptsMax: 2 } }).client.post(eventsOf(1));
    expect(result).toMatchObject({ ok: false, requests: 2, failures: [{ problem: { code: 'network' } }] });
    expect(result.failures[0]?.problem.detail).toContain('ECONNREFUSED');
  });

  test('throws what the input throws', async () => {
    const { url } = await serve(takeAll);
    const broken = (function* () {
      yield eventOf(0);
      throw new Error('the file ended early');
    })();
    await expect(clientOf(url).client.post(broken)).rejects.toThrow('the file ended early');
  });
});

describe('LandbridgeClient', () => {
  test.each([{ batchEvents: 5_001 }, { batchEvents: 0 }, { batchBytes: 8_388_609 }, { concurrency: 0.5 }])(
    'refuses a number outside its range: %j',
    (options) => {
      expect(() => new LandbridgeClient({ url: 'http://127.0.0.1:1', key: 'k', ...options })).toThrow(RangeError);
    },
  );

  test('refuses a text that is no URL', () => {
    expect(() => new LandbridgeClient({ url: 'somewhere', key: 'k' })).toThrow('Invalid URL');
  });
});

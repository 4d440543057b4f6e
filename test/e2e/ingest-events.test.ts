import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTopics, type IngestAnswer, type ProblemDetails } from '@landbridge/contracts';
import { keyOf, newSecret, openIngestDoor, publishKey, recordsOf, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';

/** Starting a process and reading a topic back take seconds; the rest is for a busy machine. */
const SLOW_MS = 90_000;
const bodyBytesMax = 262_144;
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const lines = { 'content-type': 'application/x-ndjson' };

let door: IngestDoor;

beforeAll(async () => {
  door = await openIngestDoor(sharedKafka(), {
    LANDBRIDGE_BODY_BYTES_MAX: String(bodyBytesMax),
    LANDBRIDGE_EVENT_BYTES_MAX: '16384',
    LANDBRIDGE_BATCH_EVENTS_MAX: '50',
    // Room for four of the largest bodies.
    LANDBRIDGE_LANE_BYTES_MAX: String(4 * bodyBytesMax),
  });
}, SLOW_MS);

afterAll(() => door?.service.stop(), SLOW_MS);

/** With its keys in the order of the log. */
const data = {
  quantities: { pieces: 812, weightGrams: 98_400_000 },
  unit: { id: 'CV9721-20200304', type: 'flight' },
  classifier: 'actual',
  milestone: 'arrived',
  hub: 'CGO',
  corridor: 'air',
  direction: 'inbound',
  partner: 'LU',
};

function eventOf(id: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id,
    source: door.source,
    type: 'landbridge.air.event.v1',
    subject: `flight-${id}`,
    time: '2020-03-04T05:06:07+08:00',
    data,
    ...change,
  };
}

const answerOf = async (response: Response) => [response.status, (await response.json()) as IngestAnswer] as const;
const problemOf = async (response: Response): Promise<[number, string, ProblemDetails]> => {
  const details = (await response.json()) as ProblemDetails;
  return [response.status, details.code, details];
};
const clean = (accepted: number): [number, IngestAnswer] => [202, { accepted, duplicates: 0, rejected: [] }];
const onLog = (text: string, topic: string = eventTopics.air) => recordsOf(sharedKafka(), topic, text);

describe('what is accepted', () => {
  test(
    'stands on the log in canonical bytes under its subject, the same for all four modes',
    async () => {
      const shuffled = Object.fromEntries(Object.entries(eventOf('modes-1')).toReversed());
      expect(await answerOf(await door.post(JSON.stringify(shuffled, undefined, 2)))).toEqual(clean(1));
      expect(await answerOf(await door.post(JSON.stringify([eventOf('modes-2')]), batch))).toEqual(clean(1));
      const crlf = `\ufeff${JSON.stringify(eventOf('modes-3'))}\r\n\r\n${JSON.stringify(eventOf('modes-4'))}\r\n`;
      expect(await answerOf(await door.post(crlf, lines))).toEqual(clean(2));
      const binary = {
        'content-type': 'application/json; charset=utf-8',
        'ce-specversion': '1.0',
        'ce-id': 'modes-5',
        'ce-source': door.source,
        'ce-type': 'landbridge.air.event.v1',
        'ce-subject': 'flight%2Dmodes-5%20%E4%B8%AD',
        'ce-time': '2020-03-04T05:06:07+08:00',
        'ce-revision': '2',
      };
      expect(await answerOf(await door.post(JSON.stringify(data), binary))).toEqual(clean(1));

      const records = await onLog(`"id":"modes-`);
      const mine = records.filter(({ value }) => value.includes(door.source));
      const canonical = (id: string) =>
        `{"specversion":"1.0","id":"${id}","source":"${door.source}","tenant":"${door.tenant}","subject":"flight-${id}",` +
        `"time":"2020-03-04T05:06:07+08:00","data":${JSON.stringify(data)},"type":"landbridge.air.event.v1"}`;
      const fromBinary = canonical('modes-5')
        .replace('flight-modes-5', 'flight-modes-5 中')
        .replace('"data":', '"revision":2,"data":')
        .replace('"type":"landbridge', '"datacontenttype":"application/json","type":"landbridge');
      expect(new Set(mine.map(({ key, value }) => `${key} ${value}`))).toEqual(
        new Set([
          ...['modes-1', 'modes-2', 'modes-3', 'modes-4'].map((id) => `flight-${id} ${canonical(id)}`),
          `flight-modes-5 中 ${fromBinary}`,
        ]),
      );
      for (const { headers } of mine)
        expect(headers).toEqual({ 'content-type': 'application/cloudevents+json; charset=UTF-8' });
    },
    SLOW_MS,
  );

  test(
    'stays in one partition when it is posted again, and a move takes it back from its old subject',
    async () => {
      const body = JSON.stringify(eventOf('again'));
      expect(await answerOf(await door.post(body))).toEqual(clean(1));
      expect(await answerOf(await door.post(body))).toEqual(clean(1));
      const moved = eventOf('again', { subject: 'flight-new', previoussubject: 'flight-again', revision: 1 });
      expect(await answerOf(await door.post(JSON.stringify(moved)))).toEqual(clean(1));

      const records = (await onLog('"id":"again"')).filter(({ value }) => value.includes(door.source));
      const old = records.filter(({ key }) => key === 'flight-again');
      expect(old).toHaveLength(3);
      expect(new Set(old.map(({ partition }) => partition)).size).toBe(1);
      expect(JSON.parse(old.at(-1)?.value ?? '')).toMatchObject({ id: 'again', revision: 0, retracted: true });
      expect(records.filter(({ key }) => key === 'flight-new')).toHaveLength(1);
    },
    SLOW_MS,
  );
});

describe('a batch with bad events', () => {
  const mixed = (name: string) =>
    JSON.stringify([
      eventOf(`${name}-1`),
      eventOf(`${name}-2`, { source: 'urn:carrier:other' }),
      eventOf(`${name}-3`, { time: '2020-03-04T05:06:07.000' }),
      eventOf(`${name}-1`),
      eventOf(`${name}-4`, { data: { ...data, quantities: { weightGrams: -1 } } }),
    ]);
  const rejected = (name: string) => [
    expect.objectContaining({ index: 1, id: `${name}-2`, code: 'foreign_source', path: '$.source' }),
    expect.objectContaining({ index: 2, id: `${name}-3`, code: 'invalid_time', path: '$.time' }),
    expect.objectContaining({ index: 4, code: 'quantity_out_of_range', path: '$.data.quantities.weightGrams' }),
  ];

  test(
    'goes on by default, and is left alone by a rollback and by a dry run',
    async () => {
      expect(await answerOf(await door.post(mixed('go'), batch))).toEqual([
        207,
        { accepted: 1, duplicates: 1, rejected: rejected('go') },
      ]);
      const rollback = { ...batch, 'landbridge-batch': 'rollback' };
      expect(await answerOf(await door.post(mixed('back'), rollback))).toEqual([
        422,
        { accepted: 0, duplicates: 1, rejected: rejected('back') },
      ]);
      expect(await answerOf(await door.post(mixed('dry'), batch, '?dryRun=true'))).toEqual([
        207,
        {
          accepted: 1,
          duplicates: 1,
          rejected: rejected('dry'),
          dryRun: true,
          counted: [
            expect.objectContaining({
              index: 0,
              id: 'dry-1',
              measures: [
                expect.objectContaining({ measure: 'air.weight', value: 98.4, unit: 't' }),
                expect.objectContaining({ measure: 'air.pieces', value: 812 }),
              ],
            }),
          ],
        },
      ]);
      expect(await answerOf(await door.post(JSON.stringify([eventOf('back-5')]), rollback))).toEqual(clean(1));

      const ids = (await onLog(door.source)).map(({ value }) => (JSON.parse(value) as { id: string }).id);
      expect(ids.filter((id) => /^(go|back|dry)-/.test(id)).toSorted()).toEqual(['back-5', 'go-1']);
    },
    SLOW_MS,
  );

  test('of lines loses the unreadable line alone', async () => {
    const body = `${JSON.stringify(eventOf('line-1'))}\n{"id":\n${JSON.stringify(eventOf('line-2'))}`;
    const [status, answer] = await answerOf(await door.post(body, lines));
    expect(status).toBe(207);
    expect(answer.accepted).toBe(2);
    expect(answer.rejected).toEqual([
      expect.objectContaining({ index: 1, id: null, code: 'unreadable', path: 'line 2, column 7' }),
    ]);
  });
});

describe('an event that is rejected alone', () => {
  test.each<[string, () => string, string]>([
    ['without a source', () => JSON.stringify(eventOf('x', { source: undefined })), 'invalid_event'],
    ['for another tenant', () => JSON.stringify(eventOf('x', { tenant: 'other' })), 'reserved_attribute'],
    ['of an unknown type', () => JSON.stringify(eventOf('x', { type: 'landbridge.space.event.v1' })), 'unknown_type'],
    ['with __proto__', () => JSON.stringify(eventOf('x')).replace('{', '{"__proto__":{},'), 'invalid_event'],
    [
      'with a hundred thousand brackets',
      () => JSON.stringify(eventOf('x')).replace('"CGO"', '['.repeat(100_000) + ']'.repeat(100_000)),
      'invalid_event',
    ],
    [
      'with a fraction',
      () => JSON.stringify(eventOf('x', { data: { ...data, quantities: { pieces: 0.5 } } })),
      'quantity_out_of_range',
    ],
    [
      'with a quantity above 2^53',
      () => JSON.stringify(eventOf('x')).replace('98400000', '9007199254740993'),
      'quantity_out_of_range',
    ],
    ['that is too large', () => JSON.stringify(eventOf('x', oversized())), 'event_too_large'],
  ])('%s is answered 422', async (_what, body, code) => {
    const [status, answer] = await answerOf(await door.post(body()));
    expect([status, answer.accepted, answer.rejected.map((one) => one.code)]).toEqual([422, 0, [code]]);
  });

  const oversized = () => Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`note${n}`, 'n'.repeat(1_000)]));
});

describe('a request that is refused', () => {
  test.each<[string, string | Buffer, Record<string, string>, string, number, string]>([
    ['for unreadable JSON', '{\n"id": oops}', {}, '', 400, 'unreadable'],
    ['for bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, '', 400, 'unreadable'],
    ['for an empty body', '', {}, '', 400, 'unreadable'],
    ['for an empty batch', '[]', batch, '', 400, 'empty_batch'],
    ['for too many events', JSON.stringify(Array.from({ length: 51 }, () => 0)), batch, '', 413, 'too_many_events'],
    ['for its size', Buffer.alloc(bodyBytesMax + 1, 0x20), {}, '', 413, 'body_too_large'],
    ['for a size far beyond the limit', Buffer.alloc(8 * bodyBytesMax, 0x20), {}, '', 413, 'body_too_large'],
    ['for its content type', '{}', { 'content-type': 'text/plain' }, '', 415, 'unsupported_media_type'],
    ['for a content type that is none', '{}', { 'content-type': 'json' }, '', 415, 'unsupported_media_type'],
    ['for JSON without ce-* headers', '{}', { 'content-type': 'application/json' }, '', 415, 'unsupported_media_type'],
    ['for compression', '{}', { 'content-encoding': 'br' }, '', 415, 'unsupported_media_type'],
    ['for another batch mode', '[]', { ...batch, 'landbridge-batch': 'maybe' }, '', 400, 'invalid_parameter'],
    ['for a misspelt parameter', '{}', {}, '?dryrun=true', 400, 'invalid_parameter'],
    ['for a dry run that is neither', '{}', {}, '?dryRun=yes', 400, 'invalid_parameter'],
    ['for two dry runs', '{}', {}, '?dryRun=true&dryRun=false', 400, 'invalid_parameter'],
    ['for an unknown key', '{}', { authorization: 'Bearer lb_unknown' }, '', 401, 'unauthenticated'],
    ['for a scheme that is not Bearer', '{}', { authorization: 'Basic eDp5' }, '', 401, 'unauthenticated'],
  ])('%s names its problem', async (_why, body, headers, query, status, code) => {
    const response = await door.post(body, headers, query);
    const [answered, problem, details] = await problemOf(response);
    expect([answered, problem]).toEqual([status, code]);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(details.status).toBe(status);
  });

  test('names line and column, or the byte', async () => {
    expect((await problemOf(await door.post('{\n"id": oops}')))[2].path).toBe('line 2, column 7');
    expect((await problemOf(await door.post(Buffer.from([0x22, 0xff, 0x22]))))[2].path).toBe('byte 1');
  });

  test('for a missing key is told how to send one', async () => {
    const response = await fetch(`${door.url}/v1/events`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('for a chunked body over the limit is cut off at the limit', async () => {
    const chunk = Buffer.alloc(65_536, 0x20);
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (bytes) => (text += String(bytes)));
      socket.on('error', () => resolve(text));
      socket.on('close', () => resolve(text));
    });
    socket.write(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${door.secret}\r\n` +
        'Content-Type: application/cloudevents+json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    for (let sent = 0; sent <= bodyBytesMax; sent += chunk.length) {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*body_too_large/);
  });

  test('for its key is answered before its body is sent', async () => {
    const { socket, first } = await announce(
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer no\r\nContent-Length: 200000\r\n\r\n',
    );
    expect(first).toMatch(/^HTTP\/1\.1 401 /);
    expect(first).toMatch(/\r\nconnection: close\r\n/i);
    socket.destroy();
  });
});

/** Sends the head of a request, and gives what comes back before any of its body is sent. */
async function announce(head: string): Promise<{ readonly socket: Socket; readonly first: string }> {
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
  socket.write(head);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return { socket, first: String(bytes) };
}

test(
  'bodies under way fill the share of their carrier: its next one waits, and is told to come back before it is sent; others get in',
  async () => {
    // given two requests that announce the largest body, are let in, and send nothing of it: one carrier's share of room for four
    const head =
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${door.secret}\r\nExpect: 100-continue\r\n` +
      `Content-Type: application/cloudevents+json\r\nContent-Length: ${bodyBytesMax}\r\n\r\n`;
    const senders: Socket[] = [];
    for (let n = 1; n <= 2; n++) {
      const { socket, first } = await announce(head);
      senders.push(socket);
      expect(first).toMatch(/^HTTP\/1\.1 100 /);
    }

    // when others come, then they are answered without having sent a byte of their bodies
    const { first } = await announce(head);
    expect(first).toMatch(/^HTTP\/1\.1 503 /);
    // It sends no body now, so what it sends next on this connection would be taken for one.
    expect(first).toMatch(/\r\nconnection: close\r\n/i);
    const crowded = await Promise.all([1, 2, 3].map((n) => door.post(JSON.stringify(eventOf(`crowded-${n}`)))));
    const codes = await Promise.all(crowded.map(async (response) => (await problemOf(response)).slice(0, 2)));
    expect(codes).toEqual([1, 2, 3].map(() => [503, 'overloaded']));
    // and they are not to come back in the same moment
    expect(new Set(crowded.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1', '2', '3']));

    // when one of them goes away, then whoever waits for room is let in, and was not refused before
    const leaving = async () => {
      const waits = announce(head);
      expect((await fetch(`${door.url}/livez`)).status).toBe(200);
      senders.shift()!.destroy();
      const late = await waits;
      if (late.first.startsWith('HTTP/1.1 100 ')) senders.push(late.socket);
      // On a busy machine its two seconds may have been over: the place is taken again, for the next look.
      else senders.push((await announce(head)).socket);
      return late.first;
    };
    let late = await leaving();
    for (let n = 0; n < 4 && !late.startsWith('HTTP/1.1 100 '); n++) late = await leaving();
    expect(late).toMatch(/^HTTP\/1\.1 100 /);

    // and others are let in beside it: a second one with its largest body, and a third with a small one beside both
    const secretOf = async (carrier: string): Promise<string> => {
      const secret = newSecret();
      const source = `${door.source}:${carrier}`;
      await publishKey(sharedKafka(), keyOf(secret, { tenant: `${door.tenant}-n`, carrier, source }));
      const small = JSON.stringify({ ...eventOf(carrier), source });
      await eventually(async () => (await door.post(small, { authorization: `Bearer ${secret}` })).status === 202, {
        deadlineMs: 20_000,
        what: 'a post of another carrier',
      });
      return secret;
    };
    const neighbour = await announce(head.replace(door.secret, await secretOf('neighbour')));
    senders.push(neighbour.socket);
    expect(neighbour.first).toMatch(/^HTTP\/1\.1 100 /);
    await secretOf('third');

    // when they go away, then their room is free again
    for (const sender of senders) sender.destroy();
    await eventually(async () => (await door.post(JSON.stringify(eventOf('roomy')))).status === 202, {
      deadlineMs: 20_000,
      what: 'room for a body',
    });
  },
  SLOW_MS,
);

test(
  'a revocation stops a key within a second, and no other key',
  async () => {
    const secret = newSecret();
    const key = keyOf(secret, { tenant: door.tenant, source: door.source });
    const post = async (id: string) =>
      (await door.post(JSON.stringify(eventOf(id)), { authorization: `Bearer ${secret}` })).status;
    expect(await post('before')).toBe(401);
    await publishKey(sharedKafka(), key);
    await eventually(async () => (await post('issued')) === 202, { deadlineMs: 20_000, what: 'the new key to open' });
    await publishKey(sharedKafka(), { ...key, revokedAt: '2020-02-01T00:00:00Z' });
    await eventually(async () => (await post('revoked')) === 401, { deadlineMs: 10_000, what: 'the key to shut' });
    expect((await door.post(JSON.stringify(eventOf('other-key')))).status).toBe(202);
  },
  SLOW_MS,
);

test('what was answered is counted, from zero on, and neither a key nor a payload is logged', async () => {
  const accepted = 'landbridge_ingest_events_total{system="rail",answer="accepted"}';
  const rejected = 'landbridge_ingest_rejected_total{code="cell_overflow"}';
  const text = await (await fetch(`${door.url}/metrics`)).text();
  expect(text).toContain(`${accepted} 0`);
  expect(text).toContain(`${rejected} 0`);
  const before = await door.metric('landbridge_ingest_requests_total{status="202"}');
  const rail = eventOf('counted', { type: 'landbridge.rail.event.v1', subject: 'train-secret-subject' });
  expect(await answerOf(await door.post(JSON.stringify(rail)))).toEqual(clean(1));
  const counted = [expect.objectContaining({ measures: [], reason: 'no measure counts a flight in rail events' })];
  expect(await answerOf(await door.post(JSON.stringify(rail), {}, '?dryRun=true'))).toEqual([
    202,
    { accepted: 1, duplicates: 0, rejected: [], dryRun: true, counted },
  ]);
  expect(await door.metric(accepted)).toBe(1);
  expect(await door.metric('landbridge_ingest_requests_total{status="202"}')).toBe(before + 2);
  expect(await door.metric('landbridge_ingest_carrier_keys{state="live"}')).toBeGreaterThan(0);
  expect(door.service.logs()).not.toContain(door.secret);
  expect(door.service.logs()).not.toContain('train-secret-subject');
});

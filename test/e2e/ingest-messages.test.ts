import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTopics, type MessageAnswer, type ProblemDetails } from '@landbridge/contracts';
import { formatByName, messageFormats, type FormatName } from '@landbridge/formats';
import { connectRedis, type RedisConnection } from '@landbridge/redis';
import { createLogger } from '@landbridge/telemetry';
import { samplesBehind } from '../harness/days-behind.js';
import {
  askForOriginal,
  type keyOf,
  knownKey,
  openIngestDoor,
  originalsOf,
  recordsOf,
  remembered,
  type IngestDoor,
} from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnRedis } from '../harness/servers.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';
import { runTool } from '../harness/tool.js';

/** Starting a process and reading topics back take seconds; the rest is for a busy machine. */
const SLOW_MS = 90_000;
const bodyBytesMax = 1_048_576;

let door: IngestDoor;

beforeAll(async () => {
  door = await openIngestDoor(sharedKafka(), {
    LANDBRIDGE_REDIS_URL: `redis://${sharedRedis()}`,
    LANDBRIDGE_BODY_BYTES_MAX: String(bodyBytesMax),
  });
}, SLOW_MS);

afterAll(() => door?.service.stop(), SLOW_MS);

const answerOf = async (response: Response) => ({
  status: response.status,
  answer: (await response.json()) as MessageAnswer,
});
const problemOf = async (response: Response) => (await response.json()) as ProblemDetails;
const validSample = (name: FormatName): string => samplesBehind(name).find(({ valid }) => valid)!.text;
const original = (place: string, secret = door.secret) => askForOriginal(door.url, place, `Bearer ${secret}`);

/** A key of the same door for somebody else. */
const anotherKey = (change: Parameters<typeof keyOf>[1]) => knownKey(door.url, sharedKafka(), change);

/** The events of this door's tenant that name the original at a place. */
async function eventsOf(place: string): Promise<Record<string, unknown>[]> {
  const at = `"at":"${place.replace('-', '/')}"`;
  const found = await Promise.all(Object.values(eventTopics).map((topic) => recordsOf(sharedKafka(), topic, at)));
  return found
    .flat()
    .map(({ value }) => JSON.parse(value) as Record<string, unknown>)
    .filter(({ tenant }) => tenant === door.tenant);
}

describe.each(messageFormats.map(({ name }) => name))('a message in %s', (name) => {
  test.each(samplesBehind(name).map((sample) => [sample.name, sample] as const))(
    '%s is answered as its sample says, by name and by content',
    async (_name, { text, valid, eventsAccepted }) => {
      const { status, answer } = await answerOf(await door.message(name, text));
      const named = { status, accepted: answer.accepted, rejected: answer.rejected };
      if (valid) expect(named).toMatchObject({ status: 202, rejected: [] });
      else if (eventsAccepted) expect(named).toMatchObject({ status: 207, accepted: eventsAccepted });
      else expect(status === 422 || status === 400).toBe(true);
      if (!valid) {
        const faults = answer.rejected ?? [answer as unknown as ProblemDetails];
        expect(faults.length).toBeGreaterThan(0);
        for (const { code, detail, path } of faults) {
          expect(code).toMatch(/^[a-z_]+$/);
          expect(detail).not.toBe('');
          expect(path).toMatch(/^(?:line \d+, (?:column|byte) \d+|byte \d+|\$.*)$/);
        }
        return;
      }
      const recognised = await answerOf(await door.message('auto', text));
      expect(recognised).toMatchObject({ status: 202, answer: { accepted: answer.accepted, format: name } });
    },
    SLOW_MS,
  );

  test(
    'is kept once, byte for byte, and its events say where',
    async () => {
      const text = validSample(name);
      const { answer } = await answerOf(await door.message(name, text, { 'content-type': 'text/x-own; a=b' }));
      const back = await original(answer.original!);
      expect(back.status).toBe(200);
      expect(Buffer.from(await back.arrayBuffer())).toEqual(Buffer.from(text));
      expect(back.headers.get('content-type')).toBe('text/x-own; a=b');
      expect(back.headers.get('landbridge-format')).toBe(name);
      const digest = back.headers.get('etag')!.slice(1, -1);
      expect(back.headers.get('repr-digest')).toBe(`sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`);
      const events = await eventsOf(answer.original!);
      expect(events).toHaveLength(answer.accepted);
      for (const event of events)
        expect(event).toMatchObject({ source: door.source, data: { original: { format: name, digest } } });
    },
    SLOW_MS,
  );

  test('of any bytes is refused with a place, and never breaks the door', async () => {
    const text = Buffer.from(validSample(name));
    const broken = [
      text.subarray(0, text.length >> 1),
      Buffer.concat([text, Buffer.from([0xff, 0xfe, 0x00])]),
      randomBytes(4_096),
      Buffer.from('\u0000'.repeat(1_000)),
    ];
    for (const bytes of broken) {
      const response = await door.message(name, bytes);
      expect([202, 207, 400, 422]).toContain(response.status);
    }
  });
});

describe('which format', () => {
  test('that is not ours is named among those that are, and content of no format is told apart', async () => {
    const unknown = await door.message('fax', 'hello');
    expect(unknown.status).toBe(415);
    expect(await problemOf(unknown)).toMatchObject({
      code: 'unknown_format',
      detail: expect.stringContaining('edifact'),
    });
    const content = await door.message('auto', 'hello');
    expect(content.status).toBe(415);
    expect(await problemOf(content)).toMatchObject({ code: 'unknown_format' });
  });

  test('a form or a picture is not, and the type of a message does not matter', async () => {
    const form = await door.message('edifact', 'x', { 'content-type': 'multipart/form-data; boundary=x' });
    expect([form.status, (await problemOf(form)).code]).toEqual([415, 'unsupported_media_type']);
    const text = validSample('edifact');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/edifact; charset=unoa'])
      expect((await door.message('edifact', text, { 'content-type': type })).status).toBe(202);
  });
});

describe('what is not published', () => {
  const mixed = messageFormats
    .flatMap(({ name }) => samplesBehind(name).map((sample) => ({ ...sample, format: name })))
    .find(({ eventsAccepted }) => eventsAccepted);

  test(
    'a dry run tells what would count and leaves nothing on the log',
    async () => {
      const before = await originalsOf(sharedKafka(), door.tenant);
      const { status, answer } = await answerOf(
        await door.message('edifact', validSample('edifact'), {}, '?dryRun=true'),
      );
      expect(status).toBe(202);
      expect(answer).toMatchObject({ dryRun: true, format: 'edifact' });
      expect(answer).not.toHaveProperty('original');
      expect(answer.counted).toHaveLength(answer.accepted);
      for (const { measures, reason } of answer.counted!) expect(reason === undefined).toBe(measures.length > 0);
      expect(await originalsOf(sharedKafka(), door.tenant)).toHaveLength(before.length);
    },
    SLOW_MS,
  );

  test(
    'a rollback takes nothing of a message with a fault',
    async () => {
      expect(mixed).toBeDefined();
      const before = await originalsOf(sharedKafka(), door.tenant);
      const { format, text } = mixed!;
      const { status, answer } = await answerOf(await door.message(format, text, { 'landbridge-batch': 'rollback' }));
      expect(status).toBe(422);
      expect(answer.accepted).toBe(0);
      expect(answer.rejected.length).toBeGreaterThan(0);
      expect(await originalsOf(sharedKafka(), door.tenant)).toHaveLength(before.length);
    },
    SLOW_MS,
  );
});

describe('a compressed message', () => {
  test('is kept as it is when it is expanded', async () => {
    const text = validSample('edifact');
    const response = await door.message('auto', gzipSync(text), { 'content-encoding': 'gzip' });
    const { status, answer } = await answerOf(response);
    expect(status).toBe(202);
    expect(await (await original(answer.original!)).text()).toBe(text);
  });

  test('that stands for gigabytes is refused at the limit, on both routes', async () => {
    const bomb = gzipSync(Buffer.alloc(bodyBytesMax * 200));
    expect(bomb.length).toBeLessThan(bodyBytesMax);
    const gzip = { 'content-encoding': 'gzip' };
    for (const response of [await door.message('edifact', bomb, gzip), await door.post(bomb, gzip)]) {
      expect(response.status).toBe(413);
      expect(await problemOf(response)).toMatchObject({ code: 'body_too_large' });
    }
    await eventually(async () => (await door.metric('landbridge_ingest_lane_bytes')) === 0, {
      deadlineMs: 30_000,
      what: 'the room to be given back',
    });
  });

  test('that is none, or coded otherwise, is refused', async () => {
    const text = validSample('edifact');
    expect((await door.message('edifact', text, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await door.message('edifact', text, { 'content-encoding': 'br' })).status).toBe(415);
  });
});

describe('an original', () => {
  test('is nobody else’s to read, and not to be told from one that does not exist', async () => {
    const { answer } = await answerOf(await door.message('edifact', validSample('edifact')));
    const stranger = await anotherKey({ tenant: `t-${randomUUID().slice(0, 8)}` });
    const missing = await problemOf(await original('7-99999999'));
    expect(missing).toMatchObject({ status: 404, code: 'not_found' });
    expect(await problemOf(await original(answer.original!, stranger))).toEqual(missing);
    expect((await original(answer.original!, 'lb_wrong')).status).toBe(401);
    for (const place of ['7-', '9-0', '0-99999999999999999999', 'x', answer.original!.replace('-', '%2F')])
      expect((await original(place)).status).toBe(404);
    // Another carrier of the same tenant is another company; a second key of the same carrier is not.
    const neighbour = await anotherKey({ tenant: door.tenant, carrier: 'other', source: `${door.source}:other` });
    expect(await problemOf(await original(answer.original!, neighbour))).toEqual(missing);
    const second = await anotherKey({ tenant: door.tenant });
    expect((await original(answer.original!, second)).status).toBe(200);
  });

  test(
    'stays on its side of the sandbox: a key for tests reads nothing that counts, and no other key what was a test',
    async () => {
      const owner = { tenant: door.tenant, carrier: 'demo', source: door.source };
      const box = { authorization: `Bearer ${await anotherKey({ ...owner, sandbox: true })}` };
      const live = { authorization: `Bearer ${door.secret}` };
      const statusOf = async (place: string | undefined, { authorization }: typeof box) =>
        (await askForOriginal(door.url, place!, authorization)).status;
      const counted = (await answerOf(await door.message('edifact', validSample('edifact')))).answer.original;
      const tried = (await answerOf(await door.message('edifact', validSample('edifact'), box))).answer.original;
      expect([await statusOf(counted, live), await statusOf(tried, box)]).toEqual([200, 200]);
      expect([await statusOf(counted, box), await statusOf(tried, live)]).toEqual([404, 404]);
    },
    SLOW_MS,
  );

  test(
    'is written by the tool, which compares its digest',
    async () => {
      const text = validSample('edifact');
      const { answer } = await answerOf(await door.message('edifact', text));
      const env = { LANDBRIDGE_KAFKA_BROKERS: sharedKafka() };
      const place = answer.original!.replace('-', '/');
      const [event] = await eventsOf(answer.original!);
      expect(await runTool(['original', place], env)).toMatchObject({ code: 0, stdout: text });
      expect(await runTool(['original', answer.original!], env)).toMatchObject({ code: 0, stdout: text });
      expect(await runTool(['original', JSON.stringify(event)], env)).toMatchObject({ code: 0, stdout: text });
      const forged = JSON.stringify(event).replace(/"digest":"\w{8}/, '"digest":"00000000');
      expect(await runTool(['original', forged], env)).toMatchObject({ code: 1, stdout: text });
      expect(await runTool(['original', 'nowhere'], env)).toMatchObject({ code: 2 });
    },
    SLOW_MS,
  );
});

describe('the source of a message’s events', () => {
  test('is the key’s own; where that is open, it is named after the format', async () => {
    const secret = await anotherKey({ tenant: door.tenant, source: `${door.source}/many/` });
    const { answer } = await answerOf(
      await door.message('edifact', validSample('edifact'), { authorization: `Bearer ${secret}` }),
    );
    for (const event of await eventsOf(answer.original!))
      expect(event).toMatchObject({ source: `${door.source}/many/edifact` });
  });
});

describe('a request with an idempotency key', () => {
  const text = () => validSample('edifact');
  const named = (key: string) => ({ 'idempotency-key': `"${key}"` });
  const remembers = (name: string, run: () => Promise<void>) => test(name, remembered(run), SLOW_MS);

  remembers('is answered the same again, and done once', async () => {
    const key = named(randomUUID());
    const first = await door.message('edifact', text(), key);
    const again = await door.message('edifact', text(), key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const answers = [await answerOf(first), await answerOf(again)];
    expect(answers[1]).toEqual(answers[0]);
    // Done again, the message would have been kept at another place.
    const without = await answerOf(await door.message('edifact', text()));
    expect(without.answer.original).not.toBe(answers[0]!.answer.original);
  });

  remembers('keeps a fault too, and the key is not for another request', async () => {
    const key = named(randomUUID());
    const first = await door.message('edifact', 'UNB+', key);
    expect(first.status).toBeGreaterThanOrEqual(400);
    const again = await door.message('edifact', 'UNB+', key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect([again.status, await again.text()]).toEqual([first.status, await first.text()]);
    for (const other of [
      await door.message('edifact', text(), key),
      await door.message('auto', 'UNB+', key),
      await door.message('edifact', 'UNB+', key, '?dryRun=true'),
    ])
      expect([other.status, (await problemOf(other)).code]).toEqual([422, 'idempotency_key_reused']);
  });

  test('means nothing for another carrier', async () => {
    const key = named(randomUUID());
    expect((await door.message('edifact', text(), key)).status).toBe(202);
    const secret = await anotherKey({ tenant: door.tenant, carrier: 'second', source: door.source });
    const other = await door.message('edifact', text(), { ...key, authorization: `Bearer ${secret}` });
    expect([other.status, other.headers.get('idempotency-replayed')]).toEqual([202, null]);
  });

  remembers('is done once where it comes many times together', async () => {
    const key = named(randomUUID());
    const responses = await Promise.all(Array.from({ length: 20 }, () => door.message('edifact', text(), key)));
    const fresh = responses.filter(
      ({ status, headers }) => status === 202 && headers.get('idempotency-replayed') === null,
    );
    expect(fresh).toHaveLength(1);
    for (const { status, headers } of responses) {
      expect([202, 409]).toContain(status);
      if (status === 409) expect(headers.get('retry-after')).toBe('1');
    }
    expect((await door.message('edifact', text(), key)).headers.get('idempotency-replayed')).toBe('true');
  });

  test('that is none is refused', async () => {
    const response = await door.message('edifact', text(), { 'idempotency-key': 'two words' });
    expect([response.status, (await problemOf(response)).code]).toEqual([400, 'invalid_parameter']);
  });

  describe('while Redis is away', () => {
    let redisServer: Awaited<ReturnType<typeof startOwnRedis>>;
    let lonely: IngestDoor;
    let redis: RedisConnection;

    beforeAll(async () => {
      redisServer = await startOwnRedis();
      const url = `redis://${redisServer.address}`;
      redis = connectRedis({ url }, 'fail-fast', createLogger({ service: 'test', level: 'silent' }));
      lonely = await openIngestDoor(sharedKafka(), { LANDBRIDGE_REDIS_URL: url });
    }, SLOW_MS);

    afterAll(async () => {
      // After a case that failed before it ended the connection itself.
      if (redis?.status !== 'end') redis?.disconnect();
      await lonely?.service.stop();
      await redisServer?.dispose();
    }, SLOW_MS);

    test(
      'is answered as any other, and a claim that a crash left behind ends by itself',
      async () => {
        const key = named(randomUUID());
        const kept = async () => {
          expect((await lonely.message('edifact', text(), key)).status).toBe(202);
          const [entry = ''] = await redis.keys('lb:request:*');
          const value = (await redis.get(entry)) ?? '';
          expect(value).toMatch(/^done:/);
          return { entry, value };
        };
        const { entry, value } = await eventually(kept, { deadlineMs: 20_000, what: 'Redis to be in time for it' });
        expect(await redis.pttl(entry)).toBeGreaterThan(86_000_000);
        // As a crash leaves it: claimed, and nobody there to end it.
        await redis.set(entry, value.replace(/^done:(\w+):.*$/s, 'busy:$1:0'), 'PX', 60_000);
        const refused = async () => {
          const busy = await lonely.message('edifact', text(), key);
          expect([busy.status, (await problemOf(busy)).code]).toEqual([409, 'request_in_progress']);
        };
        await eventually(refused, { deadlineMs: 10_000, what: 'Redis to be in time for the claim' });
        await redis.pexpire(entry, 1);
        await eventually(async () => (await lonely.message('edifact', text(), key)).status === 202, {
          deadlineMs: 20_000,
          what: 'the claim to end',
        });
        // Ended while its server is there: on a closed socket, ioredis waits two seconds for the close, and the worker with it.
        redis.disconnect();
        await redisServer.server.stop();
        const tookMs: number[] = [];
        for (let n = 0; n < 5 || (n < 40 && Math.min(...tookMs) >= 2_000); n++) {
          const startedMs = performance.now();
          const response = await lonely.message('edifact', text(), key);
          expect([response.status, response.headers.get('idempotency-replayed')]).toEqual([202, null]);
          tookMs.push(performance.now() - startedMs);
        }
        // Whoever waited for Redis would wait for two seconds each time; a busy machine is slow now and then.
        expect(Math.min(...tookMs)).toBeLessThan(2_000);
      },
      SLOW_MS,
    );
  });
});

test('every format that has a reader is in this test by its samples', () => {
  for (const { name } of messageFormats) {
    expect(formatByName(name)?.name).toBe(name);
    expect(samplesBehind(name).some(({ valid }) => valid)).toBe(true);
  }
});

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limitBucketKey, limitDayKey, type ProblemDetails } from '@landbridge/contracts';
import { connectRedis, TokenLeases } from '@landbridge/redis';
import {
  keyOf,
  newSecret,
  openIngestDoor,
  openSecondDoor,
  publishKey,
  type IngestDoor,
} from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnRedis, type OwnServer } from '../harness/servers.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';

const SLOW_MS = 90_000;
const silent = { warn: () => undefined, info: () => undefined };
const date = '2026-03-04';
const newSubject = () => ({ tenant: 'zzh', carrier: `c-${randomUUID().slice(0, 8)}`, purse: 'live' as const });

describe('leases of tokens', () => {
  const redis = connectRedis({ url: `redis://${sharedRedis()}` }, 'fail-fast', silent);
  const leases = new TokenLeases(redis);
  afterAll(() => redis.disconnect());

  test('never add up to more than the burst and what has come since, however many ask at once', async () => {
    const subject = newSubject();
    const limits = { ratePerSecond: 1_000, burst: 500, quotaPerDay: 0 };
    const startMs = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, n) => leases.lease(subject, limits, date, 1, 1 + (n % 7))),
    );
    const passedMs = performance.now() - startMs;
    const granted = answers.reduce((sum, lease) => sum + lease.granted, 0);
    expect(granted).toBeGreaterThanOrEqual(500);
    expect(granted).toBeLessThanOrEqual(500 + passedMs + 1);
  });

  test('come back at the rate, to the token, and are whole numbers', async () => {
    const subject = newSubject();
    const limits = { ratePerSecond: 3, burst: 1_000, quotaPerDay: 0 };
    /** By Redis's own clock, on which the bucket counts, however late the test itself is. */
    const bucket = async () => {
      const { micro = '', at = '' } = await redis.hgetall(limitBucketKey(subject));
      expect([micro, at]).toEqual([expect.stringMatching(/^\d{1,9}$/), expect.stringMatching(/^\d{16}$/)]);
      return { micro: Number(micro), atMicros: Number(at) };
    };
    const all = { granted: 1_000, left: 0, waitMs: 0, quotaLeft: -1 };
    expect(await leases.lease(subject, limits, date, 1_000, 1_000)).toEqual(all);
    const empty = await bucket();
    expect(empty.micro).toBe(0);
    const refused = await leases.lease(subject, limits, date, 100, 100);
    const first = await bucket();
    const come = 3 * (first.atMicros - empty.atMicros);
    expect(first.micro).toBe(come);
    const waitMs = Math.ceil((100_000_000 - come) / 3 / 1_000);
    expect(refused).toEqual({ granted: 0, left: Math.floor(come / 1_000_000), waitMs, quotaLeft: -1 });
    await delay(400);
    const { granted, left } = await leases.lease(subject, limits, date, 1, 1_000);
    const second = await bucket();
    const held = come + 3 * (second.atMicros - first.atMicros);
    expect([granted, left, second.micro]).toEqual([Math.floor(held / 1_000_000), 0, held % 1_000_000]);
    expect(granted).toBeGreaterThan(0);
    expect(await redis.pttl(limitBucketKey(subject))).toBeGreaterThan(1_000);
  });

  test('stay exact at the largest limits', async () => {
    const limits = { ratePerSecond: 1_000_000, burst: 10_000_000, quotaPerDay: 100_000_000_000 };
    const lease = await leases.lease(newSubject(), limits, date, 1, 10_000_000);
    expect(lease).toEqual({ granted: 10_000_000, left: 0, waitMs: 0, quotaLeft: 99_990_000_000 });
  });

  test('end with the quota of the day, and the next day has its own', async () => {
    const subject = newSubject();
    const limits = { ratePerSecond: 0, burst: 1, quotaPerDay: 10 };
    expect(await leases.lease(subject, limits, date, 1, 7)).toMatchObject({ granted: 7, quotaLeft: 3, left: -1 });
    expect(await leases.lease(subject, limits, date, 4, 7)).toMatchObject({ granted: 0, quotaLeft: 3 });
    expect(await leases.lease(subject, limits, date, 1, 7)).toMatchObject({ granted: 3, quotaLeft: 0 });
    expect(await leases.lease(subject, limits, '2026-03-05', 1, 7)).toMatchObject({ granted: 7, quotaLeft: 3 });
    expect(await redis.ttl(limitDayKey(subject, date))).toBeGreaterThan(86_400);
  });

  test('give nothing for a clock that went back, and go on from there', async () => {
    const subject = newSubject();
    const limits = { ratePerSecond: 10, burst: 100, quotaPerDay: 0 };
    await leases.lease(subject, limits, date, 100, 100);
    const [seconds] = await redis.time();
    await redis.hset(limitBucketKey(subject), 'micro', '0', 'at', `${Number(seconds) + 3_600}000000`);
    expect(await leases.lease(subject, limits, date, 1, 1)).toMatchObject({ granted: 0, left: 0 });
    await delay(150);
    expect(await leases.lease(subject, limits, date, 1, 1)).toMatchObject({ granted: 1 });
  });
});

describe('two doors', () => {
  let redis: OwnServer;
  let door: IngestDoor;
  let second: Awaited<ReturnType<typeof openSecondDoor>>;

  beforeAll(async () => {
    redis = await startOwnRedis();
    const env = {
      LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
      LANDBRIDGE_RATE_PER_SECOND: '100000',
      LANDBRIDGE_READS_PER_SECOND: '5',
      LANDBRIDGE_READS_BURST: '20',
    };
    door = await openIngestDoor(sharedKafka(), env);
    second = await openSecondDoor(sharedKafka(), env);
  }, SLOW_MS);
  afterAll(async () => {
    await Promise.all([door?.service.stop(), second?.service.stop()]);
    await redis?.dispose();
  }, SLOW_MS);

  const body = (events: number) =>
    JSON.stringify(
      Array.from({ length: events }, (_, n) => ({
        specversion: '1.0',
        id: `limit-${n}`,
        source: door.source,
        type: 'landbridge.air.event.v1',
        subject: 'CV9721-20200304',
        time: '2020-03-04T05:06:07+08:00',
        retracted: true,
      })),
    );
  const post = (url: string, secret: string, events: number, type = 'application/cloudevents-batch+json') =>
    fetch(`${url}/v1/events?dryRun=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': type },
      body: body(events),
    });

  /** A key with limits of its own that both doors know. */
  async function limitedKey(limits: object): Promise<string> {
    const secret = newSecret();
    const { tenant, source } = door;
    const carrier = `c-${randomUUID().slice(0, 8)}`;
    await publishKey(sharedKafka(), keyOf(secret, { tenant, carrier, source, limits }));
    for (const { url } of [door, second])
      // A type that is not taken is refused unread, and so costs nothing.
      await eventually(async () => (await post(url, secret, 0, 'text/plain')).status === 415, {
        deadlineMs: 30_000,
        what: 'the key',
      });
    return secret;
  }

  type Door = Pick<IngestDoor, 'service'>;
  const timesSaid = ({ service }: Door, what: string) => service.logs().split(what).length - 1;
  const timesAlone = (of: Door) => timesSaid(of, 'carriers are limited by this process alone');
  const timesTogether = (of: Door) => timesSaid(of, 'carriers are limited by all processes together again');
  const alone = () => timesAlone(door) + timesAlone(second);
  const dateAtHub = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

  /**
   * Runs a case, and once more where a door did not count together with the other for a while, as it says: a busy machine may have
   * starved Redis for the second that a lease may take. Neither can a day be told of that ends meanwhile.
   */
  const together = (run: () => Promise<void>) => async () => {
    for (let left = 3; ; left--) {
      const before = [alone(), dateAtHub()].join();
      try {
        return await run();
      } catch (error) {
        if (left === 0 || [alone(), dateAtHub()].join() === before) throw error;
        await delay(2_000);
      }
    }
  };

  test(
    'share one bucket: a carrier has its rate once, and is told in the standard headers',
    together(async () => {
      const ratePerSecond = 100;
      const burst = 200;
      /** Large enough that a busy machine, which answers ten posts a second, asks for more than the rate too. */
      const events = 20;
      const secret = await limitedKey({ ratePerSecond, burst });
      let taken = 0;
      let asked = 0;
      const codes = new Set<string>();
      const startMs = performance.now();
      const work = async (url: string): Promise<void> => {
        while (performance.now() - startMs < 3_000 || codes.size === 0) {
          asked += events;
          const answer = await post(url, secret, events);
          if (answer.status === 202) taken += events;
          else codes.add(((await answer.json()) as ProblemDetails).code);
          expect(answer.headers.get('ratelimit-policy')).toBe('"rate";q=200;w=2');
          expect(answer.headers.get('ratelimit')).toMatch(/^"rate";r=\d+;t=\d+$/);
          if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        }
      };
      await Promise.all([door.url, second.url, door.url, second.url].map(work));
      const seconds = (performance.now() - startMs) / 1_000;
      expect(codes).toEqual(new Set(['rate_limited']));
      // The leases of two processes, one post each, may have been taken before the clock here began.
      expect(taken).toBeLessThanOrEqual(ratePerSecond * seconds + burst + 2 * events);
      expect(taken).toBeGreaterThan(0.8 * Math.min(asked, ratePerSecond * seconds + burst));
    }),
    SLOW_MS,
  );

  test(
    'count what cannot be read as one event, so that nobody has unlimited work done with it',
    together(async () => {
      const ratePerSecond = 2;
      const burst = 10;
      const secret = await limitedKey({ ratePerSecond, burst });
      const send = (path: string, text: string, headers: Record<string, string>) =>
        fetch(`${door.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, ...headers },
          body: text,
        });
      const named = { 'content-type': 'application/cloudevents-batch+json', 'idempotency-key': randomUUID() };
      const ways = [
        () => send('/v1/events', '{', { 'content-type': 'application/cloudevents+json' }),
        () => send('/v1/messages/cargo-xml', '<a>', { 'content-type': 'application/xml' }),
        () => send('/v1/messages/auto', 'no gzip', { 'content-encoding': 'gzip' }),
        // Answered from memory.
        () => send('/v1/events', body(1), named),
      ];
      const startMs = performance.now();
      const statuses: number[] = [];
      for (let n = 0; n < 60; n++) statuses.push((await ways[n % ways.length]!()).status);
      const taken = statuses.filter((status) => status !== 429).length;
      const seconds = (performance.now() - startMs) / 1_000;
      // What is charged beside an answer may come after the next request.
      expect(taken).toBeLessThanOrEqual(burst + ratePerSecond * seconds + 4);
      expect(taken).toBeGreaterThanOrEqual(burst - 1);
    }),
    SLOW_MS,
  );

  test(
    'hold a day’s quota together, and say when it is over',
    together(async () => {
      const secret = await limitedKey({ quotaPerDay: 20 });
      // More than a whole day's: no waiting helps, smaller batches do.
      expect((await post(door.url, secret, 21)).status).toBe(413);
      expect((await post(door.url, secret, 12)).status).toBe(202);
      expect((await post(second.url, secret, 7)).status).toBe(202);
      const over = await post(door.url, secret, 12);
      expect(over.status).toBe(429);
      expect(await over.json()).toMatchObject({ code: 'quota_exceeded' });
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(over.headers.get('ratelimit')).toMatch(/"day";r=\d+;t=\d+$/);
    }),
    SLOW_MS,
  );

  test(
    'share one bucket for reading back, which takes nothing from posting',
    together(async () => {
      const secret = await limitedKey({ ratePerSecond: 1_000, burst: 1_000 });
      const headers = { authorization: `Bearer ${secret}` };
      const read = (url: string, path: string) => fetch(`${url}/v1/${path}`, { headers });
      const startMs = performance.now();
      let found = 0;
      let refused = 0;
      const work = async (url: string): Promise<void> => {
        // 30 each, and on a machine that reads slower than the rate as many as it takes.
        for (let n = 0; n < 30 || refused === 0; n++) {
          // What is not there is paid for as well.
          const answer = await read(url, 'originals/none');
          if (answer.status === 404) found++;
          else refused++;
          expect(answer.headers.get('ratelimit-policy')).toBe('"reads";q=20;w=4');
          expect(answer.headers.get('ratelimit')).toMatch(/^"reads";r=\d+;t=\d+$/);
          if (answer.status === 404) continue;
          expect(answer.status).toBe(429);
          expect(await answer.json()).toMatchObject({
            code: 'rate_limited',
            detail: expect.stringContaining('read 5 times a second'),
          });
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        }
      };
      await Promise.all([work(door.url), work(second.url)]);
      const seconds = (performance.now() - startMs) / 1_000;
      expect(found).toBeGreaterThanOrEqual(18);
      // The leases of two processes are one token each.
      expect(found).toBeLessThanOrEqual(20 + 5 * seconds + 2);
      // A token may have come meanwhile, and soon has gone.
      const quality = async () => (await read(door.url, 'carriers/somebody/quality')).status === 429;
      await eventually(quality, { deadlineMs: 20_000, intervalMs: 1, what: 'the same bucket to be empty' });
      expect((await post(door.url, secret, 500)).status).toBe(202);
    }),
    SLOW_MS,
  );

  test(
    'stay open without Redis, each with the whole rate and no more',
    async () => {
      const limits = { ratePerSecond: 10, burst: 50 };
      const [secret, other] = [await limitedKey(limits), await limitedKey(limits)];
      const countsTogether = async () => {
        await post(door.url, other, 1);
        return timesAlone(door) === timesTogether(door);
      };
      // A busy machine may have had it count alone before; it would say so only once.
      await eventually(countsTogether, { deadlineMs: 20_000, what: 'the door to use Redis' });
      const aloneBefore = timesAlone(door);
      redis.server.kill('SIGKILL');
      await redis.server.exited;
      let taken = 0;
      let refused = 0;
      const startMs = performance.now();
      while (performance.now() - startMs < 2_000 || refused === 0) {
        const { status } = await post(door.url, secret, 10);
        expect([202, 429]).toContain(status);
        if (status === 202) taken += 10;
        else refused += 1;
      }
      const seconds = (performance.now() - startMs) / 1_000;
      expect(refused).toBeGreaterThan(0);
      // One burst of the process, and what the shared bucket had leased before.
      expect(taken).toBeGreaterThanOrEqual(40);
      expect(taken).toBeLessThanOrEqual(2 * 50 + 10 * seconds + 1);
      expect(timesAlone(door) - aloneBefore).toBe(1);
      await redis.start();
      await eventually(countsTogether, { deadlineMs: 20_000, what: 'the door to use Redis again' });
    },
    SLOW_MS,
  );
});

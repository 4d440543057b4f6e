/** Requests with an `Idempotency-Key` while the Redis that remembers them stands still, and when it remembers rubbish. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectRedis, RequestMemory, type Claim, type RedisConnection } from '@landbridge/redis';
import { createLogger } from '@landbridge/telemetry';
import { openIngestDoor, remembered, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnRedis, type OwnServer } from '../harness/servers.js';
import { sharedKafka } from '../harness/shared-servers.js';

const SLOW_MS = 90_000;
const soon = { deadlineMs: 20_000 };

let server: OwnServer;
let redis: RedisConnection;
let door: IngestDoor;

beforeAll(async () => {
  server = await startOwnRedis();
  const url = `redis://${server.address}`;
  redis = connectRedis({ url }, 'fail-fast', createLogger({ service: 'test', level: 'silent' }));
  door = await openIngestDoor(sharedKafka(), { LANDBRIDGE_REDIS_URL: url });
}, SLOW_MS);

afterAll(async () => {
  await door?.service.stop();
  redis?.disconnect();
  await server?.dispose();
}, SLOW_MS);

async function post(key: string): Promise<readonly [number, string | null]> {
  const event = {
    specversion: '1.0',
    id: key,
    source: door.source,
    type: 'landbridge.rail.event.v1',
    subject: `train-${key}`,
    time: '2020-03-04T05:06:07+08:00',
    retracted: true,
  };
  const { status, headers } = await door.post(JSON.stringify(event), { 'idempotency-key': key });
  return [status, headers.get('idempotency-replayed')];
}

const requestOf = (sign: string) => ({
  owner: { tenant: 'zzh', carrier: 'demo' },
  nameHash: sign.repeat(64),
  fingerprint: 'b'.repeat(64),
});

describe('a request with an idempotency key', () => {
  test(
    'is answered while Redis stands still, and its repeat is answered when Redis goes on',
    async () => {
      expect((await post(randomUUID()))[0]).toBe(202);
      const keys = Array.from({ length: 5 }, () => randomUUID());
      process.kill(server.server.pid, 'SIGSTOP');
      try {
        for (const key of keys) expect(await post(key)).toEqual([202, null]);
      } finally {
        process.kill(server.server.pid, 'SIGCONT');
      }
      await eventually(() => redis.ping(), { deadlineMs: 30_000, what: 'Redis to go on' });
      // Nobody is at work on them: none may be told so, as they would be by a claim that was carried out too late.
      const repeats = await Promise.all(keys.map(post));
      expect(repeats.map(([status]) => status)).toEqual(keys.map(() => 202));
    },
    SLOW_MS,
  );

  test(
    'keeps its name while it is worked on, and leaves it within ten seconds when its process is gone',
    async () => {
      const memory = new RequestMemory(redis);
      const before = new Set(await redis.keys('lb:request:*'));
      const request = requestOf('a');
      const attempt = async () => {
        const claim = await memory.claim(request);
        if (claim.kind === 'mine') return claim.token;
        // Redis was not in time, on a busy machine.
        if (claim.kind === 'unreachable' && claim.token !== undefined) await memory.free(request, claim.token);
        throw new Error(`the claim is ${claim.kind}`);
      };
      const token = await eventually(attempt, { ...soon, what: 'the claim' });
      const [entry = ''] = (await redis.keys('lb:request:*')).filter((key) => !before.has(key));
      // A process that is killed says nothing more of its claim.
      expect(await redis.pttl(entry)).toBeLessThanOrEqual(10_000);
      await redis.pexpire(entry, 6_000);
      await eventually(async () => (await redis.pttl(entry)) > 6_000, {
        deadlineMs: 5_900,
        what: 'a sign of the work',
      });
      const told = (claim: Claim) =>
        eventually(async () => expect(await memory.claim(request)).toEqual(claim), { ...soon, what: claim.kind });
      await told({ kind: 'busy' });
      await memory.keep(request, token, '{}');
      await told({ kind: 'done', answer: '{}' });
    },
    SLOW_MS,
  );

  test('has its name where Redis was in time and this process was not', async () => {
    const memory = new RequestMemory(redis);
    const claiming = memory.claim(requestOf('c'));
    // As a busy machine does: longer than a claim may take, and nothing is read meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    const claim = await claiming;
    expect(claim.kind).toBe('mine');
    if (claim.kind === 'mine') await memory.free(requestOf('c'), claim.token);
  });

  test(
    'is done again when what Redis remembers of it is no answer',
    remembered(async () => {
      for (const rubbish of ['', '{"ok":tr', 'null', '{"ok":true}']) {
        const key = randomUUID();
        expect(await post(key)).toEqual([202, null]);
        expect(await post(key)).toEqual([202, 'true']);
        const entries = await redis.keys('lb:request:*');
        for (const entry of entries) {
          const value = (await redis.get(entry)) ?? '';
          await redis.set(entry, value.replace(/^(done:\w+:).*$/s, `$1${rubbish}`), 'KEEPTTL');
        }
        expect(entries.length).toBeGreaterThan(0);
        expect(await post(key)).toEqual([202, null]);
      }
    }),
    SLOW_MS,
  );
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseQualityKey, type CarrierName } from '@landbridge/contracts';
import { milestoneBit } from '@landbridge/domain';
import { connectRedis, RedisQualityStore, type QualityChange, type RedisConnection } from '@landbridge/redis';
import { Redis } from 'ioredis';
import { emptyRedis } from '../harness/redis-cluster.js';
import { redisKinds, type RedisOfItsOwn } from '../harness/redis-kinds.js';

const carrier: CarrierName = { tenant: 'demo', carrier: 'cargolux' };
const today = '2026-03-02';
const awb = (milestone: string, id = '020-12345675') => ({ type: 'awb' as const, id, bits: milestoneBit(milestone) });

function change(sequence: number, given: Partial<QualityChange> = {}): QualityChange {
  return {
    writer: 'w1',
    sequence,
    accepted: 0,
    corrected: 0,
    rejectedByCode: new Map(),
    lateness: [],
    units: [],
    ...given,
  };
}

describe.each(redisKinds)('data quality in %s', (_kind, start) => {
  let server: RedisOfItsOwn;
  let redis: RedisConnection;
  let store: RedisQualityStore;

  beforeAll(async () => {
    server = await start();
    redis = connectRedis(server, 'wait', { warn: () => undefined, info: () => undefined });
    store = new RedisQualityStore(redis);
  });
  beforeEach(() => emptyRedis(redis));
  afterAll(async () => {
    redis.disconnect();
    await server.dispose();
  });

  it('adds up what several writers counted, over the days that are asked for', async () => {
    const rejectedByCode = new Map([['unknown_hub', 2]]);
    await store.add(carrier, today, change(1, { accepted: 5, corrected: 1, rejectedByCode, lateness: [3, 0, 2] }));
    await store.add(carrier, today, change(1, { writer: 'w2', accepted: 7, lateness: [0, 1] }));
    await store.add(carrier, '2026-03-01', change(2, { accepted: 100 }));
    await store.add({ ...carrier, carrier: 'other' }, today, change(1, { accepted: 1_000 }));
    expect(await store.read(carrier, [today])).toEqual({
      accepted: 12,
      corrected: 1,
      rejected: 2,
      rejectedByCode: { unknown_hub: 2 },
      lateness: [3, 1, 2, 0, 0, 0, 0],
      expected: 0,
      missing: 0,
    });
    expect((await store.read(carrier, [today, '2026-03-01', '2026-02-28'])).accepted).toBe(112);
  });

  it('counts a change once, however often it is sent', async () => {
    const first = change(1, { accepted: 5, units: [awb('delivered')] });
    for (let repeat = 0; repeat < 3; repeat++) await store.add(carrier, today, first);
    expect(await store.read(carrier, [today])).toMatchObject({ accepted: 5, expected: 1, missing: 1 });
  });

  it('misses the milestone that had to come before, until it comes', async () => {
    await store.add(carrier, today, change(1, { units: [awb('departed'), awb('received', '020-00000011')] }));
    expect(await store.read(carrier, [today])).toMatchObject({ expected: 1, missing: 1 });
    await store.add(carrier, today, change(2, { units: [awb('received')] }));
    expect(await store.read(carrier, [today])).toMatchObject({ expected: 1, missing: 0 });
    await store.add(carrier, today, change(3, { units: [awb('delivered')] }));
    expect(await store.read(carrier, [today])).toMatchObject({ expected: 2, missing: 1 });
  });

  it('lets everything go by itself, and keeps to its keys', async () => {
    await store.add(carrier, today, change(1, { accepted: 1, units: [awb('departed')] }));
    const masters = redis instanceof Redis ? [redis] : redis.nodes('master');
    const keys = (await Promise.all(masters.map((master) => master.keys('*')))).flat();
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(parseQualityKey(key)?.carrier).toEqual(carrier);
      expect(await redis.ttl(key)).toBeGreaterThan(0);
    }
  });
});

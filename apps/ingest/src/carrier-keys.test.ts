import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { CarrierKey } from '@landbridge/contracts';
import { CarrierKeys } from './carrier-keys.js';

const secret = 'lb_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';

function record(secret: string, change: Partial<CarrierKey> = {}): [string, string] {
  const keyHash = createHash('sha256').update(secret).digest('hex');
  const key: CarrierKey = {
    keyHash,
    hint: secret.slice(0, 6),
    tenant: 'zzh',
    carrier: 'demo',
    source: 'urn:carrier:demo',
    createdAt: '2020-01-01T00:00:00Z',
    ...change,
  };
  return [keyHash, JSON.stringify(key)];
}

const bearer = `Bearer ${secret}`;

function problemOf(keys: CarrierKeys, authorization: string | undefined): string | undefined {
  const check = keys.check(authorization);
  return check.ok ? undefined : check.problem.code;
}

describe('CarrierKeys', () => {
  test('opens for a live key and names its tenant, carrier and source', () => {
    const keys = new CarrierKeys();
    expect(keys.apply(...record(secret))).toBe('live');
    expect(keys.check(bearer)).toMatchObject({
      ok: true,
      key: { tenant: 'zzh', carrier: 'demo', source: 'urn:carrier:demo' },
    });
    expect(keys.check(`bearer  ${secret} `).ok).toBe(true);
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    secret,
    `Basic ${secret}`,
    `Bearer ${secret}x`,
    `Bearer ${secret} ${secret}`,
    `Bearer ${'a'.repeat(300)}`,
    'Bearer __proto__',
  ])('stays shut for %j', (authorization) => {
    const keys = new CarrierKeys();
    keys.apply(...record(secret));
    expect(problemOf(keys, authorization)).toBe('unauthenticated');
  });

  test('shuts for a revoked key with the words it has for an unknown one', () => {
    const keys = new CarrierKeys();
    keys.apply(...record(secret));
    expect(keys.apply(...record(secret, { revokedAt: '2020-02-01T00:00:00Z' }))).toBe('revoked');
    expect(keys.check(bearer)).toEqual(keys.check('Bearer never-issued'));
    expect(keys.counts()).toEqual({ live: 0, revoked: 1 });
  });

  test('follows a key through its life and counts what is held', () => {
    const keys = new CarrierKeys();
    const other = record('another-key', { carrier: 'other' });
    keys.apply(...record(secret));
    keys.apply(...other);
    expect(keys.counts()).toEqual({ live: 2, revoked: 0 });
    keys.apply(...record(secret, { revokedAt: '2020-02-01T00:00:00Z' }));
    keys.apply(...record(secret, { revokedAt: '2020-02-01T00:00:00Z' }));
    expect(keys.counts()).toEqual({ live: 1, revoked: 1 });
    expect(keys.apply(record(secret)[0], null)).toBe('removed');
    expect(keys.apply(record(secret)[0], null)).toBe('removed');
    expect(keys.counts()).toEqual({ live: 1, revoked: 0 });
    expect(keys.check('Bearer another-key').ok).toBe(true);
  });

  test('shuts when the newest record of a key cannot be read', () => {
    const keys = new CarrierKeys();
    const [keyHash] = record(secret);
    for (const value of ['', '{', '{}', record('another-key')[1]]) {
      keys.apply(...record(secret));
      expect(keys.check(bearer).ok).toBe(true);
      expect(keys.apply(keyHash, value)).toBe('unreadable');
      expect(problemOf(keys, bearer)).toBe('unauthenticated');
    }
    expect(keys.counts()).toEqual({ live: 0, revoked: 0 });
  });
});

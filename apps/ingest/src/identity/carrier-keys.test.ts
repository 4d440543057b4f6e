import { describe, expect, test } from '@jest/globals';
import { credentialHash, type CarrierKey } from '@landbridge/contracts';
import { CarrierKeys } from './carrier-keys.js';

const secret = 'lb_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const nowMs = Date.parse('2020-03-01T00:00:00Z');

function record(secret: string, change: Partial<CarrierKey> = {}): [string, string] {
  const keyHash = credentialHash('bearer', secret);
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

const find = (keys: CarrierKeys, text = secret) => keys.live(credentialHash('bearer', text), nowMs, 'bearer');

describe('CarrierKeys', () => {
  test('finds a live key by its hash, for its own kind only', () => {
    const keys = new CarrierKeys();
    expect(keys.apply(...record(secret))).toBe('live');
    expect(find(keys)).toMatchObject({ tenant: 'zzh', carrier: 'demo', source: 'urn:carrier:demo' });
    expect(find(keys, 'never issued')).toBeUndefined();
    expect(keys.live(credentialHash('bearer', secret), nowMs, 'signed', 'oauth')).toBeUndefined();
  });

  test('follows a key through its life and counts what is held', () => {
    const keys = new CarrierKeys();
    keys.apply(...record(secret));
    keys.apply(...record('another-key', { carrier: 'other' }));
    expect(keys.counts(nowMs)).toEqual({ live: 2, expired: 0, revoked: 0 });
    expect(keys.apply(...record(secret, { revokedAt: '2020-02-01T00:00:00Z' }))).toBe('revoked');
    keys.apply(...record(secret, { revokedAt: '2020-02-01T00:00:00Z' }));
    expect(find(keys)).toBeUndefined();
    expect(keys.counts(nowMs)).toEqual({ live: 1, expired: 0, revoked: 1 });
    expect(keys.apply(record(secret)[0], null)).toBe('removed');
    expect(keys.apply(record(secret)[0], null)).toBe('removed');
    expect(keys.counts(nowMs)).toEqual({ live: 1, expired: 0, revoked: 0 });
    expect(find(keys, 'another-key')).toBeDefined();
  });

  test('lets a key end at its time, to the millisecond', () => {
    const keys = new CarrierKeys();
    const [keyHash, value] = record(secret, { expiresAt: '2020-03-01T00:00:00.000Z' });
    keys.apply(keyHash, value);
    expect(keys.live(keyHash, nowMs - 1, 'bearer')).toBeDefined();
    expect(keys.live(keyHash, nowMs, 'bearer')).toBeUndefined();
    expect(keys.counts(nowMs - 1)).toEqual({ live: 1, expired: 0, revoked: 0 });
    expect(keys.counts(nowMs)).toEqual({ live: 0, expired: 1, revoked: 0 });
  });

  test('shuts when the newest record of a key cannot be read', () => {
    const keys = new CarrierKeys();
    const [keyHash] = record(secret);
    for (const value of ['', '{', '{}', record('another-key')[1], record(secret, { expiresAt: 'soon' })[1]]) {
      keys.apply(...record(secret));
      expect(find(keys)).toBeDefined();
      expect(keys.apply(keyHash, value)).toBe('unreadable');
      expect(find(keys)).toBeUndefined();
    }
    expect(keys.counts(nowMs)).toEqual({ live: 0, expired: 0, revoked: 0 });
  });
});

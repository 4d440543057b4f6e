import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseCarrierKey, parseSigningSecret, type CarrierKey } from '@landbridge/contracts';
import {
  endingBy,
  liveKeysBeside,
  newBearerKey,
  newPublicKey,
  newSignedKey,
  newSubject,
} from './carrier-credentials.js';

const terms = { tenant: 'demo', carrier: 'cv', source: '/cv/' };
const now = '2024-01-01T00:00:00.000Z';
const nowMs = Date.parse(now);
const hubSecret = Buffer.alloc(32, 7);

/** As the log gives it back. */
const read = (key: CarrierKey) => parseCarrierKey(JSON.stringify(key));

describe('a new API key', () => {
  test('has 256 random bits in a form that goes into a header as it is', () => {
    const secrets = Array.from({ length: 200 }, () => newBearerKey(terms, now).secret);
    for (const secret of secrets) expect(secret).toMatch(/^lbk_[A-Za-z0-9_-]{43}$/);
    expect(new Set(secrets).size).toBe(200);
  });

  test('is known to the log by its hash and its first characters only', () => {
    const { secret, key } = newBearerKey(terms, now);
    const text = JSON.stringify(key);
    expect(parseCarrierKey(text)).toEqual(key);
    expect(key.keyHash).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(text).not.toContain(secret.slice(10));
    expect(secret.startsWith(key.hint)).toBe(true);
  });

  test('keeps its terms, and says nothing of those that it has not', () => {
    const scopes: CarrierKey['scopes'] = ['read'];
    const all = { ...terms, scopes, expiresAt: now, sandbox: true, limits: { ratePerSecond: 5 } } as const;
    expect(read(newBearerKey(all, now).key)).toMatchObject(all);
    expect(Object.keys(newBearerKey(terms, now).key)).toEqual(
      'keyHash hint tenant carrier source createdAt'.split(' '),
    );
  });
});

describe('a key for signatures', () => {
  test('has a secret that only the hub’s secret and the id make, and the log has neither', () => {
    const { secret, key } = newSignedKey(terms, now, hubSecret);
    expect(read(key)).toEqual(key);
    expect(parseSigningSecret(secret)).toHaveLength(32);
    expect(JSON.stringify(key)).not.toContain(secret.slice('whsec_'.length));
    expect(newSignedKey(terms, now, hubSecret).secret).not.toBe(secret);
    expect(() => newSignedKey(terms, now, Buffer.alloc(31))).toThrow('under 32 bytes');
  });

  test('may be a public key of the carrier, and no other text', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const text = `whpk_${Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64')}`;
    const made = newPublicKey(terms, now, text)!;
    expect(read(made.key)).toEqual(made.key);
    expect(made.key).toMatchObject({ kind: 'public-key', publicKey: text });
    for (const other of ['', 'whpk_', 'whpk_AAAA', text.slice(5), `${text}A`, text.replace('whpk_', 'whsec_')])
      expect(newPublicKey(terms, now, other)).toBeUndefined();
  });
});

describe('the keys of a carrier', () => {
  const first = newBearerKey(terms, now).key;

  test('live beside each other by carrier and kind; a sandbox, another kind and the dead are apart', () => {
    const beside = [
      newBearerKey(terms, now).key,
      newBearerKey({ ...terms, expiresAt: '2024-01-02T00:00:00Z' }, now).key,
    ];
    const others = [
      newBearerKey({ ...terms, sandbox: true }, now).key,
      newBearerKey({ ...terms, carrier: 'cz' }, now).key,
      newBearerKey({ ...terms, tenant: 'other' }, now).key,
      newBearerKey({ ...terms, expiresAt: now }, now).key,
      { ...newBearerKey(terms, now).key, revokedAt: now },
      newSignedKey(terms, now, hubSecret).key,
      newSubject(terms, now, 'oauth', 'cv').key,
    ];
    expect(liveKeysBeside(first, [...others, ...beside], nowMs)).toEqual(beside);
  });

  test('end by a time, and never later than they would have', () => {
    expect(endingBy(first, nowMs + 1_000).expiresAt).toBe('2024-01-01T00:00:01.000Z');
    const short = { ...first, expiresAt: '2024-01-01T00:00:00.500Z' };
    expect(endingBy(short, nowMs + 1_000).expiresAt).toBe('2024-01-01T00:00:00.500Z');
  });

  test('have one record a subject, whichever carrier it was made for', () => {
    const other = newSubject({ ...terms, carrier: 'cz' }, now, 'mtls', 'CN=cv');
    expect(other.key.keyHash).toBe(newSubject(terms, now, 'mtls', 'CN=cv').key.keyHash);
    expect(other.key.keyHash).not.toBe(newSubject(terms, now, 'oauth', 'CN=cv').key.keyHash);
    expect(read(other.key)).toEqual(other.key);
  });
});

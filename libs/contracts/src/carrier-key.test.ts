import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  credentialHash,
  credentialKinds,
  endOfKeyMs,
  hasScope,
  kindOf,
  maySpeakFor,
  parseCarrierKey,
  type CarrierKey,
} from './carrier-key.js';
import { parsePublicKey, parseSigningSecret } from './webhook-signature.js';

describe('carrier keys', () => {
  const key: CarrierKey = {
    keyHash: 'a'.repeat(64),
    hint: 'lbk_abcd',
    tenant: 'demo',
    carrier: 'cargolux',
    source: '/demo/',
    createdAt: '2026-01-01T00:00:00Z',
  };

  it('are read from the log, and anything else is not a key', () => {
    expect(parseCarrierKey(JSON.stringify(key))).toEqual(key);
    for (const text of [
      '',
      'null',
      '{',
      JSON.stringify({ ...key, keyHash: 'short' }),
      JSON.stringify({ ...key, admin: true }),
    ])
      expect(parseCarrierKey(text)).toBeUndefined();
  });

  it.each([
    ['/demo/', '/demo/CV', true],
    ['/demo/', '/demo', false],
    ['/demo/', '/demonstration/CV', false],
    ['/demo/CV', '/demo/CV', true],
    ['/demo/CV', '/demo/CVX', false],
  ])('of source %s may post for %s: %s', (source, wanted, allowed) => {
    expect(maySpeakFor({ source }, wanted)).toBe(allowed);
  });

  it('of the first form mean what they meant: a bearer key with all scopes that lives on', () => {
    expect(kindOf(key)).toBe('bearer');
    expect(hasScope(key, 'post') && hasScope(key, 'read')).toBe(true);
    expect(endOfKeyMs(key)).toBe(Infinity);
  });

  it('end at their time, and at once when they are revoked', () => {
    expect(endOfKeyMs({ expiresAt: '2026-01-01T08:00:00+08:00' })).toBe(Date.UTC(2026, 0, 1));
    expect(endOfKeyMs({ expiresAt: '2026-01-01T00:00:00Z', revokedAt: '2025-01-01T00:00:00Z' })).toBe(-Infinity);
  });

  it.each([
    ['an end that is no time', { expiresAt: 'never' }],
    ['a scope that is none', { scopes: ['post', 'admin'] }],
    ['a sandbox that is off', { sandbox: false }],
    ['a limit of nothing', { limits: { ratePerSecond: 0 } }],
    ['a limit that is no integer', { limits: { quotaPerDay: 1.5 } }],
    ['a kind that is none', { kind: 'password' }],
    ['a subject without its hash', { kind: 'oauth', subject: 'cv' }],
    ['a signing key without its id', { kind: 'signed', keyHash: credentialHash('signed', `lbs_${'a'.repeat(22)}`) }],
    [
      'a key pair without its key',
      {
        kind: 'public-key',
        keyId: `lbs_${'a'.repeat(22)}`,
        keyHash: credentialHash('public-key', `lbs_${'a'.repeat(22)}`),
      },
    ],
  ])('are none with %s', (_name, change) => {
    expect(parseCarrierKey(JSON.stringify({ ...key, ...change }))).toBeUndefined();
  });
});

describe('credentials', () => {
  it('of two kinds never share a place in the log, except the two kinds of signatures', () => {
    // What goes into a header has no line feed.
    const text = fc.stringMatching(/^[\x20-\x7e]{0,80}$/);
    const kinds = fc.constantFrom(...credentialKinds);
    fc.assert(
      fc.property(kinds, text, kinds, text, (kind, name, otherKind, otherName) => {
        const group = (one: string): string => (one === 'public-key' ? 'signed' : one);
        const same = name === otherName && group(kind) === group(otherKind);
        expect(credentialHash(kind, name) === credentialHash(otherKind, otherName)).toBe(same);
      }),
    );
  });

  it('for signatures are read in one form only', () => {
    const key = Buffer.alloc(32, 5).toString('base64');
    expect(parseSigningSecret(`whsec_${key}`)).toEqual(Buffer.alloc(32, 5));
    expect(parsePublicKey(`whpk_${key}`)?.asymmetricKeyType).toBe('ed25519');
    for (const text of [key, `whsec_${key} `, `whsec_${key.replace('=', '')}`, 'whsec_', 'whsec_AAAA', `whpk_${key}`])
      expect(parseSigningSecret(text)).toBeUndefined();
    for (const text of [key, `whsec_${key}`, 'whpk_', 'whpk_AAAA']) expect(parsePublicKey(text)).toBeUndefined();
  });
});

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  credentialHash,
  deriveSigningSecret,
  formatSigningSecret,
  type CarrierKey,
  type CredentialKind,
} from '@landbridge/contracts';
import { Webhook } from 'standardwebhooks';
import { CarrierKeys } from './carrier-keys.js';
import { WebhookSignatures } from './webhook-signatures.js';

const hubSecret = Buffer.alloc(40, 3);
const now = new Date('2026-03-04T05:06:07Z');
const body = Buffer.from('{"id":"CGO-1","text":"郑州"}');
const keyId = `lbs_${'a'.repeat(22)}`;

interface Signer {
  readonly signatures: WebhookSignatures;
  readonly keys: CarrierKeys;
  readonly headers: (change?: Record<string, string | undefined>) => Record<string, string>;
}

function recordOf(kind: CredentialKind, change: Partial<CarrierKey> = {}): CarrierKey {
  return {
    keyHash: credentialHash(kind, keyId),
    hint: keyId.slice(0, 10),
    tenant: 'zzh',
    carrier: 'demo',
    source: 'urn:carrier:demo',
    createdAt: '2020-01-01T00:00:00Z',
    kind,
    keyId,
    ...change,
  };
}

function open(key: CarrierKey, signature: string, secret: Uint8Array | undefined = hubSecret): Signer {
  const keys = new CarrierKeys();
  expect(keys.apply(key.keyHash, JSON.stringify(key))).toBe('live');
  const good = {
    'webhook-id': 'msg-1',
    'webhook-timestamp': String(now.getTime() / 1_000),
    'webhook-signature': signature,
    'landbridge-key': keyId,
  };
  return {
    keys,
    signatures: new WebhookSignatures(keys, secret, () => now.getTime()),
    headers: (change = {}) =>
      Object.fromEntries(Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
  };
}

/** By the reference implementation, with the secret as the carrier was given it. */
const reference = new Webhook(formatSigningSecret(deriveSigningSecret(hubSecret, keyId)));
const byReference = (time = now, content: Buffer = body): string => reference.sign('msg-1', time, content);

/** 'good', or the code of the refusal, from the headers or from the body. */
function verdict({ signatures, headers }: Signer, change: Record<string, string | undefined> = {}, content = body) {
  const check = signatures.check(headers(change));
  if (!check.ok) return `${check.problem.code} before the body`;
  return check.proof(content)?.code ?? 'good';
}

describe('symmetric signatures', () => {
  const signer = open(recordOf('signed'), byReference());

  test('of the reference implementation are right, and name the carrier', () => {
    expect(verdict(signer)).toBe('good');
    expect(signer.signatures.check(signer.headers())).toMatchObject({ ok: true, key: { carrier: 'demo' } });
  });

  test('may stand in a list, as while a secret is changed', () => {
    const old = new Webhook(formatSigningSecret(Buffer.alloc(32, 9))).sign('msg-1', now, body);
    expect(verdict(signer, { 'webhook-signature': `${old} v1a,AAAA ${byReference()}` })).toBe('good');
    expect(verdict(signer, { 'webhook-signature': `${old} ${old}` })).toBe('invalid_signature');
    expect(verdict(signer, { 'webhook-signature': `${old} ${old} ${old} ${old} ${byReference()}` })).toBe(
      'invalid_signature',
    );
  });

  test.each([
    ['another id', { 'webhook-id': 'msg-2' }],
    ['another time', { 'webhook-timestamp': String(now.getTime() / 1_000 + 1) }],
    ['no version', { 'webhook-signature': byReference().slice(3) }],
    ['another version', { 'webhook-signature': byReference().replace('v1,', 'v2,') }],
    ['a shorter one', { 'webhook-signature': byReference().slice(0, 20) }],
    ['nothing', { 'webhook-signature': 'v1,' }],
  ])('are wrong with %s', (_name, change) => {
    expect(verdict(signer, change)).toBe('invalid_signature');
  });

  test('are wrong for any other byte of the body', () => {
    for (let at = 0; at < body.length; at++) {
      const other = Buffer.from(body);
      other[at]! ^= 1;
      expect(verdict(signer, {}, other)).toBe('invalid_signature');
    }
    expect(verdict(signer, {}, body.subarray(1))).toBe('invalid_signature');
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature', 'landbridge-key'])(
    'are refused before the body without %s',
    (name) => {
      expect(verdict(signer, { [name]: undefined })).toBe('invalid_signature before the body');
    },
  );

  test('are good for five minutes around their time', () => {
    for (const [seconds, expected] of [
      [-301, 'invalid_signature before the body'],
      [-300, 'good'],
      [300, 'good'],
      [301, 'invalid_signature before the body'],
    ] as const) {
      const time = new Date(now.getTime() + seconds * 1_000);
      const change = { 'webhook-timestamp': String(time.getTime() / 1_000), 'webhook-signature': byReference(time) };
      expect(verdict(signer, change)).toBe(expected);
    }
    for (const text of ['', 'now', '-1', '1e9', '1772600767.5'])
      expect(verdict(signer, { 'webhook-timestamp': text })).toBe('invalid_signature before the body');
  });

  test('cannot be cut in another place: an id has no point', () => {
    expect(verdict(signer, { 'webhook-id': 'msg.1' })).toBe('invalid_signature before the body');
  });

  test('are refused in the same words for an unknown, a revoked and an expired key', () => {
    const told = (change: Partial<CarrierKey> | undefined) => {
      const { keys, signatures, headers } = open(recordOf('signed'), byReference());
      const key = recordOf('signed', change);
      keys.apply(key.keyHash, change === undefined ? null : JSON.stringify(key));
      return signatures.check(headers());
    };
    expect(told(undefined)).toEqual(told({ revokedAt: '2026-01-01T00:00:00Z' }));
    expect(told(undefined)).toEqual(told({ expiresAt: '2026-01-01T00:00:00Z' }));
    expect(told({})).toMatchObject({ ok: true });
  });

  test('cannot be verified without the hub’s secret, and no other secret will do', () => {
    const without = new WebhookSignatures(signer.keys, undefined, () => now.getTime());
    expect(without.check(signer.headers())).toMatchObject({ ok: false, problem: { code: 'keys_unavailable' } });
    expect(verdict(open(recordOf('signed'), byReference(), Buffer.alloc(40, 4)))).toBe('invalid_signature');
  });
});

describe('signatures with a key pair', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const text = (key: KeyObject): string =>
    `whpk_${Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url').toString('base64')}`;
  const signed = (key: KeyObject, content = body): string => {
    const prefix = `msg-1.${now.getTime() / 1_000}.`;
    return `v1a,${sign(null, Buffer.concat([Buffer.from(prefix), content]), key).toString('base64')}`;
  };
  const record = recordOf('public-key', { publicKey: text(publicKey) });
  const signer = open(record, signed(privateKey));

  test('are right for the registered key, also where the hub has no secret', () => {
    expect(verdict(signer)).toBe('good');
    expect(verdict({ ...signer, signatures: new WebhookSignatures(signer.keys, undefined, () => now.getTime()) })).toBe(
      'good',
    );
  });

  test('are wrong by another key, for another body, or as a symmetric one', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(verdict(signer, { 'webhook-signature': signed(other) })).toBe('invalid_signature');
    expect(verdict(signer, {}, Buffer.from('other'))).toBe('invalid_signature');
    expect(verdict(signer, { 'webhook-signature': byReference() })).toBe('invalid_signature');
    expect(verdict(signer, { 'webhook-signature': 'v1a,AAAA' })).toBe('invalid_signature');
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  credentialHash,
  deriveSigningSecret,
  hmacSignature,
  type CarrierKey,
  type KeyScope,
} from '@landbridge/contracts';
import { CarrierIdentity, type IdentityCheck } from './carrier-identity.js';
import { CarrierKeys } from './carrier-keys.js';
import { ProxyCertificates } from './proxy-certificates.js';
import { WebhookSignatures } from './webhook-signatures.js';

const secret = 'lb_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const hubSecret = Buffer.alloc(32, 1);
const keyId = `lbs_${'k'.repeat(22)}`;
const nowMs = 1_772_600_767_000;
const proxy = '10.1.2.3';
const subject = 'CN=cargolux,O=Cargolux,C=LU';

function recordOf(change: Partial<CarrierKey>): CarrierKey {
  return {
    keyHash: credentialHash('bearer', secret),
    hint: 'hint',
    tenant: 'zzh',
    carrier: 'demo',
    source: 'urn:carrier:demo',
    createdAt: '2020-01-01T00:00:00Z',
    ...change,
  };
}

const signed = { kind: 'signed', keyId, keyHash: credentialHash('signed', keyId), carrier: 'signer' } as const;
const mtls = { kind: 'mtls', subject, keyHash: credentialHash('mtls', subject), carrier: 'certified' } as const;
const oauth = { kind: 'oauth', subject: 'cv', keyHash: credentialHash('oauth', 'cv'), carrier: 'tokened' } as const;

function open(records: readonly Partial<CarrierKey>[], caughtUp = true): CarrierIdentity {
  const keys = new CarrierKeys();
  for (const record of records.map(recordOf)) expect(keys.apply(record.keyHash, JSON.stringify(record))).toBe('live');
  const clock = () => nowMs;
  return new CarrierIdentity({
    keyTable: { caughtUp },
    keys,
    signatures: new WebhookSignatures(keys, hubSecret, clock),
    // A token is whatever begins with its subject's letter; how tokens are verified has a test of its own.
    tokens: {
      check: (token) =>
        token.startsWith('t.')
          ? Promise.resolve({ ok: true, subject: token.slice(2), scopes: ['post'] as const })
          : undefined,
    },
    certificates: new ProxyCertificates({ header: 'x-client-subject', trustedProxies: ['10.0.0.0/8'] }),
    clock,
  });
}

/** The carrier, or the code of the problem. */
async function who(
  identity: CarrierIdentity,
  headers: Record<string, string>,
  { address = '192.0.2.7', scope = 'post' }: { address?: string; scope?: KeyScope } = {},
): Promise<string> {
  const check: IdentityCheck = await identity.check(headers, address, scope);
  return check.ok ? check.key.carrier : check.problem.code;
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const timestamp = String(nowMs / 1_000);

function signature(body: string): Record<string, string> {
  const mac = hmacSignature(deriveSigningSecret(hubSecret, keyId), 'm', timestamp, body);
  return {
    'webhook-id': 'm',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac.toString('base64')}`,
    'landbridge-key': keyId,
  };
}

describe('a bearer key', () => {
  const identity = open([{}]);

  test('opens at once', () => {
    expect(identity.check(bearer(secret), undefined, 'post')).toMatchObject({ ok: true, key: { carrier: 'demo' } });
    expect(identity.check({ authorization: `bearer  ${secret} ` }, undefined, 'post')).toMatchObject({ ok: true });
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    secret,
    `Basic ${secret}`,
    `Bearer ${secret}x`,
    `Bearer ${secret} ${secret}`,
    `Bearer ${'a'.repeat(300)}`,
    'Bearer __proto__',
    // The id of a signing key and a subject are no secrets, so they must open nothing.
    `Bearer ${keyId}`,
    `Bearer signed\n${keyId}`,
  ])('is not %j', async (authorization) => {
    expect(await who(open([{}, signed]), { authorization })).toBe('unauthenticated');
  });

  test('that was revoked or has expired is refused in the words for an unknown one', () => {
    const never = identity.check(bearer('never-issued'), undefined, 'post');
    const revoked = new CarrierKeys();
    const record = recordOf({ revokedAt: '2020-02-01T00:00:00Z' });
    revoked.apply(record.keyHash, JSON.stringify(record));
    expect(open([{ expiresAt: '2026-01-01T00:00:00Z' }]).check(bearer(secret), undefined, 'post')).toEqual(never);
    expect(revoked.live(record.keyHash, nowMs, 'bearer')).toBeUndefined();
  });

  test('does what its scopes say', async () => {
    const reader = open([{ scopes: ['read'] }]);
    expect(await who(reader, bearer(secret))).toBe('forbidden');
    expect(await who(reader, bearer(secret), { scope: 'read' })).toBe('demo');
    expect(await who(identity, bearer(secret), { scope: 'read' })).toBe('demo');
  });

  test('says nothing while the keys are not read', async () => {
    expect(await who(open([{}], false), bearer(secret))).toBe('log_unavailable');
    expect(await who(open([{}], false), {})).toBe('log_unavailable');
  });
});

describe('a token', () => {
  test('stands for the carrier that was registered with its subject', async () => {
    const identity = open([oauth]);
    expect(await who(identity, bearer('t.cv'))).toBe('tokened');
    expect(await who(identity, bearer('t.other'))).toBe('unauthenticated');
  });

  test('may do what both the token and the record allow', async () => {
    expect(await who(open([oauth]), bearer('t.cv'), { scope: 'read' })).toBe('forbidden');
    expect(await who(open([{ ...oauth, scopes: ['read'] }]), bearer('t.cv'))).toBe('forbidden');
  });
});

describe('a signed request', () => {
  const identity = open([signed]);

  test('is somebody only when its body has proved it', async () => {
    const check = await identity.check(signature('body'), undefined, 'post');
    if (!check.ok || !check.proof) throw new Error('not taken for a signed request');
    expect(check.key.carrier).toBe('signer');
    expect(check.proof(Buffer.from('body'))).toBeUndefined();
    expect(check.proof(Buffer.from('other'))).toMatchObject({ code: 'invalid_signature' });
  });

  test('for reading is proved at once, over nothing', async () => {
    expect(await who(identity, signature(''), { scope: 'read' })).toBe('signer');
    expect(await who(identity, signature('body'), { scope: 'read' })).toBe('invalid_signature');
  });

  test('does what its scopes say', async () => {
    expect(await who(open([{ ...signed, scopes: ['read'] }]), signature('body'))).toBe('forbidden');
  });
});

describe('a certificate’s subject', () => {
  const identity = open([mtls]);
  const header = { 'x-client-subject': subject };

  test('is believed from a proxy of ours, and from nobody else', async () => {
    expect(await who(identity, header, { address: proxy })).toBe('certified');
    expect(await who(identity, header, { address: `::ffff:${proxy}` })).toBe('certified');
    for (const address of ['192.0.2.7', '::1', '::ffff:192.0.2.7', '127.0.0.1'])
      expect(await who(identity, header, { address })).toBe('unauthenticated');
  });

  test('is compared as a whole', async () => {
    for (const text of ['', 'CN=cargolux', `${subject}, ${subject}`, subject.toLowerCase()])
      expect(await who(identity, { 'x-client-subject': text }, { address: proxy })).toBe('unauthenticated');
  });

  test('does not stand in for a key that was refused', async () => {
    expect(await who(identity, { ...header, ...bearer('wrong') }, { address: proxy })).toBe('unauthenticated');
  });
});

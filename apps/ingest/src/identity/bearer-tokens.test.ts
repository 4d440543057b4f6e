import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { BearerTokens, type TokenCheck } from './bearer-tokens.js';
import { JwksSource } from './jwks-source.js';

const issuer = 'https://login.example.org';
const audience = 'urn:hub:cgo';
const settings = {
  issuer,
  audience,
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  subjectClaim: 'sub',
  postScope: 'hub.post',
  readScope: 'hub.read',
} as const;
const algorithms = ['RS256', 'ES256', 'EdDSA'] as const;
const startSeconds = 1_772_600_767;

const keys = new Map<string, CryptoKey>();
const published: Record<string, unknown>[] = [];

async function addKey(kid: string, alg: string): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  keys.set(kid, privateKey);
  published.push({ ...(await exportJWK(publicKey)), kid, alg });
}

beforeAll(async () => {
  for (const alg of algorithms) await addKey(`key-${alg}`, alg);
});

/** A clock, a source that counts its reads and may fail, and the tokens on top. */
function open(change: Partial<typeof settings> = {}) {
  const state = { nowMs: startSeconds * 1_000, reads: 0, away: false, failures: 0 };
  const clock = () => state.nowMs;
  const read = () => {
    state.reads++;
    return state.away ? Promise.reject(new Error('away')) : Promise.resolve({ keys: [...published] });
  };
  const source = new JwksSource({ read, clock, onFailure: () => state.failures++ });
  return { state, tokens: new BearerTokens({ ...settings, ...change }, source, clock) };
}

interface TokenChange {
  readonly claims?: JWTPayload;
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: CryptoKey | Uint8Array;
}

function tokenOf({ claims = {}, alg = 'ES256', kid = `key-${alg}`, key = keys.get(kid)! }: TokenChange = {}) {
  const payload = { iss: issuer, aud: audience, sub: 'cargolux', exp: startSeconds + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
}

const codeOf = (check: TokenCheck | undefined): string | undefined =>
  check === undefined ? undefined : check.ok ? 'good' : check.problem.code;

describe('BearerTokens', () => {
  test.each(algorithms)('takes a token signed with %s', async (alg) => {
    const { tokens } = open();
    expect(await tokens.check(await tokenOf({ alg }))).toMatchObject({
      ok: true,
      subject: 'cargolux',
      scopes: undefined,
    });
  });

  test('maps the words of the scope claim, and knows which claim names the carrier', async () => {
    const { tokens } = open();
    const scopesOf = async (claims: JWTPayload) => {
      const check = await tokens.check(await tokenOf({ claims }));
      return check?.ok ? check.scopes : undefined;
    };
    expect(await scopesOf({ scope: 'openid hub.read hub.post' })).toEqual(['post', 'read']);
    expect(await scopesOf({ scope: 'hub.poster' })).toEqual([]);
    expect(await scopesOf({ scp: ['hub.read'] })).toEqual(['read']);
    expect(await scopesOf({ scope: 7 })).toEqual([]);
    const byClient = open({ subjectClaim: 'client_id' as 'sub' }).tokens;
    expect(await byClient.check(await tokenOf({ claims: { client_id: 'cv' } }))).toMatchObject({ subject: 'cv' });
    expect(codeOf(await byClient.check(await tokenOf()))).toBe('unauthenticated');
  });

  test.each<[string, TokenChange]>([
    ['of another issuer', { claims: { iss: 'https://evil.example.org' } }],
    ['for another audience', { claims: { aud: 'urn:hub:other' } }],
    ['without an end', { claims: { exp: undefined as unknown as number } }],
    ['that ended', { claims: { exp: startSeconds - 61 } }],
    ['that has not begun', { claims: { nbf: startSeconds + 61 } }],
    ['without a subject', { claims: { sub: '' } }],
    ['with a subject that is no text', { claims: { sub: 7 as unknown as string } }],
  ])('refuses a token %s', async (_name, change) => {
    expect(codeOf(await open().tokens.check(await tokenOf(change)))).toBe('unauthenticated');
  });

  test('allows a minute of difference between the clocks', async () => {
    const { tokens } = open();
    expect(codeOf(await tokens.check(await tokenOf({ claims: { exp: startSeconds - 59 } })))).toBe('good');
    expect(codeOf(await tokens.check(await tokenOf({ claims: { nbf: startSeconds + 59 } })))).toBe('good');
  });

  test('never takes an unsigned token, one with a shared secret, or one with an algorithm that is off', async () => {
    const { tokens } = open();
    const claims = { iss: issuer, aud: audience, sub: 'cargolux', exp: startSeconds + 600 };
    // Three parts, the last of which is empty, are no token at all; with a made-up signature they are a wrong one.
    expect(tokens.check(new UnsecuredJWT(claims).encode())).toBeUndefined();
    expect(codeOf(await tokens.check(`${new UnsecuredJWT(claims).encode()}AA`))).toBe('unauthenticated');
    const shared = await tokenOf({ alg: 'HS256', kid: 'key-ES256', key: Buffer.from(JSON.stringify(published[1])) });
    expect(codeOf(await tokens.check(shared))).toBe('unauthenticated');
    const onlyRsa = open({ algorithms: ['RS256'] as unknown as typeof settings.algorithms }).tokens;
    expect(codeOf(await onlyRsa.check(await tokenOf()))).toBe('unauthenticated');
  });

  test('refuses a token of somebody else’s key, and one whose content was changed', async () => {
    const { tokens } = open();
    const { privateKey } = await generateKeyPair('ES256');
    expect(codeOf(await tokens.check(await tokenOf({ key: privateKey })))).toBe('unauthenticated');
    const [head, , signature] = (await tokenOf()).split('.');
    const other = Buffer.from(JSON.stringify({ iss: issuer, aud: audience, sub: 'other', exp: startSeconds + 600 }));
    expect(codeOf(await tokens.check(`${head}.${other.toString('base64url')}.${signature}`))).toBe('unauthenticated');
  });

  test.each(['lbk_abc', 'a.b', 'a.b.c.d', 'a..c', `${'a'.repeat(9_000)}.b.c`])(
    'passes over %.20s, which is no token',
    (text) => {
      expect(open().tokens.check(text)).toBeUndefined();
    },
  );

  test('verifies a token once in ten minutes, and until it ends', async () => {
    const { tokens, state } = open();
    const token = await tokenOf({ claims: { exp: startSeconds + 900 } });
    expect(tokens.check(token)).toBeInstanceOf(Promise);
    await tokens.check(token);
    expect(tokens.check(token)).toMatchObject({ ok: true, subject: 'cargolux' });
    state.nowMs += 600_000;
    expect(tokens.check(token)).toBeInstanceOf(Promise);
    expect(tokens.check(token)).toBeInstanceOf(Promise);
    expect(codeOf(await tokens.check(token))).toBe('good');
    state.nowMs += 360_000;
    expect(codeOf(await tokens.check(token))).toBe('unauthenticated');
  });
});

describe('the keys of the issuer', () => {
  test('are read once for many tokens, and again for a key that is new', async () => {
    const { tokens, state } = open();
    await Promise.all([1, 2, 3].map(async (n) => tokens.check(await tokenOf({ claims: { jti: String(n) } }))));
    expect(state.reads).toBe(1);
    await addKey('key-new', 'ES256');
    state.nowMs += 30_000;
    expect(codeOf(await tokens.check(await tokenOf({ kid: 'key-new' })))).toBe('good');
    expect(state.reads).toBe(2);
  });

  test('are not asked for more often because tokens name unknown keys', async () => {
    const { tokens, state } = open();
    const token = await tokenOf({ key: (await generateKeyPair('ES256')).privateKey, kid: 'nobody' });
    await tokens.check(token);
    for (let n = 0; n < 20; n++) {
      state.nowMs += 1_000;
      expect(codeOf(await tokens.check(token))).toBe('unauthenticated');
    }
    expect(state.reads).toBe(1);
  });

  test('go on being used while the issuer is away', async () => {
    const { tokens, state } = open();
    await tokens.check(await tokenOf());
    state.away = true;
    state.nowMs += 601_000;
    const later = { exp: startSeconds + 3_600, jti: 'later' };
    expect(codeOf(await tokens.check(await tokenOf({ claims: later })))).toBe('good');
    await new Promise(setImmediate);
    expect(state.failures).toBe(1);
  });

  test('that it withdraws are refused within half an hour, whatever was signed with them', async () => {
    const { tokens, state } = open();
    const kept = published.splice(0);
    try {
      await addKey('key-withdrawn', 'ES256');
      const claims = { exp: startSeconds + 1_000_000 };
      const token = await tokenOf({ kid: 'key-withdrawn', claims });
      const later = await tokenOf({ kid: 'key-withdrawn', claims: { ...claims, jti: 'later' } });
      expect(codeOf(await tokens.check(token))).toBe('good');
      published.splice(0);
      // Asked for all the time, as a carrier that posts does.
      for (let minute = 0; minute < 30; minute++) {
        state.nowMs += 60_000;
        await tokens.check(token);
        await new Promise(setImmediate);
      }
      for (const one of [token, later]) expect(codeOf(await tokens.check(one))).toBe('unauthenticated');
    } finally {
      published.splice(0, published.length, ...kept);
    }
  });

  test('that it withdrew while nobody asked are refused at once', async () => {
    const { tokens, state } = open();
    const kept = published.splice(0);
    try {
      await addKey('key-idle', 'ES256');
      const token = await tokenOf({ kid: 'key-idle', claims: { exp: startSeconds + 1_000_000 } });
      expect(codeOf(await tokens.check(token))).toBe('good');
      published.splice(0);
      state.nowMs += 1_800_000;
      expect(codeOf(await tokens.check(token))).toBe('unauthenticated');
    } finally {
      published.splice(0, published.length, ...kept);
    }
  });

  test('that cannot be used are left out and told of, and tokens that name them are refused', async () => {
    const { tokens, state } = open();
    const kept = published.length;
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    published.push(
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'broken' },
      // Not for us, and so none of our business.
      { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA', kid: 'other' },
    );
    try {
      expect(codeOf(await tokens.check(await tokenOf()))).toBe('good');
      const [, body] = (await tokenOf({ alg: 'RS256' })).split('.');
      const named = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'weak' })).toString('base64url');
      const signature = sign('sha256', Buffer.from(`${named}.${body}`), weak.privateKey).toString('base64url');
      expect(codeOf(await tokens.check(`${named}.${body}.${signature}`))).toBe('unauthenticated');
      const broken = await tokenOf({ kid: 'broken', key: keys.get('key-ES256')! });
      expect(codeOf(await tokens.check(broken))).toBe('unauthenticated');
      expect(state.failures).toBe(1);
    } finally {
      published.splice(kept);
    }
  });

  test('that were never to be had are no fault of the sender', async () => {
    const { tokens, state } = open();
    state.away = true;
    expect(codeOf(await tokens.check(await tokenOf()))).toBe('keys_unavailable');
    state.away = false;
    expect(codeOf(await tokens.check(await tokenOf()))).toBe('keys_unavailable');
    state.nowMs += 5_000;
    expect(codeOf(await tokens.check(await tokenOf()))).toBe('good');
  });
});

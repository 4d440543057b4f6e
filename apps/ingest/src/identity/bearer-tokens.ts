/**
 * Bearer tokens of the hub's OAuth2 server: JWTs, verified with the keys that it publishes.
 *
 * A carrier sends one token for as long as it lives, so what was verified is remembered under the token's SHA-256 for some minutes; only
 * a request between them waits. Not until the token expires: what a stolen key has signed would outlive the key, for as long as the thief
 * has written into it. Only signatures with a public key are taken: never `none`, never a shared secret.
 */
import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { OauthSettings } from '@landbridge/config';
import type { KeyScope, Problem } from '@landbridge/contracts';
import { JwksUnavailable, type JwksSource } from './jwks-source.js';

export type TokenCheck =
  | { readonly ok: true; readonly subject: string; readonly scopes: readonly KeyScope[] | undefined }
  | { readonly ok: false; readonly problem: Problem };

type RememberedToken = Extract<TokenCheck, { ok: true }> & { readonly untilMs: number };

/** How long a token is believed without another look at the issuer's keys. */
const believedMs = 600_000;

/** Some 200 bytes each; the oldest goes when there are more, and is verified again. */
const rememberedMax = 10_000;
const clockSkewSeconds = 60;
const tokenCharactersMax = 8_192;
const subjectCharactersMax = 512;
/** Three parts of base 64: RFC 7515, compact. */
const tokenForm = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export class BearerTokens {
  readonly #remembered = new Map<string, RememberedToken>();

  constructor(
    private readonly settings: Omit<OauthSettings, 'jwksUrl' | 'jwksFile'>,
    private readonly keySet: Pick<JwksSource, 'keyFor'>,
    private readonly clock: () => number,
  ) {}

  /**
   * Whom a token names and what it allows (`scopes` undefined: it does not say); undefined for a text that is no token at all.
   * Problems: unauthenticated, keys_unavailable when the issuer's keys were never to be had.
   */
  check(token: string): TokenCheck | Promise<TokenCheck> | undefined {
    if (token.length > tokenCharactersMax || !tokenForm.test(token)) return undefined;
    const name = hash('sha256', token);
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined && this.clock() < remembered.untilMs) return remembered;
    this.#remembered.delete(name);
    return this.#verify(token, name);
  }

  async #verify(token: string, name: string): Promise<TokenCheck> {
    const { issuer, audience, algorithms } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.keySet.keyFor, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(this.clock()),
        requiredClaims: ['exp'],
      });
      const subject = payload[this.settings.subjectClaim];
      if (typeof subject !== 'string' || subject === '' || subject.length > subjectCharactersMax) return invalid;
      const untilMs = Math.min((payload.exp! + clockSkewSeconds) * 1_000, this.clock() + believedMs);
      const verified = { ok: true, subject, scopes: this.#scopesOf(payload), untilMs } as const;
      this.#remember(name, verified);
      return verified;
    } catch (error) {
      if (error instanceof JwksUnavailable) return unavailable;
      // What jose finds wrong with a token is the sender's; anything else is a fault of ours.
      if (error instanceof errors.JOSEError) return invalid;
      throw error;
    }
  }

  #remember(name: string, token: RememberedToken): void {
    if (this.#remembered.size >= rememberedMax) {
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest!);
    }
    this.#remembered.set(name, token);
  }

  /** RFC 8693's `scope`, words with blanks between them; some servers write a list `scp`. */
  #scopesOf(payload: JWTPayload): readonly KeyScope[] | undefined {
    const claim = payload['scope'] ?? payload['scp'];
    if (claim === undefined) return undefined;
    const words: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
    const { postScope, readScope } = this.settings;
    return [
      ...(words.includes(postScope) ? ['post' as const] : []),
      ...(words.includes(readScope) ? ['read' as const] : []),
    ];
  }
}

const invalid: TokenCheck = {
  ok: false,
  problem: { code: 'unauthenticated', detail: 'the key or token is unknown, expired or revoked' },
};
const unavailable: TokenCheck = {
  ok: false,
  problem: {
    code: 'keys_unavailable',
    detail: 'the keys of the token’s issuer cannot be had; send the same request again after the stated time',
  },
};

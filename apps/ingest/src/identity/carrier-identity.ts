/**
 * Who asks: the one place where a request becomes a carrier's key, whichever way the carrier shows who it is.
 *
 * An API key is looked at first and costs one SHA-256 and one look-up; that is the way of nearly every request. A token is verified
 * once and then remembered by its hash; a signature needs the body, so all but that is decided here and the rest is handed on as a
 * `BodyProof`; a certificate's subject is believed from a proxy that the hub names.
 * A stranger learns nothing of which keys have been real: what is unknown, revoked or expired is answered in the same words.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { credentialHash, hasScope, type CarrierKey, type KeyScope, type Problem } from '@landbridge/contracts';
import type { KeyedTable } from '@landbridge/kafka';
import type { BearerTokens, TokenCheck } from './bearer-tokens.js';
import type { CarrierKeys } from './carrier-keys.js';
import type { ProxyCertificates } from './proxy-certificates.js';
import type { WebhookSignatures } from './webhook-signatures.js';

/** What a signature still needs: the body as it was received, before anything is made of it. Undefined where it is right. */
export type BodyProof = (body: Uint8Array) => Problem | undefined;

export interface KnownCarrier {
  readonly ok: true;
  readonly key: CarrierKey;
  /** Of a signed request. Until it is asked, the sender may be anybody: nothing may be done, and nothing charged to the carrier. */
  readonly proof?: BodyProof;
}

export type IdentityCheck = KnownCarrier | { readonly ok: false; readonly problem: Problem };

export interface IdentityParts {
  readonly keyTable: Pick<KeyedTable, 'caughtUp'>;
  readonly keys: Pick<CarrierKeys, 'live'>;
  readonly signatures: Pick<WebhookSignatures, 'check'>;
  /** Undefined where the hub takes no tokens. */
  readonly tokens: Pick<BearerTokens, 'check'> | undefined;
  readonly certificates: Pick<ProxyCertificates, 'subjectOf'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export class CarrierIdentity {
  constructor(private readonly parts: IdentityParts) {}

  /**
   * The carrier behind a request; a promise only for a token that is new here. A signed request for `read` has no body, and is proven
   * at once. Problems: log_unavailable while the keys are not read, unauthenticated, invalid_signature, keys_unavailable, forbidden.
   * @param remoteAddress of the connection, not of a header
   */
  check(
    headers: IncomingHttpHeaders,
    remoteAddress: string | undefined,
    scope: KeyScope,
  ): IdentityCheck | Promise<IdentityCheck> {
    if (!this.parts.keyTable.caughtUp) return starting;
    if (headers.authorization !== undefined) return this.#byBearer(headers.authorization, scope);
    if (headers['webhook-signature'] !== undefined) return this.#bySignature(headers, scope);
    const subject = this.parts.certificates.subjectOf(headers, remoteAddress);
    return subject === undefined ? missing : scoped(this.#live(credentialHash('mtls', subject), 'mtls'), scope);
  }

  #byBearer(authorization: string, scope: KeyScope): IdentityCheck | Promise<IdentityCheck> {
    const secret = bearer.exec(authorization)?.[1];
    if (secret === undefined) return missing;
    if (secret.length <= keyCharactersMax) {
      const key = this.#live(credentialHash('bearer', secret), 'bearer');
      if (key !== undefined) return scoped(key, scope);
    }
    const token = this.parts.tokens?.check(secret);
    if (token === undefined) return unknown;
    return token instanceof Promise ? token.then((one) => this.#byToken(one, scope)) : this.#byToken(token, scope);
  }

  /** The record is looked up for each request, so a revocation also ends what a token was remembered for. */
  #byToken(token: TokenCheck, scope: KeyScope): IdentityCheck {
    if (!token.ok) return token;
    if (token.scopes !== undefined && !token.scopes.includes(scope)) return forbidden(scope);
    return scoped(this.#live(credentialHash('oauth', token.subject), 'oauth'), scope);
  }

  #bySignature(headers: IncomingHttpHeaders, scope: KeyScope): IdentityCheck {
    const signed = this.parts.signatures.check(headers);
    if (!signed.ok || scope === 'post') return signed.ok ? scoped(signed.key, scope, signed.proof) : signed;
    const problem = signed.proof(new Uint8Array());
    return problem ? { ok: false, problem } : scoped(signed.key, scope);
  }

  #live(keyHash: string, kind: 'bearer' | 'oauth' | 'mtls'): CarrierKey | undefined {
    return this.parts.keys.live(keyHash, this.parts.clock(), kind);
  }
}

/** The hub's own keys have 47 characters; five times that bounds the hashing of what is none. */
const keyCharactersMax = 256;
/** RFC 6750's token. Node bounds the length of all headers together (16 KiB). */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

function scoped(key: CarrierKey | undefined, scope: KeyScope, proof?: BodyProof): IdentityCheck {
  if (key === undefined) return unknown;
  if (!hasScope(key, scope)) return forbidden(scope);
  return proof === undefined ? { ok: true, key } : { ok: true, key, proof };
}

function forbidden(scope: KeyScope): IdentityCheck {
  return { ok: false, problem: { code: 'forbidden', detail: `this key or token may not ${scope}` } };
}

const starting: IdentityCheck = {
  ok: false,
  problem: {
    code: 'log_unavailable',
    detail: 'the intake is starting; send the same request again after the stated time',
  },
};
const missing: IdentityCheck = {
  ok: false,
  problem: {
    code: 'unauthenticated',
    detail: 'send the API key as "Authorization: Bearer <key>", or sign the request',
  },
};
const unknown: IdentityCheck = {
  ok: false,
  problem: { code: 'unauthenticated', detail: 'the key or token is unknown, expired or revoked' },
};

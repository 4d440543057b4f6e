/**
 * Requests signed as Standard Webhooks 1.0.0 says: HMAC-SHA256 (`v1`) under a secret that is derived when it is needed, or ed25519
 * (`v1a`) with the carrier's public key.
 *
 * Whose key it is stands in `Landbridge-Key`: an id of 128 random bits, no secret and not to be guessed. What the headers alone say is
 * decided before the body is read; the signature is over the body exactly as it was received, compressed where it came compressed.
 * A request that is replayed within the tolerance is harmless: its events have the same identities and count once. So no ids are
 * remembered here.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  credentialHash,
  deriveSigningSecret,
  hmacSignature,
  keyIdForm,
  kindOf,
  parsePublicKey,
  signedPrefix,
  webhookHeaders,
  webhookToleranceSeconds,
  type CarrierKey,
  type Problem,
} from '@landbridge/contracts';
import type { BodyProof } from './carrier-identity.js';
import type { CarrierKeys } from './carrier-keys.js';

export type SignatureCheck =
  | { readonly ok: true; readonly key: CarrierKey; readonly proof: BodyProof }
  | { readonly ok: false; readonly problem: Problem };

export class WebhookSignatures {
  /** Parsed once a record: a public key costs as much as its use. */
  readonly #publicKeys = new WeakMap<CarrierKey, KeyObject>();

  /** @param hubSecret undefined where the hub has none: then symmetric signatures cannot be verified */
  constructor(
    private readonly keys: Pick<CarrierKeys, 'live'>,
    private readonly hubSecret: Uint8Array | undefined,
    private readonly clock: () => number,
  ) {}

  /** Decides all but the signature itself. Problems: invalid_signature, keys_unavailable. */
  check(headers: IncomingHttpHeaders): SignatureCheck {
    const id = headers[webhookHeaders.id];
    const timestamp = headers[webhookHeaders.timestamp];
    const list = headers[webhookHeaders.signature];
    const keyId = headers[webhookHeaders.key];
    if (
      typeof id !== 'string' ||
      typeof timestamp !== 'string' ||
      typeof list !== 'string' ||
      typeof keyId !== 'string'
    )
      return incomplete;
    // The point parts what is signed, so an id with one could be cut in two ways.
    if (!idForm.test(id) || !/^\d{1,12}$/.test(timestamp)) return incomplete;
    const nowMs = this.clock();
    if (Math.abs(nowMs / 1_000 - Number(timestamp)) > webhookToleranceSeconds) return untimely;
    const key = keyIdForm.test(keyId)
      ? this.keys.live(credentialHash('signed', keyId), nowMs, 'signed', 'public-key')
      : undefined;
    if (key === undefined) return wrong;
    if (kindOf(key) === 'signed' && this.hubSecret === undefined) return noSecret;
    const signatures = list.split(' ', signaturesMax);
    return {
      ok: true,
      key,
      proof: (body) => (this.#isSigned(key, signatures, id, timestamp, body) ? undefined : wrong.problem),
    };
  }

  #isSigned(key: CarrierKey, signatures: readonly string[], id: string, timestamp: string, body: Uint8Array): boolean {
    if (kindOf(key) === 'signed') {
      const secret = deriveSigningSecret(this.hubSecret!, key.keyId!);
      const expected = hmacSignature(secret, id, timestamp, body);
      return signaturesOf(signatures, 'v1,', expected.length).some((one) => timingSafeEqual(one, expected));
    }
    const publicKey = this.#publicKeyOf(key);
    if (publicKey === undefined) return false;
    const content = Buffer.concat([Buffer.from(signedPrefix(id, timestamp)), body]);
    return signaturesOf(signatures, 'v1a,', ed25519Bytes).some((one) => verify(null, content, publicKey, one));
  }

  #publicKeyOf(key: CarrierKey): KeyObject | undefined {
    let publicKey = this.#publicKeys.get(key);
    if (publicKey === undefined) {
      publicKey = parsePublicKey(key.publicKey ?? '');
      if (publicKey !== undefined) this.#publicKeys.set(key, publicKey);
    }
    return publicKey;
  }
}

/** While a sender changes its secret it sends two; each costs us a verification. */
const signaturesMax = 4;
const ed25519Bytes = 64;
/** Any printable ASCII but the point, at most as long as an event's id. */
const idForm = /^[\x21-\x2d\x2f-\x7e]{1,128}$/;

/** The signatures of one version; those of another length cannot be right, and a comparison would throw. */
function signaturesOf(list: readonly string[], version: 'v1,' | 'v1a,', bytes: number): readonly Buffer[] {
  return list
    .filter((one) => one.startsWith(version))
    .map((one) => Buffer.from(one.slice(version.length), 'base64'))
    .filter(({ length }) => length === bytes);
}

const incomplete = refuse('a signed request has webhook-id, webhook-timestamp, webhook-signature and landbridge-key');
const untimely = refuse('webhook-timestamp is seconds since 1970 and at most 5 minutes away from the time here');
const wrong = refuse('the key is unknown, expired or revoked, or no signature is one of this request by it');
const noSecret = {
  ok: false,
  problem: {
    code: 'keys_unavailable',
    detail: 'symmetric signatures are not set up here: the hub has to mend it',
  },
} as const;

function refuse(detail: string) {
  return { ok: false, problem: { code: 'invalid_signature', detail } } as const;
}

/**
 * New credentials of carriers: the record for the log, and the secret for the carrier where there is one.
 *
 * A secret is shown once and kept nowhere but where the caller puts it: the log holds a hash, or an id from which the hub derives it.
 */
import { randomBytes } from 'node:crypto';
import {
  credentialHash,
  deriveSigningSecret,
  endOfKeyMs,
  formatSigningSecret,
  kindOf,
  parsePublicKey,
  type CarrierKey,
  type CredentialKind,
} from '@landbridge/contracts';

/** What a key says beside how it is recognised. */
export type KeyTerms = Pick<
  CarrierKey,
  'tenant' | 'carrier' | 'source' | 'scopes' | 'expiresAt' | 'sandbox' | 'limits'
>;

export interface NewCredential {
  readonly key: CarrierKey;
  /** For the carrier alone; undefined where the carrier has it already or needs none. */
  readonly secret: string | undefined;
}

const hintCharacters = 10;

/** An API key: our scheme and 256 random bits, 43 characters in URL-safe base 64. @param now RFC 3339 */
export function newBearerKey(terms: KeyTerms, now: string): NewCredential & { readonly secret: string } {
  const secret = `lbk_${randomBytes(32).toString('base64url')}`;
  return { secret, key: recordOf(terms, now, secret, { keyHash: credentialHash('bearer', secret) }) };
}

/** A key id with a symmetric secret, derived from the hub's own. */
export function newSignedKey(
  terms: KeyTerms,
  now: string,
  hubSecret: Uint8Array,
): NewCredential & { readonly secret: string } {
  const keyId = newKeyId();
  const secret = formatSigningSecret(deriveSigningSecret(hubSecret, keyId));
  return {
    secret,
    key: recordOf(terms, now, keyId, { keyHash: credentialHash('signed', keyId), kind: 'signed', keyId }),
  };
}

/** A key id for a carrier's own ed25519 key; undefined where the text is no such key (`whpk_` and base 64 of 32 bytes). */
export function newPublicKey(terms: KeyTerms, now: string, publicKey: string): NewCredential | undefined {
  if (parsePublicKey(publicKey) === undefined) return undefined;
  const keyId = newKeyId();
  const keyHash = credentialHash('public-key', keyId);
  return { secret: undefined, key: recordOf(terms, now, keyId, { keyHash, kind: 'public-key', keyId, publicKey }) };
}

/** The subject of tokens or of certificates. There is one record a subject: two carriers cannot share it. */
export function newSubject(terms: KeyTerms, now: string, kind: 'oauth' | 'mtls', subject: string): NewCredential {
  const keyHash = credentialHash(kind, subject);
  return { secret: undefined, key: recordOf(terms, now, subject, { keyHash, kind, subject }) };
}

/** At most so many keys of a carrier live at the same time: the old one and the new one while the carrier changes over. */
export const liveKeysMax = 2;

/** The keys that live beside a new one: of the same carrier and kind; a sandbox is apart. */
export function liveKeysBeside(key: CarrierKey, keys: readonly CarrierKey[], nowMs: number): readonly CarrierKey[] {
  const same = (one: CarrierKey): boolean =>
    one.tenant === key.tenant &&
    one.carrier === key.carrier &&
    isSignature(kindOf(one)) === isSignature(kindOf(key)) &&
    (isSignature(kindOf(one)) || kindOf(one) === kindOf(key)) &&
    one.sandbox === key.sandbox;
  return keys.filter((one) => same(one) && nowMs < endOfKeyMs(one));
}

/** A key with its end at this time, or its own where that comes earlier. */
export function endingBy(key: CarrierKey, endMs: number): CarrierKey {
  return { ...key, expiresAt: new Date(Math.min(endMs, endOfKeyMs(key))).toISOString() };
}

/** A carrier may go over from a shared secret to a key pair of its own. */
function isSignature(kind: CredentialKind): boolean {
  return kind === 'signed' || kind === 'public-key';
}

function newKeyId(): string {
  return `lbs_${randomBytes(16).toString('base64url')}`;
}

type Recognition = Pick<CarrierKey, 'keyHash' | 'kind' | 'keyId' | 'publicKey' | 'subject'>;

function recordOf(terms: KeyTerms, now: string, shown: string, recognition: Recognition): CarrierKey {
  const { tenant, carrier, source, scopes, expiresAt, sandbox, limits } = terms;
  const { keyHash, ...recognised } = recognition;
  return {
    keyHash,
    hint: shown.slice(0, hintCharacters),
    tenant,
    carrier,
    source,
    createdAt: now,
    ...recognised,
    ...(scopes && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(sandbox && { sandbox }),
    ...(limits && { limits }),
  };
}

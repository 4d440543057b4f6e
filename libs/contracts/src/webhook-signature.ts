/**
 * Standard Webhooks 1.0.0 as both ends need it: what is signed, with which secret.
 *
 * A symmetric secret is HMAC-SHA256 of the key's id under the hub's own secret, so there is nothing to store and nothing to steal from the
 * log; whoever has the hub's secret can make all of them, and nobody else any.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac, createPublicKey, type KeyObject } from 'node:crypto';

/** What is signed stands in these headers, in lower case; `Landbridge-Key` says by whom. */
export const webhookHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
  key: 'landbridge-key',
} as const;

/** A signature is good for this long before and after its time, seconds. */
export const webhookToleranceSeconds = 300;

/** Fewer bytes could be searched through. */
export const hubSecretBytesMin = 32;

const secretScheme = 'whsec_';
const publicKeyScheme = 'whpk_';
const publicKeyBytes = 32;

/** The 32 bytes of a carrier's secret. @param hubSecret at least `hubSecretBytesMin` bytes; throws on fewer */
export function deriveSigningSecret(hubSecret: Uint8Array, keyId: string): Buffer {
  if (hubSecret.length < hubSecretBytesMin) throw new Error(`the hub's secret has under ${hubSecretBytesMin} bytes`);
  return createHmac('sha256', hubSecret).update(keyId).digest();
}

/** A secret as carriers get it: `whsec_` and base 64. */
export function formatSigningSecret(secret: Uint8Array): string {
  return secretScheme + Buffer.from(secret).toString('base64');
}

/** Reads a secret as carriers have it; undefined where it is none of 24 to 64 bytes. */
export function parseSigningSecret(text: string): Buffer | undefined {
  const secret = bytesOf(text, secretScheme);
  return secret !== undefined && secret.length >= 24 && secret.length <= 64 ? secret : undefined;
}

/** Reads an ed25519 public key, `whpk_` and base 64 of its 32 bytes; undefined where it is none. */
export function parsePublicKey(text: string): KeyObject | undefined {
  const x = bytesOf(text, publicKeyScheme);
  if (x?.length !== publicKeyBytes) return undefined;
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' });
}

/** What stands before the body in the content that is signed. */
export function signedPrefix(id: string, timestamp: string): string {
  return `${id}.${timestamp}.`;
}

/** The `v1` signature over the body as it is sent, 32 bytes. */
export function hmacSignature(secret: Uint8Array, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', secret).update(signedPrefix(id, timestamp)).update(body).digest();
}

/** The bytes behind a scheme; base 64 is read strictly, so that a text has one meaning. */
function bytesOf(text: string, scheme: string): Buffer | undefined {
  if (!text.startsWith(scheme)) return undefined;
  const encoded = text.slice(scheme.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : undefined;
}

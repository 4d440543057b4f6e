/** How a request says who sends it: an API key, or a signature over its body as Standard Webhooks 1.0.0 says. */
import { randomUUID } from 'node:crypto';
import { hmacSignature, parseSigningSecret, webhookHeaders } from '@landbridge/contracts';

/** As `landbridge carriers add --signed` gives them. */
export interface SigningKey {
  readonly keyId: string;
  /** `whsec_` and base 64. */
  readonly secret: string;
}

/** The headers for one sending of a body. @param nowMs epoch milliseconds; a signature is good for five minutes around it */
export function credentialHeaders(key: string | SigningKey, body: string, nowMs: number): Record<string, string> {
  if (typeof key === 'string') return { authorization: `Bearer ${key}` };
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = hmacSignature(secretOf(key), id, timestamp, body);
  return {
    [webhookHeaders.key]: key.keyId,
    [webhookHeaders.id]: id,
    [webhookHeaders.timestamp]: timestamp,
    [webhookHeaders.signature]: `v1,${signature.toString('base64')}`,
  };
}

/** The bytes of a signing key's secret. Throws a TypeError where it is none. */
export function secretOf({ secret }: SigningKey): Uint8Array {
  const bytes = parseSigningSecret(secret);
  if (bytes === undefined) throw new TypeError('the secret of a signing key is whsec_ and 24 to 64 bytes in base 64');
  return bytes;
}

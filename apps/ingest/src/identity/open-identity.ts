/** The parts of `CarrierIdentity` from the settings. Throws where the hub's secret cannot be read. */
import { readSecretFile, type MtlsSettings, type OauthSettings } from '@landbridge/config';
import { hubSecretBytesMin } from '@landbridge/contracts';
import { BearerTokens } from './bearer-tokens.js';
import { CarrierIdentity, type IdentityParts } from './carrier-identity.js';
import type { CarrierKeys } from './carrier-keys.js';
import { JwksSource, readJwksOf } from './jwks-source.js';
import { ProxyCertificates } from './proxy-certificates.js';
import { WebhookSignatures } from './webhook-signatures.js';

export interface IdentitySettings {
  readonly signing: { readonly secretFile: string };
  readonly oauth: OauthSettings;
  readonly mtls: MtlsSettings;
}

export function openIdentity(
  keyTable: IdentityParts['keyTable'],
  keys: CarrierKeys,
  { signing, oauth, mtls }: IdentitySettings,
  onJwksFailure: (error: unknown) => void,
): CarrierIdentity {
  const clock = Date.now;
  const keySet = new JwksSource({ read: () => readJwksOf(oauth), clock, onFailure: onJwksFailure });
  return new CarrierIdentity({
    keyTable,
    keys,
    signatures: new WebhookSignatures(keys, readSecretFile(signing.secretFile, hubSecretBytesMin), clock),
    tokens: oauth.issuer === '' ? undefined : new BearerTokens(oauth, keySet, clock),
    certificates: new ProxyCertificates(mtls),
    clock,
  });
}

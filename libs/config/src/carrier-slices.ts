/**
 * How carriers show who they are, how much they may post, and who administers. Everything but the limits is off until it is set.
 *
 * Secrets come from files, whose paths stand in the environment: what is in the environment is seen by every child and every crash report.
 */
import { slice, type SliceSettings } from './slice.js';
import { choices, integer, networks, optionalUrl, text } from './variable.js';

const pathOrNothing = /^[^\0]{0,4096}$/;
const path = (name: `LANDBRIDGE_${string}_FILE`) => text(name, '', 'the path of a file, or empty', pathOrNothing);

/** The hub's secret, of which the secrets for symmetric signatures are derived. */
export const signingSlice = slice('signing', { secretFile: path('LANDBRIDGE_SIGNING_SECRET_FILE') });

/** Signatures with a public key only: a shared secret would let everybody who verifies also sign. */
const tokenAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

/** Bearer tokens of an OAuth2 server, by its published keys. */
export const oauthSlice = slice(
  'oauth',
  {
    issuer: text('LANDBRIDGE_OAUTH_ISSUER', '', 'the `iss` of the tokens, or empty', /^[\x21-\x7e]{0,256}$/),
    audience: text('LANDBRIDGE_OAUTH_AUDIENCE', '', 'the `aud` that names this hub, or empty', /^[\x21-\x7e]{0,256}$/),
    jwksUrl: optionalUrl('LANDBRIDGE_OAUTH_JWKS_URL'),
    jwksFile: path('LANDBRIDGE_OAUTH_JWKS_FILE'),
    algorithms: choices('LANDBRIDGE_OAUTH_ALGORITHMS', 'RS256,ES256,EdDSA', tokenAlgorithms),
    subjectClaim: text('LANDBRIDGE_OAUTH_SUBJECT_CLAIM', 'sub', 'the name of a claim', /^[A-Za-z0-9_:/.-]{1,128}$/),
    /** Words of the claim `scope`; a token without that claim has what its carrier's record says. */
    postScope: text('LANDBRIDGE_OAUTH_POST_SCOPE', 'post', 'one word of a scope claim', /^[\x21-\x7e]{1,128}$/),
    readScope: text('LANDBRIDGE_OAUTH_READ_SCOPE', 'read', 'one word of a scope claim', /^[\x21-\x7e]{1,128}$/),
  },
  [
    {
      between: ['LANDBRIDGE_OAUTH_JWKS_URL', 'LANDBRIDGE_OAUTH_JWKS_FILE'],
      rule: 'the keys come from one place',
      example: 'https://login.example.org/jwks.json and empty',
      holds: ({ jwksUrl, jwksFile }) => jwksUrl === '' || jwksFile === '',
    },
    {
      between: ['LANDBRIDGE_OAUTH_ISSUER', 'LANDBRIDGE_OAUTH_AUDIENCE', 'LANDBRIDGE_OAUTH_JWKS_URL'],
      rule: 'issuer, audience and keys are set together: a token of any issuer, or for any audience, would be taken',
      example: 'https://login.example.org, urn:hub and https://login.example.org/jwks.json',
      holds: ({ issuer, audience, jwksUrl, jwksFile }) =>
        new Set([issuer !== '', audience !== '', jwksUrl !== '' || jwksFile !== '']).size === 1,
    },
  ],
);

/** The subject of a client certificate, as a proxy that ends TLS passes it on. */
export const mtlsSlice = slice(
  'mtls',
  {
    header: text('LANDBRIDGE_MTLS_HEADER', '', 'the name of a header in lower case, or empty', /^[a-z0-9-]{0,64}$/),
    trustedProxies: networks('LANDBRIDGE_TRUSTED_PROXIES'),
  },
  [
    {
      between: ['LANDBRIDGE_MTLS_HEADER', 'LANDBRIDGE_TRUSTED_PROXIES'],
      rule: 'the header is believed from named proxies only',
      example: 'x-client-subject and 10.0.0.0/8',
      holds: ({ header, trustedProxies }) => header === '' || trustedProxies.length > 0,
    },
  ],
);

/** What a carrier may post unless its key says otherwise, in events; and how often it may read back. */
export const limitsSlice = slice(
  'limits',
  {
    /** 0 is off. The default is beyond what carriers do and below what would starve the others. */
    ratePerSecond: integer('LANDBRIDGE_RATE_PER_SECOND', 100_000, { min: 0, max: 1_000_000 }),
    burst: integer('LANDBRIDGE_RATE_BURST', 200_000, { min: 1, max: 10_000_000 }),
    /** 0 is off. */
    quotaPerDay: integer('LANDBRIDGE_QUOTA_PER_DAY', 0, { min: 0, max: 100_000_000_000 }),
    /** 0 is off. An original has 8 MiB at most, and all are read one after another: one carrier must not hold that up. */
    readsPerSecond: integer('LANDBRIDGE_READS_PER_SECOND', 10, { min: 0, max: 10_000 }),
    readsBurst: integer('LANDBRIDGE_READS_BURST', 100, { min: 1, max: 100_000 }),
  },
  [
    {
      between: ['LANDBRIDGE_RATE_PER_SECOND', 'LANDBRIDGE_RATE_BURST'],
      rule: 'a burst holds what comes in a second',
      example: '100000 and 200000',
      holds: ({ ratePerSecond, burst }) => ratePerSecond <= burst,
    },
    {
      between: ['LANDBRIDGE_READS_PER_SECOND', 'LANDBRIDGE_READS_BURST'],
      rule: 'a burst holds what comes in a second',
      example: '10 and 100',
      holds: ({ readsPerSecond, readsBurst }) => readsPerSecond <= readsBurst,
    },
  ],
);

/** The port for administrators; without a token there is none. */
export const adminSlice = slice('admin', {
  host: text('LANDBRIDGE_ADMIN_HOST', '127.0.0.1', 'a host name or an address', /^[A-Za-z0-9.:_-]{1,253}$/),
  port: integer('LANDBRIDGE_ADMIN_PORT', 3010, { min: 0, max: 65_535 }),
  tokenFile: path('LANDBRIDGE_ADMIN_TOKEN_FILE'),
});

export type OauthSettings = SliceSettings<typeof oauthSlice>;
export type MtlsSettings = SliceSettings<typeof mtlsSlice>;
export type LimitsSettings = SliceSettings<typeof limitsSlice>;
export type AdminSettings = SliceSettings<typeof adminSlice>;

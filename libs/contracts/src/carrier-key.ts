/**
 * What the log of carrier keys says of one credential: whose it is, what it may do, and until when. The record's Kafka key is `keyHash`;
 * the newest record of it is its state.
 *
 * Nothing secret is stored. A bearer key has 256 random bits, so a plain SHA-256 cannot be searched back; a signing secret is derived
 * from the hub's own when it is needed; of the other kinds the log holds what is public anyway.
 * Members that came later are optional: a record without them means what it always meant.
 */
import { hash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** How a carrier shows who it is. A record that does not say is of a bearer key. */
export const credentialKinds = ['bearer', 'signed', 'public-key', 'oauth', 'mtls'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** What a key may do: post events, read back what its own carrier posted. */
export const keyScopes = ['post', 'read'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Bounds of a carrier's own limits. The largest numbers stay exact integers where a script multiplies them by microseconds. */
export const limitBounds = {
  ratePerSecond: { min: 1, max: 1_000_000 },
  burst: { min: 1, max: 10_000_000 },
  quotaPerDay: { min: 1, max: 100_000_000_000 },
} as const;

const limit = ({ min, max }: { readonly min: number; readonly max: number }) =>
  Type.Optional(Type.Integer({ minimum: min, maximum: max }));

/** All in events. What is absent is the hub's default. */
export const CarrierLimits = Type.Object(
  {
    ratePerSecond: limit(limitBounds.ratePerSecond),
    burst: limit(limitBounds.burst),
    quotaPerDay: limit(limitBounds.quotaPerDay),
  },
  { additionalProperties: false },
);
export type CarrierLimits = Static<typeof CarrierLimits>;

/** The id of a signing key: 128 random bits behind the scheme, safe in a header. */
export const keyIdForm = /^lbs_[A-Za-z0-9_-]{22}$/;

export const CarrierKey = Type.Object(
  {
    keyHash: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of `credentialHash`; of a bearer key its SHA-256.',
    }),
    /** The first characters of the key, its id or its subject, for people to tell keys apart. */
    hint: Type.String({ maxLength: 16 }),
    tenant: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    carrier: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    /** CloudEvents sources that the key may post for: exactly this one, or anything below it when it ends in a slash. */
    source: Type.String({ minLength: 1, maxLength: 128 }),
    createdAt: Type.String({ maxLength: 40 }),
    revokedAt: Type.Optional(Type.String({ maxLength: 40 })),
    kind: Type.Optional(Type.Unsafe<CredentialKind>(Type.Enum([...credentialKinds]))),
    /** Absent: all of them. */
    scopes: Type.Optional(Type.Unsafe<readonly KeyScope[]>(Type.Array(Type.Enum([...keyScopes]), { maxItems: 2 }))),
    /** RFC 3339; the key is dead from then on. */
    expiresAt: Type.Optional(Type.String({ maxLength: 40 })),
    /** Events of this key are checked and answered as any, and go to a topic that nobody counts. */
    sandbox: Type.Optional(Type.Literal(true)),
    limits: Type.Optional(CarrierLimits),
    /** Of signed and public-key: what the carrier sends as `Landbridge-Key`. */
    keyId: Type.Optional(Type.String({ pattern: keyIdForm.source })),
    /** Of public-key: the ed25519 key as `whpk_` and base 64. */
    publicKey: Type.Optional(Type.String({ maxLength: 60 })),
    /** Of oauth the token's subject, of mtls the certificate's subject as the proxy writes it. */
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  },
  { additionalProperties: false },
);
export type CarrierKey = Static<typeof CarrierKey>;

const schema = Compile(CarrierKey);

/** Reads a record of the key log, or undefined where it is not one. */
export function parseCarrierKey(text: string): CarrierKey | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return schema.Check(value) && isWhole(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Each kind has what it is recognised by, and the hash is that of it. An end that is no time would never come. */
function isWhole(key: CarrierKey): boolean {
  if (key.expiresAt !== undefined && !(Date.parse(key.expiresAt) >= 0)) return false;
  const kind = kindOf(key);
  switch (kind) {
    case 'bearer':
      return true;
    case 'signed':
    case 'public-key':
      if (kind === 'public-key' && key.publicKey === undefined) return false;
      return key.keyId !== undefined && key.keyHash === credentialHash(kind, key.keyId);
    case 'oauth':
    case 'mtls':
      return key.subject !== undefined && key.keyHash === credentialHash(kind, key.subject);
  }
}

export function kindOf(key: Pick<CarrierKey, 'kind'>): CredentialKind {
  return key.kind ?? 'bearer';
}

/**
 * The name under which a credential stands in the log, 64 hex digits: the hash of a bearer key, or of a key id or subject behind its kind.
 * A line feed parts the two, which no bearer key can hold, so no key passes for a credential of another kind. The two kinds of
 * signatures share their ids.
 */
export function credentialHash(kind: CredentialKind, name: string): string {
  if (kind === 'bearer') return hash('sha256', name);
  return hash('sha256', `${kind === 'public-key' ? 'signed' : kind}\n${name}`);
}

/** Whether a key may post events of this source. */
export function maySpeakFor(key: Pick<CarrierKey, 'source'>, source: string): boolean {
  return key.source.endsWith('/') ? source.startsWith(key.source) : source === key.source;
}

/** Whether a key has a scope; one that names none has all. */
export function hasScope(key: Pick<CarrierKey, 'scopes'>, scope: KeyScope): boolean {
  return key.scopes === undefined || key.scopes.includes(scope);
}

/** From when on a key is dead, epoch milliseconds: infinity for one that lives on, minus infinity for a revoked one. */
export function endOfKeyMs(key: Pick<CarrierKey, 'revokedAt' | 'expiresAt'>): number {
  if (key.revokedAt !== undefined) return -Infinity;
  return key.expiresAt === undefined ? Infinity : Date.parse(key.expiresAt);
}

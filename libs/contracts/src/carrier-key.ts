/**
 * What the log of carrier keys says of one API key. The record's Kafka key is `keyHash`; the newest record of a key is its state.
 * The secret itself is never stored: it has 256 random bits, so a plain SHA-256 cannot be searched back.
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

export const CarrierKey = Type.Object(
  {
    keyHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the key, hex.' }),
    /** The first characters of the key, for people to tell keys apart. */
    hint: Type.String({ maxLength: 16 }),
    tenant: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    carrier: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    /** CloudEvents sources that the key may post for: exactly this one, or anything below it when it ends in a slash. */
    source: Type.String({ minLength: 1, maxLength: 128 }),
    createdAt: Type.String({ maxLength: 40 }),
    revokedAt: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false },
);
export type CarrierKey = Static<typeof CarrierKey>;

const schema = Compile(CarrierKey);

/** Reads a record of the key log, or undefined where it is not one. */
export function parseCarrierKey(text: string): CarrierKey | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return schema.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a key may post events of this source. */
export function maySpeakFor(key: Pick<CarrierKey, 'source'>, source: string): boolean {
  return key.source.endsWith('/') ? source.startsWith(key.source) : source === key.source;
}

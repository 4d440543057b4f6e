/**
 * Who may post: the live API keys, held in memory and followed from the log of carrier keys.
 *
 * Goal: a revocation works within a second everywhere, and the door needs no other store than the log. Refused: a look-up in Redis for
 * each request (a second system that can fail, and one round trip more).
 * What is held are SHA-256 hashes; the key itself is seen only in a request's header and never stored or logged.
 */
import { hash } from 'node:crypto';
import { parseCarrierKey, type CarrierKey, type Problem } from '@landbridge/contracts';

/** A hub has hundreds of carriers with a few keys each; this many take some 40 MiB. More are not taken in, which is logged. */
const carrierKeysMax = 100_000;

/** What became of a record: `full` means that a new key was left out because of `carrierKeysMax`, `unreadable` that its key is now dead. */
export type KeyChange = 'live' | 'revoked' | 'removed' | 'unreadable' | 'full';

export type KeyCheck =
  | { readonly ok: true; readonly key: CarrierKey }
  | { readonly ok: false; readonly problem: Problem };

export class CarrierKeys {
  readonly #byHash = new Map<string, CarrierKey>();
  #revoked = 0;

  /**
   * Takes in one record of the key log, in log order.
   * A record that cannot be read ends its key: when it is not known what the hub said last of a key, the door stays shut.
   */
  apply(keyHash: string, value: string | null): KeyChange {
    const before = this.#byHash.get(keyHash);
    if (before?.revokedAt !== undefined) this.#revoked--;
    this.#byHash.delete(keyHash);
    if (value === null) return 'removed';
    const key = parseCarrierKey(value);
    if (key === undefined || key.keyHash !== keyHash) return 'unreadable';
    if (this.#byHash.size >= carrierKeysMax) return 'full';
    this.#byHash.set(keyHash, key);
    if (key.revokedAt === undefined) return 'live';
    this.#revoked++;
    return 'revoked';
  }

  /**
   * The key that an `Authorization` header carries. Problem: unauthenticated, with the same text for an unknown and a revoked key, so
   * that a stranger learns nothing of which keys have been real.
   */
  check(authorization: string | undefined): KeyCheck {
    if (authorization === undefined) return missing;
    const secret = bearer.exec(authorization)?.[1];
    if (secret === undefined) return missing;
    const key = this.#byHash.get(hash('sha256', secret));
    return key === undefined || key.revokedAt !== undefined ? unknown : { ok: true, key };
  }

  /** How many keys are held. */
  counts(): { readonly live: number; readonly revoked: number } {
    return { live: this.#byHash.size - this.#revoked, revoked: this.#revoked };
  }
}

/** RFC 6750's token; 256 characters are five times what the hub's own keys have, and bound the hashing. */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]{1,256}=*) *$/i;

const missing: KeyCheck = {
  ok: false,
  problem: { code: 'unauthenticated', detail: 'send the API key as "Authorization: Bearer <key>"' },
};
const unknown: KeyCheck = {
  ok: false,
  problem: { code: 'unauthenticated', detail: 'the API key is unknown or revoked' },
};

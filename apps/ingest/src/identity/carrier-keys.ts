/**
 * The credentials of all carriers, held in memory and followed from the log of carrier keys.
 *
 * Goal: a revocation works within a second everywhere, and the door needs no other store than the log. Refused: a look-up in Redis for
 * each request (a second system that can fail, and one round trip more).
 * What is held are SHA-256 hashes and public names; a secret is seen only in a request's header and never stored or logged.
 */
import { endOfKeyMs, kindOf, parseCarrierKey, type CarrierKey, type CredentialKind } from '@landbridge/contracts';

/** A hub has hundreds of carriers with a few keys each; this many take some 40 MiB. More are not taken in, which is logged. */
const carrierKeysMax = 100_000;

/** What became of a record: `full` means that a new key was left out because of `carrierKeysMax`, `unreadable` that its key is now dead. */
export type KeyChange = 'live' | 'revoked' | 'removed' | 'unreadable' | 'full';

/** How many keys are held, by what they are good for now. */
export interface KeyCounts {
  readonly live: number;
  readonly expired: number;
  readonly revoked: number;
}

interface HeldKey {
  readonly key: CarrierKey;
  /** Dead from then on, epoch milliseconds. */
  readonly endMs: number;
}

export class CarrierKeys {
  readonly #byHash = new Map<string, HeldKey>();

  /**
   * Takes in one record of the key log, in log order.
   * A record that cannot be read ends its key: when it is not known what the hub said last of a key, the door stays shut.
   */
  apply(keyHash: string, value: string | null): KeyChange {
    this.#byHash.delete(keyHash);
    if (value === null) return 'removed';
    const key = parseCarrierKey(value);
    if (key === undefined || key.keyHash !== keyHash) return 'unreadable';
    if (this.#byHash.size >= carrierKeysMax) return 'full';
    this.#byHash.set(keyHash, { key, endMs: endOfKeyMs(key) });
    return key.revokedAt === undefined ? 'live' : 'revoked';
  }

  /** The key of this hash (`credentialHash`) and one of these kinds, where it is neither revoked nor expired. */
  live(keyHash: string, nowMs: number, ...kinds: readonly CredentialKind[]): CarrierKey | undefined {
    const held = this.#byHash.get(keyHash);
    return held !== undefined && nowMs < held.endMs && kinds.includes(kindOf(held.key)) ? held.key : undefined;
  }

  /** The newest state of a key, dead ones too. */
  find(keyHash: string): CarrierKey | undefined {
    return this.#byHash.get(keyHash)?.key;
  }

  /** All that are held, in no order. */
  *all(): Iterable<CarrierKey> {
    for (const { key } of this.#byHash.values()) yield key;
  }

  /** Counted anew with each call, which is one scrape's: expiry makes no record that could be counted when it comes. */
  counts(nowMs: number): KeyCounts {
    const counts = { live: 0, expired: 0, revoked: 0 };
    for (const { endMs } of this.#byHash.values())
      counts[nowMs < endMs ? 'live' : endMs === -Infinity ? 'revoked' : 'expired']++;
    return counts;
  }
}

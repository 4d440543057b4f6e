/**
 * The budgets of all carriers, over a store that may be away.
 *
 * While Redis does not answer, each ingest lets every carrier have its whole rate by itself: the door stays open, and no carrier
 * gets more than its rate times the number of ingests. A day's quota is not held then. It is asked again after a second.
 */
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { CarrierKey, Purse } from '@landbridge/contracts';
import type { TokenLease, TokenLeases, TokenLimits } from '@landbridge/redis';
import { CarrierBudget, hubDate, type TakeLease, type TokenMeaning } from './carrier-budget.js';

export interface BudgetParts {
  /** What a carrier may post whose key does not say otherwise. */
  readonly defaults: TokenLimits;
  /** How often any carrier may read. */
  readonly reads: TokenLimits;
  readonly leases: Pick<TokenLeases, 'lease'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onOutage: (error: unknown) => void;
  readonly onReturn: () => void;
}

/** Redis answers within a millisecond, on a machine that is overloaded within hundreds; one request a second may wait for this in vain. */
const leaseDeadlineMs = 1_000;
const outagePauseMs = 1_000;

export class CarrierBudgets {
  /** A key's record is one object for as long as it stands; with a new record begins a new budget over the same bucket. */
  readonly #posting: KnownBudgets = new WeakMap();
  readonly #reading: KnownBudgets = new WeakMap();
  #awayUntilMs = -Infinity;
  #away = false;

  constructor(private readonly parts: BudgetParts) {}

  /** The budget of a key for posting, or undefined where neither it nor the hub sets a limit. */
  of(key: CarrierKey): CarrierBudget | undefined {
    const budget = this.#posting.get(key);
    if (budget !== undefined) return budget === 'unlimited' ? undefined : budget;
    return this.#open(this.#posting, key, limitsOf(key, this.parts.defaults), key.sandbox ? 'sandbox' : 'live', posts);
  }

  /** The budget of a key for reading, one token a read, or undefined where the hub sets no limit. */
  readsOf(key: CarrierKey): CarrierBudget | undefined {
    const budget = this.#reading.get(key);
    if (budget !== undefined) return budget === 'unlimited' ? undefined : budget;
    return this.#open(this.#reading, key, this.parts.reads, 'reads', reads);
  }

  #open(
    known: KnownBudgets,
    key: CarrierKey,
    limits: TokenLimits,
    purse: Purse,
    meaning: TokenMeaning,
  ): CarrierBudget | undefined {
    if (limits.ratePerSecond === 0 && limits.quotaPerDay === 0) {
      known.set(key, 'unlimited');
      return undefined;
    }
    const budget = new CarrierBudget(limits, meaning, this.#taker(key, limits, purse), this.parts.clock);
    known.set(key, budget);
    return budget;
  }

  #taker({ tenant, carrier }: CarrierKey, limits: TokenLimits, purse: Purse): TakeLease {
    const subject = { tenant, carrier, purse };
    const { clock } = this.parts;
    const local = new LocalBucket(limits, clock);
    return async (needed, wanted) => {
      if (clock() < this.#awayUntilMs) return local.lease(needed, wanted);
      try {
        const lease = await withinDeadline(this.parts.leases.lease(subject, limits, hubDate(clock()), needed, wanted));
        this.#returned();
        return lease;
      } catch (error) {
        this.#failed(error);
        return local.lease(needed, wanted);
      }
    };
  }

  #failed(error: unknown): void {
    this.#awayUntilMs = this.parts.clock() + outagePauseMs;
    if (!this.#away) this.parts.onOutage(error);
    this.#away = true;
  }

  #returned(): void {
    if (this.#away) this.parts.onReturn();
    this.#away = false;
  }
}

type KnownBudgets = WeakMap<CarrierKey, CarrierBudget | 'unlimited'>;

const posts: TokenMeaning = { policy: 'rate', said: (tokens) => `post ${tokens} events` };
const reads: TokenMeaning = { policy: 'reads', said: (tokens) => `read ${tokens} times` };

/** What a key may post: what its record says, else what the hub says. A burst is never under the rate. */
export function limitsOf(key: Pick<CarrierKey, 'limits'>, defaults: TokenLimits): TokenLimits {
  const ratePerSecond = key.limits?.ratePerSecond ?? defaults.ratePerSecond;
  const ownRate = key.limits?.ratePerSecond !== undefined;
  const burst = key.limits?.burst ?? (ownRate ? ratePerSecond * burstOfRate : defaults.burst);
  return {
    ratePerSecond,
    burst: Math.max(burst, ratePerSecond),
    quotaPerDay: key.limits?.quotaPerDay ?? defaults.quotaPerDay,
  };
}

/** A carrier with a rate of its own and no burst may post two seconds' worth at once, as by the hub's defaults. */
const burstOfRate = 2;

async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = delay(leaseDeadlineMs, undefined, { signal: done.signal, ref: false }).then(
    async () => {
      // A process that had no processor itself meets its timers first: what has come meanwhile is read before Redis counts as late.
      await turn();
      throw new Error(`no lease within ${leaseDeadlineMs} ms`);
    },
    // The work was faster; nobody looks at this.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    // A late failure is the same outage once more.
    work.catch(() => undefined);
  }
}

/** The same bucket in memory, without the quota. */
class LocalBucket {
  #tokens: number;
  #atMs: number;

  constructor(
    private readonly limits: TokenLimits,
    private readonly clock: () => number,
  ) {
    this.#tokens = limits.burst;
    this.#atMs = clock();
  }

  lease(needed: number, wanted: number): TokenLease {
    const { ratePerSecond, burst } = this.limits;
    if (ratePerSecond === 0) return { granted: wanted, left: -1, waitMs: 0, quotaLeft: -1 };
    const nowMs = this.clock();
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, nowMs - this.#atMs) * ratePerSecond) / 1_000);
    this.#atMs = nowMs;
    const left = Math.floor(this.#tokens);
    const granted = left < needed ? 0 : Math.min(left, wanted);
    this.#tokens -= granted;
    const waitMs = granted > 0 ? 0 : Math.ceil(((needed - this.#tokens) * 1_000) / ratePerSecond);
    return { granted, left: left - granted, waitMs, quotaLeft: -1 };
  }
}

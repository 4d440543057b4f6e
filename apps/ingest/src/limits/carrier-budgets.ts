/**
 * The budgets of all carriers, over a store that may be away.
 *
 * While Redis does not answer, each ingest lets every carrier have its whole rate by itself: the door stays open, and no carrier
 * gets more than its rate times the number of ingests. A day's quota is not held then. It is asked again after a second.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CarrierKey } from '@landbridge/contracts';
import type { TokenLease, TokenLeases, TokenLimits } from '@landbridge/redis';
import { CarrierBudget, hubDate } from './carrier-budget.js';

export interface BudgetParts {
  /** What a carrier may post whose key does not say otherwise. */
  readonly defaults: TokenLimits;
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
  readonly #budgets = new WeakMap<CarrierKey, CarrierBudget | 'unlimited'>();
  #awayUntilMs = -Infinity;
  #away = false;

  constructor(private readonly parts: BudgetParts) {}

  /** The budget of a key, or undefined where neither it nor the hub sets a limit. */
  of(key: CarrierKey): CarrierBudget | undefined {
    let budget = this.#budgets.get(key);
    if (budget === undefined) {
      const limits = limitsOf(key, this.parts.defaults);
      budget = limits.ratePerSecond === 0 && limits.quotaPerDay === 0 ? 'unlimited' : this.#open(key, limits);
      this.#budgets.set(key, budget);
    }
    return budget === 'unlimited' ? undefined : budget;
  }

  #open(key: CarrierKey, limits: TokenLimits): CarrierBudget {
    const subject = { tenant: key.tenant, carrier: key.carrier, sandbox: key.sandbox === true };
    const { clock } = this.parts;
    const local = new LocalBucket(limits, clock);
    const take = async (needed: number, wanted: number): Promise<TokenLease> => {
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
    return new CarrierBudget(limits, take, clock);
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
    () => Promise.reject(new Error(`no lease within ${leaseDeadlineMs} ms`)),
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

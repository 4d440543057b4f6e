/**
 * What one carrier may still post, or read, as this ingest knows it: the tokens that it holds on lease, spent without a round trip.
 *
 * A token is an event, or a read. Of events one is paid before the body is read, because their number is not known yet; the others when it
 * is. When less than half of a lease is left, the next one is fetched beside the requests; only what is larger than the lease waits for its
 * own. A request is taken whole or not at all: one that was let in by halves could not be repeated.
 */
import type { Problem } from '@landbridge/contracts';
import type { TokenLease, TokenLimits } from '@landbridge/redis';

export interface LimitRefusal {
  readonly ok: false;
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes from `needed` to `wanted` tokens, or none. Never rejects: what it does while the shared store is away is its own matter. */
export type TakeLease = (needed: number, wanted: number) => Promise<TokenLease>;

/** What is counted. */
export interface TokenMeaning {
  /** Name of the policy of a rate in the RateLimit headers. */
  readonly policy: string;
  /** What a carrier may do so many times, as in `post 5 events`. */
  readonly said: (tokens: number) => string;
}

/** A lease is what is used in this time, so a carrier's tokens are at most so far away from those who ask for them. */
const leaseSeconds = 0.1;
/** Of a day's quota in one lease, at most: an ingest that dies takes it along. */
const quotaShare = 1_000;

export class CarrierBudget {
  readonly #leaseTokens: number;
  #tokens = 0;
  #leasing = 0;
  #last: TokenLease | undefined;
  /** Nothing is to be had until then, epoch milliseconds. */
  #emptyUntilMs = -Infinity;
  #emptyCode: 'rate_limited' | 'quota_exceeded' = 'rate_limited';

  constructor(
    readonly limits: TokenLimits,
    private readonly meaning: TokenMeaning,
    private readonly take: TakeLease,
    private readonly clock: () => number,
  ) {
    const { ratePerSecond, burst, quotaPerDay } = limits;
    const ofRate = ratePerSecond > 0 ? Math.min(burst, Math.ceil(ratePerSecond * leaseSeconds)) : Infinity;
    const ofQuota = quotaPerDay > 0 ? Math.max(1, Math.floor(quotaPerDay / quotaShare)) : Infinity;
    this.#leaseTokens = Math.min(ofRate, ofQuota);
  }

  /** Before the body is read: the tokens that were paid, 1 or 0, or the refusal of a carrier that has used up what it may post. */
  enter(): number | LimitRefusal {
    if (this.#tokens >= 1) {
      this.#tokens--;
      this.#refill();
      return 1;
    }
    if (this.clock() < this.#emptyUntilMs) return this.#refuse(this.#emptyUntilMs - this.clock());
    // What is not known yet is paid with the events.
    return 0;
  }

  /** Whether nothing is to be had now, for a sender who has not proved who it is: it must not spend the carrier's tokens. */
  peek(): LimitRefusal | undefined {
    const waitMs = this.#emptyUntilMs - this.clock();
    return this.#tokens < 1 && waitMs > 0 ? this.#refuse(waitMs) : undefined;
  }

  /** Pays for a request's events, of which `paid` are paid already; a promise only where the lease at hand is too small. */
  spend(events: number, paid: number): LimitRefusal | undefined | Promise<LimitRefusal | undefined> {
    const due = events - paid;
    if (due <= 0) return undefined;
    if (this.#tokens < due) return this.#spendLeased(events, due);
    this.#tokens -= due;
    this.#refill();
    return undefined;
  }

  async #spendLeased(events: number, due: number): Promise<LimitRefusal | undefined> {
    const { ratePerSecond, burst, quotaPerDay } = this.limits;
    const most = Math.min(ratePerSecond > 0 ? burst : Infinity, quotaPerDay > 0 ? quotaPerDay : Infinity);
    if (events > most) return this.#tooMany(most);
    // What is at hand is set aside first, so that two requests do not count on the same tokens.
    const held = Math.min(this.#tokens, due);
    this.#tokens -= held;
    const needed = due - held;
    const lease = await this.#lease(needed, needed + (this.#leasing === 0 ? this.#leaseTokens : 0));
    if (lease.granted >= needed) {
      this.#tokens += lease.granted - needed;
      return undefined;
    }
    // Nothing of the request is taken, so what it has paid before its body was read comes back too.
    this.#tokens += held + (events - due);
    return lease.quotaLeft >= 0 && lease.quotaLeft < needed
      ? this.#refuse(msToMidnight(this.clock()), 'quota_exceeded')
      : this.#refuse(lease.waitMs, 'rate_limited');
  }

  /** Fetches the next lease beside the requests, one at a time. */
  #refill(): void {
    if (this.#leasing > 0 || this.#tokens * 2 >= this.#leaseTokens || this.clock() < this.#emptyUntilMs) return;
    void this.#lease(1, Math.ceil(this.#leaseTokens - this.#tokens)).then(({ granted }) => (this.#tokens += granted));
  }

  async #lease(needed: number, wanted: number): Promise<TokenLease> {
    this.#leasing++;
    const lease = await this.take(needed, wanted);
    this.#leasing--;
    this.#last = lease;
    const nowMs = this.clock();
    if (lease.quotaLeft === 0) this.#emptyUntil(nowMs + msToMidnight(nowMs), 'quota_exceeded');
    else if (lease.left === 0) this.#emptyUntil(nowMs + 1_000 / this.limits.ratePerSecond, 'rate_limited');
    return lease;
  }

  #emptyUntil(timeMs: number, code: 'rate_limited' | 'quota_exceeded'): void {
    this.#emptyUntilMs = timeMs;
    this.#emptyCode = code;
  }

  /**
   * The headers that tell a carrier where it stands.
   * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
   */
  headers(): Readonly<Record<string, string>> {
    const { ratePerSecond, burst, quotaPerDay } = this.limits;
    const { policy } = this.meaning;
    const policies: string[] = [];
    const states: string[] = [];
    if (ratePerSecond > 0) {
      const left = Math.max(0, (this.#last?.left ?? burst) + this.#tokens);
      policies.push(`"${policy}";q=${burst};w=${Math.ceil(burst / ratePerSecond)}`);
      states.push(
        `"${policy}";r=${Math.min(left, burst)};t=${Math.ceil((burst - Math.min(left, burst)) / ratePerSecond)}`,
      );
    }
    if (quotaPerDay > 0) {
      const left = Math.max(0, (this.#last?.quotaLeft ?? quotaPerDay) + this.#tokens);
      policies.push(`"day";q=${quotaPerDay};w=86400`);
      states.push(`"day";r=${Math.min(left, quotaPerDay)};t=${Math.ceil(msToMidnight(this.clock()) / 1_000)}`);
    }
    return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') };
  }

  /** No waiting helps: the bucket never holds as much. Clients send smaller batches on 413. */
  #tooMany(most: number): LimitRefusal {
    const problem: Problem = {
      code: 'too_many_events',
      detail: `this carrier may ${this.meaning.said(most)} at once; send smaller batches`,
    };
    return { ok: false, problem, headers: {} };
  }

  #refuse(waitMs: number, code = this.#emptyCode): LimitRefusal {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    const { ratePerSecond, quotaPerDay } = this.limits;
    const { said } = this.meaning;
    const most = code === 'rate_limited' ? `${said(ratePerSecond)} a second` : `${said(quotaPerDay)} a day`;
    const detail = `this carrier may ${most}; nothing of this request was taken`;
    return { ok: false, problem: { code, detail }, headers: { ...this.headers(), 'retry-after': String(seconds) } };
  }
}

const hubOffsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;

/** The local date of the hub, which keeps UTC+8 all year. */
export function hubDate(timeMs: number): string {
  return new Date(timeMs + hubOffsetMs).toISOString().slice(0, 10);
}

function msToMidnight(timeMs: number): number {
  return dayMs - ((timeMs + hubOffsetMs) % dayMs);
}

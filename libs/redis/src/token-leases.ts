/**
 * What a carrier may do, shared by all ingests: a token bucket and a count a day, one token an event that is posted, or a read.
 *
 * An ingest takes tokens in leases, some 100 ms' worth in one call, and spends them by itself, so that a post needs no round trip. What
 * is granted is exact: over any time no more than the rate times the time and the burst. What is spent may lag behind by the leases
 * that the ingests hold; one that dies takes its lease with it.
 * All state is integers: millionths of a token, so that a microsecond at one token a second is one of them. The clock is Redis's own.
 */
import { limitBucketKey, limitDayKey, type LimitSubject } from '@landbridge/contracts';
import type { RedisConnection } from './connection.js';

/** In events; 0 is no limit. */
export interface TokenLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly quotaPerDay: number;
}

export interface TokenLease {
  /** 0, or from what was needed to what was wanted. */
  readonly granted: number;
  /** Left in the bucket; -1 without a rate. */
  readonly left: number;
  /** Until the bucket has what was needed, milliseconds; 0 where it is not the bucket that lacks. */
  readonly waitMs: number;
  /** Left of the day; -1 without a quota. */
  readonly quotaLeft: number;
}

/** Two days: whatever zone and clock, nobody asks for a day after that. */
const dayTtlSeconds = 172_800;

/**
 * KEYS 1 bucket, 2 day. ARGV 1 rate, 2 burst, 3 quota, 4 tokens needed, 5 tokens wanted, 6 TTL of the day.
 * A clock that goes back, as after a failover, gives nothing for the time; a bucket that is not there is full.
 */
const leaseScript = `
local rate, burst, quota = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local needed, granted = tonumber(ARGV[4]), tonumber(ARGV[5])
local micro, now, left, wait, quotaLeft = 0, 0, -1, 0, -1
if quota > 0 then
  quotaLeft = math.max(0, quota - tonumber(redis.call('GET', KEYS[2]) or '0'))
  granted = math.min(granted, quotaLeft)
end
if rate > 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local state = redis.call('HMGET', KEYS[1], 'micro', 'at')
  local full = burst * 1000000
  micro = math.min(tonumber(state[1] or full), full)
  local passed = math.max(0, now - tonumber(state[2] or now))
  if passed >= (full - micro) / rate then micro = full else micro = micro + passed * rate end
  left = math.floor(micro / 1000000)
  granted = math.min(granted, left)
  if left < needed then wait = math.ceil((needed * 1000000 - micro) / rate / 1000) end
end
if granted < needed then granted = 0 end
if rate > 0 then
  left = left - granted
  redis.call('HSET', KEYS[1], 'micro', string.format('%.0f', micro - granted * 1000000), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 60000)
end
if quota > 0 and granted > 0 then
  quotaLeft = quotaLeft - granted
  redis.call('INCRBY', KEYS[2], granted)
  redis.call('EXPIRE', KEYS[2], ARGV[6])
end
return { granted, left, wait, quotaLeft }
`;

interface LeaseCommand {
  landbridgeLease(
    keyCount: 2,
    bucket: string,
    day: string,
    rate: number,
    burst: number,
    quota: number,
    needed: number,
    wanted: number,
    dayTtl: number,
  ): Promise<[number, number, number, number]>;
}

export class TokenLeases {
  readonly #redis: RedisConnection & LeaseCommand;

  constructor(redis: RedisConnection) {
    redis.defineCommand('landbridgeLease', { lua: leaseScript });
    this.#redis = redis as RedisConnection & LeaseCommand;
  }

  /**
   * Takes from `needed` to `wanted` tokens, or none. Rejects when Redis does not answer; a repeated call after a lost answer takes twice,
   * which costs the carrier a lease and never grants one too many.
   * @param date local date of the hub, `YYYY-MM-DD`
   */
  async lease(
    subject: LimitSubject,
    { ratePerSecond, burst, quotaPerDay }: TokenLimits,
    date: string,
    needed: number,
    wanted: number,
  ): Promise<TokenLease> {
    const [granted, left, waitMs, quotaLeft] = await this.#redis.landbridgeLease(
      2,
      limitBucketKey(subject),
      limitDayKey(subject, date),
      ratePerSecond,
      burst,
      quotaPerDay,
      needed,
      wanted,
      dayTtlSeconds,
    );
    return { granted, left, waitMs, quotaLeft };
  }
}

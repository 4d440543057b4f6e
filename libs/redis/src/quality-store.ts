/**
 * Counts of carriers' data quality in Redis, by day of receipt and shared by all ingests.
 *
 * These are observations, not figures of the hub: what an ingest had not written when it was killed (a second at most) is lost, and
 * rejected events stand in no log to be counted again. What is written is written once: a repeated write of the same ingest is passed
 * over by its number, and missing milestones are the difference that a unit's new milestones make, whoever reports them.
 */
import { createHash } from 'node:crypto';
import { qualityDayKey, qualityUnitKey, type CarrierName } from '@landbridge/contracts';
import { expectationBits, latenessBoundsSeconds, type QualityCounts, type UnitType } from '@landbridge/domain';
import type { RedisConnection } from './connection.js';

/** What one ingest has counted of a carrier since it wrote last. */
export interface QualityChange {
  /** The ingest, by an id that no other and no later start of it has. */
  readonly writer: string;
  /** Counts up with every change of this writer. */
  readonly sequence: number;
  readonly accepted: number;
  readonly corrected: number;
  readonly rejectedByCode: ReadonlyMap<string, number>;
  /** Actual events by lateness, as `latenessBucket` numbers them. */
  readonly lateness: readonly number[];
  /** Milestones reported, as bits, by unit. At most `unitsPerChangeMax`. */
  readonly units: readonly { readonly type: UnitType; readonly id: string; readonly bits: number }[];
}

export interface QualityReading extends QualityCounts {
  readonly rejectedByCode: Readonly<Record<string, number>>;
}

/** One call's worth of Redis's time: about two milliseconds. */
export const unitsPerChangeMax = 1_000;
/** Units whose milestones are followed, for each carrier and day: 2 MiB of Redis. Beyond it new units are not looked at. */
const unitsPerDayMax = 20_000;
/** A quarter and some days, for comparing quarters. */
const dayTtlSeconds = 100 * 86_400;
/** As long as events are expected to follow each other. */
const unitTtlSeconds = 32 * 86_400;

/**
 * KEYS 1 the day, then the units. ARGV 1 writer, 2 sequence, 3 TTL of the day, 4 TTL of a unit, 5 units a day, 6 JSON
 * [counts by field, bits by unit, expectations by unit].
 */
const addScript = `
local last = redis.call('HGET', KEYS[1], 'writer:' .. ARGV[1])
if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
local change = cjson.decode(ARGV[6])
local expected, missing, fresh = 0, 0, 0
local room = tonumber(ARGV[5]) - tonumber(redis.call('HGET', KEYS[1], 'units') or '0')
local function look(bits, expectations, sign)
  for i = 1, #expectations do
    if bit.band(bits, expectations[i][1]) ~= 0 then
      expected = expected + sign
      if bit.band(bits, expectations[i][2]) == 0 then missing = missing + sign end
    end
  end
end
for i = 2, #KEYS do
  local old = redis.call('GET', KEYS[i])
  if old or room > fresh then
    if not old then fresh = fresh + 1 end
    local before = tonumber(old or '0')
    local after = bit.bor(before, change[2][i - 1])
    look(before, change[3][i - 1], -1)
    look(after, change[3][i - 1], 1)
    redis.call('SET', KEYS[i], after, 'EX', ARGV[4])
  end
end
local counts = change[1]
counts[#counts + 1] = 'expected'
counts[#counts + 1] = expected
counts[#counts + 1] = 'missing'
counts[#counts + 1] = missing
counts[#counts + 1] = 'units'
counts[#counts + 1] = fresh
for i = 1, #counts, 2 do
  if counts[i + 1] ~= 0 then redis.call('HINCRBY', KEYS[1], counts[i], counts[i + 1]) end
end
redis.call('HSET', KEYS[1], 'writer:' .. ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
`;

export class RedisQualityStore {
  readonly #add: (...parts: (string | Buffer | number)[]) => Promise<unknown>;

  constructor(private readonly redis: RedisConnection) {
    redis.defineCommand('lbAddQuality', { lua: addScript });
    const commands = redis as unknown as Record<
      'lbAddQuality',
      (...parts: (string | Buffer | number)[]) => Promise<unknown>
    >;
    this.#add = (...parts) => commands.lbAddQuality(...parts);
  }

  /** Adds a change to the counts of a day of receipt (`YYYY-MM-DD`). Safe to repeat; rejects when Redis does not take it. */
  async add(carrier: CarrierName, date: string, change: QualityChange): Promise<void> {
    if (change.units.length > unitsPerChangeMax) throw new Error(`a change has at most ${unitsPerChangeMax} units`);
    const units = change.units.map(({ type, id }) => qualityUnitKey(carrier, unitName(type, id)));
    const counts: (string | number)[] = ['accepted', change.accepted, 'corrected', change.corrected];
    for (const [code, events] of change.rejectedByCode) counts.push(`rejected:${code}`, events);
    for (const [bucket, events] of change.lateness.entries()) counts.push(`late:${bucket}`, events);
    const packed = JSON.stringify([
      counts,
      change.units.map(({ bits }) => bits),
      change.units.map(({ type }) => expectationBits(type)),
    ]);
    const keys = [qualityDayKey(carrier, date), ...units];
    const limits = [dayTtlSeconds, unitTtlSeconds, unitsPerDayMax];
    await this.#add(keys.length, ...keys, change.writer, change.sequence, ...limits, packed);
  }

  /** The counts of a carrier, summed over days of receipt. */
  async read(carrier: CarrierName, dates: readonly string[]): Promise<QualityReading> {
    const days = await Promise.all(dates.map(async (date) => this.redis.hgetall(qualityDayKey(carrier, date))));
    const sums = new Map<string, number>();
    for (const day of days)
      for (const [field, text] of Object.entries(day))
        if (!field.startsWith('writer:')) sums.set(field, (sums.get(field) ?? 0) + Number(text));
    const sum = (field: string) => sums.get(field) ?? 0;
    const rejectedByCode = Object.fromEntries(
      [...sums].flatMap(([field, events]) =>
        field.startsWith('rejected:') ? [[field.slice('rejected:'.length), events] as const] : [],
      ),
    );
    return {
      accepted: sum('accepted'),
      corrected: sum('corrected'),
      rejected: Object.values(rejectedByCode).reduce((total, events) => total + events, 0),
      rejectedByCode,
      lateness: Array.from({ length: latenessBoundsSeconds.length + 1 }, (_, bucket) => sum(`late:${bucket}`)),
      expected: Math.max(0, sum('expected')),
      missing: Math.max(0, sum('missing')),
    };
  }
}

/** 64 bits: two units of one carrier that share them would share their milestones, which a score can bear. */
function unitName(type: UnitType, id: string): string {
  return createHash('sha256').update(`${type}\n${id}`).digest('hex').slice(0, 16);
}

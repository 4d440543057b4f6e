/**
 * Whole shards at one position, for comparisons that must be exact.
 *
 * Position, series and cells are read in one MULTI, so nothing of it is older or newer. Which days a shard has is not listed anywhere;
 * every contribution counts in a month too, so the months of a first look say which days can exist, and the transaction reads months
 * and days together and is done again in the rare case that a month has come in between. Months only come, so that ends.
 * Refused: SCAN (not atomic), and a script that makes up its keys (a cluster wants them declared).
 */
import { dayKey, unpackCells, seriesKey, stateKey, yearKey } from '@landbridge/contracts';
import {
  dayName,
  dayNumberOf,
  daysInMonth,
  periodYearMax,
  periodYearMin,
  type ShardId,
  type ShardSnapshot,
  type SnapshotCell,
  type SnapshotSource,
  type StoredBucket,
} from '@landbridge/domain';
import type { RedisConnection } from './connection.js';

type YearBucket = Extract<StoredBucket, { kind: 'year' }>;

/** Every year in which an event may happen: 101 mostly empty keys are a millisecond. */
const years: readonly YearBucket[] = Array.from({ length: periodYearMax - periodYearMin + 1 }, (_, i) => ({
  kind: 'year',
  year: periodYearMin + i,
}));

export class RedisSnapshots implements SnapshotSource {
  constructor(private readonly redis: RedisConnection) {}

  async months(shard: ShardId): Promise<ShardSnapshot> {
    return this.read(shard, []);
  }

  async cells(shard: ShardId): Promise<ShardSnapshot> {
    let expected = monthsOf(await this.months(shard));
    for (;;) {
      const snapshot = await this.read(shard, [...expected].flatMap(daysOf));
      const found = monthsOf(snapshot);
      if ([...found].every((month) => expected.has(month))) return snapshot;
      expected = found;
    }
  }

  private async read(shard: ShardId, days: readonly DayToRead[]): Promise<ShardSnapshot> {
    const transaction = this.redis.multi().hget(stateKey(shard), 'next').lrange(seriesKey(shard), 0, -1);
    for (const { year } of years) transaction.getBuffer(yearKey(shard, year));
    for (const { date } of days) transaction.getBuffer(dayKey(shard, date));
    const answers = await transaction.exec();
    if (answers === null) throw new Error('redis gave the transaction up');
    for (const [error] of answers) if (error) throw error;
    const [next, names, ...contents] = answers.map(([, answer]) => answer) as [
      string | null,
      readonly string[],
      ...(Buffer | null)[],
    ];
    const buckets: readonly StoredBucket[] = [...years, ...days.map(({ bucket }) => bucket)];
    return {
      next: next === null ? undefined : Number(next),
      cells: contents.flatMap((bytes, i) => (bytes === null ? [] : cellsOf(buckets[i]!, bytes, names))),
    };
  }
}

/** A day's bucket and its name in keys. */
interface DayToRead {
  readonly bucket: StoredBucket;
  readonly date: string;
}

function cellsOf(bucket: StoredBucket, bytes: Buffer, names: readonly string[]): SnapshotCell[] {
  return unpackCells(bytes).map(({ slot, series: number, amounts }) => {
    const series = names[number];
    if (series === undefined) throw new Error(`a cell names series ${number}, which the shard does not have`);
    return { bucket, slot, series, amounts };
  });
}

/** Months as numbers, twelve a year. */
function monthsOf({ cells }: ShardSnapshot): Set<number> {
  return new Set(cells.flatMap(({ bucket, slot }) => (bucket.kind === 'year' ? [bucket.year * 12 + slot - 1] : [])));
}

function daysOf(month: number): DayToRead[] {
  const year = Math.floor(month / 12);
  const monthOfYear = (month % 12) + 1;
  const first = dayNumberOf(year, monthOfYear, 1);
  return Array.from({ length: daysInMonth(year, monthOfYear) }, (_, i) => ({
    bucket: { kind: 'day', day: first + i },
    date: dayName({ year, month: monthOfYear, day: i + 1 }),
  }));
}

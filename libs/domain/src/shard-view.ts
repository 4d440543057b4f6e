/**
 * The view of one partition in memory: takes records in log order, and says what a store must change.
 *
 * Goal: one small write to the store for a whole run of records. Choice: cells are held as absolute sums, loaded bucket by bucket when
 * first touched; the store checks the position and takes the new absolute values, so nothing is read back in the store's script and
 * applying twice changes nothing. Whatever goes wrong (a refusal, a lost answer), the view is thrown away and loaded again: it is a
 * pure function of the log up to `next`.
 */
import { dayOfNumber } from './calendar.js';
import { CellBucket } from './cell-bucket.js';
import { decide, supersedes, type Contribution, type Outcome, type Version } from './fold.js';
import type { ShardChange, ShardImage, StoredBucket, StoredBucketChange, StoredCell } from './shard-store.js';
import {
  packContribution,
  unpackVersion,
  VersionMemory,
  type MemoryLimits,
  type PackedContribution,
} from './version-memory.js';

/** A record of the log that passed its checks, ready to be folded. */
export interface FoldRecord {
  readonly offset: number;
  /** The log's receipt time, epoch milliseconds. */
  readonly receivedMs: number;
  /** 16 characters of code 0..255: the hash of tenant, source and id. */
  readonly identity: string;
  readonly version: Version;
}

export interface ViewLimits extends MemoryLimits {
  /** Series by name; beyond it, new series of a meter add up under the meter's series without dimensions: totals stay right. */
  readonly seriesMax: number;
  /** Cells kept between runs; the least recently used buckets leave. */
  readonly cellsMax: number;
}

/** `overflow`: the event would lift a cell above the largest exact integer; nothing was changed. */
export type TakeOutcome = Outcome | 'overflow';

/** The limit's default: some 200 series for each partner country, and well inside the 20 bits. */
export const defaultSeriesMax = 1 << 16;
/** About 10 MiB a partition: a year of daily buckets of a busy hub. */
export const defaultCellsMax = 1 << 16;

export class ShardView {
  private readonly series: string[];
  private readonly seriesNumbers = new Map<string, number>();
  private storedSeries: number;
  private readonly memory: VersionMemory;
  /** By bucket number, in order of use, the least recent first. */
  private readonly buckets = new Map<number, CellBucket>();
  /** Where the hours of these buckets count: found once for each hour, because each event asks several times. */
  private readonly places = new Map<number, LoadedPlaces>();
  /** The one that was asked for last: most contributions of an event are of one hour. */
  private lastPlaces: LoadedPlaces | undefined;
  /** Buckets with cells that changed since the last drain. */
  private touched: number[] = [];
  private storedNext: number;
  private position: number;
  private newestReceivedMs = 0;
  private added = new Map<string, number[]>();

  constructor(
    image: ShardImage,
    private readonly limits: ViewLimits,
  ) {
    this.series = [...image.series];
    this.series.forEach((name, number) => this.seriesNumbers.set(name, number));
    this.storedSeries = this.series.length;
    this.memory = new VersionMemory(limits, image.segments, image.newestReceivedMs);
    this.storedNext = image.next;
    this.position = image.next;
    this.newestReceivedMs = image.newestReceivedMs;
  }

  /** Offset of the next record that the view will take. */
  get next(): number {
    return this.position;
  }

  /** The position up to which the store has the view: where what is read from the store must stand. */
  get storedPosition(): number {
    return this.storedNext;
  }

  get rememberedIds(): number {
    return this.memory.size;
  }

  /** The buckets that these records, or the remembered versions of their events, add to and that are not in memory: for `addBuckets`. */
  missingBuckets(records: Iterable<FoldRecord>): StoredBucket[] {
    const missing = new Set<number>();
    for (const { version, identity } of records) {
      this.noteMissing(version.contributions, missing);
      this.noteMissing(this.memory.find(identity)?.contributions ?? [], missing);
    }
    return [...missing].map(bucketOfNumber);
  }

  private noteMissing(contributions: readonly { readonly hour: number }[], missing: Set<number>): void {
    for (const { hour } of contributions) {
      const { day, year } = placesOf(hour);
      if (!this.buckets.has(day)) missing.add(day);
      if (!this.buckets.has(year)) missing.add(year);
    }
  }

  addBuckets(buckets: readonly StoredBucket[], contents: readonly (readonly StoredCell[])[]): void {
    buckets.forEach((bucket, i) => {
      this.buckets.set(numberOfBucket(bucket), new CellBucket(contents[i]!));
    });
    this.forgetPlaces();
  }

  /** Passes over a record that cannot be folded (a dead letter). */
  skip(offset: number, receivedMs: number): void {
    this.memory.advance(receivedMs);
    this.newestReceivedMs = Math.max(this.newestReceivedMs, receivedMs);
    this.position = offset + 1;
  }

  /**
   * Folds the next record. Offsets must not go back; a gap is the caller's to explain (the log has holes only where it was told so).
   * `unloaded`: the record changes buckets that are not in memory, and nothing was changed. That is rare, so they are not looked for
   * beforehand: read those of `missingBuckets` and take the record again.
   */
  take(record: FoldRecord): TakeOutcome | 'unloaded' {
    if (record.offset < this.position)
      throw new Error(`record ${record.offset} is behind the view at ${this.position}`);
    this.memory.advance(record.receivedMs);
    const { version } = record;
    const packed = this.memory.find(record.identity);
    const known = packed && unpackVersion(packed, (series) => this.series[series]!);
    let outcome = decide(known, version);
    // Past the limit of series only the meter's name is remembered: a repeat must not pass for a contradiction.
    if (outcome === 'conflict') outcome = decide(known, this.asCounted(version));
    if (supersedes(outcome)) {
      if (!this.isLoaded(version.contributions) || (packed && !this.isLoaded(packed.contributions))) return 'unloaded';
      const incoming: PackedContribution[] = [];
      for (const one of version.contributions) incoming.push(packContribution(one, this.seriesNumber(one)));
      if (packed) for (const contribution of packed.contributions) this.add(contribution, -1);
      if (!this.addAll(incoming)) {
        if (packed) for (const contribution of packed.contributions) this.add(contribution, 1);
        this.skip(record.offset, record.receivedMs);
        return 'overflow';
      }
      this.memory.remember(record.identity, { rank: version.rank, contributions: incoming });
      for (const contribution of version.contributions) this.noteAdded(contribution);
    }
    if (record.receivedMs > this.newestReceivedMs) this.newestReceivedMs = record.receivedMs;
    this.position = record.offset + 1;
    return outcome;
  }

  /** What changed since the last call, for the store; the view then counts it as stored. */
  drain(): ShardChange {
    const { appends, dropped, segments } = this.memory.drain();
    const cells: StoredBucketChange[] = [];
    for (const bucket of this.touched) {
      const held = this.buckets.get(bucket)!;
      cells.push({ bucket: bucketOfNumber(bucket), ...held.drain() });
      // To the end of the map: the most recently used.
      this.buckets.delete(bucket);
      this.buckets.set(bucket, held);
    }
    this.touched = [];
    const change: ShardChange = {
      expectedNext: this.storedNext,
      next: this.position,
      newestReceivedMs: this.newestReceivedMs,
      newSeries: this.series.slice(this.storedSeries),
      idAppends: appends,
      droppedSegments: dropped,
      segments,
      cells,
    };
    this.storedNext = this.position;
    this.storedSeries = this.series.length;
    return change;
  }

  /** Amounts that counted since the last call, by series name: for rates. What corrections took out again is not in it. */
  drainAdded(): ReadonlyMap<string, readonly number[]> {
    const { added } = this;
    this.added = new Map();
    return added;
  }

  /** Lets go of the least recently used buckets beyond the limit. Call it after the store has taken the drained change. */
  trim(): void {
    let total = 0;
    for (const { size } of this.buckets.values()) total += size;
    for (const [bucket, { size }] of this.buckets) {
      if (total <= this.limits.cellsMax) return;
      total -= size;
      this.buckets.delete(bucket);
      this.forgetPlaces();
    }
  }

  /** A version with its series as the view names them. */
  private asCounted({ rank, contributions }: Version): Version {
    return { rank, contributions: contributions.map((one) => ({ ...one, series: this.seriesName(one.series) })) };
  }

  private seriesName(series: string): string {
    const ownName = this.seriesNumbers.has(series) || this.series.length < this.limits.seriesMax;
    return ownName ? series : series.replaceAll(/\|[^|]*/g, '|');
  }

  private seriesNumber({ series }: Contribution): number {
    const known = this.seriesNumbers.get(series);
    if (known !== undefined) return known;
    const name = this.seriesName(series);
    const existing = this.seriesNumbers.get(name);
    if (existing !== undefined) return existing;
    const number = this.series.push(name) - 1;
    this.seriesNumbers.set(name, number);
    return number;
  }

  private isLoaded(contributions: readonly { readonly hour: number }[]): boolean {
    for (const { hour } of contributions) if (this.loadedPlaces(hour) === undefined) return false;
    return true;
  }

  /** Adds all contributions, or none when a cell would leave the exact integers. */
  private addAll(contributions: readonly PackedContribution[]): boolean {
    for (let done = 0; done < contributions.length; done++) {
      if (this.add(contributions[done]!, 1)) continue;
      for (let undone = 0; undone < done; undone++) this.add(contributions[undone]!, -1);
      return false;
    }
    return true;
  }

  /** Adds to both cells of a contribution, or to neither when a sum would not be an exact integer. */
  private add({ series, hour, amounts }: PackedContribution, sign: 1 | -1): boolean {
    const places = this.loadedPlaces(hour);
    if (!places) throw new Error(`the buckets of hour ${hour} were not loaded`);
    const { day, hours, hourOfDay, year, months, month } = places;
    const isFirstOfDay = !hours.hasChanged;
    const isFirstOfYear = !months.hasChanged;
    if (!hours.add(hourOfDay, series, amounts, sign)) return false;
    if (isFirstOfDay) this.touched.push(day);
    if (!months.add(month, series, amounts, sign)) {
      hours.add(hourOfDay, series, amounts, sign === 1 ? -1 : 1);
      return false;
    }
    if (isFirstOfYear) this.touched.push(year);
    return true;
  }

  /** Undefined where one of the two buckets is not in memory. */
  private loadedPlaces(hour: number): LoadedPlaces | undefined {
    if (this.lastPlaces?.hour === hour) return this.lastPlaces;
    const known = this.places.get(hour);
    if (known) return (this.lastPlaces = known);
    const places = placesOf(hour);
    const hours = this.buckets.get(places.day);
    const months = this.buckets.get(places.year);
    if (!hours || !months) return undefined;
    const loaded = { ...places, hour, hours, months };
    this.places.set(hour, loaded);
    return (this.lastPlaces = loaded);
  }

  private forgetPlaces(): void {
    this.places.clear();
    this.lastPlaces = undefined;
  }

  private noteAdded({ series, amounts }: Contribution): void {
    const held = this.added.get(series);
    if (!held) this.added.set(series, [...amounts]);
    else amounts.forEach((amount, column) => (held[column]! += amount));
  }
}

/** Buckets are numbered: a day by its number since 1970-01-01, a year as its negative. */
function bucketOfNumber(number: number): StoredBucket {
  return number < 0 ? { kind: 'year', year: -number } : { kind: 'day', day: number };
}

function numberOfBucket(bucket: StoredBucket): number {
  return bucket.kind === 'year' ? -bucket.year : bucket.day;
}

/** The two cells that an hour counts in, by bucket number: its hour in the day's bucket, its month in the year's. */
interface Places {
  readonly day: number;
  readonly hourOfDay: number;
  readonly year: number;
  readonly month: number;
}

interface LoadedPlaces extends Places {
  readonly hour: number;
  readonly hours: CellBucket;
  readonly months: CellBucket;
}

function placesOf(hour: number): Places {
  const day = Math.floor(hour / 24);
  const { year, month } = dayOfNumber(day);
  return { day, hourOfDay: hour - day * 24, year: -year, month };
}

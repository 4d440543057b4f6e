/**
 * The cells of one bucket in memory: sums by slot and series, in one open-addressing table of doubles.
 *
 * Goal: history in random order looks for another cell with each event, and none of them is in the processor's cache. Choice: a place of
 * the table is 32 bytes, its mark and its sums side by side, so that a look takes one line of the cache; and a hundred thousand cells are
 * a few objects for the garbage collector. Refused: marks, sums and changes in arrays of their own, four lines a look. Doubles hold
 * integers exactly up to 2^53, and no sum is let beyond it.
 */
import { columnsMax } from './measures.js';
import type { StoredCell } from './shard-store.js';

/** Series numbers take the low 20 bits of a cell's field, its slot the bits above. */
const seriesNumberLimit = 1 << 20;
/**
 * A mark is an integer of 31 bits: the field and one, so that zero is an empty place; two bits that count the columns; and whether the
 * cell has changed since the last `drain`.
 */
const fieldShift = 3;
const columnsShift = 1;
const columnsMask = 0b11;
const changedBit = 1;
/** A place is a mark and the sums. */
const placeLength = 1 + columnsMax;
const firstPlaces = 16;
/** Above this share of used places the table doubles: probes stay short. */
const loadMax = 0.75;
/** Entries that a stored bucket may hold above twice its cells, before it is written anew: small buckets are not worth it. */
const overtakenEntriesFree = 64;

/** What a store must write of a bucket: entries to append, or all cells in place of all that it has. */
export interface BucketChange {
  readonly cells: readonly StoredCell[];
  readonly isWhole: boolean;
}

export class CellBucket {
  private used = 0;
  private table = new Float64Array(firstPlaces * placeLength);
  /** The number of places, a power of two, less one. */
  private mask = firstPlaces - 1;
  /** Fields of the cells that changed since the last `drain`. */
  private changed: number[] = [];
  /** Entries in the stored bucket, overtaken ones too. */
  private entries: number;

  /** @param stored as it was appended: the last entry of a cell stands */
  constructor(stored: readonly StoredCell[]) {
    for (const { slot, series, amounts } of stored) {
      const at = this.claim(slot * seriesNumberLimit + series, amounts.length);
      for (let column = 0; column < amounts.length; column++) this.table[at + 1 + column] = amounts[column]!;
    }
    this.entries = stored.length;
  }

  get size(): number {
    return this.used;
  }

  /** Whether a cell changed since the last `drain`. */
  get hasChanged(): boolean {
    return this.changed.length > 0;
  }

  /**
   * Adds to a cell column by column, or changes nothing and says false when a sum would not be an exact integer. Throws when a sum
   * would fall below zero: what is taken out was put in before, or the view is not a fold of this log.
   */
  add(slot: number, series: number, amounts: readonly number[], sign: 1 | -1): boolean {
    const field = slot * seriesNumberLimit + series;
    const at = this.claim(field, amounts.length);
    const { table } = this;
    for (let column = 0; column < amounts.length; column++) {
      const sum = table[at + 1 + column]! + sign * amounts[column]!;
      if (sum < 0) throw new Error('a cell would fall below zero: the view is not a fold of this log');
      if (sum > Number.MAX_SAFE_INTEGER) return false;
    }
    for (let column = 0; column < amounts.length; column++) table[at + 1 + column]! += sign * amounts[column]!;
    const mark = table[at]!;
    if ((mark & changedBit) === 0) {
      table[at] = mark | changedBit;
      this.changed.push(field);
    }
    return true;
  }

  /**
   * The cells that changed since the last call, or all of them when the stored bucket would else be mostly overtaken entries. What is
   * written is so at most twice what changes, and what is stored about twice what stands.
   */
  drain(): BucketChange {
    const { changed, table } = this;
    this.changed = [];
    this.entries += changed.length;
    const isWhole = this.entries > 2 * this.used + overtakenEntriesFree;
    if (isWhole) this.entries = this.used;
    const cells: StoredCell[] = [];
    for (const field of changed) {
      const at = this.placeOf(field);
      table[at]! &= ~changedBit;
      if (!isWhole) cells.push(this.cellAt(at));
    }
    if (isWhole)
      for (let at = 0; at < table.length; at += placeLength) if (table[at] !== 0) cells.push(this.cellAt(at));
    return { cells, isWhole };
  }

  private cellAt(at: number): StoredCell {
    const mark = this.table[at]!;
    const field = (mark >> fieldShift) - 1;
    const columns = (mark >> columnsShift) & columnsMask;
    const amounts: number[] = [];
    for (let column = 0; column < columns; column++) amounts.push(this.table[at + 1 + column]!);
    return { slot: Math.floor(field / seriesNumberLimit), series: field % seriesNumberLimit, amounts };
  }

  /** Where a cell stands in the table; a new one is put there with sums of zero. */
  private claim(field: number, columns: number): number {
    const at = this.placeOf(field);
    if (this.table[at] !== 0) return at;
    if (this.used + 1 > (this.mask + 1) * loadMax) {
      this.grow();
      return this.claim(field, columns);
    }
    this.used += 1;
    this.table[at] = ((field + 1) << fieldShift) | (columns << columnsShift);
    return at;
  }

  /** Where a cell stands in the table, or the empty place where it belongs. */
  private placeOf(field: number): number {
    const { table, mask } = this;
    // Slots and series are small and close together: the multiplication (Knuth's) spreads them over the upper bits.
    for (let place = (Math.imul(field, 0x9e3779b1) >>> 12) & mask; ; place = (place + 1) & mask) {
      const at = place * placeLength;
      const mark = table[at]!;
      if (mark === 0 || mark >> fieldShift === field + 1) return at;
    }
  }

  private grow(): void {
    const old = this.table;
    this.mask = this.mask * 2 + 1;
    this.table = new Float64Array(old.length * 2);
    for (let from = 0; from < old.length; from += placeLength) {
      if (old[from] === 0) continue;
      const to = this.placeOf((old[from]! >> fieldShift) - 1);
      for (let i = 0; i < placeLength; i++) this.table[to + i] = old[from + i]!;
    }
  }
}

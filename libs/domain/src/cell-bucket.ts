/**
 * The cells of one bucket in memory: sums by slot and series, three numbers a cell in one array of doubles, so that a hundred thousand
 * cells are a few objects for the garbage collector and not a hundred thousand. Doubles hold integers exactly up to 2^53, and no sum
 * is let beyond it. An open-addressing table finds them: history in random order looks for another cell with each event.
 */
import { columnsMax } from './measures.js';
import type { StoredCell } from './shard-store.js';

/** Series numbers take the low 20 bits of a cell's field, its slot the bits above. */
const seriesNumberLimit = 1 << 20;
const firstCells = 16;
/** Entries that a stored bucket may hold above twice its cells, before it is written anew: small buckets are not worth it. */
const overtakenEntriesFree = 64;

/** What a store must write of a bucket: entries to append, or all cells in place of all that it has. */
export interface BucketChange {
  readonly cells: readonly StoredCell[];
  readonly isWhole: boolean;
}

export class CellBucket {
  private used = 0;
  /** Slots of a cell's position + 1; twice as many as cells, so that probes stay short. */
  private table = new Int32Array(2 * firstCells);
  private fields = new Int32Array(firstCells);
  private columns = new Uint8Array(firstCells);
  private sums = new Float64Array(firstCells * columnsMax);
  private isDirty = new Uint8Array(firstCells);
  private dirty: number[] = [];
  /** Entries in the stored bucket, overtaken ones too. */
  private entries: number;

  /** @param stored as it was appended: the last entry of a cell stands */
  constructor(stored: readonly StoredCell[]) {
    for (const { slot, series, amounts } of stored) {
      const at = this.positionOf(slot, series, amounts.length) * columnsMax;
      for (let column = 0; column < amounts.length; column++) this.sums[at + column] = amounts[column]!;
    }
    this.entries = stored.length;
  }

  get size(): number {
    return this.used;
  }

  /** Whether a cell changed since the last `drain`. */
  get hasChanged(): boolean {
    return this.dirty.length > 0;
  }

  /**
   * Adds to a cell column by column, or changes nothing and says false when a sum would not be an exact integer. Throws when a sum
   * would fall below zero: what is taken out was put in before, or the view is not a fold of this log.
   */
  add(slot: number, series: number, amounts: readonly number[], sign: 1 | -1): boolean {
    const position = this.positionOf(slot, series, amounts.length);
    const at = position * columnsMax;
    const { sums } = this;
    for (let column = 0; column < amounts.length; column++) {
      const sum = sums[at + column]! + sign * amounts[column]!;
      if (sum < 0) throw new Error('a cell would fall below zero: the view is not a fold of this log');
      if (sum > Number.MAX_SAFE_INTEGER) return false;
    }
    for (let column = 0; column < amounts.length; column++) sums[at + column]! += sign * amounts[column]!;
    if (this.isDirty[position] === 0) {
      this.isDirty[position] = 1;
      this.dirty.push(position);
    }
    return true;
  }

  /**
   * The cells that changed since the last call, or all of them when the stored bucket would else be mostly overtaken entries. What is
   * written is so at most twice what changes, and what is stored about twice what stands.
   */
  drain(): BucketChange {
    const changed = this.dirty;
    this.dirty = [];
    for (const position of changed) this.isDirty[position] = 0;
    this.entries += changed.length;
    const isWhole = this.entries > 2 * this.used + overtakenEntriesFree;
    if (!isWhole) return { cells: changed.map((position) => this.cellAt(position)), isWhole };
    this.entries = this.used;
    return { cells: Array.from({ length: this.used }, (_, position) => this.cellAt(position)), isWhole };
  }

  private cellAt(position: number): StoredCell {
    const field = this.fields[position]!;
    const amounts: number[] = [];
    for (let column = 0; column < this.columns[position]!; column++)
      amounts.push(this.sums[position * columnsMax + column]!);
    return { slot: Math.floor(field / seriesNumberLimit), series: field % seriesNumberLimit, amounts };
  }

  private positionOf(slot: number, series: number, columns: number): number {
    const field = slot * seriesNumberLimit + series;
    const at = this.placeOf(field);
    const known = this.table[at]!;
    if (known !== 0) return known - 1;
    if (this.used === this.fields.length) {
      this.grow();
      return this.positionOf(slot, series, columns);
    }
    const position = this.used++;
    this.table[at] = position + 1;
    this.fields[position] = field;
    this.columns[position] = columns;
    return position;
  }

  /** The place in the table that names a cell, or the empty one where it belongs. */
  private placeOf(field: number): number {
    const { table, fields } = this;
    const mask = table.length - 1;
    // Slots and series are small and close together: the multiplication (Knuth's) spreads them over the upper bits.
    for (let at = (Math.imul(field, 0x9e3779b1) >>> 12) & mask; ; at = (at + 1) & mask) {
      const position = table[at]!;
      if (position === 0 || fields[position - 1] === field) return at;
    }
  }

  private grow(): void {
    const length = this.fields.length * 2;
    const { fields, columns, sums, isDirty } = this;
    this.fields = new Int32Array(length);
    this.fields.set(fields);
    this.columns = new Uint8Array(length);
    this.columns.set(columns);
    this.sums = new Float64Array(length * columnsMax);
    this.sums.set(sums);
    this.isDirty = new Uint8Array(length);
    this.isDirty.set(isDirty);
    this.table = new Int32Array(2 * length);
    for (let position = 0; position < this.used; position++) this.table[this.placeOf(fields[position]!)] = position + 1;
  }
}

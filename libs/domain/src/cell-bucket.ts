/**
 * The cells of one bucket in memory: sums by slot and series, three numbers a cell in one array of doubles, so that a hundred thousand
 * cells are a few objects for the garbage collector and not a hundred thousand. Doubles hold integers exactly up to 2^53, and no sum
 * is let beyond it.
 */
import { columnsMax } from './measures.js';
import type { StoredCell } from './shard-store.js';

/** Series numbers take the low 20 bits of a cell's field, its slot the bits above. */
const seriesNumberLimit = 1 << 20;
const firstCells = 16;

export class CellBucket {
  private readonly positions = new Map<number, number>();
  private fields = new Int32Array(firstCells);
  private columns = new Uint8Array(firstCells);
  private sums = new Float64Array(firstCells * columnsMax);
  private readonly dirty = new Set<number>();

  constructor(stored: readonly StoredCell[]) {
    for (const { slot, series, amounts } of stored) {
      const at = this.positionOf(slot, series, amounts.length) * columnsMax;
      amounts.forEach((amount, column) => (this.sums[at + column] = amount));
    }
  }

  get size(): number {
    return this.positions.size;
  }

  /**
   * Adds to a cell column by column, or changes nothing and says false when a sum would not be an exact integer. Throws when a sum
   * would fall below zero: what is taken out was put in before, or the view is not a fold of this log.
   */
  add(slot: number, series: number, amounts: readonly number[], sign: 1 | -1): boolean {
    const position = this.positionOf(slot, series, amounts.length);
    const at = position * columnsMax;
    for (let column = 0; column < amounts.length; column++) {
      const sum = this.sums[at + column]! + sign * amounts[column]!;
      if (sum < 0) throw new Error('a cell would fall below zero: the view is not a fold of this log');
      if (sum > Number.MAX_SAFE_INTEGER) return false;
    }
    for (let column = 0; column < amounts.length; column++) this.sums[at + column]! += sign * amounts[column]!;
    this.dirty.add(position);
    return true;
  }

  /** The cells that changed since the last call. */
  drain(): StoredCell[] {
    const changed: StoredCell[] = [];
    for (const position of this.dirty) {
      const field = this.fields[position]!;
      const amounts: number[] = [];
      for (let column = 0; column < this.columns[position]!; column++)
        amounts.push(this.sums[position * columnsMax + column]!);
      changed.push({ slot: Math.floor(field / seriesNumberLimit), series: field % seriesNumberLimit, amounts });
    }
    this.dirty.clear();
    return changed;
  }

  private positionOf(slot: number, series: number, columns: number): number {
    const field = slot * seriesNumberLimit + series;
    const known = this.positions.get(field);
    if (known !== undefined) return known;
    const position = this.positions.size;
    if (position === this.fields.length) this.grow();
    this.positions.set(field, position);
    this.fields[position] = field;
    this.columns[position] = columns;
    return position;
  }

  private grow(): void {
    const length = this.fields.length * 2;
    const { fields, columns, sums } = this;
    this.fields = new Int32Array(length);
    this.fields.set(fields);
    this.columns = new Uint8Array(length);
    this.columns.set(columns);
    this.sums = new Float64Array(length * columnsMax);
    this.sums.set(sums);
  }
}

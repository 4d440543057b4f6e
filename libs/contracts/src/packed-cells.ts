/**
 * The stored form of a bucket's cells: one string of entries, of which the last one of a cell stands.
 *
 * Goal: a run of records costs one small Redis operation for each bucket that it touches, and not one for each cell. Choice: the new
 * values are appended; when half of the string or more is overtaken, the writer, who holds the bucket, writes it anew (`CellBucket`). A
 * reader gets a bucket as one value. Refused: a hash with a field for each cell (history in random order took a quarter of all time in
 * Redis' hashes, and their readers parse digits), and rewriting the bucket with each run (a day of 300 cells for one new event).
 *
 * An entry is slot, series, number of amounts and the amounts, all in little-endian groups of seven bits, as in Protocol Buffers.
 */
import type { StoredCell } from '@landbridge/domain';

/** Far more than any meter has columns. */
const amountsMax = 15;
/** A slot takes one byte, a series number up to five, an amount up to eight. */
export const packedCellBytesMax = 1 + 5 + 1 + amountsMax * 8;
const seriesLimit = 2 ** 32;
const slotLimit = 0x80;

/** The entries of cells as they are appended. */
export function packCells(cells: readonly StoredCell[]): Buffer {
  const bytes = Buffer.allocUnsafe(cells.length * packedCellBytesMax);
  return Buffer.from(bytes.subarray(0, writeCells(cells, bytes, 0)));
}

/** Writes the entries from `at` on, where `packedCellBytesMax` bytes a cell are free, and gives the place behind them. */
export function writeCells(cells: readonly StoredCell[], bytes: Uint8Array, at: number): number {
  let end = at;
  for (const { slot, series, amounts } of cells) {
    if (amounts.length > amountsMax || slot >= slotLimit || series >= seriesLimit)
      throw new Error(`a cell of ${amounts.length} amounts in slot ${slot} of series ${series} cannot be stored`);
    bytes[end++] = slot;
    end = writeNumber(series, bytes, end);
    bytes[end++] = amounts.length;
    for (const amount of amounts) end = writeNumber(amount, bytes, end);
  }
  return end;
}

/** All entries in the order in which they were appended. Throws on what is none: the store is then not ours. */
export function unpackCellEntries(bytes: Uint8Array): StoredCell[] {
  const entries: StoredCell[] = [];
  const reader = new NumberReader(bytes);
  while (reader.at < bytes.length) {
    const slot = reader.next();
    const series = reader.next();
    const columns = reader.next();
    if (slot >= slotLimit || series >= seriesLimit || columns > amountsMax) throw notCells();
    const amounts: number[] = [];
    for (let column = 0; column < columns; column++) amounts.push(reader.next());
    entries.push({ slot, series, amounts });
  }
  return entries;
}

/** The cells of a bucket, each once, as they stand. Throws on what is none. */
export function unpackCells(bytes: Uint8Array): StoredCell[] {
  const places = new Map<number, number>();
  const cells: StoredCell[] = [];
  for (const entry of unpackCellEntries(bytes)) {
    const cell = entry.series * slotLimit + entry.slot;
    const place = places.get(cell);
    if (place === undefined) places.set(cell, cells.push(entry) - 1);
    else cells[place] = entry;
  }
  return cells;
}

/** A natural number up to 2^53 - 1. */
function writeNumber(value: number, bytes: Uint8Array, at: number): number {
  let end = at;
  let rest = value;
  while (rest >= 0x80) {
    bytes[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[end++] = rest;
  return end;
}

class NumberReader {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Throws where the bytes end, and on a number that is not exact. */
  next(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw notCells();
      value += (byte & 0x7f) * scale;
      // Rounding cannot hide an overflow: a number above the largest exact one is never rounded to below it.
      if (value > Number.MAX_SAFE_INTEGER) throw notCells();
      if (byte < 0x80) return value;
    }
  }
}

function notCells(): Error {
  return new Error('not the cells of a bucket');
}

/**
 * Packs a change for the script into one MessagePack value, which Redis unpacks in C.
 *
 * A run of records touches hundreds of buckets. As arguments of their own, each costs an object in the client, one in the server and a
 * copy between; packed, all go straight into one buffer. Only what the script needs of MessagePack is written: arrays, and texts and
 * bytes alike as raw strings, which is what Lua has.
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { packedCellBytesMax, writeCells } from '@landbridge/contracts';
import type { ShardChange, StoredCell } from '@landbridge/domain';

/** Room for a header; the buffer grows before each write that may need more. */
const scalarBytesMax = 32;
const rawHeaderBytes = 5;

class Packer {
  private bytes = Buffer.allocUnsafe(1 << 16);
  private at = 0;

  array(length: number): void {
    this.room(scalarBytesMax);
    this.bytes[this.at] = 0xdd; // array 32
    this.bytes.writeUInt32BE(length, this.at + 1);
    this.at += 5;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.rawHeader(length);
    this.at += this.bytes.write(text, this.at);
  }

  raw(bytes: Uint8Array): void {
    this.rawHeader(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  cells(cells: readonly StoredCell[]): void {
    this.room(cells.length * packedCellBytesMax);
    const start = this.at;
    this.rawHeader(0);
    this.at = writeCells(cells, this.bytes, this.at);
    // The length is known only now.
    this.bytes.writeUInt32BE(this.at - start - rawHeaderBytes, start + 1);
  }

  /** The packed value so far, which stays valid when the packer goes on to another one. */
  take(): Buffer {
    const packed = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return packed;
  }

  private rawHeader(length: number): void {
    this.room(length + scalarBytesMax);
    this.bytes[this.at] = 0xdb; // str 32
    this.bytes.writeUInt32BE(length, this.at + 1);
    this.at += rawHeaderBytes;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.at + bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

const packer = new Packer();

/** The change as the script reads it: [new series], [bytes to append, by key], [bytes to set, by key]; cells are `packCells`' entries. */
export function packChange({ newSeries, idAppends, cells }: ShardChange): Buffer {
  const appended = cells.filter(({ isWhole }) => !isWhole);
  const whole = cells.filter(({ isWhole }) => isWhole);
  packer.array(3);
  packer.array(newSeries.length);
  for (const name of newSeries) packer.text(name);
  packer.array(idAppends.length + appended.length);
  for (const { bytes } of idAppends) packer.raw(bytes);
  for (const one of appended) packer.cells(one.cells);
  packer.array(whole.length);
  for (const one of whole) packer.cells(one.cells);
  return packer.take();
}

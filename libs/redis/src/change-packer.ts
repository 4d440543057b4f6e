/**
 * Packs a change for the script into one MessagePack value, which Redis unpacks in C.
 *
 * A run of records touches thousands of cells. As arguments of their own, each field and value costs an object in the client, one in the
 * server and a copy between; packed, digits go straight into one buffer. Only what the script needs of MessagePack is written: arrays,
 * and texts and bytes alike as raw strings, which is what Lua has.
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import type { ShardChange } from '@landbridge/domain';

/** Room for a header or a number in digits; the buffer grows before each write that may need more. */
const scalarBytesMax = 32;

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

  /** Integers as decimal text with a separator between, for example `13.45` or `1200000,40,1`. */
  digits(numbers: readonly number[], separator: number): void {
    this.room(1 + numbers.length * scalarBytesMax);
    // The header is one byte for up to 31 characters and two for more; it is written when the length is known.
    const start = this.at;
    this.at += 2;
    for (let i = 0; i < numbers.length; i++) {
      if (i > 0) this.bytes[this.at++] = separator;
      this.number(numbers[i]!);
    }
    this.bytes[start] = 0xd9; // str 8: three amounts have at most 50 digits
    this.bytes[start + 1] = this.at - start - 2;
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
    this.at += 5;
  }

  /** The decimal digits of a non-negative safe integer. */
  private number(value: number): void {
    let end = this.at + 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++;
    let rest = value;
    for (let i = end - 1; i >= this.at; i--) {
      const tenth = Math.floor(rest / 10);
      // The brackets matter: 0x30 added to a number near 2^53 would round it.
      this.bytes[i] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
    this.at = end;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.at + bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

const point = 0x2e;
const comma = 0x2c;
const packer = new Packer();

/**
 * The change as the script reads it: [new series], [bytes to append, by segment], [[field, value, ...], by hash]. Fields and values are as
 * `parseCellField` and `parseAmounts` read them.
 */
export function packChange({ newSeries, idAppends, cells }: ShardChange): Buffer {
  packer.array(3);
  packer.array(newSeries.length);
  for (const name of newSeries) packer.text(name);
  packer.array(idAppends.length);
  for (const { bytes } of idAppends) packer.raw(bytes);
  packer.array(cells.length);
  for (const { cells: changed } of cells) {
    packer.array(2 * changed.length);
    for (const { slot, series, amounts } of changed) {
      packer.digits([slot, series], point);
      packer.digits(amounts, comma);
    }
  }
  return packer.take();
}

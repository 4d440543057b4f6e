/** Bytes of the longest number of 64 bits in groups of seven. */
const varintBytesMax = 10;

/** Reads the numbers of the Kafka protocol one after the other, without an object for each. */
export class BytesCursor {
  constructor(
    readonly bytes: Buffer,
    public at: number,
  ) {}

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  int64(): bigint {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8);
  }

  text(length: number): string {
    this.at += Math.max(0, length);
    return length < 0 ? '' : this.bytes.toString('utf8', this.at - length, this.at);
  }

  /** A zigzag number in groups of seven bits. Lengths and deltas are far below 2^53. */
  varint(): number {
    const { bytes } = this;
    const first = bytes[this.at++]!;
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = first & 0x7f;
    for (let i = 1, scale = 0x80; i < varintBytesMax; i++, scale *= 0x80) {
      const byte = bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new Error('a number in a fetch does not end');
  }
}

/**
 * Where the records of one body are put together: bytes beside the heap, each record a view of them. A text of many parts would be copied
 * three times on its way into the request to the log, and be garbage three times.
 */

/** Below, a loop is faster than a call out of the engine. */
const loopBytesMax = 48;

export class RecordSlab {
  #slab = nothing;
  #start = 0;
  #at = 0;

  /** @param bytes about as many as all records together have; what goes beyond gets a slab more */
  constructor(private readonly bytes: number) {}

  /** Begins a record of at most so many bytes. */
  begin(bytesMax: number): void {
    if (this.#at + bytesMax > this.#slab.length) {
      this.#slab = Buffer.allocUnsafe(Math.max(this.bytes, bytesMax));
      this.#at = 0;
    }
    this.#start = this.#at;
  }

  /** Adds `bytes[from..to)` to the record. */
  add(bytes: Buffer, from: number, to: number): void {
    const slab = this.#slab;
    let at = this.#at;
    if (to - from > loopBytesMax) at += bytes.copy(slab, at, from, to);
    else for (let i = from; i < to; i++) slab[at++] = bytes[i]!;
    this.#at = at;
  }

  /** The record. */
  end(): Buffer {
    return this.#slab.subarray(this.#start, this.#at);
  }
}

const nothing = Buffer.alloc(0);

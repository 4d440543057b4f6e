/**
 * Puts the head of a request in front of its bytes, instead of copying the bytes behind the head.
 *
 * kafkajs 2.2.4 appends a request to its head, and both to their length, each time into a new zeroed buffer of the next power of two: for
 * a batch of 430 KB a MiB more and two copies. Memory beside the heap is a reason for V8 to collect everything: a door that writes 100,000
 * events a second did so more than twice a second, for a third of its processor time. So bytes that come from `bytesWithRoom` have some
 * before them, and what they are appended to is written there. All other bytes are appended as ever.
 *
 * The seam is one method of one class of kafkajs, which is pinned; a test compares the requests.
 */
import { createRequire } from 'node:module';

/** What kafkajs puts a request together with. */
interface Encoder {
  buf: Buffer;
  /** Bytes of `buf` that are written. */
  offset: number;
  writeEncoder: (this: Encoder, value: AppendedBytes) => Encoder;
}
/** Another encoder, or what looks like one: all of `buffer` is appended. */
interface AppendedBytes {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** Length, kind, number, and the client's name: longer ones are copied as ever. */
const roomBytes = 256;
/** Bytes that have room before them, with the room. */
const withRoom = new WeakMap<Buffer, Buffer>();

const requireKafkajs = createRequire(import.meta.url);
let used = false;

/** So many bytes, not zeroed. They are appended to one head only, which is written before them. */
export function bytesWithRoom(size: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(roomBytes + size);
  const bytes = whole.subarray(roomBytes);
  withRoom.set(bytes, whole);
  return bytes;
}

/** For all requests of this process. Idempotent. Throws when this is not the kafkajs that it was made for. */
export function useRoomBeforeRequests(): void {
  if (used) return;
  const { prototype } = requireKafkajs('kafkajs/src/protocol/encoder.js') as { prototype: Encoder };
  const append = prototype.writeEncoder;
  if (typeof append !== 'function') throw new Error('kafkajs has another encoder than 2.2.4');
  prototype.writeEncoder = function appendOrPutBefore(this: Encoder, value: AppendedBytes) {
    const whole = withRoom.get(value.buf);
    const room = whole === undefined ? 0 : whole.length - value.buf.length;
    if (whole === undefined || room < this.offset || value.buffer.length !== value.buf.length)
      return append.call(this, value);
    const joined = whole.subarray(room - this.offset);
    this.buf.copy(joined, 0, 0, this.offset);
    withRoom.set(joined, whole);
    this.buf = joined;
    this.offset = joined.length;
    return this;
  };
  used = true;
}

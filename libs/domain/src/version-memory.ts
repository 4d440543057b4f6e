/**
 * The memory of one partition for event ids: which version of each id stands, and what it contributed.
 *
 * Goal: exact dedupe and corrections at any age inside the window, for millions of ids in little memory, and a form that one Redis
 * append can store. Choice: each version is packed into about 32 bytes (16 of them a hash of its identity) and appended to segments
 * of at most 1 MiB; an open-addressing table of two 32-bit words a slot finds them. A newer version is a new entry; the table then
 * points at it, and the old entry is dead weight until its segment leaves.
 * Refused: a Redis set of ids (88 bytes an id, one operation each, and no contributions), and a filter without contributions (a
 * correction would have to re-read the log).
 *
 * Deterministic on replay: segments are cut by bytes and leave by the log's own receipt times and by their number, all of which are
 * functions of the log alone. The same log therefore gives the same memory, whatever the batches were and whoever folded them.
 */
import type { Contribution, Version } from './fold.js';

/** A version as it is remembered: series by their number in the partition's list. */
export interface PackedContribution {
  readonly series: number;
  readonly hour: number;
  readonly amounts: readonly number[];
}
export interface RememberedVersion {
  readonly rank: number;
  readonly contributions: readonly PackedContribution[];
}

/** A segment of packed versions: its number counts up without gaps; the time is the newest receipt in it, epoch milliseconds. */
export interface Segment {
  readonly number: number;
  readonly newestReceivedMs: number;
  readonly bytes: Uint8Array;
}

export interface MemoryLimits {
  /** How long after its receipt an id is remembered; corrections and re-posts beyond it need a rebuild. */
  readonly windowMs: number;
  /** The most segments kept, whatever their age: the bound of memory and of what a load reads. At most `segmentsLimit`. */
  readonly segmentsMax: number;
  /** What a segment holds before the next one is begun: `segmentBytesLimit` at most, and where it is left out. */
  readonly segmentBytesMax?: number;
}

/** A hub's 32 days, or some 2 million ids a partition, whichever is shorter. */
export const defaultMemoryLimits: MemoryLimits = { windowMs: 32 * 86_400_000, segmentsMax: 64 };

/** Characters of an identity: the bytes of a 128-bit hash, each as one character of code 0..255. */
export const identityLength = 16;
/** Offsets in a segment take 20 bits of a location, the segment's number the 12 above them. */
const segmentBytesLimit = 1 << 20;
const segmentsLimit = 1 << 12;
/** The first piece of a segment's buffer; it doubles as it fills, so that quiet partitions stay small. */
const firstPieceBytes = 1 << 14;
/** Above this share of used slots the table doubles: probes stay short. */
const loadMax = 0.6;

interface OpenSegment {
  readonly number: number;
  newestReceivedMs: number;
  bytes: Uint8Array;
  length: number;
}

export class VersionMemory {
  /** Slots of (fingerprint, location + 1); a zero location is an empty slot. */
  private table = new Uint32Array(2 << 8);
  private mask = (1 << 8) - 1;
  private used = 0;
  private readonly segments: OpenSegment[] = [];
  /** What has happened since the last `drain`: where the last segment was drained to, and which segments left. */
  private drained: { number: number; length: number };
  private dropped: number[] = [];
  private readonly writer = new EntryWriter();
  private readonly segmentBytesMax: number;

  /**
   * @param stored segments as they were stored, oldest first. Throws when a segment does not read as entries.
   * @param clockMs the newest receipt time that was seen, epoch milliseconds
   */
  constructor(
    private readonly limits: MemoryLimits,
    stored: readonly Segment[] = [],
    private clockMs = 0,
  ) {
    if (limits.segmentsMax < 1 || limits.segmentsMax >= segmentsLimit) throw new Error('segmentsMax is out of range');
    this.segmentBytesMax = Math.min(limits.segmentBytesMax ?? segmentBytesLimit, segmentBytesLimit);
    for (const { number, newestReceivedMs, bytes } of stored) {
      this.segments.push({ number, newestReceivedMs, bytes, length: bytes.length });
      this.indexSegment(this.segments.at(-1)!);
    }
    if (this.segments.length === 0) this.segments.push(newSegment(0));
    const last = this.segments.at(-1)!;
    this.drained = { number: last.number, length: last.length };
  }

  /** The number of ids that are remembered. */
  get size(): number {
    return this.used;
  }

  /** Bytes held by segments and table. */
  get bytes(): number {
    return this.table.byteLength + this.segments.reduce((sum, segment) => sum + segment.bytes.byteLength, 0);
  }

  /** The remembered version of an identity (16 characters of code 0..255). */
  find(identity: string): RememberedVersion | undefined {
    const slot = this.slotOf(identity);
    const location = this.table[2 * slot + 1]!;
    if (location === 0) return undefined;
    const [segment, offset] = this.entryAt(location);
    return readEntry(segment.bytes, offset + identityLength).version;
  }

  /**
   * Moves the log's clock and lets go of what is outside the window. Call it for every record, in order, before `find`.
   * @param receivedMs the log's receipt time; a broker's clock may step back, so the newest time seen counts.
   */
  advance(receivedMs: number): void {
    if (receivedMs > this.clockMs) this.clockMs = receivedMs;
    while (this.segments.length > 1 && this.segments[0]!.newestReceivedMs < this.clockMs - this.limits.windowMs)
      this.dropOldest();
  }

  /** Makes a version the remembered one of an identity. */
  remember(identity: string, version: RememberedVersion): void {
    const length = this.writer.write(identity, version);
    let segment = this.segments.at(-1)!;
    if (segment.length + length > this.segmentBytesMax) {
      segment = newSegment(segment.number + 1);
      this.segments.push(segment);
      if (this.segments.length > this.limits.segmentsMax) this.dropOldest();
    }
    if (segment.length + length > segment.bytes.length) segment.bytes = grown(segment.bytes, segment.length + length);
    const { bytes } = this.writer;
    // Some thirty bytes: a copy by `set` takes longer than this, as it makes a view of the part first.
    for (let i = 0; i < length; i++) segment.bytes[segment.length + i] = bytes[i]!;
    this.index(bytes, 0, locationOf(segment, segment.length));
    segment.length += length;
    segment.newestReceivedMs = this.clockMs;
  }

  /** What must be stored since the last call: bytes to append by segment, segments to delete, and the segments that then exist. */
  drain(): {
    appends: { segment: number; bytes: Uint8Array }[];
    dropped: number[];
    segments: { number: number; newestReceivedMs: number }[];
  } {
    const appends: { segment: number; bytes: Uint8Array }[] = [];
    for (const segment of this.segments) {
      if (segment.number < this.drained.number) continue;
      const from = segment.number === this.drained.number ? this.drained.length : 0;
      if (segment.length > from)
        appends.push({ segment: segment.number, bytes: segment.bytes.subarray(from, segment.length) });
    }
    const { dropped } = this;
    this.dropped = [];
    const last = this.segments.at(-1)!;
    this.drained = { number: last.number, length: last.length };
    return {
      appends,
      dropped,
      segments: this.segments.map(({ number, newestReceivedMs }) => ({ number, newestReceivedMs })),
    };
  }

  private dropOldest(): void {
    const segment = this.segments.shift()!;
    this.dropped.push(segment.number);
    for (let offset = 0; offset < segment.length;) {
      this.unindex(segment.bytes, offset, locationOf(segment, offset));
      offset = readEntry(segment.bytes, offset + identityLength).end;
    }
  }

  private indexSegment(segment: OpenSegment): void {
    for (let offset = 0; offset < segment.length;) {
      const { end } = readEntry(segment.bytes, offset + identityLength);
      if (end > segment.length) throw new Error(`segment ${segment.number} of remembered ids is cut`);
      this.index(segment.bytes, offset, locationOf(segment, offset));
      offset = end;
    }
  }

  /** Points the table at an entry; its identity is read from `bytes` at `offset`, which is quicker than from a string. */
  private index(bytes: Uint8Array, offset: number, location: number): void {
    if (this.used + 1 > (this.mask + 1) * loadMax) this.growTable();
    const fingerprint = fingerprintAt(bytes, offset);
    let slot = fingerprint & this.mask;
    for (; this.table[2 * slot + 1] !== 0; slot = (slot + 1) & this.mask)
      if (this.table[2 * slot] === fingerprint && this.isSame(this.table[2 * slot + 1]!, bytes, offset)) break;
    if (this.table[2 * slot + 1] === 0) this.used++;
    this.table[2 * slot] = fingerprint;
    this.table[2 * slot + 1] = location + 1;
  }

  private isSame(location: number, bytes: Uint8Array, offset: number): boolean {
    const [segment, start] = this.entryAt(location);
    for (let i = 0; i < identityLength; i++) if (segment.bytes[start + i] !== bytes[offset + i]) return false;
    return true;
  }

  /** The slot that holds an identity, or the empty slot where it belongs. */
  private slotOf(identity: string): number {
    const fingerprint = fingerprintOf(identity);
    for (let slot = fingerprint & this.mask; ; slot = (slot + 1) & this.mask) {
      const location = this.table[2 * slot + 1]!;
      if (location === 0) return slot;
      if (this.table[2 * slot] === fingerprint && this.holds(location, identity)) return slot;
    }
  }

  private holds(location: number, identity: string): boolean {
    const [segment, offset] = this.entryAt(location);
    for (let i = 0; i < identityLength; i++) if (segment.bytes[offset + i] !== identity.charCodeAt(i)) return false;
    return true;
  }

  private entryAt(storedLocation: number): [OpenSegment, number] {
    const location = storedLocation - 1;
    // Segment numbers are consecutive, so the 12 kept bits tell which of the held ones is meant.
    const ahead = ((location >>> 20) - this.segments[0]!.number) & (segmentsLimit - 1);
    return [this.segments[ahead]!, location & (segmentBytesLimit - 1)];
  }

  /** Removes the slot that points at this entry, if any still does, and closes the gap that it leaves in its run of probes. */
  private unindex(bytes: Uint8Array, offset: number, location: number): void {
    const fingerprint = fingerprintAt(bytes, offset);
    let gap = fingerprint & this.mask;
    while (this.table[2 * gap + 1] !== location + 1) {
      if (this.table[2 * gap + 1] === 0) return; // a newer version took the slot
      gap = (gap + 1) & this.mask;
    }
    this.used--;
    for (let slot = (gap + 1) & this.mask; this.table[2 * slot + 1] !== 0; slot = (slot + 1) & this.mask) {
      const home = this.table[2 * slot]! & this.mask;
      if (((slot - home) & this.mask) < ((slot - gap) & this.mask)) continue;
      this.table[2 * gap] = this.table[2 * slot]!;
      this.table[2 * gap + 1] = this.table[2 * slot + 1]!;
      gap = slot;
    }
    this.table[2 * gap] = 0;
    this.table[2 * gap + 1] = 0;
  }

  private growTable(): void {
    const old = this.table;
    this.table = new Uint32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = old[i]! & this.mask;
      while (this.table[2 * slot + 1] !== 0) slot = (slot + 1) & this.mask;
      this.table[2 * slot] = old[i]!;
      this.table[2 * slot + 1] = old[i + 1]!;
    }
  }
}

/** A contribution by series name, as one by series number. */
export function packContribution(contribution: Contribution, series: number): PackedContribution {
  return { series, hour: contribution.hour, amounts: contribution.amounts };
}

/** A remembered version in terms of series names. */
export function unpackVersion(version: RememberedVersion, seriesName: (series: number) => string): Version {
  return {
    rank: version.rank,
    contributions: version.contributions.map(({ series, hour, amounts }) => ({
      series: seriesName(series),
      hour,
      amounts,
    })),
  };
}

function newSegment(number: number): OpenSegment {
  return { number, newestReceivedMs: 0, bytes: new Uint8Array(firstPieceBytes), length: 0 };
}

function grown(bytes: Uint8Array, needed: number): Uint8Array {
  const larger = new Uint8Array(Math.min(segmentBytesLimit, Math.max(needed, bytes.length * 2)));
  larger.set(bytes);
  return larger;
}

function locationOf(segment: OpenSegment, offset: number): number {
  return (segment.number & (segmentsLimit - 1)) * segmentBytesLimit + offset;
}

function fingerprintOf(identity: string): number {
  return (
    (identity.charCodeAt(0) |
      (identity.charCodeAt(1) << 8) |
      (identity.charCodeAt(2) << 16) |
      (identity.charCodeAt(3) << 24)) >>>
    0
  );
}

function fingerprintAt(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

/**
 * The packed form of an entry: identity (16 bytes), rank, number of contributions, then of each its series, hour, number of amounts
 * and amounts; all numbers in little-endian groups of seven bits, as in Protocol Buffers.
 */
class EntryWriter {
  /** Larger than any entry: an event feeds at most every meter once. */
  readonly bytes = new Uint8Array(1024);
  private at = 0;

  write(identity: string, version: RememberedVersion): number {
    for (let i = 0; i < identityLength; i++) this.bytes[i] = identity.charCodeAt(i);
    this.at = identityLength;
    this.number(version.rank);
    this.number(version.contributions.length);
    for (const { series, hour, amounts } of version.contributions) {
      this.number(series);
      this.number(hour);
      this.number(amounts.length);
      for (const amount of amounts) this.number(amount);
    }
    return this.at;
  }

  private number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at++] = rest;
  }
}

function readEntry(bytes: Uint8Array, start: number): { version: RememberedVersion; end: number } {
  let at = start;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('an entry of remembered ids is cut');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const rank = number();
  const contributions: PackedContribution[] = [];
  for (let left = number(); left > 0; left--) {
    const series = number();
    const hour = number();
    const amounts: number[] = [];
    for (let columns = number(); columns > 0; columns--) amounts.push(number());
    contributions.push({ series, hour, amounts });
  }
  return { version: { rank, contributions }, end: at };
}

/**
 * The bounded lane between many writers and one send: a first-in-first-out queue of whole writes, cut into batches.
 *
 * It is pure (time comes in as an argument) and holds every record until the log has confirmed or refused it: a writer whose own deadline
 * passes is told so, but its records stay, because a producer may already have sent them. No promise or object per record: a
 * write keeps its array, a batch is a list of ranges into such arrays.
 */
export interface LogRecord {
  readonly topic: string;
  /** Records of one key keep their order and share a partition. */
  readonly key: string;
  /** Where the record is to go, instead of where its key says. What is written with `append` needs it. */
  readonly partition?: number;
  /** Null is a tombstone in a compacted topic. */
  readonly value: string | Buffer | null;
  readonly headers?: Record<string, string | Buffer>;
}

/**
 * `overloaded`: the lane was full, nothing was taken. `log_unavailable`: not confirmed in time; the records may still become durable, and
 * sending them again is safe because repeats are taken out downstream. `refused`: the broker will never take at least one of the
 * records (too large, for instance; `reason` is Kafka's name for it); other records of the same write may be durable.
 * `places` has those of the batch that were written with their partition, the write's own among them.
 */
export type WriteResult =
  | { readonly ok: true; readonly places?: ReadonlyMap<LogRecord, RecordPlace> }
  | { readonly ok: false; readonly problem: 'overloaded' | 'log_unavailable' }
  | { readonly ok: false; readonly problem: 'refused'; readonly reason: string };

export interface LaneLimits {
  /** Records and bytes held at most, waiting and being sent together. */
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** How long the first waiting record may wait for company, milliseconds. */
  readonly lingerMs: number;
  /** A batch is sent without waiting when it has this many records or bytes. */
  readonly batchEvents: number;
  readonly batchBytes: number;
}

/** Consecutive records of one write. */
interface Slice {
  readonly write: PendingWrite;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** What one send carries, in order. Records are `write.records[from..to)` of each slice. */
export interface LaneBatch {
  readonly slices: readonly Slice[];
  readonly events: number;
}

/** Where the log has put a record that was written with its partition. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: bigint;
}

interface PendingWrite {
  readonly records: readonly LogRecord[];
  readonly deadlineAt: number;
  readonly offeredAt: number;
  readonly settle: (result: WriteResult) => void;
  settled: boolean;
  /** Records not yet in a batch begin here. */
  taken: number;
  waitingBytes: number;
  /** Records neither confirmed nor refused. */
  open: number;
  next: PendingWrite | undefined;
}

const confirmed: WriteResult = { ok: true };
const unavailable: WriteResult = { ok: false, problem: 'log_unavailable' };

/** Lengths and deltas that Kafka writes around a record; its real figure is 8 to 25. */
const recordOverheadBytes = 24;

/** About the bytes of a record in Kafka's form, a little more than less. */
export function recordBytes({ key, value, headers }: LogRecord): number {
  let bytes = recordOverheadBytes + Buffer.byteLength(key);
  if (value !== null) bytes += typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
  return headers === undefined ? bytes : bytes + headerBytes(headers);
}

/** Records of one kind share their headers, so they are measured once. */
const knownHeaderBytes = new WeakMap<NonNullable<LogRecord['headers']>, number>();

function headerBytes(headers: NonNullable<LogRecord['headers']>): number {
  let bytes = knownHeaderBytes.get(headers);
  if (bytes === undefined) {
    bytes = 0;
    for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name]!) + 4;
    knownHeaderBytes.set(headers, bytes);
  }
  return bytes;
}

export class Lane {
  /** Waiting writes, oldest first, as a linked list. */
  #head: PendingWrite | undefined;
  #tail: PendingWrite | undefined;
  #waitingEvents = 0;
  #waitingBytes = 0;
  #heldEvents = 0;
  #heldBytes = 0;
  #reservedBytes = 0;
  /** Writes whose caller still waits; bounded by the records held. */
  readonly #unsettled = new Set<PendingWrite>();

  constructor(private readonly limits: LaneLimits) {}

  /** Records held: waiting or being sent. */
  get events(): number {
    return this.#heldEvents;
  }

  /** Bytes held, without reservations. */
  get bytes(): number {
    return this.#heldBytes;
  }

  /** Whether a write of one record and this many bytes would be taken now. */
  hasRoom(bytes: number): boolean {
    return (
      this.#heldEvents < this.limits.eventsMax && this.#heldBytes + this.#reservedBytes + bytes <= this.limits.bytesMax
    );
  }

  /** Sets bytes aside for a body that is about to be read; undefined when there is no room. Release it before writing; once counts. */
  reserve(bytes: number): (() => void) | undefined {
    if (!this.hasRoom(bytes)) return undefined;
    this.#reservedBytes += bytes;
    let released = false;
    return () => {
      if (!released) this.#reservedBytes -= bytes;
      released = true;
    };
  }

  /** Takes a write, or says false when it does not fit as a whole. `settle` is called once, later, never from inside this call. */
  offer(
    records: readonly LogRecord[],
    now: number,
    deadlineAt: number,
    settle: (result: WriteResult) => void,
  ): boolean {
    let bytes = 0;
    for (const record of records) bytes += recordBytes(record);
    const { eventsMax, bytesMax } = this.limits;
    if (this.#heldEvents + records.length > eventsMax) return false;
    if (this.#heldBytes + this.#reservedBytes + bytes > bytesMax) return false;
    const write: PendingWrite = {
      records,
      deadlineAt,
      offeredAt: now,
      settle,
      settled: false,
      taken: 0,
      waitingBytes: bytes,
      open: records.length,
      next: undefined,
    };
    if (this.#tail === undefined) this.#head = write;
    else this.#tail.next = write;
    this.#tail = write;
    this.#heldEvents += records.length;
    this.#heldBytes += bytes;
    this.#waitingEvents += records.length;
    this.#waitingBytes += bytes;
    this.#unsettled.add(write);
    return true;
  }

  /** Milliseconds until the next batch should go: 0 when it is full or its first record has lingered; undefined when nothing waits. */
  dueInMs(now: number): number | undefined {
    const { batchEvents, batchBytes, lingerMs } = this.limits;
    if (this.#head === undefined) return undefined;
    if (this.#waitingEvents >= batchEvents || this.#waitingBytes >= batchBytes) return 0;
    return Math.max(0, this.#head.offeredAt + lingerMs - now);
  }

  /** The next batch: at least one record, at most a batch's records and bytes. Undefined when nothing waits. */
  take(): LaneBatch | undefined {
    const { batchEvents, batchBytes } = this.limits;
    const slices: Slice[] = [];
    let events = 0;
    let bytes = 0;
    for (let write = this.#head; write !== undefined; write = this.#head) {
      const from = write.taken;
      let to = write.records.length;
      let sliceBytes = write.waitingBytes;
      if (events + to - from > batchEvents || bytes + sliceBytes > batchBytes) {
        // Only the write that straddles the border is measured record by record.
        sliceBytes = 0;
        for (to = from; to < write.records.length && events + to - from < batchEvents; to++) {
          const next = recordBytes(write.records[to]!);
          // The first record always goes, whatever its size: the broker says whether it is too large.
          if (bytes + sliceBytes + next > batchBytes && events + to - from > 0) break;
          sliceBytes += next;
        }
        if (to === from) break;
      }
      slices.push({ write, from, to, bytes: sliceBytes });
      events += to - from;
      bytes += sliceBytes;
      write.taken = to;
      write.waitingBytes -= sliceBytes;
      if (to < write.records.length) break;
      this.#head = write.next;
      if (this.#head === undefined) this.#tail = undefined;
    }
    this.#waitingEvents -= events;
    this.#waitingBytes -= bytes;
    return events === 0 ? undefined : { slices, events };
  }

  /** The log has all records of the batch. @param places of records, where the log told them and somebody may ask */
  confirm(batch: LaneBatch, places?: ReadonlyMap<LogRecord, RecordPlace>): void {
    for (const slice of batch.slices) {
      const { write } = slice;
      this.#close(slice);
      if (write.open === 0) this.#settle(write, places === undefined ? confirmed : { ok: true, places });
    }
  }

  /** The log will never take these records; their writers are told, and nobody else. */
  refuse(batch: LaneBatch, reason: string): void {
    for (const slice of batch.slices) {
      this.#close(slice);
      this.#settle(slice.write, { ok: false, problem: 'refused', reason });
    }
  }

  /** Tells the writers whose deadline has passed; their records stay. */
  expire(now: number): void {
    for (const write of this.#unsettled) if (write.deadlineAt <= now) this.#settle(write, unavailable);
  }

  /** Tells all writers that are left; for the end of the process. Returns the records that were never confirmed. */
  abandon(): number {
    for (const write of this.#unsettled) this.#settle(write, unavailable);
    return this.#heldEvents;
  }

  #close({ write, from, to, bytes }: Slice): void {
    write.open -= to - from;
    this.#heldEvents -= to - from;
    this.#heldBytes -= bytes;
  }

  #settle(write: PendingWrite, result: WriteResult): void {
    this.#unsettled.delete(write);
    if (write.settled) return;
    write.settled = true;
    write.settle(result);
  }
}

/** The two halves of a batch of two or more records, in order. */
export function halve({ slices, events }: LaneBatch): [LaneBatch, LaneBatch] {
  const firstEvents = Math.floor(events / 2);
  const first: Slice[] = [];
  const second: Slice[] = [];
  let left = firstEvents;
  for (const { write, from, to, bytes } of slices) {
    const middle = Math.min(to, from + left);
    let firstBytes = 0;
    for (let at = from; at < middle; at++) firstBytes += recordBytes(write.records[at]!);
    if (middle > from) first.push({ write, from, to: middle, bytes: firstBytes });
    if (middle < to) second.push({ write, from: middle, to, bytes: bytes - firstBytes });
    left -= middle - from;
  }
  return [
    { slices: first, events: firstEvents },
    { slices: second, events: events - firstEvents },
  ];
}

/**
 * A load of posts over plain sockets: HTTP/1.1 by hand, because a client library costs more than the door that is measured.
 *
 * Each connection has one request in memory and writes the next number into its event ids in place, so every event is one of its own.
 * Without a rate each connection posts again when it is answered (`closed`); with one, posts are due at their times whatever the
 * answers do, and what finds no free connection is counted as unsent.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FreeLines } from './free-lines.js';

export interface LoadPlan {
  readonly port: number;
  readonly secret: string;
  /** CloudEvents `source` of the events. */
  readonly source: string;
  /** Events of one post; 1 is a post of a single event. */
  readonly batch: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** Posts that are due a second; absent in a closed load. */
  readonly perSecond?: number;
  /** The number of the first post; ids are made of it. */
  readonly firstPost: number;
  /** Whether a body is sent only when the door has said to go on (`Expect: 100-continue`). */
  readonly expectContinue?: boolean;
  /** Called when the time that is measured begins, and when it ends. */
  readonly onMeasure?: (moment: 'begin' | 'end') => void;
}

export interface LoadResult {
  /** Events acknowledged a second, while it was measured. */
  readonly eventsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers of the whole run by status; a 503 that was given after the body was read apart from those before. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Numbers of the posts that were answered 202, in the whole run. */
  readonly acknowledged: readonly number[];
  /** Posts that were due and found no free connection. */
  readonly unsent: number;
  /** Where the next run's numbers may begin. */
  readonly nextPost: number;
}

const numberDigits = 9;
const placeholder = '#'.repeat(numberDigits);
const connectionBackoffMs = 50;
const tickMs = 1;
const drainMs = 5_000;
const goOn = 'HTTP/1.1 100 ';

/** The id of the `at`-th event of a post. */
export function loadEventId(post: string, at: number): string {
  return `post-${post}-${at}`;
}

/** Posts for the time of the plan and tells what was answered. */
export async function postLoad(plan: LoadPlan): Promise<LoadResult> {
  const state = new LoadState(plan);
  const lines = Array.from({ length: plan.connections }, () => new Line(plan, state));
  const startMs = performance.now();
  state.measureFrom = startMs + plan.warmupMs;
  state.measureTo = state.measureFrom + plan.measureMs;
  await Promise.all(lines.map((line) => line.open()));
  setTimeout(() => plan.onMeasure?.('begin'), plan.warmupMs).unref();
  if (plan.perSecond === undefined) {
    for (const line of lines) line.post();
    await delay(state.measureTo - performance.now());
  } else await postWhenDue(plan.perSecond, state, startMs);
  plan.onMeasure?.('end');
  state.ended = true;
  const deadline = performance.now() + drainMs;
  while (lines.some((line) => line.waits) && performance.now() < deadline) await delay(10);
  for (const line of lines) line.close();
  return state.result();
}

/** A post that falls due while all connections wait takes the first that is answered; those due before it are not sent. */
async function postWhenDue(perSecond: number, state: LoadState, startMs: number): Promise<void> {
  const { free } = state;
  const end = setTimeout(() => free.wake(), state.measureTo - startMs);
  let due = 0;
  for (let now = startMs; now < state.measureTo; now = performance.now()) {
    const wanted = Math.floor(((now - startMs) * perSecond) / 1_000);
    let line: Line | undefined;
    while (due < wanted && (line = free.take()) !== undefined) {
      line.post();
      due++;
    }
    if (due === wanted) {
      await delay(tickMs);
      continue;
    }
    state.unsent += wanted - due;
    due = wanted;
    await free.next();
  }
  clearTimeout(end);
  state.unsent += Math.floor(((state.measureTo - startMs) * perSecond) / 1_000) - due;
}

/** What all connections count together. */
class LoadState {
  measureFrom = 0;
  measureTo = 0;
  ended = false;
  unsent = 0;
  nextPost: number;
  readonly free = new FreeLines<Line>();
  readonly acknowledged: number[] = [];
  readonly statuses: Record<string, number> = {};
  readonly #waitsMs: number[] = [];
  #measured = 0;

  constructor(private readonly plan: LoadPlan) {
    this.nextPost = plan.firstPost;
  }

  answered(post: number, status: string, sentMs: number): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status !== '202') return;
    this.acknowledged.push(post);
    const now = performance.now();
    if (now < this.measureFrom || now >= this.measureTo) return;
    this.#measured++;
    this.#waitsMs.push(now - sentMs);
  }

  result(): LoadResult {
    const waits = Float64Array.from(this.#waitsMs).toSorted();
    const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
    return {
      eventsPerSecond: (this.#measured * this.plan.batch * 1_000) / this.plan.measureMs,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      statuses: this.statuses,
      acknowledged: this.acknowledged,
      unsent: this.unsent,
      nextPost: this.nextPost,
    };
  }
}

/** One connection with its request. */
class Line {
  waits = false;
  readonly #request: Buffer;
  readonly #headBytes: number;
  readonly #numbersAt: readonly number[];
  #socket: Socket | undefined;
  #sentMs = 0;
  #post = 0;
  #answer = '';

  constructor(
    private readonly plan: LoadPlan,
    private readonly state: LoadState,
  ) {
    this.#request = Buffer.from(requestOf(plan), 'latin1');
    const numbersAt: number[] = [];
    for (let at = this.#request.indexOf(placeholder); at >= 0; at = this.#request.indexOf(placeholder, at + 1))
      numbersAt.push(at);
    this.#numbersAt = numbersAt;
    this.#headBytes = this.#request.indexOf('\r\n\r\n') + 4;
  }

  /** Whether it is connected and has no request. */
  get free(): boolean {
    return !this.waits && this.#socket?.writable === true;
  }

  async open(): Promise<void> {
    const socket = connect({ port: this.plan.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#answer = '';
    const opened = Promise.withResolvers<void>();
    socket.on('connect', () => {
      this.state.free.add(this);
      opened.resolve();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      opened.resolve();
      // A door that closes after an answer is there; one that closes without is given time.
      const backoffMs = this.waits ? connectionBackoffMs : 0;
      if (this.waits) this.#done('closed');
      if (!this.state.ended) setTimeout(() => void this.open(), backoffMs);
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    await opened.promise;
  }

  post(): void {
    if (!this.#socket?.writable) return;
    this.#post = this.state.nextPost++;
    const digits = String(this.#post).padStart(numberDigits, '0');
    for (const at of this.#numbersAt) this.#request.write(digits, at, 'latin1');
    this.waits = true;
    this.#sentMs = performance.now();
    this.#socket.write(this.plan.expectContinue ? this.#request.subarray(0, this.#headBytes) : this.#request);
  }

  close(): void {
    this.#socket?.destroy();
  }

  #read(chunk: Buffer): void {
    this.#answer += chunk.toString('latin1');
    const headEnd = this.#answer.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    if (this.#answer.startsWith(goOn)) {
      this.#answer = this.#answer.slice(headEnd + 4);
      this.#socket!.write(this.#request.subarray(this.#headBytes));
      return;
    }
    const length = /content-length: (\d+)/i.exec(this.#answer)?.[1];
    if (this.#answer.length < headEnd + 4 + Number(length ?? 0)) return;
    const late = this.#answer.includes('nothing of this request was taken');
    const status = this.#answer.slice(9, 12) + (late ? ' after its body' : '');
    this.#answer = '';
    if (this.waits) this.#done(status);
  }

  #done(status: string): void {
    this.waits = false;
    this.state.answered(this.#post, status, this.#sentMs);
    if (this.plan.perSecond !== undefined) this.state.free.add(this);
    else if (!this.state.ended) this.post();
  }
}

/** A flight's arrival each, as a carrier writes it: some 400 bytes. */
function requestOf({ batch, port, secret, source, expectContinue }: LoadPlan): string {
  const events = Array.from({ length: batch }, (_, at) => ({
    specversion: '1.0',
    id: loadEventId(placeholder, at),
    source,
    type: 'landbridge.air.event.v1',
    subject: `CV${at}-${placeholder}`,
    time: '2026-03-04T05:06:07+08:00',
    data: {
      classifier: 'actual',
      milestone: 'arrived',
      hub: 'CGO',
      corridor: 'air',
      direction: 'inbound',
      partner: 'LU',
      transport: { mode: 'air', carrier: 'CV' },
      unit: { type: 'flight', id: `CV${at}-20260304` },
      quantities: { pieces: 812, weightGrams: 98_400_000 },
    },
  }));
  const body = JSON.stringify(batch === 1 ? events[0] : events);
  return [
    'POST /v1/events HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${secret}`,
    `content-type: application/cloudevents${batch === 1 ? '' : '-batch'}+json`,
    `content-length: ${body.length}`,
    ...(expectContinue ? ['expect: 100-continue'] : []),
    '',
    body,
  ].join('\r\n');
}

/**
 * Large bodies are read and screened in threads, so that the event loop goes on serving everybody else meanwhile.
 *
 * Choice: a few threads with one body each; whoever finds none free waits for a bounded time. Carriers take turns, and none has all
 * threads, so a carrier with bodies that take long holds up itself alone. A body that takes too long, or too much memory, ends its thread
 * and not the process. Refused: piscina, whose deadline runs while a body still waits, so that "too hard to read" and "too many others"
 * would be one answer; why threads at all: infra/decisions/0019-large-bodies-in-threads.md.
 */
import { carrierId } from '../carrier-id.js';
import type { Turns } from '../turns.js';
import type { BodyScreening, BodyTask } from './body-screening.js';
import { fromSlices, type SlicedScreening } from './screening-slices.js';
import { ScreeningThread } from './screening-thread.js';
import type { ThreadSettings } from './thread-entry.js';

/** A body beyond any of these is read in a thread. */
export const onLoop = {
  /** The slowest format, Cargo-IMP, takes 30 ms for so many; the hardest JSON less. */
  bytesMax: 65_536,
  /** The most that events of so small a body take to screen is 30 µs each: for the explanation of what is wrong with them. */
  eventsMax: 250,
} as const;

export interface ThreadLimits {
  readonly threadsMax: number;
  /** Bodies that wait. Each of them holds its room in the lane, so the lane is usually the narrower bound. */
  readonly waitingMax: number;
  readonly waitMs: number;
  /**
   * Of the processor, for one body; a new thread's start is in it. By the clock it may take `clockFactor` times as long: whether a body is
   * refused for good must not depend on what else the machine does.
   */
  readonly screenMs: number;
  /** Old generation of one thread, mebibytes. */
  readonly heapMiBMax: number;
  /** So many threads that end while they read nothing are replaced at once within `lostWindowMs`; later ones when a body comes. */
  readonly lostMax: number;
  readonly lostWindowMs: number;
}

/** The hardest readable body of 8 MiB takes two seconds on a busy machine and 128 MiB; all senders wait for longer than ten seconds. */
export const threadLimits: ThreadLimits = {
  threadsMax: 2,
  waitingMax: 256,
  waitMs: 10_000,
  screenMs: 8_000,
  heapMiBMax: 160,
  lostMax: 5,
  lostWindowMs: 60_000,
};

/** What became of a large body; `turned_away` found no free thread in time. */
export const screeningOutcomes = ['screened', 'turned_away', 'overdue', 'out_of_memory', 'crashed'] as const;
export type ScreeningOutcome = (typeof screeningOutcomes)[number];

export interface ScreeningThreadsOptions extends ThreadSettings {
  readonly turns: Turns;
  readonly counted: (outcome: ScreeningOutcome) => void;
  /** A thread ended while it read nothing. */
  readonly lost: () => void;
  readonly limits?: ThreadLimits;
  /** The compiled entry of a thread; tests run from the sources, where there is none beside this file. */
  readonly entry?: URL;
}

export class ScreeningThreads {
  readonly #limits: ThreadLimits;
  /** Started and without a body. */
  readonly #free: ScreeningThread[] = [];
  /** Bodies in threads, by carrier; those with none are not in it. */
  readonly #running = new Map<string, number>();
  #busy = 0;
  /** Waiting bodies, oldest first, by carrier; the carrier that is next stands first. */
  readonly #queues = new Map<string, Waiting[]>();
  #waiting = 0;
  /** When threads were lost and replaced, oldest first. */
  readonly #lostAtMs: number[] = [];
  readonly #closed = new AbortController();

  constructor(private readonly options: ScreeningThreadsOptions) {
    this.#limits = options.limits ?? threadLimits;
  }

  /** Bodies that wait for a thread. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Reads and screens a body. Problems: overloaded (no thread in time), body_too_complex (too much time or memory), and those of
   * `screenBody`. Throws when a thread failed otherwise, which is a bug.
   */
  async screen(task: BodyTask): Promise<BodyScreening> {
    const carrier = carrierId(task.key);
    const thread = await this.#turnOf(carrier);
    if (thread === undefined) return this.#turnedAway();
    let answer: SlicedScreening;
    try {
      answer = await thread.screen(task, this.#limits.screenMs, this.#closed.signal);
    } catch (error) {
      thread.end();
      this.#leave(carrier);
      if (this.#closed.signal.aborted) return this.#turnedAway();
      return this.#failed(error);
    }
    this.#free.push(thread);
    if (thread.isEnded) this.#lost(thread);
    this.#leave(carrier);
    this.options.counted('screened');
    return fromSlices(answer, this.options.turns);
  }

  /** Nest's hook for the end of the process, when requests have ended; whoever still waits is turned away. */
  onApplicationShutdown(): void {
    this.#closed.abort();
    for (const thread of this.#free.splice(0)) thread.end();
    for (const queue of this.#queues.values()) for (const { go } of queue) go(undefined);
    this.#queues.clear();
  }

  #turnedAway(): BodyScreening {
    this.options.counted('turned_away');
    return {
      ok: false,
      problem: {
        code: 'overloaded',
        detail: 'too many large bodies wait; send the same request again after the stated time',
      },
    };
  }

  /** The body is at fault where it took too much, and sending it again would cost as much again. */
  #failed(error: unknown): BodyScreening {
    const outcome = outcomeOf(error);
    this.options.counted(outcome);
    if (outcome === 'crashed') throw new Error('a thread ended while it read a body', { cause: error });
    const much =
      outcome === 'overdue' ? `more than ${this.#limits.screenMs / 1_000} s` : 'more memory than there is for one body';
    return {
      ok: false,
      problem: { code: 'body_too_complex', detail: `reading the body takes ${much}; send its events in several` },
    };
  }

  /** A thread for one body of the carrier, when it is its turn; undefined when that does not come in time. */
  #turnOf(carrier: string): Promise<ScreeningThread | undefined> {
    if (this.#closed.signal.aborted || this.#waiting >= this.#limits.waitingMax) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const queue = this.#queues.get(carrier) ?? [];
      const late = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0) this.#queues.delete(carrier);
        waiting.go(undefined);
      }, this.#limits.waitMs);
      const waiting: Waiting = {
        go: (thread) => {
          clearTimeout(late);
          this.#waiting--;
          resolve(thread);
        },
      };
      queue.push(waiting);
      this.#waiting++;
      this.#queues.set(carrier, queue);
      this.#serve();
    });
  }

  /** Gives free threads to those that wait, one of each carrier after the other. */
  #serve(): void {
    for (const [carrier, queue] of this.#queues) {
      if (this.#busy >= this.#limits.threadsMax) return;
      const running = this.#running.get(carrier) ?? 0;
      // One thread is left to the others, where there is more than one.
      if (running > 0 && running >= this.#limits.threadsMax - 1) continue;
      const next = queue.shift()!;
      // A carrier that has more comes last again; this loop then meets it once more.
      this.#queues.delete(carrier);
      if (queue.length > 0) this.#queues.set(carrier, queue);
      this.#running.set(carrier, running + 1);
      this.#busy++;
      next.go(this.#free.pop() ?? this.#start());
    }
  }

  #start(): ScreeningThread {
    const { entry, eventBytesMax } = this.options;
    return new ScreeningThread({ entry, eventBytesMax, heapMiBMax: this.#limits.heapMiBMax }, (thread) => {
      this.#lost(thread);
    });
  }

  /** Another one is started for it, so that the next body finds what it would have found; but not for ever. */
  #lost(thread: ScreeningThread): void {
    const at = this.#free.indexOf(thread);
    if (at < 0) return;
    this.#free.splice(at, 1);
    this.options.lost();
    const nowMs = performance.now();
    const since = nowMs - this.#limits.lostWindowMs;
    while (this.#lostAtMs.length > 0 && this.#lostAtMs[0]! < since) this.#lostAtMs.shift();
    if (this.#lostAtMs.length >= this.#limits.lostMax) return;
    this.#lostAtMs.push(nowMs);
    this.#free.push(this.#start());
  }

  #leave(carrier: string): void {
    const running = this.#running.get(carrier)! - 1;
    if (running > 0) this.#running.set(carrier, running);
    else this.#running.delete(carrier);
    this.#busy--;
    this.#serve();
  }
}

interface Waiting {
  readonly go: (thread: ScreeningThread | undefined) => void;
}

function outcomeOf(error: unknown): ScreeningOutcome {
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  if (name === 'AbortError') return 'overdue';
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'crashed';
}

/** One thread that reads large bodies, one at a time. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { BodyTask } from './body-screening.js';
import type { SlicedScreening } from './screening-slices.js';
import type { ThreadSettings } from './thread-entry.js';

export interface ThreadOptions extends ThreadSettings {
  /** The compiled entry of a thread; tests run from the sources, where there is none beside this file. */
  readonly entry?: URL | undefined;
  /** Old generation, mebibytes. */
  readonly heapMiBMax: number;
}

export class ScreeningThread {
  readonly #worker: Worker;
  #isReading = false;
  #isEnded = false;

  /** @param lost called once when the thread ends by itself while it reads nothing, so that nobody else would notice */
  constructor(
    { entry = threadEntry, eventBytesMax, heapMiBMax }: ThreadOptions,
    lost: (thread: ScreeningThread) => void,
  ) {
    const settings: ThreadSettings = { eventBytesMax };
    this.#worker = new Worker(entry, {
      name: 'screening',
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: heapMiBMax, maxYoungGenerationSizeMb: youngMiBMax },
    });
    // Who waits for an answer is told by `once`; without a listener of its own an error would end the process.
    this.#worker.on('error', () => undefined);
    this.#worker.once('exit', () => {
      if (!this.#isEnded && !this.#isReading) lost(this);
      this.#isEnded = true;
    });
  }

  /** Rejects when the thread ends, the time is over, or all is over; the thread is then to be ended. */
  async screen(task: BodyTask, screenMs: number, closed: AbortSignal): Promise<SlicedScreening> {
    const overdue = new AbortController();
    const over = new AbortController();
    const signal = AbortSignal.any([overdue.signal, closed]);
    this.#isReading = true;
    void this.#untilOverdue(screenMs, over.signal).then(
      () => overdue.abort(),
      () => undefined,
    );
    // A fault is told before the end, but a thread that just ends tells nothing else.
    const ended = once(this.#worker, 'exit', { signal: over.signal });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(task);
    try {
      const [answer] = (await Promise.race([
        once(this.#worker, 'message', { signal }),
        ended.then(() => Promise.reject(new Error('the thread ended by itself'))),
      ])) as [SlicedScreening];
      return answer;
    } finally {
      this.#isReading = false;
      over.abort();
    }
  }

  /** Resolves when the thread has used so much of the processor from now on, or the clock's bound is reached; rejects by the signal. */
  async #untilOverdue(screenMs: number, signal: AbortSignal): Promise<void> {
    const endMs = performance.now() + screenMs * clockFactor;
    const before = this.#processorMs();
    for (let leftMs = screenMs; leftMs > 0 && performance.now() < endMs;) {
      await delay(Math.max(leftMs, lookMsMin), undefined, { signal });
      leftMs = screenMs - ((await this.#processorMs()) - (await before));
    }
  }

  /** 0 for a thread that is still to start. */
  async #processorMs(): Promise<number> {
    const { user, system } = await this.#worker.cpuUsage().catch(() => ({ user: 0, system: 0 }));
    return (user + system) / 1_000;
  }

  /** A thread that ends right after its answer may be told to have ended before the answer has come back from `screen`. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  end(): void {
    this.#isEnded = true;
    void this.#worker.terminate();
  }
}

/** A machine that gives a thread less than a fourth of a processor has no time for such bodies. */
const clockFactor = 4;
/** Between two looks at the processor's time. */
const lookMsMin = 100;

const threadEntry = new URL('./thread-entry.js', import.meta.url);

/** Most of what is read lives for one body, so a larger one is copied less; two of these stand beside the old generation. */
const youngMiBMax = 32;

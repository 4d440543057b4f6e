/**
 * The carrier of a chaos run: paced, patient, and the only witness of what was acknowledged.
 *
 * An event is written to the append-only log after its 202 was read, and never before. What was not acknowledged is sent again, the same
 * bytes with the same ids, until it is; so when the client is at rest, the log says exactly what must count.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { CarrierEvents, PostedEvent } from './carrier-events.js';

export interface CarrierOptions {
  readonly url: string;
  readonly secret: string;
  /** Events a second while all is well. */
  readonly rate: number;
  readonly events: CarrierEvents;
  readonly logFile: string;
}

export interface CarrierCounts {
  /** Lines of the log: repeats count as often as they were acknowledged. */
  readonly acknowledged: number;
  /** Requests that were not answered with 202, and sent again. */
  readonly retried: number;
  /** The longest time without an acknowledgement while there was something to be acknowledged, milliseconds. */
  readonly longestSilenceMs: number;
}

/** One request; at 2,000 events/s some 40 a second, each of which waits for one commit of the log. */
const batchEvents = 50;
/** Requests under way or waiting to be sent again: the load that an outage meets, and the bound of what the client holds. */
const requestsMax = 32;
const tickMs = 25;
/** Above the door's own deadline of 10 s, so that its answer is heard. */
const requestTimeoutMs = 15_000;
/** Short, so that the time until the door accepts again is measured and not the client's patience. */
const retryPauseMs = 250;

export class CarrierClient {
  readonly #log: number;
  readonly #inFlight = new Set<Promise<void>>();
  #owed = 0;
  #acknowledged = 0;
  #retried = 0;
  #lastAckMs = performance.now();
  #longestSilenceMs = 0;
  #pacing: NodeJS.Timeout | undefined;
  #fault: Error | undefined;

  constructor(private readonly options: CarrierOptions) {
    this.#log = openSync(options.logFile, 'a');
  }

  get counts(): CarrierCounts {
    const { acknowledged, retried, longestSilenceMs } = {
      acknowledged: this.#acknowledged,
      retried: this.#retried,
      longestSilenceMs: Math.round(this.#longestSilenceMs),
    };
    return { acknowledged, retried, longestSilenceMs };
  }

  /** When the newest acknowledgement was read, on the clock of `performance.now()`. */
  get lastAckMs(): number {
    return this.#lastAckMs;
  }

  /** Begins to send, or goes on. */
  start(): void {
    this.#lastAckMs = performance.now();
    let lastMs = performance.now();
    this.#pacing = setInterval(() => {
      const nowMs = performance.now();
      this.#owed = Math.min(this.#owed + ((nowMs - lastMs) * this.options.rate) / 1_000, batchEvents * requestsMax);
      lastMs = nowMs;
      while (this.#owed >= batchEvents && this.#inFlight.size < requestsMax) {
        this.#owed -= batchEvents;
        this.#send(Array.from({ length: batchEvents }, () => this.options.events.next()));
      }
    }, tickMs);
  }

  /** Stops making events and returns when every event that was ever made is acknowledged. */
  async rest(): Promise<void> {
    clearInterval(this.#pacing);
    const rest = this.options.events.rest();
    if (rest.length > 0) this.#send(rest);
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    if (this.#fault) throw this.#fault;
  }

  /** Ends without waiting: for a run that has failed. */
  async abandon(): Promise<void> {
    clearInterval(this.#pacing);
    this.#fault ??= new Error('the run was given up');
    await Promise.all(this.#inFlight);
    closeSync(this.#log);
  }

  #send(events: readonly PostedEvent[]): void {
    const sending = this.#untilAcknowledged(events).catch((error: Error) => {
      this.#fault ??= error;
    });
    this.#inFlight.add(sending);
    void sending.finally(() => this.#inFlight.delete(sending));
  }

  async #untilAcknowledged(events: readonly PostedEvent[]): Promise<void> {
    const lines = events.map((event) => JSON.stringify(event));
    while (!this.#fault) {
      if (await this.#post(lines)) {
        writeSync(this.#log, `${lines.join('\n')}\n`);
        this.#noteAck(lines.length);
        return;
      }
      this.#retried += 1;
      await delay(retryPauseMs * (0.5 + Math.random()));
    }
  }

  /** Whether the hub has acknowledged. Throws when it refuses events that are right: no retry would mend that. */
  async #post(lines: readonly string[]): Promise<boolean> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.options.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.options.secret}`, 'content-type': 'application/x-ndjson' },
        body: lines.join('\n'),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch {
      return false;
    }
    if (status === 202) return true;
    // A door that has just started has not read the keys yet; everything else below 500 is final.
    if (status < 500 && status !== 429) throw new Error(`the door answered ${status}: ${text.slice(0, 500)}`);
    return false;
  }

  #noteAck(events: number): void {
    const nowMs = performance.now();
    this.#acknowledged += events;
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, nowMs - this.#lastAckMs);
    this.#lastAckMs = nowMs;
  }
}

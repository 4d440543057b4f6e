/**
 * Where requests wait a moment for room in a full intake, with their bodies unread, before they are told to come back.
 *
 * Room comes back many times a second, so most of a rush is let in without being sent twice. And a sender who waits does not send: a
 * refusal at once would cost the door a body to throw away, an answer, and soon the same request again. Who still finds no room when
 * his time is over is refused. Those of one carrier keep their order; carriers take turns, and share the places fairly.
 *
 * Of an unread body Node holds about one read, so the bound is one of bytes. Who finds no place either is refused, but not sooner than
 * those who have one: otherwise to be refused at once would be the fastest way to ask again, and the door would be busy with refusals.
 */
import type { CarrierName } from '@landbridge/contracts';
import { carrierId } from '../carrier-id.js';
import { FairShares } from './fair-shares.js';

export interface WaitingLimits {
  /** What those who wait may hold together. */
  readonly bytesMax: number;
  readonly waitMsMax: number;
}

/** A request that waits. */
export interface Waiter {
  /** Length of its body as far as it is known to come before it is asked for. */
  readonly bytes: number;
  /** Takes room and goes on, where there is some; `gone` when its sender is. */
  readonly enter: () => 'entered' | 'full' | 'gone';
  /** Its time is over. */
  readonly giveUp: () => void;
}

interface LateRefusal {
  readonly untilMs: number;
  readonly refuse: () => void;
}

interface Place {
  readonly waiter: Waiter;
  readonly untilMs: number;
  readonly giveBack: () => void;
}

/** A connection with its parser and its request. */
const placeBytes = 4_096;
/** What Node reads of a body that nobody asks for, before it pauses the connection. */
export const readAheadBytes = 65_536;
/** Refusals that wait for their time; a connection each, whose request holds no body any more. Beyond them it is refused at once. */
const lateRefusalsMax = 4_096;
/** How soon it is noticed that a time is over, or that room came back otherwise than by events that were written. */
const tickMs = 50;

export class WaitingRoom {
  /** By carrier, oldest first; those of whom nobody waits are not in it. */
  readonly #queues = new Map<string, Place[]>();
  readonly #held = new FairShares();
  /** Oldest first. */
  readonly #lateRefusals: LateRefusal[] = [];
  #tick: NodeJS.Timeout | undefined;
  #lettingIn = false;

  constructor(
    private readonly limits: WaitingLimits,
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number,
  ) {}

  /** Requests that wait for room now. */
  get requests(): number {
    let requests = 0;
    for (const queue of this.#queues.values()) requests += queue.length;
    return requests;
  }

  /** Whether requests of this carrier wait, which a new one must not overtake. */
  isQueued(carrier: CarrierName): boolean {
    return this.#queues.size > 0 && this.#queues.has(carrierId(carrier));
  }

  /** Lets a request wait; false when there is no place for it. */
  wait(carrier: CarrierName, waiter: Waiter): boolean {
    const bytes = placeBytes + Math.min(waiter.bytes, readAheadBytes);
    if (!this.#held.fits(carrier, bytes, this.limits.bytesMax)) return false;
    const giveBack = this.#held.take(carrier, bytes);
    const owner = carrierId(carrier);
    const place = { waiter, untilMs: this.clock() + this.limits.waitMsMax, giveBack };
    const queue = this.#queues.get(owner);
    if (queue === undefined) this.#queues.set(owner, [place]);
    else queue.push(place);
    this.#tick ??= setInterval(() => this.#look(), tickMs);
    return true;
  }

  /** Refuses a request that found no place, as late as it would be refused with one. Its body is to be thrown away meanwhile. */
  refuseLate(refuse: () => void): void {
    if (this.#lateRefusals.length >= lateRefusalsMax) return refuse();
    this.#lateRefusals.push({ untilMs: this.clock() + this.limits.waitMsMax, refuse });
    this.#tick ??= setInterval(() => this.#look(), tickMs);
  }

  /** Room may have come back. Those who wait are let in at the end of this turn, once for all that came back in it. */
  roomCameBack(): void {
    if (this.#lettingIn || this.#queues.size === 0) return;
    this.#lettingIn = true;
    setImmediate(() => {
      this.#lettingIn = false;
      this.#look();
    });
  }

  #look(): void {
    for (let entered = true; entered;) {
      entered = false;
      // One of each carrier, then the next of each.
      for (const [owner, queue] of this.#queues) entered = this.#letNextIn(owner, queue) || entered;
    }
    const nowMs = this.clock();
    for (const [owner, queue] of this.#queues)
      while (queue.length > 0 && queue[0]!.untilMs <= nowMs) this.#leave(owner, queue).giveUp();
    while (this.#lateRefusals.length > 0 && this.#lateRefusals[0]!.untilMs <= nowMs)
      this.#lateRefusals.shift()!.refuse();
    if (this.#queues.size > 0 || this.#lateRefusals.length > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
  }

  #letNextIn(owner: string, queue: Place[]): boolean {
    while (queue.length > 0) {
      const result = queue[0]!.waiter.enter();
      if (result === 'full') return false;
      this.#leave(owner, queue);
      if (result === 'entered') return true;
    }
    return false;
  }

  /** The first of a queue goes. */
  #leave(owner: string, queue: Place[]): Waiter {
    const { waiter, giveBack } = queue.shift()!;
    giveBack();
    if (queue.length === 0) this.#queues.delete(owner);
    return waiter;
  }
}

/**
 * How many events may wait for the log at a time, in all and of one carrier: what decides that a request is told to come back.
 *
 * Two things are wanted of a full intake. What it has taken is confirmed soon: events that wait longer than their senders do are written
 * for nobody, and are sent again on top. So the limit follows the log: where events waited too long, as many may wait from then on as
 * the log has just shown to write in good time (Little's law), and it grows again while they are quick. And a carrier that posts ever
 * more takes nothing from the others: its events keep to a fair share.
 *
 * It is asked before a body is read, when only its length is known. So the events of a body are guessed by those that came before, and
 * counted when they are read. A guess may be wrong; the lane behind it has a bound of its own, which holds.
 */
import type { CarrierName } from '@landbridge/contracts';
import { FairShares } from './fair-shares.js';

export interface UnderWayLimits {
  /** Events in all, however fast the log is; the bound of the lane. */
  readonly eventsMax: number;
  /** Events in all, however slow it is: less than a batch or two would only make it slower. */
  readonly eventsMin: number;
  /** What an event may wait for its confirmation, milliseconds; a share of what its sender waits for the answer. */
  readonly waitMsMax: number;
}

/** An event as carriers write it; the guess before there is one to go by. */
const usualBytes = 400;
/** Weight of the newest body in the guess. */
const learning = 0.1;

export class EventsUnderWay {
  readonly #shares = new FairShares();
  readonly #limits: UnderWayLimits;
  #limit: number;
  #bytesPerEvent = usualBytes;

  constructor(
    { eventsMax, eventsMin, waitMsMax }: UnderWayLimits,
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number,
  ) {
    this.#limits = { eventsMax, eventsMin: Math.min(eventsMin, eventsMax), waitMsMax };
    this.#limit = eventsMax;
  }

  /** Events that may be under way now, in all. */
  get limit(): number {
    return this.#limit;
  }

  /** Events under way now, in all. */
  get events(): number {
    return this.#shares.all;
  }

  /**
   * Takes the places of a body's events before it is read: as many as it is guessed to have, and no more than its carrier's share, because
   * a body of 8 MiB may hold one event and the others must not wait for it. Undefined where a carrier has no room for any.
   * @param bytes its length; undefined where it is not known, and then it is guessed to have one event
   * @returns gives the places back: before its events are counted, or when they will not come. Calls after the first do nothing
   */
  expect(carrier: CarrierName, bytes: number | undefined): (() => void) | undefined {
    const room = this.#shares.roomFor(carrier, Math.max(2, this.#limit));
    if (room < 1) return undefined;
    const guessed = Math.max(1, Math.round((bytes ?? 0) / this.#bytesPerEvent));
    return this.#shares.take(carrier, Math.min(guessed, room));
  }

  /**
   * So many events of a carrier are on their way to the log.
   * @param bytes length of the body that they were read from
   * @returns to be called when they are answered, saying whether the log has confirmed them; calls after the first do nothing
   */
  enter(carrier: CarrierName, events: number, bytes?: number): (confirmed: boolean) => void {
    if (events > 0 && bytes !== undefined)
      this.#bytesPerEvent += learning * (Math.max(1, bytes / events) - this.#bytesPerEvent);
    const giveBack = this.#shares.take(carrier, events);
    const ahead = this.#shares.all;
    const enteredMs = this.clock();
    let left = false;
    return (confirmed) => {
      if (left) return;
      left = true;
      giveBack();
      this.#follow(ahead, events, this.clock() - enteredMs, confirmed);
    };
  }

  /** Learns of events that left: how many were under way when they came, themselves included, and how long they took. */
  #follow(ahead: number, events: number, waitedMs: number, confirmed: boolean): void {
    const { eventsMin, eventsMax, waitMsMax } = this.#limits;
    if (waitedMs > waitMsMax) this.#limit = Math.max(eventsMin, Math.min(this.#limit, (ahead * waitMsMax) / waitedMs));
    // By what was confirmed, so it doubles at most each time that all of it is written.
    else if (confirmed && waitedMs < waitMsMax / 2) this.#limit = Math.min(eventsMax, this.#limit + events);
  }
}

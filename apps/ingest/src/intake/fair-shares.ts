/**
 * Who holds how much of something that is bounded: each carrier may hold as much as it leaves free for all others.
 *
 * So one carrier gets half of it, two that press get a third each, and so on; whoever comes next always finds as much as the largest
 * holder has. Nobody is counted or configured for it, and what one gives back is there for all. Refused: a fixed share for each, which
 * two carriers together fill; and a place for each carrier, which leaves those of the idle ones empty.
 * @see Choudhury and Hahne, Dynamic queue length thresholds for shared-memory packet switches, 1998
 */
import type { CarrierName } from '@landbridge/contracts';
import { carrierId } from '../carrier-id.js';

export class FairShares {
  /** By carrier; those that hold nothing are not in it. */
  readonly #held = new Map<string, number>();
  #all = 0;

  /** What all hold together. */
  get all(): number {
    return this.#all;
  }

  /** How much more a carrier may take, of `bound` in all: as much as it then leaves free. Below 1 there is nothing. */
  roomFor(carrier: CarrierName, bound: number): number {
    const held = this.#held.get(carrierId(carrier)) ?? 0;
    return Math.floor((bound - this.#all - held) / 2);
  }

  /** Whether a carrier may take so much more, of `bound` in all. */
  fits(carrier: CarrierName, amount: number, bound: number): boolean {
    return amount <= this.roomFor(carrier, bound);
  }

  /** Takes it, without asking. @returns gives it back; calls after the first do nothing */
  take(carrier: CarrierName, amount: number): () => void {
    const owner = carrierId(carrier);
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + amount);
    this.#all += amount;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#all -= amount;
      const left = this.#held.get(owner)! - amount;
      if (left > 0) this.#held.set(owner, left);
      else this.#held.delete(owner);
    };
  }
}

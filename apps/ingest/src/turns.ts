/**
 * One piece of long work for each turn of the event loop. Some work keeps the processor for many milliseconds; when several pieces of it
 * are there together, the requests that came meanwhile are served between them and not after all of them.
 */
import { setImmediate as turn } from 'node:timers/promises';

export class Turns {
  /** Ends when the last one that waits has had its turn. Whoever waits holds room in the lane, which bounds their number. */
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => turn());
    return this.#last;
  }
}

/** Some 5 ms of making records, or of explaining what would be counted. */
const itemsPerTurn = 250;

/** Does `work` with a part of the list each turn, in order; with a short list at once, within the caller's own turn. */
export async function eachInTurns<Item>(
  turns: Turns,
  items: readonly Item[],
  work: (some: readonly Item[]) => void,
): Promise<void> {
  if (items.length <= itemsPerTurn) return work(items);
  for (let from = 0; from < items.length; from += itemsPerTurn) {
    await turns.next();
    work(items.slice(from, from + itemsPerTurn));
  }
}

/**
 * One piece of long work for each turn of the event loop. Reading a large message keeps the processor for many milliseconds; when several
 * have arrived together, the requests that came meanwhile are served between them and not after all of them.
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

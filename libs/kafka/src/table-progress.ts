/**
 * How far a table's one partition has been read, and whether that was all that stood there at the start. Pure.
 *
 * It is read when the position has reached the end that was read at the start. Compaction can have emptied the last offsets (deleted
 * keys): then no record ever carries the position there. So a second sign counts too: fetches that Kafka answered and that
 * brought nothing, two in a row.
 */

/** One could be the answer to a fetch that was sent before a seek; a second one in a row cannot. */
const emptyFetchesForEnd = 2;

export class TableProgress {
  #end: bigint | undefined;
  #next: bigint | undefined;
  #fetchAnswered = false;
  #emptyFetches = 0;
  #caughtUp = false;

  /** Once reached it stays: a table that is a moment behind is not an empty one. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** The offset that comes next, undefined while nothing was read. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /** What stands in the partition at the start: offsets from `low` up to, not including, `high`. */
  target(low: bigint, high: bigint): void {
    this.#end = high;
    if (low === high) this.#caughtUp = true;
  }

  applied(lastOffset: bigint): void {
    this.#emptyFetches = 0;
    if (this.#next !== undefined && lastOffset < this.#next) return;
    this.#next = lastOffset + 1n;
    if (this.#end !== undefined && this.#next >= this.#end) this.#caughtUp = true;
  }

  /** The topic begins anew, at its first offset. */
  startOver(): void {
    this.#next = undefined;
  }

  joined(): void {
    this.#fetchAnswered = false;
    this.#emptyFetches = 0;
  }

  /** Kafka has answered a fetch. */
  fetchAnswered(): void {
    this.#fetchAnswered = true;
  }

  /** A round of fetching ended without an error; the batches of the round before have all been handled by now. */
  fetchEnded(): void {
    if (!this.#fetchAnswered) return;
    this.#fetchAnswered = false;
    this.#emptyFetches += 1;
    // Batches of this very round come after this call and set the count back, so it must be one more.
    if (this.#emptyFetches > emptyFetchesForEnd) this.#caughtUp = true;
  }
}

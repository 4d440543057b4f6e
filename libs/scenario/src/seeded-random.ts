/**
 * Random numbers that are a pure function of a seed and a key.
 *
 * Every part of the scenario draws from a stream of its own, named by what it is for (`air/2020-03-01`), so that adding a flight does not
 * move a single parcel, and so that the order in which parts are generated does not matter.
 */

export class SeededRandom {
  #state: number;

  /** The same seed and key always give the same numbers. */
  constructor(seed: number, key: string) {
    this.#state = fnv1a(`${seed}/${key}`);
  }

  /** The next number, from 0 up to, not including, 1; 32 bits of it are random (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }
}

/** FNV-1a over the text's UTF-16 units: short keys that differ in one character start far apart. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

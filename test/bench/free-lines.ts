/**
 * The connections of a load that have no request, oldest first. Who finds none waits until one comes, and costs nothing meanwhile: a load
 * that looked for one every millisecond took twice the processor of one that posts when it is answered, and the door beside it paid.
 */
export interface Line {
  /** Whether it is connected and has no request. */
  readonly free: boolean;
}

export class FreeLines<L extends Line> {
  /** Some are not free any more: a line that was cut and came back is told of twice. */
  readonly #lines: L[] = [];
  #wake: () => void = () => undefined;

  /** A line has become free. */
  add(line: L): void {
    this.#lines.push(line);
    this.#wake();
  }

  take(): L | undefined {
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) if (line.free) return line;
    return undefined;
  }

  /** Resolves when the next line becomes free, or when it is told to. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Ends a wait. */
  wake(): void {
    this.#wake();
  }
}

/**
 * Where a command writes: results to stdout, everything else to stderr, so that a pipe carries only results.
 *
 * Colour and moving lines are for people: they appear only where the stream is a terminal (and NO_COLOR is not set).
 */
import { styleText } from 'node:util';

export interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

type Style = 'bold' | 'green' | 'red' | 'yellow' | 'dim';

export class Terminal {
  readonly #colour: boolean;

  constructor(
    private readonly stdout: Output,
    private readonly stderr: Output,
    noColour = false,
  ) {
    this.#colour = stdout.isTTY === true && !noColour;
  }

  /** A line of the result. */
  print(line = ''): void {
    this.stdout.write(`${line}\n`);
  }

  /** The result for a program: one line of JSON. */
  printJson(value: unknown): void {
    this.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** The result as bytes, as they are. */
  printBytes(bytes: Uint8Array): void {
    this.stdout.write(bytes);
  }

  /** A line about the result: what happens, what went wrong. */
  note(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  /**
   * A progress line for a task of `total` steps (undefined where it is not known), drawn in place on a terminal.
   * @param from steps that an earlier run has done: they are no part of the rate
   */
  progress(what: string, total: number | undefined, from = 0): Progress {
    return new Progress(this.stderr, what, total, from);
  }
}

/** A moving line is drawn ten times a second, a plain line written every five seconds. */
const redrawMs = { terminal: 100, plain: 5_000 };
const barCells = 24;

export class Progress {
  readonly #startMs = performance.now();
  #drawnMs = Number.NEGATIVE_INFINITY;
  #done = 0;

  constructor(
    private readonly stream: Output,
    private readonly what: string,
    private total: number | undefined,
    private readonly from: number,
  ) {
    this.#done = from;
  }

  /** @param total another number of steps, where it has changed */
  update(done: number, total = this.total): void {
    this.#done = done;
    this.total = total;
    const nowMs = performance.now();
    if (nowMs - this.#drawnMs < (this.stream.isTTY ? redrawMs.terminal : redrawMs.plain)) return;
    this.#drawnMs = nowMs;
    this.#draw(this.stream.isTTY ? '' : '\n');
  }

  /** Draws the last state and leaves it there. */
  end(): void {
    this.#draw('\n');
  }

  #draw(ending: string): void {
    const seconds = (performance.now() - this.#startMs) / 1_000;
    const rate = seconds > 0 ? (this.#done - this.from) / seconds : 0;
    const line = progressLine(this.what, this.#done, this.total, rate, this.stream.isTTY === true);
    this.stream.write(
      this.stream.isTTY ? `\r\x1b[2K${line.slice(0, (this.stream.columns ?? 80) - 1)}${ending}` : `${line}${ending}`,
    );
  }
}

/** `scenario #########......... 41,000 / 100,000 (41 %), 9,800/s, 6 s left`; the rate is in steps a second. */
export function progressLine(
  what: string,
  done: number,
  total: number | undefined,
  rate: number,
  withBar: boolean,
): string {
  const speed = rate > 0 ? `, ${count(Math.round(rate))}/s` : '';
  if (total === undefined) return `${what} ${count(done)}${speed}`;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.floor(share * barCells);
  const bar = withBar ? `${'#'.repeat(filled)}${'.'.repeat(barCells - filled)} ` : '';
  const left = rate > 0 && done < total ? `, ${timeText((total - done) / rate)} left` : '';
  return `${what} ${bar}${count(done)} / ${count(total)} (${Math.floor(share * 100)} %)${speed}${left}`;
}

/** `6 s`, `12 min`, `3 h 5 min`, rounded up: a task that is nearly done is not yet done. */
function timeText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `100,162` */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

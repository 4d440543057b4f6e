/** Where the processors' time goes: seconds of processor that each process of a measurement has used, from Linux' own accounts. */
import { readFileSync } from 'node:fs';

/** The kernel counts a process' time in hundredths of a second, whatever its own clock does. */
const ticksPerSecond = 100;

/**
 * Measures between two moments how many processors each process used on average: 0.5 is half of one. `stolen` is what the host of this
 * machine gave to others meanwhile, `idle` what nobody used: where they differ between two measurements, so do their results, and what all
 * of these leave of the processors was used by something that is not measured.
 */
export class ProcessorWatch<Name extends string> {
  #startMs = 0;
  #start: Readonly<Record<string, number>> = {};

  constructor(private readonly pids: Readonly<Record<Name, number>>) {}

  begin(): void {
    this.#startMs = performance.now();
    this.#start = this.#now();
  }

  end(): Readonly<Record<Name | 'stolen' | 'idle', number>> {
    const seconds = (performance.now() - this.#startMs) / 1_000;
    const used = Object.entries(this.#now()).map(([name, now]) => [name, (now - this.#start[name]!) / seconds]);
    return Object.fromEntries(used) as Record<Name | 'stolen' | 'idle', number>;
  }

  #now(): Record<string, number> {
    const used = Object.entries<number>(this.pids).map(([name, pid]) => [name, processorSecondsOf(pid)] as const);
    return { ...Object.fromEntries(used), ...hostSeconds() };
  }
}

/** Processor seconds, user and system together, that a running process has used since it began. */
function processorSecondsOf(pid: number): number {
  // The second field, the program's name in brackets, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Of all processors together, since the machine began. */
function hostSeconds(): Record<'stolen' | 'idle', number> {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/ +/);
  // user, nice, system, idle, waiting for a disk, interrupts of two kinds, stolen
  const secondsAt = (at: number): number => Number(ticks[at]) / ticksPerSecond;
  return { stolen: secondsAt(7), idle: secondsAt(3) + secondsAt(4) };
}

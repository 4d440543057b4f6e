/**
 * One of our services as a child process: started, watched, started again when it crashes, stopped.
 *
 * A crash is met with a new start after a wait that doubles; a service that crashes again and again is given up, because a loop of
 * starts hides the fault that its log names.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parentDeathPrefix } from '@landbridge/native';

export interface ServiceOptions {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes stdout and stderr, appended. */
  readonly logFile: string;
  /** Told of every crash that is followed by a new start. */
  readonly onRestart: (line: string) => void;
  readonly restart?: RestartPolicy;
}

export interface RestartPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  /** As many crashes within `windowMs` are one too many. */
  readonly crashesMax: number;
  readonly windowMs: number;
}

const restartPolicy: RestartPolicy = { firstMs: 500, maxMs: 10_000, crashesMax: 5, windowMs: 120_000 };

/** A service drains what it holds within ten seconds. */
const stopDeadlineMs = 15_000;
/** A larger log is put aside at the next start, so that two of them are the most that is kept. */
const logFileBytesMax = 33_554_432;
/** A configuration at fault; `@landbridge/config` says so, and that another start does not help. */
const faultyConfigurationCode = 2;

export class ServiceProcess {
  readonly name: string;
  readonly #options: ServiceOptions;
  readonly #policy: RestartPolicy;
  readonly #gaveUp = Promise.withResolvers<string>();
  readonly #stop = new AbortController();
  readonly #crashes: number[] = [];
  #child: ChildProcess | undefined;
  #life: Promise<void> | undefined;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#policy = options.restart ?? restartPolicy;
  }

  /** Resolves, with the reason in one line, when the service is not started any more. Never rejects. */
  get gaveUp(): Promise<string> {
    return this.#gaveUp.promise;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#life) throw new Error(`${this.name} is started once`);
    process.on('exit', this.#onExit);
    this.#life = this.#live();
  }

  /** SIGTERM, and SIGKILL when that takes too long. Resolves when the process is gone; may be called again, and before the start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const child = this.#child;
    child?.kill('SIGTERM');
    const late = setTimeout(() => child?.kill('SIGKILL'), stopDeadlineMs);
    await this.#life;
    clearTimeout(late);
    process.off('exit', this.#onExit);
  }

  /** The last net where the kernel does not tell a child of its parent's death. */
  readonly #onExit = (): void => {
    this.#child?.kill('SIGTERM');
  };

  async #live(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const startedMs = Date.now();
      const how = await this.#runOnce();
      if (this.#stop.signal.aborted) return;
      const verdict = this.#judge(how, startedMs);
      if (verdict.waitMs === undefined) {
        this.#gaveUp.resolve(`${this.name} ${how.text}${verdict.why}: see ${this.#options.logFile}`);
        return;
      }
      this.#options.onRestart(
        `${this.name} ${how.text}, starting it again in ${verdict.waitMs} ms: see ${this.#options.logFile}`,
      );
      await delay(verdict.waitMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #judge(
    how: Ending,
    nowMs: number,
  ): { readonly waitMs: number } | { readonly waitMs: undefined; readonly why: string } {
    if (how.code === faultyConfigurationCode)
      return { waitMs: undefined, why: ' because its configuration is at fault' };
    const { crashesMax, windowMs, firstMs, maxMs } = this.#policy;
    this.#crashes.push(nowMs);
    while (this.#crashes[0]! < nowMs - windowMs) this.#crashes.shift();
    if (this.#crashes.length >= crashesMax) return { waitMs: undefined, why: `, ${crashesMax} times in a row` };
    return { waitMs: Math.min(maxMs, firstMs * 2 ** (this.#crashes.length - 1)) };
  }

  async #runOnce(): Promise<Ending> {
    const { logFile, env } = this.#options;
    const [command, ...args] = [...parentDeathPrefix(), ...this.#options.command] as [string, ...string[]];
    const log = openLog(logFile);
    // A session of its own: Ctrl-C in a terminal is for the foreground group, and `up` stops its services in its own order.
    const child = spawn(command, args, { env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    const ending = await new Promise<Ending>((resolve) => {
      child.once('error', (error) => resolve({ code: null, text: `cannot be run (${error.message})` }));
      child.once('exit', (code, signal) => resolve({ code, text: `ended with ${signal ?? `exit code ${code}`}` }));
    });
    this.#child = undefined;
    return ending;
  }
}

interface Ending {
  readonly code: number | null;
  readonly text: string;
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > logFileBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a');
}

/**
 * One of our services under chaos: a real process that is started again whenever it ends, as an operator's supervisor would do.
 *
 * The log goes to a file, so that what a killed process said last is not lost with it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { serviceNodeFlags } from '@landbridge/config';
import { parentDeathPrefix } from '@landbridge/native';
import { eventually } from '../harness/poll.js';
import { repositoryRoot } from '../harness/repository-root.js';
import { passedEnvironment } from '../harness/service.js';

export interface SupervisedOptions {
  readonly name: string;
  /** The compiled main file, relative to the root of the repository. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly logFile: string;
}

/** What a supervisor waits before a new start; a new process needs some two seconds more until it works. */
const restartPauseMs = 300;
/** Above the ten seconds that a service takes to drain. */
const stopDeadlineMs = 20_000;
/** A service that finds too little processor gives up and is started again; on a loaded machine that happens more than once. */
const readyDeadlineMs = 180_000;
const readyTimeoutMs = 2_000;

export class SupervisedProcess {
  readonly name: string;
  /** Ends that nobody asked for: crashes, and exits of its own. */
  readonly crashes: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #wanted = false;
  #killed = false;
  #rssMaxKiB = 0;

  constructor(readonly options: SupervisedOptions) {
    this.name = options.name;
  }

  get url(): string {
    return this.options.url;
  }

  /** The largest resident memory that any process of it has had, MiB, as far as `sampleMemory` saw it. */
  get rssMaxMiB(): number {
    return Math.round(this.#rssMaxKiB / 1_024);
  }

  start(): void {
    this.#wanted = true;
    this.#spawn();
  }

  /** Returns when it answers that it is ready. Throws with the end of its log when it does not in time. */
  async ready(): Promise<void> {
    try {
      await eventually(async () => (await this.readiness()).status === 200, {
        deadlineMs: readyDeadlineMs,
        what: `${this.name} to be ready`,
      });
    } catch (error) {
      const log = readFileSync(this.options.logFile, 'utf8').slice(-2_000);
      throw new Error(`${(error as Error).message}\n${log}`, { cause: error });
    }
  }

  /** What `/readyz` answers now. Rejects when it cannot be asked. */
  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(readyTimeoutMs) });
    return { status: response.status, text: await response.text() };
  }

  /** Sends a signal. After SIGKILL it is started again, and that is no crash. */
  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.#killed = true;
    this.#child?.kill(signal);
  }

  /** SIGTERM, and a new start; returns when the new process is ready. */
  async restart(): Promise<void> {
    await this.stop();
    this.start();
    await this.ready();
  }

  /** Ends it in order and does not start it again; SIGKILL when that takes too long, which is noted as a crash. */
  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    child?.kill('SIGTERM');
    child?.kill('SIGCONT');
    const late = setTimeout(() => {
      this.crashes.push('did not end in time after SIGTERM');
      child?.kill('SIGKILL');
    }, stopDeadlineMs);
    await this.#ended;
    clearTimeout(late);
  }

  /** Looks at the peak of its memory: the kernel keeps it for as long as the process lives. */
  sampleMemory(): void {
    this.#rssMaxKiB = Math.max(this.#rssMaxKiB, residentPeakKiB(this.#child?.pid));
  }

  #spawn(): void {
    const { entry, env, logFile } = this.options;
    const words = [...parentDeathPrefix(), process.execPath, ...serviceNodeFlags, entry];
    const log = openSync(logFile, 'a');
    const child = spawn(words[0]!, words.slice(1), {
      cwd: repositoryRoot,
      env: { ...passedEnvironment(), ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    this.#killed = false;
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve();
        this.#onExit(signal ?? `exit code ${code}`);
      });
    });
  }

  #onExit(how: string): void {
    this.#child = undefined;
    if (!this.#wanted) {
      if (how !== 'exit code 0') this.crashes.push(`ended with ${how} when it was stopped`);
      return;
    }
    if (!this.#killed) this.crashes.push(`ended with ${how}`);
    setTimeout(() => {
      if (this.#wanted && !this.#child) this.#spawn();
    }, restartPauseMs);
  }
}

/** VmHWM of a process, KiB; 0 when it has gone or where there is no /proc. */
export function residentPeakKiB(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

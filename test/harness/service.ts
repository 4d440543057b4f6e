import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNodeFlags } from '@landbridge/config';
import { parentDeathPrefix, type ServerExit } from '@landbridge/native';
import { eventually } from './poll.js';
import { repositoryRoot } from './repository-root.js';

export interface ServiceOptions {
  readonly name: string;
  /** The compiled main file, relative to the root of the repository: `apps/ingest/dist/main.js`. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when the service is ready. */
  readonly readyUrl: string;
  readonly startDeadlineMs?: number;
}

/** One of our services as the real process that production runs. */
export interface Service {
  readonly name: string;
  /** Of the process that runs now; another one after `restart`. */
  readonly pid: number;
  /** SIGTERM, then SIGKILL at the deadline; tells how it ended, so that a test can ask for a clean end. */
  stop(): Promise<ServerExit>;
  /** Sends the signal; for a deadly one, await `exited()` before looking at what is left. */
  kill(signal: NodeJS.Signals): void;
  exited(): Promise<ServerExit>;
  /** Stops it where it still runs, starts it again with the same settings and returns when it is ready. */
  restart(): Promise<void>;
  /** What it printed since its first start, both streams, newest last; the oldest part goes first when it grows too long. */
  logs(): string;
}

/** A Nest service listens within a second; the rest is for a machine that also runs brokers and other tests. */
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 60_000;
const READY_TIMEOUT_MS = 2_000;
const LOG_CHARACTERS_MAX = 2 * 1024 * 1024;
const QUOTED_CHARACTERS = 2_000;

const passed = ['PATH', 'HOME', 'TMPDIR'];

/** Node keeps there what it compiled of a service: the suites start some hundred processes of the same five programs. */
const compileCache = join(repositoryRoot, 'node_modules/.cache/landbridge-test');

/** All that a service gets of the test's environment: Jest sets NODE_ENV=test, on which kafkajs changes its retries. */
export function passedEnvironment(): Record<string, string | undefined> {
  const kept = Object.fromEntries(passed.map((name) => [name, process.env[name]]));
  return { ...kept, NODE_COMPILE_CACHE: compileCache };
}

/** Starts a service and returns when its `readyUrl` answers 200. Throws with the end of its log when it does not. */
export async function startService(options: ServiceOptions): Promise<Service> {
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-LOG_CHARACTERS_MAX);
  };
  let running = await startProcess(options, keep, () => log);
  const stop = () => stopProcess(running);
  return {
    name: options.name,
    get pid() {
      return running.child.pid ?? 0;
    },
    stop,
    kill: (signal) => void running.child.kill(signal),
    exited: () => running.exited,
    restart: async () => {
      await stop();
      running = await startProcess(options, keep, () => log);
    },
    logs: () => log,
  };
}

interface RunningProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<ServerExit>;
}

async function startProcess(
  options: ServiceOptions,
  keep: (chunk: Buffer) => void,
  log: () => string,
): Promise<RunningProcess> {
  const words = [...parentDeathPrefix(), process.execPath, ...serviceNodeFlags, options.entry];
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: repositoryRoot,
    env: { ...passedEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // The close comes after the exit, with the last of the log.
  const exited = once(child, 'close').then(([code, signal]): ServerExit => ({ code, signal }));
  const running = { child, exited };
  try {
    await untilReady(options, running);
  } catch (error) {
    await stopProcess(running);
    throw new Error(`${(error as Error).message}\n${log().slice(-QUOTED_CHARACTERS)}`, { cause: error });
  }
  return running;
}

async function untilReady(options: ServiceOptions, running: RunningProcess): Promise<void> {
  const ended = running.exited.then(({ code, signal }) => {
    throw new Error(`${options.name} ended while starting (${signal ?? `exit code ${code}`})`);
  });
  const ready = eventually(
    async () => {
      if (hasEnded(running.child)) return true;
      const response = await fetch(options.readyUrl, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${options.readyUrl} answers ${response.status}`);
      return true;
    },
    { deadlineMs: options.startDeadlineMs ?? START_DEADLINE_MS, what: `${options.name} to be ready` },
  );
  await Promise.race([ended, ready]);
  if (hasEnded(running.child)) await ended;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopProcess(running: RunningProcess): Promise<ServerExit> {
  running.child.kill('SIGTERM');
  // A stopped (SIGSTOP) process receives SIGTERM only when it runs again.
  running.child.kill('SIGCONT');
  const inTime = new AbortController();
  const late = delay(STOP_DEADLINE_MS, undefined, { signal: inTime.signal }).then(
    () => running.child.kill('SIGKILL'),
    () => false,
  );
  const exit = await running.exited;
  inTime.abort();
  await late;
  return exit;
}

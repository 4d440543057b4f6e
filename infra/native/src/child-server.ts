import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isPortFree, LOOPBACK } from './loopback.js';
import { disown, killGroup, own, parentDeathPrefix } from './parent-exit.js';
import { removePidFile, stopLeftover, writePidFile } from './pid-file.js';
import { ServerStartError } from './server-start-error.js';

/** A real server that runs as a child of this process and answers on its port. */
export interface NativeServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Where the server itself logs. */
  readonly logFile: string;
  /** SIGTERM, then SIGKILL after the server's deadline. Resolves when the process is gone; may be called again. */
  stop(): Promise<void>;
  /** Sends a signal and returns at once; `exited` tells when the process has gone. False when it had gone already. */
  kill(signal: NodeJS.Signals): boolean;
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<ServerExit>;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What one kind of server needs to be started and recognised. Paths are absolute. */
export interface ServerLaunch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly port: number;
  /** The variable that moves the port, named in the message when the port is taken. */
  readonly portVariable: string;
  /** An argument of the server's command line; a server left over is recognised by it. */
  readonly configFile: string;
  readonly pidFile: string;
  /** Takes stdout and stderr. */
  readonly consoleFile: string;
  /** The server's own log when that is another file. */
  readonly logFile?: string;
  /** Writes config files and the like; runs when the data folder is known to be free. */
  readonly prepare: () => Promise<void>;
  /** Resolves when the server does its work; rejects with the reason while it does not. */
  readonly probe: () => Promise<void>;
  readonly startDeadlineMs: number;
  readonly stopDeadlineMs: number;
}

const PROBE_INTERVAL_MS = 50;

/** A console file larger than this is put aside at the next start, so that two of them are the most that is kept. */
const CONSOLE_FILE_BYTES_MAX = 8 * 1024 * 1024;

const QUOTED_LINES_MAX = 4;
const QUOTED_CHARACTERS_MAX = 600;
const QUOTED_TAIL_BYTES = 16 * 1024;

/**
 * Starts a server and returns when its probe succeeds.
 *
 * 1 stop what a dead owner left on this data folder, 2 look whether the port is free, 3 prepare the folder, 4 spawn,
 * 5 write the pid file, 6 probe. A crash between 4 and 5 leaves a server without a pid file only where the
 * kernel does not tell it of its parent's death.
 * Throws ServerStartError; then no process is left.
 */
export async function launchServer(launch: ServerLaunch): Promise<NativeServer> {
  mkdirSync(launch.cwd, { recursive: true });
  mkdirSync(dirname(launch.consoleFile), { recursive: true });
  const { ownedBy } = await stopLeftover(launch.pidFile, launch.configFile);
  if (ownedBy !== undefined) {
    throw new ServerStartError(
      `${launch.name} already runs on ${launch.cwd} for process ${ownedBy}: stop that one, or use another data folder`,
    );
  }
  if (!(await isPortFree(launch.port))) throw portTaken(launch);
  await launch.prepare();

  const child = spawnDetached(launch);
  const server = new RunningServer(launch, child);
  await server.spawned();
  try {
    await untilReady(launch, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

class RunningServer implements NativeServer {
  readonly name: string;
  readonly host = LOOPBACK;
  readonly port: number;
  readonly logFile: string;
  readonly exited: Promise<ServerExit>;
  #exit: ServerExit | undefined;
  readonly #launch: ServerLaunch;
  readonly #child: ChildProcess;
  readonly #spawnFailed: Promise<Error>;

  constructor(launch: ServerLaunch, child: ChildProcess) {
    this.#launch = launch;
    this.#child = child;
    this.name = launch.name;
    this.port = launch.port;
    this.logFile = launch.logFile ?? launch.consoleFile;
    this.#spawnFailed = new Promise((resolve) => {
      child.once('error', resolve);
    });
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        removePidFile(launch.pidFile, this.pid);
        disown(this);
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get exit(): ServerExit | undefined {
    return this.#exit;
  }

  async spawned(): Promise<void> {
    if (this.#child.pid === undefined) {
      const cause = await this.#spawnFailed;
      throw new ServerStartError(`${this.name} cannot be run: ${cause.message}`, { cause });
    }
    own(this);
    writePidFile(this.#launch.pidFile, this.pid);
  }

  kill(signal: NodeJS.Signals): boolean {
    return this.#exit === undefined && this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (!this.kill('SIGTERM')) return;
    // A stopped (SIGSTOP) process keeps SIGTERM pending for ever; let it run to receive it.
    this.kill('SIGCONT');
    const late = new AbortController();
    const deadline = delay(this.#launch.stopDeadlineMs, 'late', { signal: late.signal, ref: false }).catch(
      () => 'gone',
    );
    if ((await Promise.race([this.exited, deadline])) === 'late') killGroup(this.pid);
    await this.exited;
    late.abort();
  }
}

/**
 * The child leads a session of its own: Ctrl-C in a terminal goes to every process of the foreground group, and Kafka and
 * Redis would end before the services that still write to them.
 */
function spawnDetached(launch: ServerLaunch): ChildProcess {
  if (existsSync(launch.consoleFile) && statSync(launch.consoleFile).size > CONSOLE_FILE_BYTES_MAX) {
    renameSync(launch.consoleFile, `${launch.consoleFile}.1`);
  }
  const console = openSync(launch.consoleFile, 'a');
  const [command = launch.command, ...args] = [...parentDeathPrefix(), launch.command, ...launch.args];
  try {
    return spawn(command, args, { cwd: launch.cwd, detached: true, stdio: ['ignore', console, console] });
  } finally {
    closeSync(console);
  }
}

async function untilReady(launch: ServerLaunch, server: RunningServer): Promise<void> {
  const deadline = Date.now() + launch.startDeadlineMs;
  let reason = 'it was never asked';
  while (Date.now() < deadline) {
    try {
      await launch.probe();
      // A probe may have been answered by a stranger that took the port between our look and the server's bind.
      if (server.exit === undefined) return;
    } catch (error) {
      reason = (error as Error).message;
    }
    if (server.exit !== undefined) throw await diedAtStart(launch, server.exit);
    await Promise.race([server.exited, delay(PROBE_INTERVAL_MS)]);
  }
  throw new ServerStartError(
    `${launch.name} is not ready after ${launch.startDeadlineMs / 1000} s (${reason}): see ${server.logFile}`,
    { logFile: server.logFile },
  );
}

async function diedAtStart(launch: ServerLaunch, exit: ServerExit): Promise<ServerStartError> {
  if (!(await isPortFree(launch.port))) return portTaken(launch);
  const logFile = launch.logFile ?? launch.consoleFile;
  const how = exit.signal ?? `exit code ${exit.code}`;
  const quoted = lastLines(launch.consoleFile);
  return new ServerStartError(`${launch.name} ended while starting (${how}): ${quoted}: see ${logFile}`, { logFile });
}

function portTaken(launch: ServerLaunch): ServerStartError {
  return new ServerStartError(
    `port ${launch.port} is taken by another process: stop it, or set ${launch.portVariable}`,
  );
}

/** The last lines that say something, in one line; frames of stack traces are left out. */
function lastLines(path: string): string {
  const text = existsSync(path) ? readFileSync(path).subarray(-QUOTED_TAIL_BYTES).toString('utf8') : '';
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^at |^\.\.\. \d+ more$/.test(line));
  const quoted = lines.slice(-QUOTED_LINES_MAX).join(' | ').slice(-QUOTED_CHARACTERS_MAX);
  return quoted === '' ? 'it printed nothing' : quoted;
}

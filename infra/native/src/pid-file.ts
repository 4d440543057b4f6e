import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What is left of a parent that was killed with SIGKILL: a server without an owner, known by its pid file.
 *
 * A pid alone proves nothing, because pids are used again. The server is ours when its command line names the very config
 * file of this data folder; its owner lives when the process of that pid began at the same tick as the one we wrote down.
 */
export interface PidFile {
  /** The server's process. */
  readonly pid: number;
  /** The process that started it, and the kernel's start time of that process in clock ticks since boot. */
  readonly owner: number;
  readonly ownerStartTicks: string;
}

/** A stopped server needs at most this long; the longest seen is a loaded Kafka with about three seconds. */
const LEFTOVER_TERM_MS = 10_000;
const LEFTOVER_KILL_MS = 5_000;
const LEFTOVER_POLL_MS = 25;

/** Writes the pid file of a server that the calling process owns. */
export function writePidFile(path: string, pid: number): void {
  const content: PidFile = { pid, owner: process.pid, ownerStartTicks: processStartTicks(process.pid) ?? '' };
  writeFileSync(path, `${JSON.stringify(content)}\n`);
}

/** Removes a pid file, unless a later start has already written its own. */
export function removePidFile(path: string, pid: number): void {
  if (readPidFile(path)?.pid === pid) rmSync(path, { force: true });
}

/** Reads a pid file; undefined when there is none or a crash left it half written. */
export function readPidFile(path: string): PidFile | undefined {
  const text = readOrUndefined(path);
  if (text === undefined) return undefined;
  try {
    const content = JSON.parse(text) as Partial<PidFile> | null;
    if (!Number.isSafeInteger(content?.pid) || !Number.isSafeInteger(content?.owner)) return undefined;
    return content as PidFile;
  } catch {
    return undefined;
  }
}

/**
 * Stops the server that an earlier, dead owner left behind on this data folder.
 *
 * Answers `{ ownedBy }` and stops nothing when the server runs and its owner lives: two owners of one data folder would
 * destroy it.
 */
export async function stopLeftover(path: string, configFile: string): Promise<{ ownedBy: number | undefined }> {
  const file = readPidFile(path);
  if (file === undefined || !isServerOf(file.pid, configFile)) return { ownedBy: undefined };
  if (file.ownerStartTicks !== '' && processStartTicks(file.owner) === file.ownerStartTicks) {
    return { ownedBy: file.owner };
  }
  for (const [signal, deadlineMs] of [
    ['SIGTERM', LEFTOVER_TERM_MS],
    ['SIGKILL', LEFTOVER_KILL_MS],
  ] as const) {
    signalQuietly(file.pid, signal);
    const deadline = Date.now() + deadlineMs;
    while (isServerOf(file.pid, configFile) && Date.now() < deadline) await delay(LEFTOVER_POLL_MS);
    if (!isServerOf(file.pid, configFile)) break;
  }
  return { ownedBy: undefined };
}

/** Whether the process runs and was started with this config file. Without /proc (not Linux) the answer is always no. */
function isServerOf(pid: number, configFile: string): boolean {
  const commandLine = readOrUndefined(`/proc/${pid}/cmdline`);
  return commandLine !== undefined && namesConfigFile(commandLine, configFile);
}

/** Whether a command line, arguments separated by NUL as in /proc, has the config file as an argument or an option's value. */
export function namesConfigFile(commandLine: string, configFile: string): boolean {
  return commandLine.split('\0').some((argument) => argument === configFile || argument.endsWith(`=${configFile}`));
}

/** Start time of a process in clock ticks since boot, as text; undefined when it does not run. */
export function processStartTicks(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command's name in brackets and may hold spaces and brackets: count from the last bracket.
  const fieldsFromThird = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fieldsFromThird[0] === 'Z' ? undefined : fieldsFromThird[19];
}

/** Sends a signal to a process that may be gone. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

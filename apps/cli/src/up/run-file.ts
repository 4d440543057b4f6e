/**
 * The file that says which process runs Landbridge on a data folder: taken at the start, given back at the end, read by `down`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Takes the folder for this process, or tells which living process has it. */
export function claimRun(path: string): { readonly ok: true } | { readonly ok: false; readonly pid: number } {
  mkdirSync(dirname(path), { recursive: true });
  // Two tries: a file that a killed process left is removed once.
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      return { ok: true };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = runningPid(path);
    if (pid !== undefined) return { ok: false, pid };
    rmSync(path, { force: true });
  }
  throw new Error(`${path} comes back whenever it is removed`);
}

/** Gives the folder back, unless another process has taken it since. */
export function releaseRun(path: string): void {
  if (readPid(path) === process.pid) rmSync(path, { force: true });
}

/** The living process that the file names, or undefined. */
export function runningPid(path: string): number | undefined {
  const pid = readPid(path);
  return pid !== undefined && isLandbridge(pid) ? pid : undefined;
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the process lives and is one of ours: pids are used again, and signalling a stranger would be worse than leaving one of ours.
 * Where there is no /proc only its life can be asked.
 */
function isLandbridge(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (pid === process.pid) return true;
  const commandLine = commandLineOf(pid);
  if (commandLine === undefined) return true;
  return commandLine.includes('up') && commandLine.some((word) => /(apps[/\\]cli[/\\]|landbridge)/.test(word));
}

function commandLineOf(pid: number): readonly string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

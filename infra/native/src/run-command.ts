import { spawn } from 'node:child_process';
import { parentDeathPrefix } from './parent-exit.js';

export interface CommandResult {
  /** The exit code; `missing` when there is no such program, `signal` when it was stopped (also by the timeout). */
  readonly code: number | 'missing' | 'signal';
  /** The end of what it printed on both streams. */
  readonly output: string;
}

/** Enough for the errors of Maven and apt-get, which stand at the end. */
const OUTPUT_CHARACTERS_MAX = 64 * 1024;

/** What setpriv, like a shell, answers when there is no such program. */
const EXIT_NOT_FOUND = 127;

/** Runs a program to its end without a shell; it ends with this process. Never rejects: a failure is in `code`. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const [program = command, ...words] = [...parentDeathPrefix(), command, ...args];
    const child = spawn(program, words, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code === 'ENOENT' ? 'missing' : 'signal', output: error.message });
    });
    child.once('close', (code) => resolve({ code: code === EXIT_NOT_FOUND ? 'missing' : (code ?? 'signal'), output }));
  });
}

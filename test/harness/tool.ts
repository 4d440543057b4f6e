import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parentDeathPrefix } from '@landbridge/native';
import { repositoryRoot } from './repository-root.js';
import { passedEnvironment } from './service.js';

export interface ToolEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Far beyond what nearly every command of a test takes. */
const DEADLINE_MS = 180_000;

/** Runs `landbridge` with these arguments as a process of its own, and gives what it printed when it has ended. */
export function runTool(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  deadlineMs = DEADLINE_MS,
): Promise<ToolEnd> {
  const program = [...parentDeathPrefix(), process.execPath, join(repositoryRoot, 'apps/cli/dist/main.js'), ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(program[0]!, program.slice(1), {
      cwd: repositoryRoot,
      env: { ...passedEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    child.on('error', reject);
    // Not its exit: what it printed last may still be on its way then.
    child.on('close', (code) => resolve({ code, ...written }));
  });
}

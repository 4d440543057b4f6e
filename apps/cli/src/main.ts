/** The command `landbridge`: the only reader of this process's environment and arguments. */
import { runCommandLine } from './command-line.js';
import { Terminal } from './terminal.js';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    // The second one is for people who do not want to wait; native servers and services end with this process.
    if (interruption.signal.aborted) process.exit(1);
    interruption.abort();
  });

// `landbridge scenario --dry-run | head` closes the pipe; that is the reader's choice and no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const noColour = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  terminal: new Terminal(process.stdout, process.stderr, noColour),
  signal: interruption.signal,
});

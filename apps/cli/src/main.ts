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

// A reader that went away (`| head`, a closed terminal) ends the command in its own order, and is no fault.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    interruption.abort();
  });

// npm runs a script in a shell, passes SIGTERM on to the shell, and the shell dies of it without a word to us. We would run on.
const parentCheckMs = 500;
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  const check = setInterval(() => process.ppid !== parent && interruption.abort(), parentCheckMs);
  check.unref();
}

const noColour = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  terminal: new Terminal(process.stdout, process.stderr, noColour),
  signal: interruption.signal,
});

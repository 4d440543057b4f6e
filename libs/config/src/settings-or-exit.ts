/** The first line of every `main.ts`: settings, or an answer on the terminal and the end of the process. */
import type { Settings, Slice } from './slice.js';
import { readSettings, type Environment } from './read-settings.js';

/** What is used of `process`; a test gives its own. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exit(code: number): never;
}

/** The exit code for a configuration that cannot be run, apart from 1, which is a crash: restarting does not help. */
const faultyConfigurationExit = 2;

/**
 * Gives the frozen settings of the slices. Does not return when the environment is at fault (all faults on stderr, exit 2) or when the
 * arguments hold `--check-config` and it is not (exit 0).
 *
 * @param faultOf a rule that only the app knows, such as a bound on what the settings together make it do: the fault in one line, without
 * a value, or undefined; asked when the slices are without fault
 */
export function settingsOrExit<const S extends readonly Slice[]>(
  env: Environment,
  argv: readonly string[],
  slices: S,
  faultOf: (settings: Settings<S>) => string | undefined = () => undefined,
  terminal: Terminal = process,
): Settings<S> {
  const reading = readSettings(env, slices);
  if (!reading.ok) return exitFaulty(reading.faults, terminal);
  const fault = faultOf(reading.settings);
  if (fault !== undefined) return exitFaulty([fault], terminal);
  if (argv.includes('--check-config')) {
    terminal.stdout.write('The configuration is valid.\n');
    return terminal.exit(0);
  }
  return reading.settings;
}

function exitFaulty(faults: readonly string[], terminal: Terminal): never {
  terminal.stderr.write(`The configuration has faults:\n${faults.map((fault) => `  ${fault}\n`).join('')}`);
  return terminal.exit(faultyConfigurationExit);
}

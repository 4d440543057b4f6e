/**
 * The table of commands, and the way from an argument list to an exit code.
 */
import type { Environment } from '@landbridge/config';
import { commandHelp, exitCodes, parseArguments, UsageFault, type Command, type ExitCode } from './command.js';
import type { Terminal } from './terminal.js';

/** A command is loaded when it is called: help needs no Kafka client. */
interface CommandRow {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const commandTable: Readonly<Record<string, CommandRow>> = {
  up: {
    summary: 'start everything on this machine, with the scenario in it, until Ctrl-C',
    load: async () => (await import('./commands/up.js')).up,
  },
  down: {
    summary: 'stop what `up` started, and wait for its end',
    load: async () => (await import('./commands/down.js')).down,
  },
  scenario: {
    summary: 'post the two years whose figures are published',
    load: async () => (await import('./commands/scenario.js')).scenario,
  },
  send: {
    summary: 'post events from a file or from stdin',
    load: async () => (await import('./commands/send.js')).send,
  },
  check: {
    summary: 'check a message in a carriers\u2019 format, without sending it',
    load: async () => (await import('./commands/check.js')).check,
  },
  convert: {
    summary: 'write a message in another carriers\u2019 format',
    load: async () => (await import('./commands/convert.js')).convert,
  },
  sample: {
    summary: 'print a sample message of a format, valid or deliberately not',
    load: async () => (await import('./commands/sample.js')).sample,
  },
  'carriers add': {
    summary: 'make a key for a carrier; a secret is shown once',
    load: async () => (await import('./commands/carriers-add.js')).carriersAdd,
  },
  'carriers list': {
    summary: 'list the keys of carriers, without the secrets',
    load: async () => (await import('./commands/carriers.js')).carriersList,
  },
  'carriers rotate': {
    summary: 'make a second key for a carrier, and let the old one end after a while',
    load: async () => (await import('./commands/carriers.js')).carriersRotate,
  },
  'carriers revoke': {
    summary: 'take a key back',
    load: async () => (await import('./commands/carriers.js')).carriersRevoke,
  },
  'topics provision': {
    summary: 'create the topics, or bring their settings up to date',
    load: async () => (await import('./commands/topics.js')).topicsProvision,
  },
  rebuild: {
    summary: 'fold the log anew beside the live view, compare, and make it live',
    load: async () => (await import('./commands/rebuild.js')).rebuild,
  },
  reconcile: {
    summary: 'recount the log independently and compare it with the view',
    load: async () => (await import('./commands/reconcile.js')).reconcile,
  },
  'dead-letters list': {
    summary: 'list the records that could not be used, with the reason',
    load: async () => (await import('./commands/dead-letters.js')).deadLettersList,
  },
  'dead-letters show': {
    summary: 'show one of them, as it was sent',
    load: async () => (await import('./commands/dead-letters.js')).deadLettersShow,
  },
  'dead-letters redrive': {
    summary: 'put them back on their topics, where they are valid now',
    load: async () => (await import('./commands/dead-letters.js')).deadLettersRedrive,
  },
  original: {
    summary: 'write the message that an event was read from, byte for byte',
    load: async () => (await import('./commands/original.js')).original,
  },
  doctor: {
    summary: 'look at every address and say what is wrong and what to do',
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
};

export interface Surroundings {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Runs one command line; what is wrong is said on stderr. Throws only what is a bug. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal } = surroundings;
  const name = commandNameOf(argv);
  if (name === undefined) {
    const asked = argv.length === 0 || argv.includes('--help') || argv.includes('-h') || argv[0] === 'help';
    if (asked && (argv[0] === undefined || argv[0].startsWith('-') || argv[0] === 'help')) {
      terminal.print(generalHelp());
      return argv.length === 0 ? exitCodes.usage : exitCodes.ok;
    }
    const group = Object.keys(commandTable).filter((one) => one.startsWith(`${argv[0]} `));
    if (group.length > 0 && (argv[1] === '--help' || argv[1] === '-h')) {
      terminal.print(groupHelp(argv[0]!, group));
      return exitCodes.ok;
    }
    const unknown = JSON.stringify(argv.slice(0, group.length > 0 ? 2 : 1).join(' '));
    const there = group.length > 0 ? `there are ${group.join(', ')}` : 'landbridge --help lists them all';
    terminal.note(`landbridge: there is no command ${unknown}; ${there}`);
    return exitCodes.usage;
  }
  const command = await commandTable[name]!.load();
  try {
    const args = parseArguments(command, argv.slice(name.split(' ').length));
    if (args.flag('help')) {
      terminal.print(commandHelp(name, command));
      return exitCodes.ok;
    }
    return await command.run({ arguments: args, ...surroundings });
  } catch (error) {
    if (!(error instanceof UsageFault)) throw error;
    terminal.note(`landbridge ${name}: ${error.message}`);
    terminal.note(`landbridge ${name} --help says more`);
    return exitCodes.usage;
  }
}

/** The longest name in the table that the arguments begin with. */
function commandNameOf(argv: readonly string[]): string | undefined {
  return [argv.slice(0, 2).join(' '), argv[0]].find((name) => name !== undefined && Object.hasOwn(commandTable, name));
}

function generalHelp(): string {
  return [
    'Usage: landbridge COMMAND [options]',
    '',
    ...summaries(Object.keys(commandTable)),
    '',
    'landbridge COMMAND --help tells about one command. Exit codes: 0 done, 1 failed, 2 not a valid command line.',
  ].join('\n');
}

/** Of commands that begin with the same word, such as `carriers`. */
function groupHelp(word: string, names: readonly string[]): string {
  return [
    `Usage: landbridge ${word} COMMAND [options]`,
    '',
    ...summaries(names),
    '',
    `landbridge ${word} COMMAND --help tells about one of them.`,
  ].join('\n');
}

const summaries = (names: readonly string[]): string[] =>
  names.map((name) => `  ${name.padEnd(20)} ${commandTable[name]!.summary}`);

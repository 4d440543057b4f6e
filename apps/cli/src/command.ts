/**
 * What a command is, and how its arguments become values. A command is one file in `commands/`; `command-line.ts` finds it.
 */
import { parseArgs } from 'node:util';
import type { Environment } from '@landbridge/config';
import type { Terminal } from './terminal.js';

/** 0 done, 1 not done (and why was said), 2 the command line or the configuration is at fault. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface CommandOption {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** How the value is called in the help: `URL`. */
  readonly value?: string;
  readonly help: string;
}

export interface Command {
  /** What stands after the options in the usage line: `FILE|-`. */
  readonly operands?: string;
  /** What the command does, in a few lines, for its own help. */
  readonly description: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  run(call: Call): Promise<ExitCode>;
}

/** One call of a command. */
export interface Call {
  readonly arguments: Arguments;
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/**
 * The command line cannot be run as it was written. It is thrown, because `parseArgs` throws too, and because it may come up wherever a
 * command reads an argument; `command-line.ts` catches it and nothing else does.
 */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

/** The options and operands of a call, each read with its rule. */
export class Arguments {
  constructor(
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
    readonly operands: readonly string[],
  ) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  requiredText(name: string, rule?: RegExp, ruleText?: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageFault(`--${name} is needed`);
    if (rule && !rule.test(value)) throw new UsageFault(`--${name} must be ${ruleText ?? String(rule)}`);
    return value;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new UsageFault(`--${name} must be an integer from ${min} to ${max}`);
    return value;
  }

  /** The one operand that the command needs. */
  onlyOperand(what: string): string {
    const [first, ...others] = this.operands;
    if (first === undefined || others.length > 0) throw new UsageFault(`exactly one ${what} is needed`);
    return first;
  }
}

/** Reads what stands after the command's name. Throws a `UsageFault` on an unknown option or a missing value. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  try {
    const options = Object.fromEntries(
      Object.entries({ ...command.options, help: helpOption }).map(([name, { type, short }]) => [
        name,
        { type, ...(short === undefined ? {} : { short }) },
      ]),
    );
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    if (command.operands === undefined && positionals.length > 0 && values['help'] !== true)
      throw new UsageFault(`nothing is expected after the options, but there is ${JSON.stringify(positionals[0])}`);
    return new Arguments(values as Readonly<Record<string, string | boolean | undefined>>, positionals);
  } catch (error) {
    if (error instanceof UsageFault) throw error;
    // parseArgs' own texts end in a hint about "--", which only helps where operands may begin with a dash.
    throw new UsageFault((error as Error).message.split('. To specify')[0]!, { cause: error });
  }
}

const helpOption: CommandOption = { type: 'boolean', short: 'h', help: 'this text' };

/** The help of one command. */
export function commandHelp(name: string, command: Command): string {
  const rows = Object.entries({ ...command.options, help: helpOption }).map(([option, { short, value, help }]) => {
    const left = `${short === undefined ? '    ' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`;
    return `  ${left.padEnd(28)} ${help}`;
  });
  const operands = command.operands === undefined ? '' : ` ${command.operands}`;
  return [`Usage: landbridge ${name} [options]${operands}`, '', command.description, '', 'Options:', ...rows].join(
    '\n',
  );
}

/** What the commands about messages share: the file, the names of formats, and what a reader must be told beside the bytes. */
import { readFileSync } from 'node:fs';
import { homeHub, isHub } from '@landbridge/domain';
import { formatNames, type FormatName, type ReadContext } from '@landbridge/formats';
import { UsageFault, type Arguments, type CommandOption } from './command.js';
import type { Terminal } from './terminal.js';

/** The door takes bodies of 8 MiB by default; a file of more is not a message. */
const fileBytesMax = 64 * 1_048_576;
const eventsMax = 100_000;

/** The options that `readContextOf` reads. */
export const readContextOptions = {
  hub: { type: 'string', value: 'CODE', help: `the hub that it is for (default ${homeHub})` },
  received: {
    type: 'string',
    value: 'TIME',
    help: 'when it is received, RFC 3339: tells the year of dates without one, and what has happened lies before it',
  },
} as const satisfies Readonly<Record<string, CommandOption>>;

/** Throws a `UsageFault` where there is no such hub or time. */
export function readContextOf(args: Arguments): ReadContext {
  const receivedAtMs = Date.parse(args.text('received') ?? new Date().toISOString());
  if (Number.isNaN(receivedAtMs)) throw new UsageFault('--received is a time such as 2026-03-04T05:06:07+08:00');
  const hub = args.text('hub') ?? homeHub;
  if (!isHub(hub)) throw new UsageFault(`--hub is the code of a hub, such as ${homeHub}`);
  return { source: 'urn:carrier:check', hub, receivedAtMs, eventsMax };
}

/** The format that an option names, or undefined where it is not given. Throws a `UsageFault` where there is none of that name. */
export function formatOption(args: Arguments, option: string): FormatName | undefined {
  const name = args.text(option);
  if (name === undefined || (formatNames as readonly string[]).includes(name)) return name as FormatName | undefined;
  throw new UsageFault(`--${option} is one of ${formatNames.join(', ')}`);
}

/** The bytes of a message, `-` being stdin; or undefined, and why is noted. */
export function messageBytes(file: string, terminal: Terminal): Uint8Array | undefined {
  try {
    // 0 is stdin.
    const bytes = readFileSync(file === '-' ? 0 : file);
    if (bytes.length <= fileBytesMax) return bytes;
  } catch {
    // Said below: whatever hinders, the user can look at the file.
  }
  terminal.note(`${file} cannot be read, or has more than ${fileBytesMax} bytes`);
  return undefined;
}

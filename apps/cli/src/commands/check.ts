import { readFileSync } from 'node:fs';
import { homeHub } from '@landbridge/domain';
import { formatNames, type FormatName } from '@landbridge/formats';
import { exitCodes, UsageFault, type Command } from '../command.js';
import { checkMessage, excerptAt, type Finding } from '../message-check.js';
import type { Terminal } from '../terminal.js';

/** The door takes bodies of 8 MiB by default; a file of more is not a message. */
const fileBytesMax = 64 * 1_048_576;
const eventsMax = 100_000;

export const check: Command = {
  operands: 'FILE|-',
  description: [
    'Checks a message in a carriers\u2019 format as the hub would, without sending it: every event that it holds, what each would',
    `count, and what is wrong with the others. Formats: ${formatNames.join(', ')}.`,
    'Nothing is sent and no server is needed. Exit code 1 when something is wrong.',
  ].join('\n'),
  options: {
    format: { type: 'string', value: 'NAME', help: 'the format; by default the one that the message looks like' },
    hub: { type: 'string', value: 'CODE', help: `the hub that it is for (default ${homeHub})` },
    received: {
      type: 'string',
      value: 'TIME',
      help: 'when it is received, RFC 3339: tells the year of dates without one',
    },
    json: { type: 'boolean', help: 'the findings as JSON' },
  },
  async run({ arguments: args, terminal }) {
    const file = args.onlyOperand('file');
    const named = args.text('format');
    if (named !== undefined && !isFormat(named)) throw new UsageFault(`--format is one of ${formatNames.join(', ')}`);
    const receivedAtMs = Date.parse(args.text('received') ?? new Date().toISOString());
    if (Number.isNaN(receivedAtMs)) throw new UsageFault('--received is a time such as 2026-03-04T05:06:07+08:00');
    const bytes = bytesOf(file);
    if (bytes === undefined) {
      terminal.note(`${file} cannot be read, or has more than ${fileBytesMax} bytes`);
      return exitCodes.failed;
    }
    const context = { source: 'urn:carrier:check', hub: args.text('hub') ?? homeHub, receivedAtMs, eventsMax };
    const { format, findings } = checkMessage(bytes, named, context);
    const faults = findings.filter(({ ok }) => !ok).length;
    if (args.flag('json')) terminal.printJson({ format: format ?? null, findings });
    else if (format === undefined)
      terminal.note(`${file} looks like none of ${formatNames.join(', ')}: name it by --format`);
    else {
      // Bytes that are not UTF-8 become one replacement character each, so columns stay right.
      const text = new TextDecoder('utf-8').decode(bytes);
      for (const finding of findings) tell(finding, text, terminal);
      const accepted = findings.length - faults;
      terminal.note(`${format}: ${accepted} of ${findings.length} would be accepted`);
    }
    return format === undefined || faults > 0 || findings.length === 0 ? exitCodes.failed : exitCodes.ok;
  },
};

function isFormat(name: string): name is FormatName {
  return (formatNames as readonly string[]).includes(name);
}

function bytesOf(file: string): Uint8Array | undefined {
  try {
    // 0 is stdin.
    const bytes = readFileSync(file === '-' ? 0 : file);
    return bytes.length > fileBytesMax ? undefined : bytes;
  } catch {
    return undefined;
  }
}

function tell(finding: Finding, text: string, terminal: Terminal): void {
  if (finding.ok) {
    const { event, path, counted } = finding;
    const what = `${event.subject} ${event.data?.milestone ?? 'retracted'} ${event.time}`;
    terminal.print(`${terminal.style('green', 'ok')}    ${path}: ${what}`);
    for (const { measure, value, unit, period } of counted.measures)
      terminal.print(`      counts ${value} ${unit} in ${measure}, ${period.day} at ${period.hour} h`);
    if (counted.reason !== undefined) terminal.print(`      counts nowhere: ${counted.reason}`);
    return;
  }
  const { code, detail, path, rule, expected } = finding.fault;
  terminal.print(`${terminal.style('red', 'fault')} ${path}: ${detail} (${code})`);
  for (const line of excerptAt(text, path) ?? []) terminal.print(`      | ${line}`);
  if (expected !== undefined) terminal.print(`      expected: ${expected}`);
  if (rule !== undefined) terminal.print(`      rule: ${rule}`);
}

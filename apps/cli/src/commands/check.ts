import { formatNames } from '@landbridge/formats';
import { exitCodes, type Command } from '../command.js';
import { checkMessage, excerptAt, type Finding } from '../message-check.js';
import { formatOption, messageBytes, readContextOf, readContextOptions } from '../message-file.js';
import type { Terminal } from '../terminal.js';

export const check: Command = {
  operands: 'FILE|-',
  description: [
    'Checks a message in a carriers\u2019 format as the hub would, without sending it: every event that it holds, what each would',
    `count, and what is wrong with the others. Formats: ${formatNames.join(', ')}.`,
    'Nothing is sent and no server is needed. Exit code 1 when something is wrong.',
  ].join('\n'),
  options: {
    format: { type: 'string', value: 'NAME', help: 'the format; by default the one that the message looks like' },
    ...readContextOptions,
    json: { type: 'boolean', help: 'the findings as JSON' },
  },
  async run({ arguments: args, terminal }) {
    const file = args.onlyOperand('file');
    const named = formatOption(args, 'format');
    const context = readContextOf(args);
    const bytes = messageBytes(file, terminal);
    if (bytes === undefined) return exitCodes.failed;
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

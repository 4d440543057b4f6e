import { checkEvent } from '@landbridge/contracts';
import {
  formatByName,
  messageFormats,
  recogniseFormat,
  writeEvents,
  type EventToWrite,
  type MessageFormat,
  type Waybill,
} from '@landbridge/formats';
import { exitCodes, UsageFault, type Arguments, type Command } from '../command.js';
import { formatOption, messageBytes, readContextOf, readContextOptions } from '../message-file.js';
import type { Terminal } from '../terminal.js';

const writable = messageFormats.filter(({ writing }) => writing.fromEvents).map(({ name }) => name);

export const convert: Command = {
  operands: 'FILE|-',
  description: [
    'Reads a message in one carriers\u2019 format and writes its events in another. The new message goes to the output; beside it stands',
    `what it does not say of the events, and which it cannot tell at all, with the reason. It writes ${writable.join(', ')}.`,
    'What was written is read again before it is shown, so that it says nothing else. Exit code 1 when an event is in no message.',
    'Try it: landbridge sample cargo-imp fsu-export | landbridge convert --to cargo-xml -',
  ].join('\n'),
  options: {
    to: { type: 'string', value: 'NAME', help: 'the format to write' },
    from: { type: 'string', value: 'NAME', help: 'the format to read; by default the one that the message looks like' },
    way: {
      type: 'string',
      value: 'CGO-LUX',
      help: 'both airports of the waybills, where the message does not say them',
    },
    sender: { type: 'string', value: 'NAME', help: 'who sends the new message (default SENDER)' },
    receiver: { type: 'string', value: 'NAME', help: 'who gets it (default RECEIVER)' },
    reference: { type: 'string', value: 'TEXT', help: 'its reference (default 1)' },
    ...readContextOptions,
  },
  async run({ arguments: args, terminal }) {
    const file = args.onlyOperand('file');
    const target = formatByName(formatOption(args, 'to') ?? '');
    if (target === undefined) throw new UsageFault(`--to is needed: one of ${writable.join(', ')}`);
    if (!target.writing.fromEvents) {
      terminal.note(`${target.name} is not written from events, because ${target.writing.because}`);
      return exitCodes.failed;
    }
    const named = formatOption(args, 'from');
    const context = readContextOf(args);
    const way = wayOf(args);
    const party = (option: string, otherwise: string) =>
      args.text(option) === undefined
        ? otherwise
        : args.requiredText(option, partyForm, 'at most 35 printable characters');
    const sending = {
      hub: context.hub,
      madeAtMs: context.receivedAtMs,
      sender: party('sender', 'SENDER'),
      receiver: party('receiver', 'RECEIVER'),
      reference: party('reference', '1'),
    };
    const bytes = messageBytes(file, terminal);
    if (bytes === undefined) return exitCodes.failed;
    const format = named === undefined ? recogniseFormat(bytes) : formatByName(named);
    if (format === undefined) {
      terminal.note(`${file} looks like no format of ours: name it by --from`);
      return exitCodes.failed;
    }
    const reading = format.read(bytes, context);
    if (!reading.ok) {
      terminal.note(`${format.name}, ${reading.fault.path}: ${reading.fault.detail}`);
      return exitCodes.failed;
    }
    const sayable: EventToWrite[] = [];
    const paths: string[] = [];
    for (const item of reading.items) {
      const fault = item.ok ? refusalOf(item) : item.fault;
      if (item.ok && fault === undefined) {
        sayable.push({ event: item.event, waybill: { ...way, ...item.waybill } });
        paths.push(item.path);
      } else terminal.note(`not read   ${fault!.path}: ${fault!.detail}`);
    }
    const { messages, unsaid } = writeEvents(target, sayable, sending);
    for (const message of messages) terminal.print(message.trimEnd());
    const leftOut = unsaid.filter(({ isLeftOut }) => isLeftOut).length;
    for (const { index, path, detail, isLeftOut } of unsaid)
      terminal.note(`${isLeftOut ? 'left out  ' : 'not said  '} ${paths[index]}: ${detail} (${path} of the event)`);
    summarise(terminal, format, target, { read: reading.items.length, told: sayable.length - leftOut, messages });
    return leftOut > 0 || sayable.length < reading.items.length ? exitCodes.failed : exitCodes.ok;
  },
};

const partyForm = /^[\x20-\x7e]{1,35}$/;

/** Ends of waybills for messages that do not say them. Throws a `UsageFault`. */
function wayOf(args: Arguments): Waybill {
  if (args.text('way') === undefined) return {};
  const [origin, destination] = args
    .requiredText('way', /^[A-Z]{3}-[A-Z]{3}$/, 'two airports such as CGO-LUX')
    .split('-');
  return { origin: origin!, destination: destination! };
}

/** Why the hub would refuse an event that was read, or undefined. */
function refusalOf(item: EventToWrite & { readonly path: string }): { path: string; detail: string } | undefined {
  const check = checkEvent(item.event);
  return check.ok ? undefined : { path: item.path, detail: check.problem.detail };
}

function summarise(
  terminal: Terminal,
  from: MessageFormat,
  to: MessageFormat,
  { read, told, messages }: { read: number; told: number; messages: readonly string[] },
): void {
  const several = messages.length > 1 ? `, in ${messages.length} messages one after another` : '';
  terminal.note(`${from.name} to ${to.name}: ${told} of ${read} events told${several}`);
}

/**
 * IATA Cargo-IMP: FSU and FSA (what happened), FWB (what was booked).
 *
 * A body holds one message or several, each of which may come in the envelope of a teletype network (lines of addresses and the
 * sender). The largest message of that network has 3,500 characters; over HTTP nothing depends on it, so a larger one is read like any
 * other.
 */
import type { FormatFault, MessageFormat, MessageReading, ReadContext } from '../message-format.js';
import { cargoImpWriting } from './cargo-imp-writer.js';
import { FsuReader } from './fsu-reader.js';
import { FwbReader } from './fwb-reader.js';
import { ImpItems, ImpLines, lineCharactersMax, linesMax, pathAt, shown, textOf, type ImpLine } from './imp-lines.js';

export const cargoImpFormat: MessageFormat = {
  name: 'cargo-imp',
  title: 'IATA Cargo-IMP (FSU, FSA, FWB)',
  contentTypes: ['text/plain', 'application/octet-stream'],
  recognises,
  read,
  writing: cargoImpWriting,
};

/** The identifier of a message, alone on its line: `FSU/14`. */
const identifierForm = /^([A-Z]{3})\/(\d{1,2})$/;
/** The same with more on its line, where line ends were lost on the way. */
const crowdedForm = /^([A-Z]{3})\/(\d{1,2})\s+\S/;
/** Messages of the standard, read or not: a message of these is Cargo-IMP. */
const messageTypes: ReadonlySet<string> = new Set([
  'FSU',
  'FSA',
  'FWB',
  'FHL',
  'FFM',
  'FFR',
  'FFA',
  'FBL',
  'FSR',
  'FMA',
  'FNA',
]);
/** An envelope's lines: a priority and addresses of seven or eight characters; then the sender and the time. */
const addressForm = /^[A-Z]{2} [A-Z0-9]{7,8}(?: [A-Z0-9]{7,8})*$/;
const senderForm = /^\.[A-Z0-9]{7,8}(?: .*)?$/;
/** An envelope has at most four lines of addresses; some networks put a few of their own before it. */
const envelopeLinesMax = 12;

function recognises(head: Uint8Array): boolean {
  const first = head.find((byte) => byte > 0x20 && byte < 0x7f);
  if (first === undefined || first === 0x7b || first === 0x5b || first === 0x3c) return false; // { [ <
  const lines = new ImpLines(textOf(head));
  for (let count = 0; count <= envelopeLinesMax; count++) {
    const line = lines.next();
    if (line === undefined) return false;
    const type = (identifierForm.exec(line.text) ?? crowdedForm.exec(line.text))?.[1];
    if (type !== undefined && messageTypes.has(type)) return true;
  }
  return false;
}

interface Reader {
  take(line: ImpLine): void;
  finish(): void;
}

function read(bytes: Uint8Array, context: ReadContext): MessageReading {
  const lines = new ImpLines(textOf(bytes));
  const items = new ImpItems(context.eventsMax);
  let reader: Reader | undefined;
  let line = lines.next();
  for (let before = 0; line !== undefined && !items.overfull; line = lines.next()) {
    const identifier = line.text.length > 40 ? null : identifierForm.exec(line.text);
    if (identifier !== null && messageTypes.has(identifier[1]!)) {
      reader?.finish();
      const next = openReader(identifier[1]!, line, context, items);
      if (next === undefined) return { ok: false, fault: unsupported(identifier[1]!, line) };
      reader = next;
    } else if (line.text.length > lineCharactersMax) return { ok: false, fault: lineTooLong(line) };
    else if (reader !== undefined) {
      if (!isEnvelope(line)) reader.take(line);
    } else if (crowdedForm.test(line.text)) return { ok: false, fault: lineEndsLost(line) };
    else if (before++ >= envelopeLinesMax) return { ok: false, fault: noIdentifier };
  }
  if (lines.tooMany && !items.overfull) return { ok: false, fault: tooManyLines };
  if (reader === undefined) return { ok: false, fault: noIdentifier };
  if (!items.overfull) reader.finish();
  if (items.overfull) return { ok: false, fault: tooMany(context.eventsMax) };
  if (items.items.length === 0) return { ok: false, fault: noStatus };
  return { ok: true, items: items.items };
}

function openReader(type: string, line: ImpLine, context: ReadContext, items: ImpItems): Reader | undefined {
  if (type === 'FSU' || type === 'FSA') return new FsuReader(context, items);
  return type === 'FWB' ? new FwbReader(context, items, line) : undefined;
}

/** Whether a line between two messages is of the second one's envelope. */
function isEnvelope({ text }: ImpLine): boolean {
  return senderForm.test(text) || addressForm.test(text);
}

const identifierRule = 'Cargo-IMP, standard message identification';
const identifierExpected = 'FSU/14 or another message identifier alone on its line';

const noIdentifier: FormatFault = {
  code: 'invalid_message',
  detail: 'no line is the identifier of a Cargo-IMP message',
  path: 'line 1, column 1',
  rule: identifierRule,
  expected: identifierExpected,
};

const noStatus: FormatFault = {
  code: 'invalid_message',
  detail: 'the message has no status',
  path: 'line 1, column 1',
  rule: 'Cargo-IMP FSU, status details',
  expected: 'a status such as RCS/03MAR0915/CGO/T20K1450',
};

const tooManyLines: FormatFault = {
  code: 'invalid_message',
  detail: `the body has more than ${linesMax} lines`,
  path: `line ${linesMax + 1}, column 1`,
  rule: 'limit of the door, lines of one body',
  expected: `at most ${linesMax} lines`,
};

function lineEndsLost(line: ImpLine): FormatFault {
  return {
    code: 'invalid_message',
    detail: `${shown(line.text)}: more follows the identifier, so the message has lost its line ends`,
    path: pathAt(line, line.text.search(/\s/) + 1),
    rule: identifierRule,
    expected: identifierExpected,
  };
}

function lineTooLong(line: ImpLine): FormatFault {
  return {
    code: 'invalid_message',
    detail: `a line has ${line.text.length} characters`,
    path: pathAt(line, lineCharactersMax + 1),
    rule: 'Cargo-IMP, lines of at most 69 characters',
    expected: `lines of at most ${lineCharactersMax} characters`,
  };
}

function unsupported(type: string, line: ImpLine): FormatFault {
  return {
    code: 'unsupported_message',
    detail: `${type} messages tell nothing that is counted or followed here`,
    path: pathAt(line, 1),
    rule: identifierRule,
    expected: 'FSU, FSA or FWB',
  };
}

function tooMany(eventsMax: number): FormatFault {
  return {
    code: 'too_many_events',
    detail: `the message has more than ${eventsMax} statuses and faults`,
    path: 'line 1, column 1',
    rule: 'limit of the door, events of one request',
    expected: `at most ${eventsMax} in one request`,
  };
}

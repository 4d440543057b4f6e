/**
 * UN/EDIFACT CODECO, COARRI and IFTSTA as a format: an interchange, or bare messages, to canonical events.
 *
 * Releases are not told apart: groups are found by their segments, so D.95B, D.00B and later ones with the same groups read alike.
 * A correction finds its original by unit, status, place and time; one that moves the time is a cancellation and a new report.
 */
import type { FormatFault, MessageFormat, MessageItem, MessageReading, ReadContext } from '../message-format.js';
import { decodeText } from './character-sets.js';
import { readContainerReport } from './container-report.js';
import { instantOf, readDateTime } from './date-time.js';
import { edifactWriting } from './edifact-writer.js';
import { readInterchange, type InterchangeMessage } from './interchange.js';
import { functionOf, isMessageType, messageTypes } from './message-codes.js';
import { timeOf } from './movement-event.js';
import {
  containerReportGrammar,
  groupSegments,
  groupsOf,
  statusReportGrammar,
  type Grammar,
  type Group,
} from './segment-groups.js';
import type { Segment } from './segments.js';
import { readStatusReport } from './status-report.js';

export const edifactFormat: MessageFormat = {
  name: 'edifact',
  title: 'UN/EDIFACT (CODECO, COARRI, IFTSTA)',
  contentTypes: ['application/edifact', 'application/EDIFACT'],
  recognises(head) {
    const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
    return /^(?:\xef\xbb\xbf)?\s*(?:UNA[^A-Za-z0-9]{6}\s*)?(?:UNB[^A-Za-z0-9\s]UNO|UNH[^A-Za-z0-9\s])/.test(text);
  },
  read: readEdifact,
  writing: edifactWriting,
};

function readEdifact(bytes: Uint8Array, context: ReadContext): MessageReading {
  const decoding = decodeText(bytes);
  if (!decoding.ok) return decoding;
  const interchange = readInterchange(decoding.text);
  if (!interchange.ok) return interchange;
  const items: MessageItem[] = [];
  for (const message of interchange.messages) {
    const root = groupSegments(message.header, message.segments, grammarOf(message.type));
    const fault = equipmentCountFault(root);
    if (fault) return { ok: false, fault };
    const before = items.length;
    for (const item of readMessage(message, root, context)) {
      if (items.length >= context.eventsMax) return { ok: false, fault: tooMany(message.header, context.eventsMax) };
      items.push(item);
    }
    if (items.length === before) items.push(refused(emptyReport(message)));
  }
  return { ok: true, items };
}

function grammarOf(type: string): Grammar {
  return type === 'IFTSTA' ? statusReportGrammar : containerReportGrammar;
}

function readMessage(message: InterchangeMessage, root: Group, context: ReadContext): Iterable<MessageItem> {
  const { type, header } = message;
  if (!isMessageType(type)) return [refused(unknownMessage(message))];
  const beginning = root.segments.find(({ tag }) => tag === 'BGM');
  if (!beginning) return [refused(noBeginning(header))];
  const does = functionOf(beginning.text(3));
  if (!does) return [refused(noStatement(beginning))];
  const intent = { does, preparedAtMs: preparedAtMs(root, message.interchange, context.receivedAtMs) };
  if (type === 'IFTSTA') return readStatusReport(root, intent, context);
  return readContainerReport(type, beginning.text(1, 0), root, intent, context);
}

/**
 * When a message was made: DTM+137, else UNB. Both may be local times of a sender whose zone is not told; read as UTC they still order
 * the corrections of one sender. 0 where neither is there.
 */
function preparedAtMs(root: Group, interchange: Segment | undefined, receivedAtMs: number): number {
  const document = root.segments.find((segment) => segment.tag === 'DTM' && segment.text(1, 0) === '137');
  const [date, time] = [interchange?.text(4, 0) ?? '', interchange?.text(4, 1) ?? ''];
  const written =
    (document && timeOf(document, receivedAtMs)) ??
    readDateTime(date + time, date.length === 6 ? '201' : '203', receivedAtMs);
  return written ? instantOf(written.local, written.offsetMinutes ?? 0) : 0;
}

/** CNT+16 is the number of pieces of equipment; a wrong one means that some were lost. */
function equipmentCountFault(root: Group): FormatFault | undefined {
  const total = groupsOf(root, 'CNT').find(({ lead }) => lead.text(1, 0) === '16')?.lead;
  if (!total) return undefined;
  const counted = groupsOf(root, 'EQD').length;
  const said = total.text(1, 1);
  if (/^\d{1,10}$/.test(said) && Number(said) === counted) return undefined;
  return {
    code: 'invalid_message',
    detail: `CNT says ${JSON.stringify(said.slice(0, 40))} pieces of equipment, ${counted} were counted`,
    path: total.path(1, 1),
    rule: 'CNT 6066, control value of 16 (equipment)',
    expected: String(counted),
  };
}

function refused(fault: FormatFault): MessageItem {
  return { ok: false, id: null, fault };
}

function tooMany(header: Segment, eventsMax: number): FormatFault {
  return { code: 'too_many_events', detail: `more than ${eventsMax} events`, path: header.path() };
}

function unknownMessage({ type, header }: InterchangeMessage): FormatFault {
  return {
    code: 'unsupported_message',
    detail: `${JSON.stringify(type.slice(0, 40))} is no message that tells events`,
    path: header.path(2),
    rule: 'UNH 0065, message type',
    expected: messageTypes.join(', '),
  };
}

function noBeginning(header: Segment): FormatFault {
  return {
    code: 'invalid_message',
    detail: 'the message has no BGM',
    path: header.path(),
    rule: 'BGM, mandatory after UNH',
    expected: 'BGM',
  };
}

function noStatement(beginning: Segment): FormatFault {
  return {
    code: 'unsupported_message',
    detail: `a message of function ${JSON.stringify(beginning.text(3).slice(0, 40))} states nothing that happened`,
    path: beginning.path(3),
    rule: 'BGM 1225, message function',
    expected: '9 (original), 4 or 5 (change, replace), 1 (cancel)',
  };
}

function emptyReport({ type, header }: InterchangeMessage): FormatFault {
  return {
    code: 'invalid_message',
    detail: `the ${type} reports nothing`,
    path: header.path(),
    rule: `${type}, its mandatory groups`,
    expected: type === 'IFTSTA' ? 'CNI and STS' : 'EQD',
  };
}

/** From one document or receipt of a CEB message to its event. */
import { eventTypes, type CanonicalEvent } from '@landbridge/contracts';
import { tradeModeByCode } from '@landbridge/domain';
import { eventIdOf, revisionAt } from '../event-identity.js';
import type { ReadContext } from '../message-format.js';
import { cut, type MessageEntry } from '../xml/message-entry.js';
import { documentOf, type CebKind } from './ceb-documents.js';
import { linksOf, quantitiesOf, transportOf, whereOf } from './ceb-facts.js';
import { unknownMilestone } from '../unknown-milestone.js';
import { answerOf, summaryMilestoneOf, taxMilestoneOf, waybillMilestoneOf } from './ceb-statuses.js';
import { fromCebTime } from './ceb-time.js';

type Unit = NonNullable<CanonicalEvent['data']>['unit'];

/** Reads the entry. Refusals: invalid_message, invalid_time, time_missing, quantity_out_of_range. */
export function readCebEntry(kind: CebKind, entry: MessageEntry, context: ReadContext): CanonicalEvent {
  return kind.isReceipt ? readReceipt(kind, entry, context) : readDeclared(kind, entry, context);
}

function readDeclared(kind: CebKind, entry: MessageEntry, context: ReadContext): CanonicalEvent {
  const document = documentOf(kind.document);
  const head = headOf(entry);
  const unit = unitOf(document.unit, document.subject, head);
  const classifier = choiceOf(head, 'appStatus', ['1', '2'], '2') === '1' ? 'planned' : 'actual';
  const change = choiceOf(head, 'appType', ['1', '2', '3'], '1');
  const declared = timeOf(head, ['appTime']);
  const time = timeOf(head, document.time);
  const tradeMode = head.text('tradeMode');
  const identity = document.identity.map((field) => head.text(field));
  return {
    specversion: '1.0',
    id: eventIdOf('ceb', [kind.trade, kind.document, unit.id, classifier, ...identity]),
    source: context.source,
    type: eventTypes.cbec,
    subject: unit.id,
    time: time.text,
    // The newest statement stands: a list that was sent back is declared again under its number, and a change has no other mark.
    revision: revisionAt(declared.timeMs),
    ...(change === '3' ? { retracted: true } : {}),
    data: {
      classifier,
      milestone: document.milestone ?? statusOf(head, 'logisticsStatus', waybillMilestoneOf).milestone,
      ...whereOf(kind.trade, head, context.hub),
      corridor: 'online',
      ...(tradeMode !== undefined && tradeModeByCode(tradeMode) ? { tradeMode } : {}),
      ...transportOf(head),
      unit,
      ...linksOf(unit, head, entry),
      ...quantitiesOf(kind, head, entry),
    },
  };
}

function readReceipt(kind: CebKind, entry: MessageEntry, context: ReadContext): CanonicalEvent {
  const document = documentOf(kind.document);
  const head = headOf(entry);
  const unit = unitOf(document.unit, document.subject, head);
  const { code, milestone, once } = resultOf(kind, head);
  const time = timeOf(head, kind.document === 'summaryResult' ? document.time : ['returnTime']);
  return {
    specversion: '1.0',
    id: eventIdOf('ceb', [
      kind.trade,
      kind.document,
      'receipt',
      unit.id,
      head.text('agentCode'),
      code,
      // The same answer may be given again after a new declaration, with another time; a release cannot.
      once ? undefined : time.timeMs,
      ...document.identity.map((field) => head.text(field)),
    ]),
    source: context.source,
    type: eventTypes.cbec,
    subject: unit.id,
    time: time.text,
    data: {
      classifier: 'actual',
      milestone,
      ...whereOf(kind.trade, head, context.hub),
      corridor: 'online',
      unit,
      ...linksOf(unit, head, entry),
    },
  };
}

interface Result {
  readonly code: string;
  readonly milestone: string;
  /** See `answerOf`. */
  readonly once?: boolean;
}

/** The answer of a receipt; tax bills and summary results have fields of their own for it. */
function resultOf(kind: CebKind, head: MessageEntry): Result {
  if (kind.document === 'tax') return statusOf(head, 'status', taxMilestoneOf);
  if (kind.document === 'summaryResult') return statusOf(head, 'decState', summaryMilestoneOf);
  const code = codeAt(head, 'returnStatus');
  const answer = answerOf(code, kind.document === 'list');
  if (!answer) return { code, milestone: unknownMilestone('ceb', code) };
  const { receiptPrefix } = documentOf(kind.document);
  return { code, milestone: receiptPrefix + answer.milestone, once: answer.once ?? false };
}

function statusOf(head: MessageEntry, field: string, milestoneOf: (code: string) => string): Result {
  const code = codeAt(head, field);
  return { code, milestone: milestoneOf(code) };
}

function codeAt(head: MessageEntry, field: string): string {
  return head.text(field) ?? head.refuse({ detail: `${field} is missing`, expected: 'a status code' });
}

/** A document has its fields in a `Head` and its lines beside it; receipts and payments have them without one. */
function headOf(entry: MessageEntry): MessageEntry {
  const head = entry.element.children.find(({ name }) => name.endsWith('Head') || name.endsWith('HeadRd'));
  return head === undefined ? entry : entry.at(head);
}

function unitOf(type: Unit['type'], fields: readonly string[], head: MessageEntry): Unit {
  return { type, id: head.unitId(fields.find((field) => head.text(field) !== undefined) ?? fields[0]!) };
}

function choiceOf(head: MessageEntry, field: string, choices: readonly string[], otherwise: string): string {
  const text = head.text(field) ?? otherwise;
  if (choices.includes(text)) return text;
  return head.refuse({ detail: `${field} is ${cut(text)}`, expected: choices.join(' or ') }, head.find(field));
}

function timeOf(head: MessageEntry, fields: readonly string[]): { readonly text: string; readonly timeMs: number } {
  const field = fields.find((one) => head.text(one) !== undefined);
  if (field === undefined)
    return head.refuse({ code: 'time_missing', detail: `${fields[0]} is missing`, expected: 'a time of 14 digits' });
  const digits = head.text(field)!;
  const time = fromCebTime(digits);
  if (time) return time;
  return head.refuse(
    {
      code: 'invalid_time',
      detail: `${field} is no time: ${cut(digits)}`,
      expected: '14 or 17 digits, yyyyMMddHHmmss',
    },
    head.find(field),
  );
}

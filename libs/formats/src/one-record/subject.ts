/** Which consignment an event is about: its air waybill where that is told, else the object itself. */
import { isAwb } from '@landbridge/domain';
import { bad, good, shown, type Read } from '../json/json-values.js';
import { unitNameOf } from '../unit-name.js';
import type { FoundEvent, Message } from './event-nodes.js';
import type { LdNode } from './linked-data.js';

export const oneRecordRule = 'ONE Record data model, LogisticsEvent';

export interface Subject {
  readonly unit: { readonly type: 'awb' | 'consignment'; readonly id: string };
  /** IRI of the object, where it has one. */
  readonly iri: string | undefined;
  /** The shipment and its waybill, as far as the message describes them. */
  readonly described: readonly LdNode[];
}

/** Objects that are parts of a consignment. The waybill's number in their IRI does not make them the consignment. */
const parts: ReadonlySet<string> = new Set(['Piece', 'Item', 'LoadingUnit', 'ULD', 'PieceGroup']);

/** How many objects an event names; several may be of one subject. */
export function objectsOf({ node }: FoundEvent): number {
  return node.all('eventFor').length + node.all('linkedObject').length;
}

/** The subjects of an event, one or many. Problems: invalid_message where there is none, check_digit. */
export function subjectsOf({ node, owner }: FoundEvent, message: Message): Read<readonly Subject[]> {
  const named = [...node.all('eventFor'), ...node.all('linkedObject')].map((value) => message.describe(value));
  const objects = named.length > 0 ? named : owner === undefined ? [] : [owner];
  if (objects.length === 0) {
    // A server's own IRI of an event begins with that of its object.
    const ownerIri = /^(\S{1,2000}?)\/(?:logistics-)?events\//.exec(node.id ?? '')?.[1];
    if (ownerIri === undefined) return bad(noSubject(node.path));
    const subject = subjectFromIri(ownerIri, node.path, []);
    return subject.ok ? good([subject.value]) : subject;
  }
  const subjects = new Map<string, Subject>();
  for (const object of objects) {
    const subject = subjectOf(object, message);
    if (!subject.ok) return subject;
    subjects.set(subject.value.unit.id, subject.value);
  }
  return good([...subjects.values()]);
}

function subjectOf(object: LdNode, message: Message): Read<Subject> {
  const isPart = object.types.some((type) => parts.has(type));
  const waybill = object.first('waybill');
  const described = [...(waybill === undefined ? [] : [message.describe(waybill)]), object];
  if (!isPart)
    for (const node of described) {
      const number = node.text('waybillNumber');
      if (number === undefined) continue;
      const prefix = node.text('waybillPrefix');
      return awbSubject(prefix === undefined ? number : `${prefix}-${number}`, node.path, object.id, described);
    }
  if (object.id === undefined) return bad(noSubject(object.path));
  if (isPart) return good({ unit: { type: 'consignment', id: unitNameOf(object.id) }, iri: object.id, described });
  for (const { id, path } of described) {
    const subject = id === undefined ? undefined : subjectFromIri(id, path, described);
    if (subject !== undefined && (!subject.ok || subject.value.unit.type === 'awb')) return subject;
  }
  return subjectFromIri(object.id, object.path, described);
}

function subjectFromIri(iri: string, path: string, described: readonly LdNode[]): Read<Subject> {
  const awb = /(?:^|[/#:=_])(\d{3}-\d{8})(?:$|[/#?])/.exec(iri.slice(0, 2_000))?.[1];
  if (awb !== undefined) return awbSubject(awb, path, iri, described);
  return good({ unit: { type: 'consignment', id: unitNameOf(iri) }, iri, described });
}

function awbSubject(
  written: string,
  path: string,
  iri: string | undefined,
  described: readonly LdNode[],
): Read<Subject> {
  const id = written.replace(/^(\d{3})(\d{8})$/, '$1-$2');
  if (isAwb(id)) return good({ unit: { type: 'awb', id }, iri, described });
  return bad({
    code: 'check_digit',
    detail: `${shown(written)} is not an air waybill number with a right check digit`,
    path,
    rule: 'IATA Resolution 600a, air waybill number',
    expected: 'prefix and number such as 020-12345675',
  });
}

function noSubject(path: string): Parameters<typeof bad>[0] {
  return {
    code: 'invalid_message',
    detail: 'the event does not say which shipment it is about',
    path,
    rule: oneRecordRule,
    expected: 'eventFor with the @id of a shipment, or with its waybill number',
  };
}

/**
 * DCSA Track & Trace 2.2, 2.3 and 3.0 to canonical events.
 *
 * What an event is about. An equipment event is about its container. A transport event tells that a vessel, train or truck has come or
 * gone: it is about each container that it names, one event each, else about the booking or document that it names, else about the
 * transport call. A shipment event is about its document.
 * Which system. `RAIL` is rail; vessels, barges and trucks, and events that name no mode, are the port's.
 * Direction. Version 3 says export or import; otherwise a departure or loading at the hub leads out and an arrival or discharge leads in.
 * Corrections. Version 3 numbers the versions of an event by `eventUpdatedDateTime`, which becomes the revision, and takes one back with
 * `isRetracted`. A retraction must name the same unit and mode as what it takes back: without them nobody could tell where that was
 * counted. Version 2 has no such channel, so nothing depends on its `eventCreatedDateTime` and nothing in it is judged.
 */
import { eventTypes, linksMax, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { isContainerNumber, type UnitType } from '@landbridge/domain';
import { teuHundredthsOf } from '../container-size.js';
import { eventIdOf, revisionAt } from '../event-identity.js';
import { readJson } from '../json/json-document.js';
import { jsonKindOf } from '../json/json-kind.js';
import { readTime, type TimeRead } from '../json/json-times.js';
import { bad, childPath, good, own, shown, type Read } from '../json/json-values.js';
import type { FormatFault, MessageFormat, MessageItem, MessageReading, ReadContext } from '../message-format.js';
import { endsOfStatus, headingOf } from '../movement-direction.js';
import { placeOfLocode } from '../places/places.js';
import { unknownMilestone } from '../unknown-milestone.js';
import { eventIdFrom, unitNameOf } from '../unit-name.js';
import { dcsaClassifiers, dcsaStatusOf, type DcsaStatus } from './dcsa-codes.js';
import { dcsaWriting } from './dcsa-writer.js';
import { dcsaRule, readStatement, type DcsaStatement } from './dcsa-statement.js';

export const dcsaFormat: MessageFormat = {
  name: 'dcsa',
  title: 'DCSA Track & Trace 2.2, 2.3 and 3.0 (JSON)',
  contentTypes: ['application/json'],
  recognises: (head) => jsonKindOf(head) === 'dcsa',
  read: readDcsa,
  writing: dcsaWriting,
};

function readDcsa(bytes: Uint8Array, context: ReadContext): MessageReading {
  const json = readJson(bytes);
  if (!json.ok) return json;
  const listed = own(json.value, 'events');
  const list = Array.isArray(json.value) ? json.value : Array.isArray(listed) ? listed : undefined;
  const events: readonly unknown[] = list ?? [json.value];
  const base = Array.isArray(json.value) ? '$' : '$.events';
  if (events.length === 0)
    return bad({ code: 'empty_batch', detail: 'the list holds no event', path: base, rule: dcsaRule });
  const items: MessageItem[] = [];
  for (const [index, value] of events.entries()) {
    items.push(...readEvent(value, list === undefined ? '$' : childPath(base, index), context));
    if (items.length > context.eventsMax)
      return bad({
        code: 'too_many_events',
        detail: `more than ${context.eventsMax} events`,
        path: childPath(base, index),
        expected: `at most ${context.eventsMax} in one message`,
      });
  }
  return { ok: true, items };
}

function readEvent(value: unknown, path: string, context: ReadContext): readonly MessageItem[] {
  const statement = readStatement(value, path);
  if (!statement.ok) return [{ ok: false, id: null, fault: statement.fault }];
  const { eventId } = statement.value;
  const refuse = (fault: FormatFault): readonly MessageItem[] => [
    { ok: false, id: eventId === undefined ? null : eventIdFrom('dcsa', eventId), fault },
  ];
  const units = unitsOf(statement.value, path);
  if (!units.ok) return refuse(units.fault);
  const facts = factsOf(statement.value, path);
  if (!facts.ok) return refuse(facts.fault);
  return units.value.map((unit) => ({
    ok: true,
    path,
    event: eventOf(statement.value, facts.value, unit, units.value.length > 1, context),
  }));
}

interface Unit {
  readonly type: UnitType;
  readonly id: string;
}

/** What the event is about: at least one unit. */
function unitsOf(statement: DcsaStatement, path: string): Read<readonly Unit[]> {
  const { container, linkedContainers, kind, documents, call } = statement;
  if (container !== undefined) {
    if (!isContainerNumber(container.text)) return bad(badContainer(container.text, container.path));
    return good([{ type: 'container', id: container.text }]);
  }
  if (kind === 'TRANSPORT' && linkedContainers.length > 0) {
    const wrong = linkedContainers.find((text) => !isContainerNumber(text));
    if (wrong !== undefined) return bad(badContainer(wrong, `${path}.references`));
    return good(linkedContainers.slice(0, linksMax).map((id) => ({ type: 'container', id })));
  }
  const reference = documents[0]?.reference ?? (kind === 'TRANSPORT' ? call : undefined);
  if (reference !== undefined && kind !== 'EQUIPMENT')
    return good([{ type: 'consignment', id: unitNameOf(reference) }]);
  const field = kind === 'SHIPMENT' ? 'documentID' : 'equipmentReference';
  return bad({
    code: 'invalid_message',
    detail: 'the event does not say which container or document it is about',
    path: statement.isVersion3
      ? `${path}.${kind === 'SHIPMENT' ? 'shipmentDetails.documentReference' : 'equipmentDetails.equipmentReference'}`
      : `${path}.${field}`,
    rule: dcsaRule,
    expected: statement.isRetracted
      ? 'the same container or document as in the event that is taken back'
      : 'a container number such as APZU4812090, or a document reference',
  });
}

function badContainer(text: string, path: string): FormatFault {
  return {
    code: 'check_digit',
    detail: `${shown(text)} is not a container number with a right check digit`,
    path,
    rule: 'ISO 6346',
    expected: 'four letters, six digits and the check digit, such as APZU4812090',
  };
}

interface Facts {
  readonly time: TimeRead;
  readonly revision: number | undefined;
  /** Undefined for a retraction, which needs none. */
  readonly status: DcsaStatus | undefined;
  readonly classifier: EventData['classifier'];
}

function factsOf(statement: DcsaStatement, path: string): Read<Facts> {
  const { isVersion3, updated, isRetracted } = statement;
  // An update's time is the order of the versions, so a wrong one is a fault; in version 2 there is nothing to order.
  const updatedTime =
    isVersion3 && updated !== undefined ? readTime(updated, `${path}.eventUpdatedDateTime`, dcsaRule) : undefined;
  if (updatedTime?.ok === false) return updatedTime;
  const told = isRetracted ? (statement.time ?? updated) : statement.time;
  const time = readTime(told, `${path}.eventDateTime`, dcsaRule);
  if (!time.ok) return time;
  const revision = updatedTime === undefined ? undefined : revisionAt(updatedTime.value.timeMs);
  if (isRetracted) return good({ time: time.value, revision, status: undefined, classifier: 'actual' });
  const classifier = dcsaClassifiers.get(statement.classifier ?? '');
  if (classifier === undefined)
    return bad({
      code: 'invalid_message',
      detail: `${shown(statement.classifier)} is no classifier`,
      path: statement.paths.classifier,
      rule: dcsaRule,
      expected: 'ACT, EST or PLN',
    });
  const status = statusOf(statement);
  if (status === undefined)
    return bad({
      code: 'invalid_message',
      detail: 'the event does not say what happened',
      path: statement.paths.status,
      rule: dcsaRule,
      expected: 'an event type code such as LOAD, ARRI or CONF',
    });
  return good({
    time: time.value,
    revision,
    status,
    classifier: status.isBooking && classifier === 'actual' ? 'planned' : classifier,
  });
}

function statusOf({ kind, kindText, status, documents }: DcsaStatement): DcsaStatus | undefined {
  if (kind === 'OTHER') return { code: kindText, milestone: unknownMilestone('dcsa', kindText), isBooking: false };
  return status === undefined ? undefined : dcsaStatusOf(kind, status, documents[0]?.type);
}

function eventOf(
  statement: DcsaStatement,
  { time, revision, status, classifier }: Facts,
  unit: Unit,
  isOneOfMany: boolean,
  context: ReadContext,
): CanonicalEvent {
  const id = idOf(statement, status, classifier, time.timeMs, unit, isOneOfMany);
  const envelope = {
    specversion: '1.0',
    id,
    source: context.source,
    type: statement.mode === 'RAIL' ? eventTypes.rail : eventTypes.port,
    subject: unit.id,
    time: time.text,
    ...(revision === undefined ? {} : { revision }),
  } as const;
  if (status === undefined) return { ...envelope, retracted: true };
  return { ...envelope, data: dataOf(statement, status, classifier, unit, context) };
}

function idOf(
  statement: DcsaStatement,
  status: DcsaStatus | undefined,
  classifier: string,
  timeMs: number,
  unit: Unit,
  isOneOfMany: boolean,
): string {
  const { eventId, party, kindText, locode, call } = statement;
  if (eventId === undefined)
    return eventIdOf('dcsa', [kindText, status?.code, classifier, timeMs, unit.type, unit.id, locode, call]);
  const parts = [eventId, ...(isOneOfMany ? [unit.id] : []), ...(party === undefined ? [] : [party])];
  return eventIdFrom('dcsa', parts.join('@'));
}

function dataOf(
  statement: DcsaStatement,
  { milestone }: DcsaStatus,
  classifier: EventData['classifier'],
  unit: Unit,
  { hub }: ReadContext,
): EventData {
  const known = statement.locode === undefined ? undefined : placeOfLocode(statement.locode);
  const place = known?.locode ?? statement.locode;
  const links = linksOf(statement, unit);
  const teuHundredths = unit.type === 'container' ? teuHundredthsOf(statement.sizeType ?? '') : undefined;
  const transport = transportOf(statement, milestone);
  return {
    classifier,
    milestone,
    hub,
    ...(place === undefined ? {} : { place }),
    ...(known?.timeZone === undefined ? {} : { timeZone: known.timeZone }),
    corridor: statement.mode === 'RAIL' || statement.mode === 'TRUCK' ? 'land' : 'sea',
    ...headingOf(hub, endsOf(statement, milestone, place)),
    ...(transport === undefined ? {} : { transport }),
    unit,
    ...(links.length === 0 ? {} : { links }),
    ...(teuHundredths === undefined ? {} : { quantities: { teuHundredths } }),
  };
}

function endsOf(
  { phase }: DcsaStatement,
  milestone: string,
  place: string | undefined,
): ReturnType<typeof endsOfStatus> {
  if (phase === 'EXPORT') return { origin: place };
  if (phase === 'IMPORT') return { destination: place };
  return phase === 'TRANSSHIPMENT' ? {} : endsOfStatus(milestone, place);
}

function linksOf({ documents, linkedContainers }: DcsaStatement, unit: Unit): Unit[] {
  const containers = linkedContainers.filter((id) => isContainerNumber(id) && id !== unit.id);
  const papers = documents.map(({ reference }) => unitNameOf(reference)).filter((id) => id !== unit.id);
  // A transport event of several containers becomes one event each: they are no links of each other.
  return [
    ...papers.map((id): Unit => ({ type: 'consignment', id })),
    ...(unit.type === 'container' ? [] : containers.map((id): Unit => ({ type: 'container', id }))),
  ].slice(0, linksMax);
}

const modes: ReadonlyMap<string, 'rail' | 'road' | 'sea'> = new Map([
  ['RAIL', 'rail'],
  ['TRUCK', 'road'],
  ['VESSEL', 'sea'],
  ['BARGE', 'sea'],
]);

/** What carried it, where one mode is told. At a call the import voyage ends and the export voyage begins. */
function transportOf(statement: DcsaStatement, milestone: string): EventData['transport'] {
  const mode = modes.get(statement.mode ?? '');
  if (mode === undefined) return undefined;
  const { exportVoyage, importVoyage, carrier, vessel } = statement;
  const isArrival = milestone === 'arrived' || milestone === 'discharged';
  const service = isArrival ? (importVoyage ?? exportVoyage) : (exportVoyage ?? importVoyage);
  return {
    mode,
    ...(carrier !== undefined && /^[A-Z0-9]{2,4}$/.test(carrier) ? { carrier } : {}),
    ...(service !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(service) ? { service } : {}),
    ...(vessel === undefined ? {} : { vessel: unitNameOf(vessel) }),
  };
}

/**
 * GS1 EPCIS 2.0 in JSON-LD to canonical events: documents, query answers, lists and single events, of all five types.
 *
 * One event of EPCIS is one event here, however many things it names: its parent, or the first of its things, is the subject and the
 * others are links. Sensor readings and master data are no events of logistics; the original keeps them.
 * Identity: `eventID`, else the event hash of CBV 2.0. Both are the same for an event and for the declaration that it was wrong.
 * Corrections: an error declaration takes its event back, for either reason; the events that it calls corrective stand by themselves.
 * Places: a read point counts where its URI holds a UN/LOCODE or an airport's code. A GLN or coordinates name none that a rule knows,
 * so the event is in transit and counts nowhere.
 */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import type { Corridor, System } from '@landbridge/domain';
import { revisionAt } from '../event-identity.js';
import { readJson } from '../json/json-document.js';
import { jsonKindOf } from '../json/json-kind.js';
import { readTime, type TimeRead } from '../json/json-times.js';
import {
  bad,
  childPath,
  good,
  isObject,
  own,
  ownText,
  shown,
  type JsonObject,
  type Read,
} from '../json/json-values.js';
import type { MessageFormat, MessageItem, MessageReading, ReadContext } from '../message-format.js';
import { endsOfStatus, headingOf } from '../movement-direction.js';
import { placeOfLocode } from '../places/places.js';
import { eventIdFrom } from '../unit-name.js';
import { unknownMilestone } from '../unknown-milestone.js';
import { milestoneOfStep } from './biz-steps.js';
import { endsOf, placeOf, readEventTime, readQuantities, type EpcisQuantities } from './epcis-facts.js';
import { epcisRule, unitsOf, type EpcisUnits } from './epcis-units.js';
import { epcisWriting } from './epcis-writer.js';
import { eventHashId } from './event-hash.js';

export const epcisFormat: MessageFormat = {
  name: 'epcis',
  title: 'GS1 EPCIS 2.0 (JSON-LD): document, query answer, list, single event',
  contentTypes: ['application/ld+json', 'application/json'],
  recognises: (head) => jsonKindOf(head) === 'epcis',
  read: readEpcis,
  writing: epcisWriting,
};

const types: ReadonlySet<string> = new Set([
  'ObjectEvent',
  'AggregationEvent',
  'TransactionEvent',
  'TransformationEvent',
  'AssociationEvent',
]);

function readEpcis(bytes: Uint8Array, context: ReadContext): MessageReading {
  const json = readJson(bytes);
  if (!json.ok) return json;
  const { events, path, isList } = listIn(json.value);
  if (events.length === 0)
    return bad({ code: 'empty_batch', detail: 'the list holds no event', path, rule: epcisRule });
  if (events.length > context.eventsMax)
    return bad({
      code: 'too_many_events',
      detail: `${events.length} events`,
      path,
      expected: `at most ${context.eventsMax} in one message`,
    });
  const contexts = isObject(json.value) ? [own(json.value, '@context')] : [];
  const items = events.map((value, index): MessageItem => {
    const at = isList ? childPath(path, index) : path;
    const event = readEvent(value, at, contexts, context);
    if (event.ok) return { ok: true, event: event.value, path: at };
    const eventId = ownText(value, 'eventID');
    return { ok: false, id: eventId === undefined ? null : eventIdFrom('epcis', eventId), fault: event.fault };
  });
  return { ok: true, items };
}

interface EventList {
  readonly events: readonly unknown[];
  readonly path: string;
  /** False for a single event, whose path is not that of a list. */
  readonly isList: boolean;
}

/** The events of a message, and where they are. */
function listIn(value: unknown): EventList {
  if (Array.isArray(value)) return { events: value, path: '$', isList: true };
  const body = own(value, 'epcisBody');
  const results = own(own(body, 'queryResults'), 'resultsBody');
  const places: readonly (readonly [unknown, string])[] = [
    [own(body, 'eventList'), '$.epcisBody.eventList'],
    [own(results, 'eventList'), '$.epcisBody.queryResults.resultsBody.eventList'],
    [own(value, 'eventList'), '$.eventList'],
  ];
  for (const [list, path] of places) if (Array.isArray(list)) return { events: list, path, isList: true };
  const single = own(body, 'event');
  if (single !== undefined) return { events: [single], path: '$.epcisBody.event', isList: false };
  return body === undefined
    ? { events: [value], path: '$', isList: false }
    : { events: [], path: '$.epcisBody', isList: true };
}

function readEvent(
  value: unknown,
  path: string,
  contexts: readonly unknown[],
  context: ReadContext,
): Read<CanonicalEvent> {
  if (!isObject(value)) return refuseType(value, path);
  const type = ownText(value, 'type') ?? ownText(value, '@type') ?? ownText(value, 'isA');
  if (type === undefined || !types.has(type)) return refuseType(type, `${path}.type`);
  const action = ownText(value, 'action');
  if (type !== 'TransformationEvent' && !['ADD', 'OBSERVE', 'DELETE'].includes(action ?? ''))
    return bad({
      code: 'invalid_message',
      detail: `${shown(action)} is no action`,
      path: `${path}.action`,
      rule: epcisRule,
      expected: 'ADD, OBSERVE or DELETE',
    });
  const time = readEventTime(value, path);
  if (!time.ok) return time;
  const units = unitsOf(value, path);
  if (!units.ok) return units;
  const quantities = readQuantities(value, path);
  if (!quantities.ok) return quantities;
  const retraction = readErrorDeclaration(value, path);
  if (!retraction.ok) return retraction;
  const eventId = ownText(value, 'eventID');
  const envelope = {
    specversion: '1.0',
    id: eventIdFrom('epcis', eventId ?? eventHashId(value, contexts)),
    source: context.source,
    type: eventTypes[units.value.system],
    subject: units.value.unit.id,
    time: time.value.text,
  } as const;
  if (retraction.value !== undefined)
    return good({ ...envelope, revision: revisionAt(retraction.value.timeMs), retracted: true });
  return good({ ...envelope, data: dataOf(value, type, units.value, quantities.value, context.hub) });
}

function refuseType(type: unknown, path: string): ReturnType<typeof bad> {
  return bad({
    code: 'invalid_message',
    detail: `${shown(type)} is no type of event`,
    path,
    rule: epcisRule,
    expected: [...types].join(', '),
  });
}

/** When the event was declared wrong, or undefined where it was not. */
function readErrorDeclaration(event: JsonObject, path: string): Read<TimeRead | undefined> {
  const declaration = own(event, 'errorDeclaration');
  if (declaration === undefined) return good(undefined);
  return readTime(
    own(declaration, 'declarationTime'),
    `${path}.errorDeclaration.declarationTime`,
    `${epcisRule}, ErrorDeclaration`,
  );
}

const corridors = { air: 'air', rail: 'land', port: 'land', cbec: 'online' } as const satisfies Record<
  System,
  Corridor
>;

function dataOf(
  event: JsonObject,
  type: string,
  { system, unit, links }: EpcisUnits,
  quantities: EpcisQuantities,
  hub: string,
): EventData {
  const step = ownText(event, 'bizStep');
  const milestone = step === undefined ? unknownMilestone('epcis', type.replace(/Event$/, '')) : milestoneOfStep(step);
  const place = placeOf(event);
  const timeZone = place === undefined ? undefined : placeOfLocode(place)?.timeZone;
  const ends = endsOf(event);
  const isWhole = ends.origin !== undefined || ends.destination !== undefined;
  return {
    // EPCIS tells of what has happened; it has no words for plans.
    classifier: 'actual',
    milestone,
    hub,
    ...(place === undefined ? {} : { place }),
    ...(timeZone === undefined ? {} : { timeZone }),
    corridor: corridors[system],
    // Without a place an event would count as if it had happened at the hub.
    ...(place === undefined
      ? { direction: 'transit' }
      : headingOf(hub, isWhole ? ends : endsOfStatus(milestone, place))),
    ...(system === 'air' || system === 'rail' ? { transport: { mode: system } } : {}),
    unit,
    ...(links.length === 0 ? {} : { links: links.map(({ type, id }) => ({ type, id })) }),
    ...(Object.keys(quantities).length === 0 ? {} : { quantities }),
  };
}

/**
 * IATA ONE Record logistics events to canonical events: LogisticsEvent and, since model 3.3, StatusUpdateEvent.
 *
 * What an event is about: the air waybill of its object where the message or the object's IRI holds one, else the object itself by its
 * IRI, as a consignment. An event for several objects becomes one event each.
 * Identity: the sender's `@id` is given by the server that stores the event, is missing when an event is posted first, and is the same
 * for different events of some senders. So the id is a hash of what the event says: subject, code, time and its type, place, flight,
 * and whether only a part is meant.
 * A waybill's status at a known place has the id that an FSU or XFSU of it has (`airStatusId`).
 * Partial events: each counts what it recorded. One without recorded quantities adds no weight, so that the event which closes the
 * movement, when all parts have gone, is the one whose weight counts.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { airEvent, airStatusId, waybillOf, type AirReport } from '../air-event.js';
import { eventIdOf } from '../event-identity.js';
import { readJson } from '../json/json-document.js';
import { jsonKindOf } from '../json/json-kind.js';
import { bad, good, type Read } from '../json/json-values.js';
import type { MessageFormat, MessageItem, MessageReading, ReadContext } from '../message-format.js';
import type { EventToWrite } from '../message-writing.js';
import { localMinuteOf } from '../places/local-time.js';
import type { Place } from '../places/places.js';
import { unitNameOf } from '../unit-name.js';
import {
  flightOf,
  readClassifier,
  readEventDate,
  readQuantities,
  readStatus,
  whereOf,
  type Where,
} from './event-facts.js';
import { findEvents, type FoundEvent, type Message } from './event-nodes.js';
import type { LdNode } from './linked-data.js';
import { oneRecordWriting } from './one-record-writer.js';
import { objectsOf, oneRecordRule, subjectsOf, type Subject } from './subject.js';

export const oneRecordFormat: MessageFormat = {
  name: 'one-record',
  title: 'IATA ONE Record LogisticsEvent and StatusUpdateEvent (JSON-LD)',
  contentTypes: ['application/ld+json', 'application/json'],
  recognises: (head) => jsonKindOf(head) === 'one-record',
  read: readOneRecord,
  writing: oneRecordWriting,
};

function readOneRecord(bytes: Uint8Array, context: ReadContext): MessageReading {
  const json = readJson(bytes);
  if (!json.ok) return json;
  const message = findEvents(json.value);
  if (message.events.length === 0)
    return bad({
      code: 'unsupported_message',
      detail: 'the message holds no logistics event',
      path: '$',
      rule: oneRecordRule,
      expected: 'an object of the type LogisticsEvent or StatusUpdateEvent, or a list or collection of them',
    });
  const items: MessageItem[] = [];
  for (const found of message.events) {
    const { path } = found.node;
    // Before any is made: one event may name a hundred thousand objects.
    if (items.length + Math.max(1, objectsOf(found)) > context.eventsMax)
      return bad({
        code: 'too_many_events',
        detail: `more than ${context.eventsMax} events`,
        path,
        expected: `at most ${context.eventsMax} in one message, one for each object`,
      });
    const events = eventsOf(found, message, context);
    if (events.ok) items.push(...events.value.map((event) => ({ ok: true, path, ...event }) as const));
    else items.push({ ok: false, id: found.node.id ?? null, fault: events.fault });
  }
  return { ok: true, items };
}

/** Stands for a place that no list has, so that the event is in transit and counts nowhere. */
const nowhere: Place = { name: 'unknown', country: '' };

function eventsOf(found: FoundEvent, message: Message, context: ReadContext): Read<readonly EventToWrite[]> {
  const { node } = found;
  const subjects = subjectsOf(found, message);
  if (!subjects.ok) return subjects;
  const status = readStatus(node);
  if (!status.ok) return status;
  const classifier = readClassifier(node, status.value);
  if (!classifier.ok) return classifier;
  const flight = flightOf(node, message);
  const where = whereOfEvent(node, message, status.value.end, flight);
  const time = readEventDate(node, where?.place);
  if (!time.ok) return time;
  const isPartial = node.text('partialEventIndicator') === 'true';
  const events: EventToWrite[] = [];
  for (const subject of subjects.value) {
    const quantities = readQuantities(node, subject.described.at(-1), isPartial);
    if (!quantities.ok) return quantities;
    const { unit, iri } = subject;
    const { code } = status.value;
    const ends = waybillEnds(subject, message);
    const id =
      unit.type === 'awb' && where?.place !== undefined
        ? airStatusId({
            awb: unit.id,
            code,
            status: status.value,
            classifier: classifier.value,
            place: where.place,
            ...localMinuteOf(time.value.timeMs, where.place.timeZone),
            flight: flight.flight,
            partPieces: isPartial ? (quantities.value.pieces ?? 0) : undefined,
          })
        : eventIdOf('one-record', [
            unit.type,
            unit.id,
            code,
            time.value.timeMs,
            classifier.value,
            where?.name,
            flight.flight,
            String(isPartial),
          ]);
    const report: AirReport = {
      id,
      time: time.value.text,
      awb: unit.id,
      status: status.value,
      classifier: classifier.value,
      place: where?.place ?? nowhere,
      ...ends,
      ...flight,
      ...quantities.value,
      ...(unit.type === 'awb' && iri !== undefined ? { links: [{ type: 'consignment', id: unitNameOf(iri) }] } : {}),
    };
    events.push({ event: aboutUnit(airEvent(context, report), unit), waybill: waybillOf(ends, {}) });
  }
  return good(events);
}

/** Where it happened: as told, else the end of the flight that the status is told from. */
function whereOfEvent(
  event: LdNode,
  message: Message,
  end: 'origin' | 'destination' | undefined,
  { legOrigin, legDestination }: { readonly legOrigin?: Place; readonly legDestination?: Place },
): Where | undefined {
  const told = whereOf(event.first('eventLocation', 'recordedAtLocation'), message);
  if (told !== undefined) return told;
  const place = end === 'origin' ? legOrigin : end === 'destination' ? legDestination : undefined;
  return place === undefined ? undefined : { place, name: place.locode ?? place.name };
}

function waybillEnds({ described }: Subject, message: Message): Pick<AirReport, 'origin' | 'destination'> {
  const end = (name: string): Place | undefined => {
    for (const node of described) {
      const place = whereOf(node.first(name), message)?.place;
      if (place !== undefined) return place;
    }
    return undefined;
  };
  const origin = end('departureLocation');
  const destination = end('arrivalLocation');
  return { ...(origin === undefined ? {} : { origin }), ...(destination === undefined ? {} : { destination }) };
}

function aboutUnit(event: CanonicalEvent, unit: Subject['unit']): CanonicalEvent {
  return unit.type === 'awb' || event.data === undefined
    ? event
    : { ...event, data: { ...event.data, unit: { ...unit } } };
}

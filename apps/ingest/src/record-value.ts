/**
 * The bytes of an event on the log: compact JSON with a fixed order of keys, so that equal events are equal bytes, whatever order,
 * spaces, escapes or content mode the carrier chose. What differs from event to event comes first, what many share comes last: consumers
 * cut most events out of their bytes by that order (`scanCanonical` in `@landbridge/contracts`).
 *
 * The text is put together member by member: of most values the schema says that they hold nothing that JSON escapes, the others are
 * looked at first. That takes half the time of literal objects and one `JSON.stringify`, which took as long as the whole check of an event.
 * A test holds it to what `JSON.stringify` writes, another walks the schema and fails when a field of it is missing here.
 */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';

/** Value of the record of an accepted event. `tenant` is the key's, never the sender's. */
export function toRecordValue(event: CanonicalEvent, tenant: string): string {
  const { revision, retracted, previoussubject, dataschema, data, datacontenttype } = event;
  let text = `{"specversion":"1.0","id":${quoted(event.id)},"source":"${event.source}","tenant":"${tenant}"`;
  text += `,"subject":${quoted(event.subject)},"time":"${event.time}"`;
  if (revision !== undefined) text += `,"revision":${revision}`;
  if (retracted !== undefined) text += `,"retracted":${retracted}`;
  if (previoussubject !== undefined) text += `,"previoussubject":${quoted(previoussubject)}`;
  if (dataschema !== undefined) text += `,"dataschema":${JSON.stringify(dataschema)}`;
  text += otherExtensions(event);
  if (data !== undefined) text += `,"data":{${dataMembers(data)}}`;
  if (datacontenttype !== undefined) text += `,"datacontenttype":"${datacontenttype}"`;
  return `${text},"type":"${event.type}"}`;
}

/**
 * The same text for all events that differ from a given one in their id, subject, time, quantities and unit id only: what stands before,
 * between and behind these values, in the order id, subject, time, quantities (those that the event has), unit id. The values
 * must need no escapes.
 */
export function recordTexts(event: CanonicalEvent, tenant: string): string[] {
  const data = event.data!;
  const quantities = Object.fromEntries(Object.keys(data.quantities ?? {}).map((name) => [name, mark as unknown]));
  const marked: CanonicalEvent = {
    ...event,
    id: mark,
    subject: mark,
    time: mark,
    data: { ...data, ...(data.quantities && { quantities }), unit: { ...data.unit, id: mark } },
  };
  return toRecordValue(marked, tenant).split(mark);
}

/** Stands for a value. No event can hold this character. */
const mark = '\u0000';

/**
 * Value of the record that takes an event back from the subject that it was reported for before (`previoussubject`), keyed by that one.
 *
 * Its revision is one less than the event's, r - 1, and it is a retraction, so its rank is 2(r - 1) + 1 = 2r - 1: above every older
 * version (at most 2(r - 1)), below the event itself (2r). So the old contribution goes whichever partition it is in, and when both
 * subjects share a partition the event still wins, in whatever order the two records are applied.
 * The check has made sure that r is at least 1.
 */
export function toMoveRetraction(event: CanonicalEvent, tenant: string, previousSubject: string): string {
  return JSON.stringify({
    specversion: event.specversion,
    id: event.id,
    source: event.source,
    tenant,
    subject: previousSubject,
    time: event.time,
    revision: event.revision! - 1,
    retracted: true,
    type: event.type,
  });
}

const ownAttributes: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'tenant',
  'revision',
  'retracted',
  'previoussubject',
  'datacontenttype',
  'dataschema',
  'data',
]);

/** Extension attributes of the sender's own, by name; nothing for the usual event that has none. */
function otherExtensions(event: CanonicalEvent): string {
  let names: string[] | undefined;
  for (const name in event) if (!ownAttributes.has(name)) (names ??= []).push(name);
  if (names === undefined) return '';
  const attributes = event as Record<string, unknown>;
  return names
    .toSorted()
    .filter((name) => attributes[name] !== undefined)
    .map((name) => `,"${name}":${JSON.stringify(attributes[name])}`)
    .join('');
}

/** The members of an event's data, from its original to its transport. */
function dataMembers(data: EventData): string {
  const { original, links, quantities, transport } = data;
  let text = '';
  if (original !== undefined) {
    const { format, digest, at, text: whole } = original;
    text += `"original":${JSON.stringify({ format, digest, at, text: whole })},`;
  }
  if (links !== undefined) text += `"links":[${links.map(unitText).join(',')}],`;
  if (quantities !== undefined) text += `"quantities":{${quantityMembers(quantities)}},`;
  text += `"unit":${unitText(data.unit)},"classifier":"${data.classifier}","milestone":"${data.milestone}","hub":"${data.hub}"`;
  if (data.place !== undefined) text += `,"place":"${data.place}"`;
  if (data.timeZone !== undefined) text += `,"timeZone":"${data.timeZone}"`;
  text += `,"corridor":"${data.corridor}","direction":"${data.direction}"`;
  if (data.partner !== undefined) text += `,"partner":"${data.partner}"`;
  if (data.brand !== undefined) text += `,"brand":"${data.brand}"`;
  if (data.tradeMode !== undefined) text += `,"tradeMode":"${data.tradeMode}"`;
  if (data.portOfEntry !== undefined) text += `,"portOfEntry":"${data.portOfEntry}"`;
  if (transport === undefined) return text;
  text += `,"transport":{"mode":"${transport.mode}"`;
  if (transport.carrier !== undefined) text += `,"carrier":"${transport.carrier}"`;
  if (transport.service !== undefined) text += `,"service":"${transport.service}"`;
  if (transport.vessel !== undefined) text += `,"vessel":${quoted(transport.vessel)}`;
  return `${text}}`;
}

function unitText({ id, type }: EventData['unit']): string {
  return `{"id":${quoted(id)},"type":"${type}"}`;
}

/** In the order of the domain's `quantityNames`. */
function quantityMembers({
  pieces,
  weightGrams,
  valueFen,
  parcels,
  teuHundredths,
}: NonNullable<EventData['quantities']>): string {
  let text = '';
  if (pieces !== undefined) text += `,"pieces":${pieces}`;
  if (weightGrams !== undefined) text += `,"weightGrams":${weightGrams}`;
  if (valueFen !== undefined) text += `,"valueFen":${valueFen}`;
  if (parcels !== undefined) text += `,"parcels":${parcels}`;
  if (teuHundredths !== undefined) text += `,"teuHundredths":${teuHundredths}`;
  return text.slice(1);
}

/** A text as JSON writes it. The schema lets no control character and no half of a surrogate pair through. */
function quoted(text: string): string {
  return text.includes('"') || text.includes('\\') ? JSON.stringify(text) : `"${text}"`;
}

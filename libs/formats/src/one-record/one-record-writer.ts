/**
 * Canonical events back to ONE Record: a StatusUpdateEvent where quantities were recorded, else a LogisticsEvent; several as a list. It has
 * no way to take an event back, because events of ONE Record are immutable.
 */
import { eventTypes, type EventData } from '@landbridge/contracts';
import { airStatusCodeOf } from '../air-statuses.js';
import { kilogramsText } from '../exact-quantity.js';
import {
  asOneMessage,
  said,
  unsayable,
  type EventToWrite,
  type Said,
  type Waybill,
  type Writing,
} from '../message-writing.js';

export const oneRecordWriting: Writing = {
  fromEvents: true,
  write: (items) =>
    asOneMessage(items, objectOf, (objects) => JSON.stringify(objects.length === 1 ? objects[0] : objects)),
};

const ontology = 'https://onerecord.iata.org/ns/cargo#';
const dateTimeType = 'http://www.w3.org/2001/XMLSchema#dateTime';

/** The event as a JSON-LD object. */
function objectOf({ event, waybill = {} }: EventToWrite): Said<object> {
  const { data } = event;
  if (event.retracted) return unsayable('$.retracted', 'events of ONE Record are immutable and cannot be taken back');
  if (event.type !== eventTypes.air || data === undefined) return unsayable('$.type', 'ONE Record is about air cargo');
  const code = codeOf(data.milestone);
  if (code === undefined) return unsayable('$.data.milestone', `ONE Record has no status code for ${data.milestone}`);
  const subject = subjectOf(data, waybill);
  if (subject === undefined) return unsayable('$.data.unit.type', 'ONE Record is about waybills and their objects');
  const { quantities, transport, place } = data;
  const isPart = quantities?.pieces !== undefined && waybill.pieces !== undefined && quantities.pieces < waybill.pieces;
  return said({
    '@context': { cargo: ontology },
    '@type': quantities === undefined ? 'cargo:LogisticsEvent' : 'cargo:StatusUpdateEvent',
    'cargo:eventDate': { '@type': dateTimeType, '@value': event.time },
    'cargo:eventCode': { '@id': `https://onerecord.iata.org/ns/code-lists/StatusCode#${code}` },
    'cargo:eventTimeType': { '@id': `cargo:${data.classifier.toUpperCase()}` },
    'cargo:eventFor': subject,
    ...locationOf('eventLocation', place),
    ...(isPart ? { 'cargo:partialEventIndicator': true } : {}),
    ...(quantities?.pieces === undefined ? {} : { 'cargo:recordedPieceCount': quantities.pieces }),
    ...(quantities?.weightGrams === undefined ? {} : { 'cargo:recordedWeight': weightOf(quantities.weightGrams) }),
    ...(transport?.service === undefined
      ? {}
      : { 'cargo:transportMovementReference': { 'cargo:transportIdentifier': transport.service } }),
  });
}

function codeOf(milestone: string): string | undefined {
  return airStatusCodeOf(milestone) ?? /^one-record-([a-z0-9]+)$/.exec(milestone)?.[1]?.toUpperCase();
}

function subjectOf({ unit, links = [] }: EventData, { origin, destination }: Waybill): object | undefined {
  if (unit.type === 'consignment') return { '@id': unit.id };
  if (unit.type !== 'awb') return undefined;
  const iri = links.find(({ type }) => type === 'consignment')?.id;
  return {
    ...(iri === undefined ? {} : { '@id': iri }),
    '@type': 'cargo:Shipment',
    'cargo:waybill': {
      'cargo:waybillPrefix': unit.id.slice(0, 3),
      'cargo:waybillNumber': unit.id.slice(4),
      ...locationOf('departureLocation', origin),
      ...locationOf('arrivalLocation', destination),
    },
  };
}

/** A location by its UN/LOCODE or IATA code. */
function locationOf(name: string, code: string | undefined): object {
  return code === undefined
    ? {}
    : { [`cargo:${name}`]: { '@type': 'cargo:Location', 'cargo:locationCodes': [{ 'cargo:code': code }] } };
}

function weightOf(grams: number): object {
  return {
    'cargo:numericalValue': kilogramsText(grams),
    'cargo:unit': { '@id': 'https://vocabulary.uncefact.org/WeightUnitMeasureCode#KGM' },
  };
}

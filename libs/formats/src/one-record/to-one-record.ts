/**
 * Canonical events back to ONE Record: a StatusUpdateEvent where quantities were recorded, else a LogisticsEvent. It does not say where
 * the whole movement leads, and has no way to take an event back, because events of ONE Record are immutable.
 */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { airStatuses } from '../air-statuses.js';

const ontology = 'https://onerecord.iata.org/ns/cargo#';
const dateTimeType = 'http://www.w3.org/2001/XMLSchema#dateTime';
const codeByMilestone: ReadonlyMap<string, string> = new Map(
  Object.entries(airStatuses).map(([code, { milestone }]) => [milestone, code]),
);

/** The event as JSON-LD text, or undefined where ONE Record cannot say it: other systems and units, retractions. */
export function toOneRecord(event: CanonicalEvent): string | undefined {
  const { data } = event;
  if (event.type !== eventTypes.air || event.retracted || data === undefined) return undefined;
  const code = codeOf(data.milestone);
  const subject = subjectOf(data);
  if (code === undefined || subject === undefined) return undefined;
  const { quantities, transport, place } = data;
  return JSON.stringify({
    '@context': { cargo: ontology },
    '@type': quantities === undefined ? 'cargo:LogisticsEvent' : 'cargo:StatusUpdateEvent',
    'cargo:eventDate': { '@type': dateTimeType, '@value': event.time },
    'cargo:eventCode': { '@id': `https://onerecord.iata.org/ns/code-lists/StatusCode#${code}` },
    'cargo:eventTimeType': { '@id': `cargo:${data.classifier.toUpperCase()}` },
    'cargo:eventFor': subject,
    ...(place === undefined
      ? {}
      : { 'cargo:eventLocation': { '@type': 'cargo:Location', 'cargo:locationCodes': [{ 'cargo:code': place }] } }),
    ...(quantities?.pieces === undefined ? {} : { 'cargo:recordedPieceCount': quantities.pieces }),
    ...(quantities?.weightGrams === undefined ? {} : { 'cargo:recordedWeight': weightOf(quantities.weightGrams) }),
    ...(transport?.service === undefined
      ? {}
      : { 'cargo:transportMovementReference': { 'cargo:transportIdentifier': transport.service } }),
  });
}

function codeOf(milestone: string): string | undefined {
  return codeByMilestone.get(milestone) ?? /^(?:fsu|one-record)-([a-z0-9]+)$/.exec(milestone)?.[1]?.toUpperCase();
}

function subjectOf({ unit, links = [] }: EventData): object | undefined {
  if (unit.type === 'consignment') return { '@id': unit.id };
  if (unit.type !== 'awb') return undefined;
  const iri = links.find(({ type }) => type === 'consignment')?.id;
  return {
    ...(iri === undefined ? {} : { '@id': iri }),
    '@type': 'cargo:Shipment',
    'cargo:waybill': { 'cargo:waybillPrefix': unit.id.slice(0, 3), 'cargo:waybillNumber': unit.id.slice(4) },
  };
}

/** Kilograms as a decimal text, exactly. */
function weightOf(grams: number): object {
  const digits = String(grams).padStart(4, '0');
  return {
    'cargo:numericalValue': `${digits.slice(0, -3)}.${digits.slice(-3)}`,
    'cargo:unit': { '@id': 'https://vocabulary.uncefact.org/WeightUnitMeasureCode#KGM' },
  };
}

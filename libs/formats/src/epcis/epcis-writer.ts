/**
 * Canonical events back to EPCIS 2.0: an event of the unit alone, of a parent with its children, or of an air waybill as the
 * transaction that it is; its place as a UN/LOCODE. Plans, partners and transport have no words in EPCIS; a retraction becomes an error
 * declaration.
 */
import { eventTypes, type EventData } from '@landbridge/contracts';
import { parseTimestamp } from '@landbridge/domain';
import { madeAtOf } from '../event-identity.js';
import { asOneMessage, said, unsayable, type EventToWrite, type Said, type Writing } from '../message-writing.js';
import { stepOfMilestone } from './biz-steps.js';

export const epcisWriting: Writing = {
  fromEvents: true,
  write: (items, { madeAtMs }) => asOneMessage(items, objectOf, (events) => documentOf(events, madeAtMs)),
};

const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const locodeList = 'https://vocabulary.uncefact.org/unlocode#';

function documentOf(eventList: readonly object[], madeAtMs: number): string {
  return JSON.stringify({
    '@context': [context],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: new Date(madeAtMs).toISOString(),
    epcisBody: { eventList },
  });
}

function objectOf({ event }: EventToWrite): Said<object> {
  const { data } = event;
  if (data === undefined) return unsayable('$.data', 'an error declaration repeats the event, and it is not told');
  if (data.classifier !== 'actual') return unsayable('$.data.classifier', 'EPCIS tells of what has happened');
  const things = thingsOf(data, event.type);
  if (things === undefined)
    return unsayable('$.data.unit.type', `EPCIS names no ${data.unit.type} in an event of the type ${event.type}`);
  const bizStep = stepOfMilestone(data.milestone);
  if (bizStep === undefined) return unsayable('$.data.milestone', `EPCIS has no business step for ${data.milestone}`);
  const declaredAt = madeAtOf(event.revision ?? 1);
  if (event.retracted && declaredAt === undefined)
    return unsayable('$.revision', 'EPCIS numbers error declarations by their time, and no time has this number');
  return said({
    eventID: event.id,
    eventTime: event.time,
    eventTimeZoneOffset: offsetOf(event.time),
    action: 'OBSERVE',
    bizStep,
    ...things,
    ...(data.place === undefined ? {} : { readPoint: { id: locodeList + data.place } }),
    ...(event.retracted ? { errorDeclaration: { declarationTime: declaredAt, reason: 'did_not_occur' } } : {}),
  });
}

function offsetOf(time: string): string {
  return /[+-]\d\d:\d\d$/.exec(time)?.[0] ?? (parseTimestamp(time) === undefined ? '' : '+00:00');
}

/** Type of event, things and quantities, or undefined for what has no name in EPCIS: wagons by their numbers alone, flights, trains. */
function thingsOf(data: EventData, type: string): object | undefined {
  const { unit, links = [] } = data;
  const quantities = quantitiesOf(data);
  const children = links.filter(isNamed).map(epcOf);
  const own = quantities.length === 0 ? {} : { quantityList: quantities };
  if (unit.type === 'awb' && type === eventTypes.air) {
    const bizTransactionList = [{ bizTransaction: `urn:iata:awb:${unit.id}` }];
    return {
      type: 'TransactionEvent',
      bizTransactionList,
      ...(children.length === 0 ? {} : { epcList: children }),
      ...own,
    };
  }
  if (type !== eventTypes.port || !isNamed(unit)) return undefined;
  if (children.length === 0) return { type: 'ObjectEvent', epcList: [epcOf(unit)], ...own };
  const childQuantities = quantities.length === 0 ? {} : { childQuantityList: quantities };
  return { type: 'AggregationEvent', parentID: epcOf(unit), childEPCs: children, ...childQuantities };
}

type Unit = EventData['unit'];

function isNamed({ type }: Unit): boolean {
  return type === 'container' || type === 'consignment';
}

function epcOf({ type, id }: Unit): string {
  return type === 'container' ? `urn:epc:id:bic:${id}` : id;
}

/** Classes are not known, so quantities stand alone; grams keep a weight whole. */
function quantitiesOf({ quantities }: EventData): readonly object[] {
  return [
    ...(quantities?.pieces === undefined ? [] : [{ quantity: quantities.pieces }]),
    ...(quantities?.weightGrams === undefined ? [] : [{ quantity: quantities.weightGrams, uom: 'GRM' }]),
  ];
}

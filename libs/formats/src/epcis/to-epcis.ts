/**
 * Canonical events back to EPCIS 2.0: an event of the unit alone, of a parent with its children, or of an air waybill as the
 * transaction that it is; its place as a UN/LOCODE. Plans, partners and transport have no words in EPCIS; a retraction becomes an error
 * declaration.
 */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { parseTimestamp } from '@landbridge/domain';
import { stepOfMilestone } from './biz-steps.js';

const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const locodeList = 'https://vocabulary.uncefact.org/unlocode#';

/** The event as the text of an EPCIS document, or undefined where EPCIS cannot say it: what has not happened, retractions without data. */
export function toEpcis(event: CanonicalEvent): string | undefined {
  const { data } = event;
  if (data === undefined || data.classifier !== 'actual') return undefined;
  const things = thingsOf(data, event.type);
  const bizStep = stepOfMilestone(data.milestone);
  if (things === undefined || bizStep === undefined) return undefined;
  const declaredAt = new Date(Date.UTC(2000, 0, 1) + (event.revision ?? 1) * 1_000).toISOString();
  return JSON.stringify({
    '@context': [context],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: event.time,
    epcisBody: {
      eventList: [
        {
          eventID: event.id,
          eventTime: event.time,
          eventTimeZoneOffset: offsetOf(event.time),
          action: 'OBSERVE',
          bizStep,
          ...things,
          ...(data.place === undefined ? {} : { readPoint: { id: locodeList + data.place } }),
          ...(event.retracted ? { errorDeclaration: { declarationTime: declaredAt, reason: 'did_not_occur' } } : {}),
        },
      ],
    },
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

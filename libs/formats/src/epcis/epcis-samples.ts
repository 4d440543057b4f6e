/** Messages that show EPCIS 2.0 at Zhengzhou, and each fault that a sender can make. */
import type { FormatSample } from '../format-sample.js';

const zhengzhou = { id: 'https://vocabulary.uncefact.org/unlocode#CNZGZ' };

const pallet = {
  eventID: 'urn:uuid:5f0c1f0e-6f3b-4f4e-9a57-0d1f7a3c1e01',
  type: 'AggregationEvent',
  action: 'OBSERVE',
  bizStep: 'receiving',
  disposition: 'in_progress',
  eventTime: '2026-03-03T01:15:00.000Z',
  eventTimeZoneOffset: '+08:00',
  parentID: 'urn:epc:id:sscc:6901234.1234567890',
  childEPCs: ['urn:epc:id:sgtin:6901234.012345.1', 'https://id.gs1.org/01/06901234123456/21/2'],
  childQuantityList: [
    { epcClass: 'urn:epc:idpat:sgtin:6901234.098765.*', quantity: 10 },
    { epcClass: 'urn:epc:class:lgtin:6901234.012345.L7', quantity: 200.5, uom: 'KGM' },
  ],
  readPoint: zhengzhou,
};

const departure = {
  type: 'ObjectEvent',
  action: 'OBSERVE',
  bizStep: 'https://ref.gs1.org/cbv/BizStep-departing',
  eventTime: '2026-03-03T20:40:00+08:00',
  eventTimeZoneOffset: '+08:00',
  epcList: ['urn:epc:id:bic:CSQU3054383'],
  readPoint: zhengzhou,
};

const flight = {
  type: 'TransactionEvent',
  action: 'OBSERVE',
  bizStep: 'departing',
  eventTime: '2026-03-03T12:40:00+08:00',
  eventTimeZoneOffset: '+08:00',
  bizTransactionList: [{ bizTransaction: 'https://airline.example.com/awb/172-40117254' }],
  epcList: ['urn:epc:id:sscc:6901234.1234567890'],
  quantityList: [{ epcClass: 'urn:epc:class:lgtin:6901234.012345.L7', quantity: 1450.5, uom: 'KGM' }],
  readPoint: { id: 'https://id.example.com/airport/CGO' },
};

const documentOf = (...eventList: readonly object[]) => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-03T13:00:00Z',
  epcisBody: { eventList },
});
const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const invalid = (name: string, says: string, change: object): FormatSample => ({
  name,
  valid: false,
  says,
  text: json(documentOf({ ...pallet, ...change })),
});

export const epcisSamples: readonly FormatSample[] = [
  {
    name: 'aggregation-received',
    valid: true,
    says: 'A pallet of ten pieces and 200.5 kg was received at Zhengzhou.',
    text: json(documentOf(pallet)),
    eventsAccepted: 1,
  },
  {
    name: 'single-event-without-id',
    valid: true,
    says: 'Container CSQU3054383 departed; the event is named by its hash.',
    text: json(departure),
    eventsAccepted: 1,
  },
  {
    name: 'air-waybill',
    valid: true,
    says: 'A pallet left by air under waybill 172-40117254, 1450.5 kg.',
    text: json([flight]),
    eventsAccepted: 1,
  },
  {
    name: 'query-document',
    valid: true,
    says: 'The answer to a query, with two events.',
    text: json({
      ...documentOf(),
      type: 'EPCISQueryDocument',
      epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList: [pallet, departure] } } },
    }),
    eventsAccepted: 2,
  },
  {
    name: 'error-declaration',
    valid: true,
    says: 'The pallet was never received; the event of the same id is taken back.',
    text: json(
      documentOf({
        ...pallet,
        errorDeclaration: { declarationTime: '2026-03-04T00:00:00Z', reason: 'did_not_occur' },
      }),
    ),
    eventsAccepted: 1,
  },
  invalid('type-unknown', 'There is no such type of event.', { type: 'ShippingEvent' }),
  invalid('action-missing', 'An aggregation says whether it is added, observed or deleted.', { action: undefined }),
  invalid('time-missing', 'The event does not say when it happened.', { eventTime: undefined }),
  invalid('time-without-offset', 'The time has no offset.', { eventTime: '2026-03-03T09:15:00' }),
  invalid('offset-missing', 'The offset of the local clock is required.', { eventTimeZoneOffset: undefined }),
  invalid('offset-malformed', 'An offset is hours and minutes with a sign.', { eventTimeZoneOffset: 'Asia/Shanghai' }),
  invalid('nothing-named', 'The event does not say what it is about.', {
    parentID: undefined,
    childEPCs: [],
    childQuantityList: [],
  }),
  invalid('container-check-digit', 'The check digit of the container is 3 and not 4.', {
    parentID: 'urn:epc:id:bic:CSQU3054384',
  }),
  invalid('waybill-check-digit', 'The last digit of the waybill number is 4 and not 5.', {
    bizTransactionList: [{ bizTransaction: 'urn:iata:awb:172-40117255' }],
  }),
  invalid('pieces-fractional', 'A quantity without a unit is a whole number of pieces.', {
    childQuantityList: [{ epcClass: 'urn:epc:idpat:sgtin:6901234.098765.*', quantity: 1.5 }],
  }),
  invalid('declaration-without-time', 'Nobody knows when the event was declared wrong.', {
    errorDeclaration: { reason: 'did_not_occur' },
  }),
  {
    name: 'equal-names',
    valid: false,
    says: 'The event holds eventID twice.',
    text: json(documentOf(pallet)).replace('"action"', '"eventID": "urn:uuid:another",\n        "action"'),
  },
  { name: 'not-json', valid: false, says: 'The document is not closed.', text: json(documentOf(pallet)).slice(0, -1) },
];

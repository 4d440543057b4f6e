/** Messages that show ONE Record at Zhengzhou, and each fault that a sender can make. */
import type { FormatSample } from '../format-sample.js';

const context = { cargo: 'https://onerecord.iata.org/ns/cargo#' };
const statusCode = (code: string) => ({ '@id': `https://onerecord.iata.org/ns/code-lists/StatusCode#${code}` });
const at = (time: string) => ({ '@type': 'http://www.w3.org/2001/XMLSchema#dateTime', '@value': time });

const shipment = {
  '@id': 'https://1r.example.com/logistics-objects/shipment-4711',
  '@type': 'cargo:Shipment',
  'cargo:waybill': {
    '@type': 'cargo:Waybill',
    'cargo:waybillPrefix': '172',
    'cargo:waybillNumber': '40117254',
    'cargo:departureLocation': { 'cargo:locationCodes': [{ 'cargo:code': 'CGO' }] },
    'cargo:arrivalLocation': { 'cargo:locationCodes': [{ 'cargo:code': 'LUX' }] },
  },
};

const departure = {
  '@context': context,
  '@type': 'cargo:StatusUpdateEvent',
  'cargo:eventDate': at('2026-03-03T12:40:00+08:00'),
  'cargo:eventCode': statusCode('DEP'),
  'cargo:eventTimeType': { '@id': 'cargo:ACTUAL', '@type': 'cargo:EventTimeType' },
  'cargo:eventFor': shipment,
  'cargo:eventLocation': { '@type': 'cargo:Location', 'cargo:locationCodes': [{ 'cargo:code': 'CGO' }] },
  'cargo:recordedPieceCount': 20,
  'cargo:recordedWeight': { 'cargo:numericalValue': 1450.5, 'cargo:unit': { '@id': 'cargo:KGM' } },
  'cargo:transportMovementReference': { 'cargo:transportIdentifier': 'CV9727' },
};

const arrival = {
  '@context': { '@vocab': 'https://onerecord.iata.org/ns/cargo#' },
  '@id': 'https://1r.example.com/logistics-objects/172-40117254/logistics-events/0001',
  '@type': 'LogisticsEvent',
  eventDate: at('2026-03-04T03:05:00Z'),
  eventCode: { '@id': 'https://onerecord.iata.org/ns/coreCodeLists#StatusCode_RCF' },
  eventTimeType: { '@id': 'https://onerecord.iata.org/ns/cargo#ACTUAL' },
  recordedAtLocation: { '@id': 'https://1r.example.com/logistics-objects/CGO' },
};

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const invalid = (name: string, says: string, change: object): FormatSample => ({
  name,
  valid: false,
  says,
  text: json({ ...departure, ...change }),
});

export const oneRecordSamples: readonly FormatSample[] = [
  {
    name: 'status-update',
    valid: true,
    says: 'Air waybill 172-40117254 left Zhengzhou for Luxembourg on CV9727: 20 pieces of 1450.5 kg.',
    text: json(departure),
    eventsAccepted: 1,
  },
  {
    name: 'vocabulary-without-prefix',
    valid: true,
    says: 'The waybill arrived at Zhengzhou; it is told in the IRI of the event alone.',
    text: json(arrival),
    eventsAccepted: 1,
  },
  {
    name: 'several-objects',
    valid: true,
    says: 'One departure of a shipment and two of its pieces makes three events.',
    text: json({
      ...departure,
      '@type': 'cargo:LogisticsEvent',
      'cargo:recordedPieceCount': undefined,
      'cargo:recordedWeight': undefined,
      'cargo:eventFor': [
        shipment,
        { '@type': 'cargo:Piece', '@id': 'https://1r.example.com/logistics-objects/piece-1' },
        { '@type': 'cargo:Piece', '@id': 'https://1r.example.com/logistics-objects/piece-2' },
      ],
    }),
    eventsAccepted: 3,
  },
  {
    name: 'collection',
    valid: true,
    says: 'The answer of a server that lists two events: manifested, and booked, which counts nowhere.',
    text: json({
      '@context': { ...context, api: 'https://onerecord.iata.org/ns/api#' },
      '@type': 'api:Collection',
      'api:hasTotalItems': 2,
      'api:hasItem': [
        { ...departure, '@context': undefined, 'cargo:eventCode': statusCode('MAN') },
        { ...departure, '@context': undefined, 'cargo:eventCode': statusCode('BKD') },
      ],
    }),
    eventsAccepted: 2,
  },
  invalid('subject-missing', 'The event does not say which shipment it is about.', { 'cargo:eventFor': undefined }),
  invalid('waybill-check-digit', 'The last digit of the waybill number is 4 and not 5.', {
    'cargo:eventFor': { 'cargo:waybillPrefix': '172', 'cargo:waybillNumber': '40117255' },
  }),
  invalid('code-missing', 'The event does not say what happened.', { 'cargo:eventCode': undefined }),
  invalid('time-type-unknown', 'A time is ACTUAL, ESTIMATED, EXPECTED, PLANNED or REQUESTED.', {
    'cargo:eventTimeType': 'cargo:PERHAPS',
  }),
  invalid('time-missing', 'The event does not say when it happened.', { 'cargo:eventDate': undefined }),
  invalid('time-malformed', 'The time is no xsd:dateTime.', { 'cargo:eventDate': at('03MAR1240') }),
  invalid('local-time-without-place', 'A time without an offset is local, and nobody knows where.', {
    'cargo:eventDate': at('2026-03-03T12:40:00'),
    'cargo:eventLocation': { '@id': 'https://1r.example.com/logistics-objects/apron-7' },
  }),
  invalid('weight-unit', 'Weights are in kilograms or pounds.', {
    'cargo:recordedWeight': { 'cargo:numericalValue': 3, 'cargo:unit': { '@id': 'cargo:STN' } },
  }),
  invalid('weight-negative', 'A weight is not negative.', {
    'cargo:recordedWeight': { 'cargo:numericalValue': -3, 'cargo:unit': { '@id': 'cargo:KGM' } },
  }),
  invalid('pieces-fractional', 'Pieces are whole.', { 'cargo:recordedPieceCount': 1.5 }),
  invalid('no-event', 'A shipment is no event.', { '@type': 'cargo:Shipment' }),
  {
    name: 'equal-names',
    valid: false,
    says: 'The object holds @type twice.',
    text: json(departure).replace('"@type"', '"@type": "cargo:LogisticsEvent",\n  "@type"'),
  },
  { name: 'not-json', valid: false, says: 'The object is not closed.', text: json(departure).slice(0, -1) },
];

import { describe, expect, test } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { airStatuses } from '../air-statuses.js';
import { fastestMs } from '../test-pace.js';
import { testReader } from '../test-reading.js';
import { oneRecordFormat } from './one-record-format.js';
import { oneRecordSamples } from './one-record-samples.js';

const { context, itemsOf, eventsOf, eventOf } = testReader(oneRecordFormat, '/demo/CV');
const cargo = 'https://onerecord.iata.org/ns/cargo#';
const iri = (name: string): string => `https://1r.example.com/logistics-objects/${name}`;

const event = {
  '@context': { cargo },
  '@type': 'cargo:StatusUpdateEvent',
  'cargo:eventDate': { '@type': 'http://www.w3.org/2001/XMLSchema#dateTime', '@value': '2026-03-03T12:40:00+08:00' },
  'cargo:eventCode': { '@id': 'https://onerecord.iata.org/ns/code-lists/StatusCode#DEP' },
  'cargo:eventTimeType': { '@id': 'cargo:ACTUAL' },
  'cargo:eventFor': { '@id': iri('172-40117254'), '@type': 'cargo:Shipment' },
  'cargo:eventLocation': { '@id': iri('CGO') },
  'cargo:recordedPieceCount': { '@type': 'http://www.w3.org/2001/XMLSchema#int', '@value': '20' },
  'cargo:recordedWeight': { 'cargo:numericalValue': 1450.5, 'cargo:unit': 'KGM' },
  'cargo:transportMovementReference': { '@id': iri('CV9727/03MAR2026') },
};
const change = (changed: object) => ({ ...event, ...changed });

describe('a logistics event', () => {
  test('becomes an event of its air waybill', () => {
    expect(eventOf(event)).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^air:[0-9a-f]{40}$/),
      source: '/demo/CV',
      type: 'landbridge.air.event.v1',
      subject: '172-40117254',
      time: '2026-03-03T12:40:00+08:00',
      data: {
        classifier: 'actual',
        milestone: 'departed',
        hub: 'CGO',
        place: 'CNCGO',
        timeZone: 'Asia/Shanghai',
        corridor: 'air',
        direction: 'outbound',
        transport: { mode: 'air', carrier: 'CV', service: 'CV9727' },
        unit: { type: 'awb', id: '172-40117254' },
        links: [{ type: 'consignment', id: iri('172-40117254') }],
        quantities: { pieces: 20, weightGrams: 1_450_500 },
      },
    });
  });

  test('says the same in every spelling of JSON-LD', () => {
    const spelled = (prefix: string, contextValue: unknown): unknown => {
      const renamed = JSON.parse(JSON.stringify(event).replaceAll('cargo:', prefix)) as object;
      return { ...renamed, '@context': contextValue };
    };
    const renamedTerms = JSON.parse(JSON.stringify(event).replace('"cargo:eventDate"', '"when"')) as object;
    const spellings = [
      spelled('cargo:', undefined),
      spelled('cargo:', 'https://onerecord.iata.org/ns/cargo'),
      spelled('c:', { c: cargo }),
      spelled('', { '@vocab': cargo }),
      spelled('', undefined),
      spelled(cargo, {}),
      spelled('cargo:', ['https://example.com/context.jsonld', { cargo }]),
      { ...renamedTerms, '@context': { cargo, when: { '@id': 'cargo:eventDate', '@type': 'xsd:dateTime' } } },
      { ...renamedTerms, '@context': { cargo, when: 'moment', moment: 'cargo:eventDate' } },
      [event],
      { '@context': { cargo }, '@graph': [change({ '@context': undefined })] },
      change({ 'cargo:eventDate': '2026-03-03T12:40:00+08:00', 'cargo:eventFor': [event['cargo:eventFor']] }),
      change({ 'cargo:eventFor': { '@list': [event['cargo:eventFor']] } }),
      change({ 'cargo:eventFor': undefined, 'cargo:linkedObject': event['cargo:eventFor'] }),
    ];
    for (const spelling of spellings) expect(eventOf(spelling)).toEqual(eventOf(event));
  });

  test.each([
    ['https://onerecord.iata.org/ns/code-lists/StatusCode#DEP'],
    ['https://onerecord.iata.org/ns/coreCodeLists#StatusCode_DEP'],
    ['https://onerecord.iata.org/ns/code-lists/DEP'],
    ['cargo:DEP'],
    ['DEP'],
  ])('has the status of %s', (code) => {
    const of = (eventCode: unknown): string | undefined =>
      eventOf(change({ 'cargo:eventCode': eventCode })).data?.milestone;
    expect(of({ '@id': code })).toBe('departed');
    expect(of(code)).toBe('departed');
    expect(of({ '@id': iri('some-code'), 'cargo:code': code })).toBe('departed');
  });

  test.each(Object.entries(airStatuses))('has for the code %s the milestone of the shared table', (code, status) => {
    const { data } = eventOf(change({ 'cargo:eventCode': code }));
    expect(data).toMatchObject({ milestone: status.milestone, classifier: status.classifier });
  });

  test('keeps a status that nobody knows', () => {
    expect(eventOf(change({ 'cargo:eventCode': 'XYZ' })).data?.milestone).toBe('fsu-xyz');
    expect(eventOf(change({ 'cargo:eventCode': 'cargo:LeftTheBuilding' })).data?.milestone).toBe(
      'one-record-leftthebuilding',
    );
  });

  test.each([
    ['ACTUAL', 'actual'],
    ['ESTIMATED', 'estimated'],
    ['EXPECTED', 'estimated'],
    ['PLANNED', 'planned'],
    ['REQUESTED', 'planned'],
  ])('of the time type %s is %s', (timeType, classifier) => {
    for (const eventTimeType of [
      `cargo:${timeType}`,
      { '@id': `${cargo}${timeType}` },
      { '@id': `cargo:${timeType}`, '@type': 'x' },
    ])
      expect(eventOf(change({ 'cargo:eventTimeType': eventTimeType })).data?.classifier).toBe(classifier);
  });

  test('without a time type has happened, and a booking has not', () => {
    expect(eventOf(change({ 'cargo:eventTimeType': undefined })).data?.classifier).toBe('actual');
    expect(eventOf(change({ 'cargo:eventCode': 'BKD' })).data?.classifier).toBe('planned');
  });
});

describe('the subject', () => {
  const subjects = (changed: object): unknown[] => eventsOf(change(changed)).map(({ data }) => data?.unit);

  test('is the waybill that the object or another node of the message tells', () => {
    const awb = [{ type: 'awb', id: '172-40117254' }];
    const waybill = { 'cargo:waybillPrefix': '172', 'cargo:waybillNumber': '40117254' };
    expect(subjects({ 'cargo:eventFor': waybill })).toEqual(awb);
    expect(subjects({ 'cargo:eventFor': { 'cargo:waybillNumber': '172-40117254' } })).toEqual(awb);
    expect(subjects({ 'cargo:eventFor': { '@id': iri('4711'), 'cargo:waybill': waybill } })).toEqual(awb);
    expect(
      subjects({ 'cargo:eventFor': { '@id': iri('4711'), 'cargo:waybill': { '@id': iri('172-40117254') } } }),
    ).toEqual(awb);
    const graph = [
      change({ 'cargo:eventFor': { '@id': iri('4711') } }),
      { '@id': iri('4711'), 'cargo:waybill': waybill },
    ];
    expect(eventOf({ '@context': { cargo }, '@graph': graph }).subject).toBe('172-40117254');
  });

  test('is the object itself where no waybill is told', () => {
    expect(subjects({ 'cargo:eventFor': { '@id': iri('4711') } })).toEqual([{ type: 'consignment', id: iri('4711') }]);
  });

  test('is each of several objects, each once, and a piece is not its waybill', () => {
    const piece = { '@id': iri('172-40117254/pieces/1'), '@type': 'cargo:Piece' };
    const shipment = { '@id': iri('172-40117254'), '@type': 'cargo:Shipment' };
    expect(subjects({ 'cargo:eventFor': [shipment, piece, shipment] })).toEqual([
      { type: 'awb', id: '172-40117254' },
      { type: 'consignment', id: piece['@id'] },
    ]);
  });

  test("is in the event's own IRI, or the object that holds the event, where it names none", () => {
    const without = { 'cargo:eventFor': undefined };
    expect(subjects({ ...without, '@id': iri('172-40117254/logistics-events/1') })).toEqual([
      { type: 'awb', id: '172-40117254' },
    ]);
    expect(subjects({ ...without, '@id': iri('abcd/events/1') })).toEqual([{ type: 'consignment', id: iri('abcd') }]);
    const shipment = { '@context': { cargo }, '@type': 'cargo:Shipment', '@id': iri('4711') };
    const holder = { ...shipment, 'cargo:events': [change({ ...without, '@context': undefined })] };
    expect(eventOf(holder).subject).toBe(iri('4711'));
  });
});

describe('the identity', () => {
  const idOf = (changed: object): string => eventOf(change(changed)).id;

  test('does not depend on the @id, which a server gives later and senders use twice', () => {
    expect(idOf({ '@id': iri('x/logistics-events/1') })).toBe(idOf({}));
    expect(idOf({ 'cargo:recordedPieceCount': 21, 'cargo:eventName': 'departed' })).toBe(idOf({}));
    expect(idOf({ 'cargo:eventDate': '2026-03-03T04:40:00Z' })).toBe(idOf({}));
  });

  test('tells statements apart', () => {
    const ids = [
      {},
      { 'cargo:eventDate': '2026-03-05T12:41:00+08:00' },
      { 'cargo:eventCode': 'ARR' },
      { 'cargo:eventTimeType': 'cargo:PLANNED' },
      { 'cargo:eventLocation': { '@id': iri('FRA') } },
      { 'cargo:partialEventIndicator': true },
      { 'cargo:transportMovementReference': { 'cargo:transportIdentifier': 'CV9728' } },
      { 'cargo:eventFor': { '@id': iri('020-12345675') } },
    ].map(idOf);
    expect(new Set(ids).size).toBe(8);
    expect(idOf({ 'cargo:partialEventIndicator': { '@value': 'true' } })).toBe(ids[5]);
  });
});

describe('place, direction and quantities', () => {
  const dataOf = (changed: object): CanonicalEvent['data'] => eventOf(change(changed)).data;
  const location = (code: string) => ({ 'cargo:locationCodes': [{ 'cargo:code': code }] });
  const bound = (from: string, to: string) => ({
    'cargo:waybillPrefix': '172',
    'cargo:waybillNumber': '40117254',
    'cargo:departureLocation': location(from),
    'cargo:arrivalLocation': location(to),
  });

  test('are told by codes or IRIs of locations', () => {
    for (const place of [location('CGO'), location('CNCGO'), { '@id': iri('CGO') }, 'CGO', { 'cargo:code': 'CGO' }])
      expect(dataOf({ 'cargo:eventLocation': place })?.place).toBe('CNCGO');
    expect(dataOf({ 'cargo:eventLocation': undefined, 'cargo:recordedAtLocation': { '@id': iri('FRA') } })?.place).toBe(
      'DEFRA',
    );
  });

  test('of an event at an unknown place are in transit', () => {
    for (const place of [{ '@id': iri('apron') }, { '@id': iri('FRANK') }, undefined])
      expect(dataOf({ 'cargo:eventLocation': place })).toMatchObject({ direction: 'transit' });
    expect(dataOf({ 'cargo:eventLocation': { '@id': iri('apron') } })).not.toHaveProperty('place');
  });

  test('follow the whole waybill where it is described', () => {
    expect(dataOf({ 'cargo:eventFor': bound('CGO', 'LUX') })).toMatchObject({ direction: 'outbound', partner: 'LU' });
    expect(dataOf({ 'cargo:eventFor': bound('LUX', 'CGO') })).toMatchObject({ direction: 'inbound', partner: 'LU' });
    expect(dataOf({ 'cargo:eventFor': bound('LUX', 'HKG') })).toMatchObject({ direction: 'transit' });
  });

  test('come from the flight where the event names no place', () => {
    const movement = { 'cargo:transportIdentifier': 'CV9727', 'cargo:departureLocation': location('CGO') };
    expect(dataOf({ 'cargo:eventLocation': undefined, 'cargo:transportMovementReference': movement })).toMatchObject({
      place: 'CNCGO',
      direction: 'outbound',
    });
  });

  test.each([
    [{ 'cargo:numericalValue': 0.001, 'cargo:unit': 'KGM' }, 1],
    [
      {
        'cargo:numericalValue': { '@value': '100.25' },
        'cargo:unit': { '@id': 'https://vocabulary.uncefact.org/W#KGM' },
      },
      100_250,
    ],
    [{ 'cargo:value': 1, 'cargo:unit': 'LBR' }, 454],
    [{ 'cargo:numericalValue': 2, 'cargo:unit': 'TNE' }, 2_000_000],
  ])('weigh %j', (weight, grams) => {
    expect(dataOf({ 'cargo:recordedWeight': weight })?.quantities?.weightGrams).toBe(grams);
  });

  test('of a whole shipment are its own weight, of a part none but the recorded', () => {
    const shipment = {
      ...bound('CGO', 'LUX'),
      'cargo:totalGrossWeight': { 'cargo:numericalValue': 9, 'cargo:unit': 'KGM' },
    };
    const without = {
      'cargo:recordedWeight': undefined,
      'cargo:recordedPieceCount': undefined,
      'cargo:eventFor': shipment,
    };
    expect(dataOf(without)?.quantities).toEqual({ weightGrams: 9_000 });
    expect(dataOf({ ...without, 'cargo:partialEventIndicator': true })?.quantities).toBeUndefined();
  });

  test('of a time without an offset are read at the place', () => {
    expect(
      eventOf(change({ 'cargo:eventDate': '2026-07-03T12:40:00', 'cargo:eventLocation': { '@id': iri('FRA') } })).time,
    ).toBe('2026-07-03T12:40:00+02:00');
  });
});

describe('faults', () => {
  const path = (name: string): string => `$["cargo:${name}"]`;
  test.each([
    [{ 'cargo:eventFor': undefined }, 'invalid_message', '$'],
    [{ 'cargo:eventFor': {} }, 'invalid_message', path('eventFor')],
    [{ 'cargo:eventFor': { '@id': iri('172-40117256') } }, 'check_digit', path('eventFor')],
    [{ 'cargo:eventCode': undefined }, 'invalid_message', '$'],
    [{ 'cargo:eventCode': {} }, 'invalid_message', path('eventCode')],
    [{ 'cargo:eventTimeType': 'SOON' }, 'invalid_message', path('eventTimeType')],
    [{ 'cargo:eventDate': undefined }, 'time_missing', '$'],
    [{ 'cargo:eventDate': '2026-02-30T12:40:00' }, 'invalid_time', path('eventDate')],
    [{ 'cargo:eventDate': '1999-03-03T12:40:00Z' }, 'invalid_time', path('eventDate')],
    [
      { 'cargo:eventDate': '2026-03-03T12:40:00', 'cargo:eventLocation': undefined },
      'unknown_place',
      path('eventDate'),
    ],
    [{ 'cargo:recordedPieceCount': -1 }, 'quantity_out_of_range', path('recordedPieceCount')],
    [{ 'cargo:recordedPieceCount': '1.5' }, 'quantity_out_of_range', path('recordedPieceCount')],
    [{ 'cargo:recordedWeight': { 'cargo:unit': 'KGM' } }, 'quantity_out_of_range', path('recordedWeight')],
    [
      { 'cargo:recordedWeight': { 'cargo:numericalValue': 1e13, 'cargo:unit': 'KGM' } },
      'quantity_out_of_range',
      path('recordedWeight'),
    ],
  ])('of %j', (changed, code, at) => {
    const [item] = itemsOf(change(changed));
    expect(item).toMatchObject({
      ok: false,
      fault: { code, path: at, rule: expect.any(String), expected: expect.any(String) },
    });
  });

  test('of the message refuse it', () => {
    const read = (value: unknown) =>
      oneRecordFormat.read(Buffer.from(JSON.stringify(value)), { ...context, eventsMax: 1 });
    expect(read({ '@type': 'cargo:Shipment' })).toMatchObject({ ok: false, fault: { code: 'unsupported_message' } });
    expect(read([event, event])).toMatchObject({ ok: false, fault: { code: 'too_many_events', path: '$[1]' } });
    const objects = Array.from({ length: 100_000 }, (_, index) => ({ '@id': `urn:object:${index}` }));
    const many = { ...event, 'cargo:eventFor': objects };
    expect(read(many)).toMatchObject({ ok: false, fault: { code: 'too_many_events', path: '$' } });
  });
});

test('contexts of many nodes inside of a large one cost no more than their own terms', () => {
  const large = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, index) => [`term${index}`, 'https://a.example/']),
  );
  const nodes = Array.from({ length: 4_000 }, () => event);
  const text = JSON.stringify({ '@context': large, '@graph': nodes });
  const read = () => oneRecordFormat.read(Buffer.from(text), { ...context, eventsMax: 5_000 });
  // Copying the outer terms into each node's took over a minute.
  const processorMs = fastestMs(() => expect(read()).toMatchObject({ ok: true }), 1);
  expect(processorMs).toBeLessThan(15_000);
});

describe('samples', () => {
  test.each(oneRecordSamples)('$name', ({ text, valid, eventsAccepted = 0 }) => {
    const reading = oneRecordFormat.read(Buffer.from(text), context);
    const items = reading.ok ? reading.items : [];
    const accepted = items.filter((item) => item.ok && checkEvent(item.event).ok);
    expect(accepted).toHaveLength(eventsAccepted);
    expect(reading.ok && accepted.length === items.length).toBe(valid);
    if (valid) expect(oneRecordFormat.recognises(Buffer.from(text))).toBe(true);
  });
});

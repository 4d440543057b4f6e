import { describe, expect, test } from '@jest/globals';
import { checkEvent, linksMax, type CanonicalEvent } from '@landbridge/contracts';
import { testReader } from '../test-reading.js';
import { bizSteps, cbvWordOf, milestoneOfStep, stepOfMilestone } from './biz-steps.js';
import { epcisFormat } from './epcis-format.js';
import { epcisSamples } from './epcis-samples.js';
import { eventHashId } from './event-hash.js';

const { context, itemsOf, eventOf } = testReader(epcisFormat, '/demo/GS1');

const pallet = 'https://id.gs1.org/00/169012342345678902';
const locode = (code: string) => ({ id: `https://vocabulary.uncefact.org/unlocode#${code}` });
const event = {
  eventID: 'urn:uuid:1',
  type: 'AggregationEvent',
  action: 'OBSERVE',
  bizStep: 'departing',
  eventTime: '2026-03-03T01:15:00.5Z',
  eventTimeZoneOffset: '+08:00',
  parentID: 'urn:epc:id:sscc:6901234.1234567890',
  childEPCs: ['urn:epc:id:sgtin:6901234.012345.2', 'urn:epc:id:sgtin:6901234.012345.1'],
  childQuantityList: [{ quantity: 10 }, { quantity: 200.5, uom: 'KGM' }, { quantity: 3, uom: 'MTR' }],
  readPoint: locode('CNZGZ'),
};
const change = (changed: object) => ({ ...event, ...changed });
const item = (serial: number): string => `https://id.gs1.org/01/06901234123456/21/${serial}`;

describe('an EPCIS event', () => {
  test('becomes one event of its parent, in its own offset', () => {
    expect(eventOf(event)).toEqual({
      specversion: '1.0',
      id: 'urn:uuid:1',
      source: '/demo/GS1',
      type: 'landbridge.port.event.v1',
      subject: pallet,
      time: '2026-03-03T09:15:00.500+08:00',
      data: {
        classifier: 'actual',
        milestone: 'departed',
        hub: 'CGO',
        place: 'CNZGZ',
        timeZone: 'Asia/Shanghai',
        corridor: 'land',
        direction: 'outbound',
        unit: { type: 'consignment', id: pallet },
        links: [1, 2].map((serial) => ({ type: 'consignment', id: item(serial) })),
        quantities: { pieces: 10, weightGrams: 200_500 },
      },
    });
  });

  test('is found in a document, a query answer, a list and alone', () => {
    const eventList = [event];
    const messages = [
      { type: 'EPCISDocument', epcisBody: { eventList } },
      { type: 'EPCISQueryDocument', epcisBody: { queryResults: { resultsBody: { eventList } } } },
      { eventList },
      eventList,
      { epcisBody: { event } },
      event,
    ];
    for (const message of messages) expect(eventOf(message)).toEqual(eventOf(event));
    expect(messages.map((message) => itemsOf(message)[0]).map((found) => found?.ok && found.path)).toEqual([
      '$.epcisBody.eventList[0]',
      '$.epcisBody.queryResults.resultsBody.eventList[0]',
      '$.eventList[0]',
      '$[0]',
      '$.epcisBody.event',
      '$',
    ]);
  });

  test('of every type has a subject', () => {
    const of = (type: string, lists: object): string =>
      eventOf({ ...event, parentID: undefined, childEPCs: undefined, childQuantityList: undefined, type, ...lists })
        .subject;
    expect(of('ObjectEvent', { epcList: [item(2), item(1)] })).toBe(item(1));
    expect(
      of('ObjectEvent', { quantityList: [{ epcClass: 'urn:epc:class:lgtin:6901234.012345.L7', quantity: 1 }] }),
    ).toBe('https://id.gs1.org/01/06901234123456/10/L7');
    expect(of('TransactionEvent', { parentID: pallet, epcList: [item(1)] })).toBe(pallet);
    expect(of('AssociationEvent', { parentID: pallet })).toBe(pallet);
    expect(of('TransformationEvent', { inputEPCList: [item(1)], outputEPCList: [item(9)], action: undefined })).toBe(
      item(9),
    );
  });

  test('has the same subject however its things are spelled and ordered', () => {
    const of = (epcList: readonly string[]): unknown =>
      eventOf(change({ type: 'ObjectEvent', parentID: undefined, childEPCs: undefined, epcList }));
    const urns = ['urn:epc:id:sgtin:6901234.012345.2', 'urn:epc:id:sgtin:6901234.012345.1'];
    expect(of(urns)).toEqual(of([item(1), item(2)]));
    expect(of(urns)).toEqual(of(['https://shop.example/gtin/06901234123456/ser/1?x=1', item(2), item(2)]));
  });

  test('names a bounded number of links', () => {
    const childEPCs = Array.from({ length: 5_000 }, (_, index) => item(index));
    expect(eventOf(change({ childEPCs })).data?.links).toHaveLength(linksMax);
  });

  test('without an id is named by its hash, with the contexts of its document', () => {
    const { eventID: _, ...unnamed } = event;
    expect(eventOf(unnamed).id).toBe(eventHashId(unnamed));
    const extended = { ...unnamed, 'a:b': 1 };
    const contexts = [{ a: 'https://a.example/' }];
    expect(eventOf({ '@context': contexts, epcisBody: { eventList: [extended] } }).id).toBe(
      eventHashId(extended, contexts),
    );
  });

  test('that was declared wrong takes back the event of the same id and subject', () => {
    for (const reason of ['did_not_occur', 'incorrect_data']) {
      const errorDeclaration = { declarationTime: '2026-03-04T00:00:00Z', reason, correctiveEventIDs: ['urn:uuid:2'] };
      const { data: _, ...original } = eventOf(event);
      expect(eventOf(change({ errorDeclaration }))).toEqual({ ...original, revision: 825_897_600, retracted: true });
      const { eventID: __, ...unnamed } = event;
      expect(eventOf({ ...unnamed, errorDeclaration }).id).toBe(eventOf(unnamed).id);
    }
  });
});

describe('the system', () => {
  const of = (changed: object): unknown => {
    const { type, data } = eventOf(change(changed));
    return [type.split('.')[1], data?.unit.type, data?.unit.id];
  };
  test('is air for an air waybill among the transactions', () => {
    for (const bizTransaction of [
      'urn:iata:awb:020-12345675',
      'https://airline.example.com/awb/020-12345675',
      '020-12345675',
    ])
      expect(of({ bizTransactionList: [{ type: 'po', bizTransaction: 'urn:x:1' }, { bizTransaction }] })).toEqual([
        'air',
        'awb',
        '020-12345675',
      ]);
    expect(of({ bizTransactionList: [{ bizTransaction: 'urn:order:020-12345678' }] })).toEqual([
      'port',
      'consignment',
      pallet,
    ]);
  });
  test('is rail for a wagon and for the passage of a train', () => {
    expect(of({ parentID: 'urn:epc:id:giai:6901234.218124712173' })).toEqual(['rail', 'wagon', '218124712173']);
    const bizTransactionList = [{ type: 'urn:gs1:epcisapp:rail:btt:passage', bizTransaction: 'urn:x:1' }];
    expect(of({ parentID: 'urn:epc:id:giai:952005385.w2', bizTransactionList })).toEqual([
      'rail',
      'wagon',
      'https://id.gs1.org/8004/952005385w2',
    ]);
  });
  test('is the port for a container and for everything else', () => {
    expect(of({ parentID: 'urn:epc:id:bic:CSQU3054383' })).toEqual(['port', 'container', 'CSQU3054383']);
    expect(of({ parentID: 'urn:epc:id:grai:4012345.55555.987' })).toEqual([
      'port',
      'consignment',
      'https://id.gs1.org/8003/04012345555554987',
    ]);
  });
});

describe('places and directions', () => {
  const dataOf = (changed: object): CanonicalEvent['data'] => eventOf(change(changed)).data;
  test.each([
    [{ id: 'urn:un:unece:locode:CNCGO' }, 'CNCGO'],
    [{ id: 'https://example.com/airport/CGO' }, 'CNCGO'],
    [{ id: 'urn:iata:CGO' }, 'CNCGO'],
    ['urn:locode:DEHAM', 'DEHAM'],
    [{ id: 'urn:epc:id:sgln:0614141.07346.1234' }, undefined],
    [{ id: 'geo:34.5,113.8' }, undefined],
    [{ id: 'https://example.com/CNCGO' }, undefined],
    [undefined, undefined],
  ])('the read point %j is at %s', (readPoint, place) => {
    const data = dataOf({ readPoint });
    expect(data?.place).toBe(place);
    if (place === undefined) expect(data?.direction).toBe('transit');
  });

  test('the business location stands in for the read point', () => {
    expect(dataOf({ readPoint: { id: 'geo:1,2' }, bizLocation: locode('CNTAO') })?.place).toBe('CNTAO');
  });

  test('source and destination tell the whole movement', () => {
    const from = (code: string) => [
      { type: 'owning_party', source: 'urn:x:y' },
      { type: 'location', source: locode(code).id },
    ];
    const to = (code: string) => [{ type: 'location', destination: locode(code).id }];
    expect(dataOf({ sourceList: from('CNZGZ'), destinationList: to('DEHAM') })).toMatchObject({
      direction: 'outbound',
      partner: 'DE',
    });
    expect(dataOf({ sourceList: from('DEHAM'), destinationList: to('CNZGZ') })).toMatchObject({
      direction: 'inbound',
      partner: 'DE',
    });
    expect(dataOf({ sourceList: from('CNTAO'), destinationList: to('DEHAM') })).toMatchObject({ direction: 'transit' });
  });
});

describe('business steps', () => {
  test.each(Object.entries(bizSteps))('%s', (word, milestone) => {
    const expected = milestone ?? `epcis-${word.replaceAll('_', '-')}`;
    for (const step of [
      word,
      `urn:epcglobal:cbv:bizstep:${word}`,
      `https://ref.gs1.org/cbv/BizStep-${word}`,
      `cbv:BizStep-${word}`,
    ]) {
      expect(cbvWordOf(step)).toBe(word);
      expect(milestoneOfStep(step)).toBe(expected);
    }
    expect(milestoneOfStep(stepOfMilestone(expected)!)).toBe(expected);
    expect(eventOf(change({ bizStep: word })).data?.milestone).toBe(expected);
  });

  test('of a sender are kept', () => {
    expect(milestoneOfStep('http://epcis.example.org/hc/bizstep/summarising_discharge')).toBe(
      'epcis-summarising-discharge',
    );
    expect(milestoneOfStep('constructor')).toBe('epcis-constructor');
    expect(eventOf(change({ bizStep: undefined })).data?.milestone).toBe('epcis-aggregation');
    expect(stepOfMilestone('constructor')).toBeUndefined();
  });
});

describe('faults', () => {
  test.each([
    [{ type: 'X' }, 'invalid_message', '$.type'],
    [{ type: undefined }, 'invalid_message', '$.type'],
    [{ action: 'MOVE' }, 'invalid_message', '$.action'],
    [{ eventTime: undefined }, 'time_missing', '$.eventTime'],
    [{ eventTime: '2026-03-03T09:15:00' }, 'invalid_time', '$.eventTime'],
    [{ eventTimeZoneOffset: undefined }, 'invalid_message', '$.eventTimeZoneOffset'],
    [{ eventTimeZoneOffset: '+15:00' }, 'invalid_time', '$.eventTimeZoneOffset'],
    [{ parentID: undefined, childEPCs: undefined }, 'invalid_message', '$.parentID'],
    [{ childEPCs: ['urn:epc:id:bic:CSQU3054384'] }, 'check_digit', '$.childEPCs[0]'],
    [
      { bizTransactionList: [{ bizTransaction: 'urn:iata:awb:020-12345674' }] },
      'check_digit',
      '$.bizTransactionList[0].bizTransaction',
    ],
    [{ childQuantityList: [{ quantity: 1.5 }] }, 'quantity_out_of_range', '$.childQuantityList[0].quantity'],
    [{ childQuantityList: [{ quantity: -1, uom: 'KGM' }] }, 'quantity_out_of_range', '$.childQuantityList[0].quantity'],
    [
      {
        childQuantityList: [
          { quantity: 1e9, uom: 'KGM' },
          { quantity: 1e9, uom: 'KGM' },
        ],
      },
      'quantity_out_of_range',
      '$.childQuantityList[1].quantity',
    ],
    [{ errorDeclaration: {} }, 'time_missing', '$.errorDeclaration.declarationTime'],
  ])('of %j', (changed, code, path) => {
    expect(itemsOf(change(changed))[0]).toMatchObject({
      ok: false,
      id: 'urn:uuid:1',
      fault: { code, path, rule: expect.any(String), expected: expect.any(String) },
    });
  });

  test('of one event leave the others standing, and of the message refuse it', () => {
    expect(itemsOf([event, 7, event]).map(({ ok }) => ok)).toEqual([true, false, true]);
    const read = (value: unknown) => epcisFormat.read(Buffer.from(JSON.stringify(value)), { ...context, eventsMax: 1 });
    expect(read([])).toMatchObject({ ok: false, fault: { code: 'empty_batch', path: '$' } });
    expect(read({ type: 'EPCISDocument', epcisBody: {} })).toMatchObject({ ok: false, fault: { code: 'empty_batch' } });
    expect(read([event, event])).toMatchObject({ ok: false, fault: { code: 'too_many_events' } });
  });
});

describe('samples', () => {
  test.each(epcisSamples)('$name', ({ text, valid, eventsAccepted = 0 }) => {
    const reading = epcisFormat.read(Buffer.from(text), context);
    const items = reading.ok ? reading.items : [];
    const accepted = items.filter((item) => item.ok && checkEvent(item.event).ok);
    expect(accepted).toHaveLength(eventsAccepted);
    expect(reading.ok && accepted.length === items.length).toBe(valid);
    if (valid) expect(epcisFormat.recognises(Buffer.from(text))).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import { checkEvent } from '@landbridge/contracts';
import { testReader } from '../test-reading.js';
import { dcsaRows } from './dcsa-codes.js';
import { dcsaFormat } from './dcsa-format.js';
import { dcsaSamples } from './dcsa-samples.js';

const { context, itemsOf, eventOf, faultOf } = testReader(dcsaFormat, '/demo/ZIH');

const flat = {
  eventID: 'e-1',
  eventCreatedDateTime: '2026-03-03T02:00:00Z',
  eventType: 'EQUIPMENT',
  eventClassifierCode: 'ACT',
  eventDateTime: '2026-03-03T09:15:00+08:00',
  equipmentEventTypeCode: 'LOAD',
  equipmentReference: 'APZU4812090',
  ISOEquipmentCode: '22G1',
  eventLocation: { UNLocationCode: 'CNZGZ' },
};
const nested = {
  eventID: 'n-1',
  eventDateTime: '2026-03-03T09:15:00+08:00',
  eventUpdatedDateTime: '2026-03-03T02:00:00Z',
  eventLocation: { UNLocationCode: 'CNZGZ' },
  eventClassification: { eventTypeCode: 'EQUIPMENT', eventClassifierCode: 'ACT', equipmentEventTypeCode: 'LOAD' },
  equipmentDetails: { equipmentReference: 'APZU4812090', ISOEquipmentCode: '22G1', movementType: 'EXPORT' },
};

describe('a DCSA event', () => {
  test('of an equipment becomes an event of its container', () => {
    expect(eventOf([flat])).toEqual({
      specversion: '1.0',
      id: 'e-1',
      source: '/demo/ZIH',
      type: 'landbridge.port.event.v1',
      subject: 'APZU4812090',
      time: '2026-03-03T09:15:00+08:00',
      data: {
        classifier: 'actual',
        milestone: 'loaded',
        hub: 'CGO',
        place: 'CNZGZ',
        timeZone: 'Asia/Shanghai',
        corridor: 'sea',
        direction: 'outbound',
        unit: { type: 'container', id: 'APZU4812090' },
        quantities: { teuHundredths: 100 },
      },
    });
  });

  test.each([
    ['RAIL', 'landbridge.rail.event.v1', 'land', 'rail'],
    ['VESSEL', 'landbridge.port.event.v1', 'sea', 'sea'],
    ['BARGE', 'landbridge.port.event.v1', 'sea', 'sea'],
    ['TRUCK', 'landbridge.port.event.v1', 'land', 'road'],
    ['MULTIMODAL', 'landbridge.port.event.v1', 'sea', undefined],
  ])('by %s is of the type %s', (modeOfTransport, type, corridor, mode) => {
    const event = eventOf([{ ...flat, transportCall: { modeOfTransport, exportVoyageNumber: 'V1' } }]);
    expect(event).toMatchObject({ type, data: { corridor } });
    expect(event.data?.transport?.mode).toBe(mode);
  });

  test.each([
    ['ACT', 'actual'],
    ['ESTIMATED', 'estimated'],
    ['EST', 'estimated'],
    ['PLN', 'planned'],
  ])('classified %s is %s', (eventClassifierCode, classifier) => {
    expect(eventOf([{ ...flat, eventClassifierCode }]).data?.classifier).toBe(classifier);
  });

  test('of a train is one event for each container it names', () => {
    const references = ['APZU4812090', 'CSQU3054383'].map((referenceValue) => ({
      referenceType: 'EQ',
      referenceValue,
    }));
    const transport = {
      ...flat,
      equipmentReference: undefined,
      eventType: 'TRANSPORT',
      transportEventTypeCode: 'ARRI',
      transportCall: { modeOfTransport: 'RAIL', UNLocationCode: 'CNZGZ', importVoyageNumber: 'X8024' },
    };
    const events = itemsOf([{ ...transport, references }]).map((item) => item.ok && item.event);
    expect(events).toMatchObject([
      { id: 'e-1@APZU4812090', data: { milestone: 'arrived', direction: 'inbound', transport: { service: 'X8024' } } },
      { id: 'e-1@CSQU3054383', data: { unit: { type: 'container', id: 'CSQU3054383' } } },
    ]);
    const booking = { documentReferences: [{ documentReferenceType: 'BKG', documentReferenceValue: 'B1' }] };
    expect(eventOf([{ ...transport, ...booking }])).toMatchObject({
      subject: 'B1',
      data: { unit: { type: 'consignment' } },
    });
    expect(
      eventOf([{ ...transport, transportCall: { ...transport.transportCall, transportCallID: 'T1' } }]).subject,
    ).toBe('T1');
  });

  test('without an id has the same identity however often it is created, and another for another time or place', () => {
    const idOf = (change: object): string => eventOf([{ ...flat, eventID: undefined, ...change }]).id;
    expect(idOf({})).toMatch(/^dcsa:[0-9a-f]{40}$/);
    expect(idOf({ eventCreatedDateTime: '2099-01-01T00:00:00Z', ISOEquipmentCode: '45G1' })).toBe(idOf({}));
    expect(idOf({ eventDateTime: '2026-03-03T01:15:00Z' })).toBe(idOf({}));
    const others = [
      { eventDateTime: '2026-03-03T09:16:00+08:00' },
      { eventLocation: { UNLocationCode: 'CNTAO' } },
      { eventClassifierCode: 'PLN' },
      { equipmentEventTypeCode: 'DISC' },
      { equipmentReference: 'CSQU3054383' },
    ];
    expect(new Set([{}, ...others].map(idOf)).size).toBe(6);
  });

  test('of version 2 is not judged by when it was created', () => {
    for (const eventCreatedDateTime of [undefined, '2021 01 01 14:12:56', '1999-01-01T00:00:00Z'])
      expect(eventOf([{ ...flat, eventCreatedDateTime }]).revision).toBeUndefined();
  });

  test('of version 3 is replaced by a later update and taken back by a retraction', () => {
    const first = eventOf({ events: [nested] });
    const later = eventOf({ events: [{ ...nested, eventUpdatedDateTime: '2026-03-03T02:00:01Z' }] });
    const retraction = eventOf({
      events: [
        { ...nested, eventUpdatedDateTime: '2026-03-03T02:00:02Z', isRetracted: true, eventClassification: undefined },
      ],
    });
    expect(later.id).toBe(first.id);
    expect(later.revision).toBe(first.revision! + 1);
    expect(retraction).toEqual({
      specversion: '1.0',
      id: 'n-1',
      source: '/demo/ZIH',
      type: first.type,
      subject: 'APZU4812090',
      time: nested.eventDateTime,
      revision: first.revision! + 2,
      retracted: true,
    });
  });

  test('of version 3 carries the party in its id, since ids are unique for each party only', () => {
    const of = (partyCode: string): string => {
      const originatingParty = { partyCode, codeListProvider: 'SMDG', codeListName: 'LCL' };
      return eventOf({ events: [{ ...nested, eventRouting: { originatingParty } }] }).id;
    };
    expect(of('ZIH')).toBe('n-1@SMDG:LCL:ZIH');
    expect(of('EXCO')).not.toBe(of('ZIH'));
  });

  test.each([
    ['EXPORT', 'outbound'],
    ['IMPORT', 'inbound'],
    ['TRANSSHIPMENT', 'transit'],
  ])('of version 3 for %s is %s at the hub and transit elsewhere', (movementType, direction) => {
    const at = (UNLocationCode: string): string | undefined =>
      eventOf({
        events: [
          {
            ...nested,
            eventLocation: { UNLocationCode },
            equipmentDetails: { ...nested.equipmentDetails, movementType },
          },
        ],
      }).data?.direction;
    expect(at('CNZGZ')).toBe(direction);
    expect(at('NLRTM')).toBe('transit');
  });

  test('of a booking is planned, and of a customs document is held or released without a direction', () => {
    const paper = {
      ...flat,
      equipmentReference: undefined,
      eventType: 'SHIPMENT',
      eventLocation: undefined,
      documentID: 'D1',
    };
    const of = (documentTypeCode: string, shipmentEventTypeCode: string): unknown =>
      eventOf([{ ...paper, documentTypeCode, shipmentEventTypeCode }]).data;
    expect(of('BKG', 'CONF')).toMatchObject({ milestone: 'booked', classifier: 'planned', direction: 'transit' });
    expect(of('TRD', 'CONF')).toMatchObject({ milestone: 'dcsa-conf', classifier: 'actual' });
    expect(of('CUS', 'HOLD')).toMatchObject({ milestone: 'held' });
    expect(of('CUS', 'RELS')).toMatchObject({ milestone: 'released', direction: 'transit' });
    expect(of('TRD', 'RELS')).toMatchObject({ milestone: 'dcsa-rels' });
  });

  test.each([
    ['IOT', 'DETC', 'dcsa-detc'],
    ['IOT', 'DOOR_OPENED', 'dcsa-door-opened'],
    ['REEFER', 'MEAS', 'dcsa-meas'],
    ['REEFER', 'ADJUSTED', 'dcsa-adju'],
  ])('of kind %s and code %s is kept as %s', (eventTypeCode, code, milestone) => {
    const eventClassification = {
      eventTypeCode,
      eventClassifierCode: 'ACT',
      [`${eventTypeCode.toLowerCase()}EventTypeCode`]: code,
    };
    expect(eventOf({ events: [{ ...nested, eventClassification }] }).data?.milestone).toBe(milestone);
  });

  test('of a kind that nobody knows is kept too', () => {
    expect(eventOf([{ ...flat, eventType: 'DRONE' }]).data?.milestone).toBe('dcsa-drone');
  });

  test('takes its place from the transport call or a BIC facility where it has no location of its own', () => {
    const place = (change: object): string | undefined =>
      eventOf([{ ...flat, eventLocation: undefined, ...change }]).data?.place;
    expect(place({ transportCall: { UNLocationCode: 'CNTAO' } })).toBe('CNTAO');
    expect(place({ transportCall: { location: { UNLocationCode: 'CNTAO' } } })).toBe('CNTAO');
    expect(place({ eventLocation: { facilityCode: 'AUMELNWQL', facilityCodeListProvider: 'BIC' } })).toBe('AUMEL');
    expect(place({ eventLocation: { facilityCode: 'ADT', facilityCodeListProvider: 'SMDG' } })).toBeUndefined();
    expect(place({})).toBeUndefined();
  });
});

describe('every code of the tables', () => {
  const cases = Object.entries(dcsaRows).flatMap(([kind, rows]) =>
    rows.map(([code, word, known]) => [kind, code, word, known]),
  );
  test.each(cases)('%s %s, in words %s', (kind, code, word, known) => {
    const of = (text: string | undefined): string | undefined => {
      const eventClassification = {
        eventTypeCode: kind,
        eventClassifierCode: 'ACT',
        [`${kind!.toLowerCase()}EventTypeCode`]: text,
      };
      const shipmentDetails = { documentReference: { typeCode: 'TRD', reference: 'D1' } };
      return eventOf({ events: [{ ...nested, eventClassification, shipmentDetails }] }).data?.milestone;
    };
    expect(of(code)).toBe(known ?? `dcsa-${code!.toLowerCase()}`);
    expect(of(word)).toBe(of(code));
  });
});

describe('faults', () => {
  test.each([
    [{ ...flat, equipmentReference: 'APZU4812091' }, 'check_digit', '$[0].equipmentReference'],
    [{ ...flat, equipmentReference: undefined }, 'invalid_message', '$[0].equipmentReference'],
    [{ ...flat, eventDateTime: '2019/11/12 07:41:00 +08:30' }, 'invalid_time', '$[0].eventDateTime'],
    [{ ...flat, eventDateTime: undefined }, 'time_missing', '$[0].eventDateTime'],
    [{ ...flat, eventClassifierCode: 'X' }, 'invalid_message', '$[0].eventClassifierCode'],
    [{ ...flat, eventType: undefined }, 'invalid_message', '$[0].eventType'],
    [{ ...flat, equipmentEventTypeCode: undefined }, 'invalid_message', '$[0].equipmentEventTypeCode'],
    [{ ...flat, eventLocation: { UNLocationCode: 'zz' } }, 'invalid_message', '$[0].eventLocation.UNLocationCode'],
    [{ ...nested, eventUpdatedDateTime: 'x' }, 'invalid_time', '$[0].eventUpdatedDateTime'],
    [
      { ...nested, equipmentDetails: undefined, isRetracted: true },
      'invalid_message',
      '$[0].equipmentDetails.equipmentReference',
    ],
    [7, 'invalid_message', '$[0]'],
    [null, 'invalid_message', '$[0]'],
  ])('of %j', (value, code, path) => {
    expect(faultOf([value])).toMatchObject({ code, path, rule: expect.any(String), expected: expect.any(String) });
  });

  test('of one event leave the others standing', () => {
    const items = itemsOf([flat, { ...flat, equipmentReference: 'APZU4812091' }, flat]);
    expect(items.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(items[1]).toMatchObject({ id: 'e-1' });
  });

  test('of the message refuse it', () => {
    const read = (text: string) => dcsaFormat.read(Buffer.from(text), { ...context, eventsMax: 1 });
    expect(read('[]')).toMatchObject({ ok: false, fault: { code: 'empty_batch' } });
    expect(read(JSON.stringify([flat, flat]))).toMatchObject({
      ok: false,
      fault: { code: 'too_many_events', path: '$[1]' },
    });
    expect(read('{')).toMatchObject({ ok: false, fault: { path: 'line 1, column 2' } });
  });
});

describe('samples', () => {
  test.each(dcsaSamples)('$name', ({ text, valid, eventsAccepted = 0 }) => {
    const reading = dcsaFormat.read(Buffer.from(text), context);
    const items = reading.ok ? reading.items : [];
    const accepted = items.filter((item) => item.ok && checkEvent(item.event).ok);
    expect(accepted).toHaveLength(eventsAccepted);
    expect(reading.ok && accepted.length === items.length).toBe(valid);
    if (valid) expect(dcsaFormat.recognises(Buffer.from(text))).toBe(true);
  });
});

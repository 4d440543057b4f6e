/** What the JSON formats write, they read as the same event, as far as the format can say it. */
import { describe, expect, test } from '@jest/globals';
import { checkEvent, eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { awbCheckDigit, containerCheckDigit } from '@landbridge/domain';
import * as fc from 'fast-check';
import { airStatuses } from '../air-statuses.js';
import { dcsaFormat } from '../dcsa/dcsa-format.js';
import { toDcsa } from '../dcsa/to-dcsa.js';
import { epcisFormat } from '../epcis/epcis-format.js';
import { toEpcis } from '../epcis/to-epcis.js';
import type { MessageFormat, ReadContext } from '../message-format.js';
import { oneRecordFormat } from '../one-record/one-record-format.js';
import { toOneRecord } from '../one-record/to-one-record.js';
import { headingOf, endsOfStatus } from '../movement-direction.js';

const context: ReadContext = { source: '/demo/x', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 4), eventsMax: 10 };

function readBack(format: MessageFormat, text: string | undefined): CanonicalEvent {
  const reading = format.read(Buffer.from(text ?? ''), context);
  if (!reading.ok) throw new Error(JSON.stringify([reading.fault, text]));
  const [item] = reading.items;
  if (item?.ok !== true) throw new Error(JSON.stringify([item, text]));
  expect(checkEvent(item.event)).toMatchObject({ ok: true });
  return item.event;
}

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const awbs = fc.tuple(digits(3), digits(7)).map(([prefix, serial]) => `${prefix}-${serial}${awbCheckDigit(serial)}`);
const containers = fc
  .tuple(fc.stringMatching(/^[A-Z]{3}$/), digits(6))
  .map(([owner, serial]) => `${owner}U${serial}${containerCheckDigit(`${owner}U${serial}`)}`);
const times = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}+08:00`);
const amounts = fc.integer({ min: 0, max: 1_000_000_000 });
const places = fc.constantFrom('CNZGZ', 'CNCGO', 'DEHAM', 'USJFK');
const zones = {
  CNZGZ: 'Asia/Shanghai',
  CNCGO: 'Asia/Shanghai',
  DEHAM: 'Europe/Berlin',
  USJFK: 'America/New_York',
} as const;
const services = fc.option(fc.stringMatching(/^[A-Z0-9][A-Z0-9.-]{0,9}$/), { nil: undefined });

/** An object without the names whose values are undefined, as JSON leaves them out. */
const compact = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function eventFrom(type: CanonicalEvent['type'], id: string, time: string, data: EventData): CanonicalEvent {
  return compact({ specversion: '1.0', id, source: context.source, type, subject: data.unit.id, time, data } as const);
}

describe('toDcsa', () => {
  const milestones = [
    'loaded',
    'discharged',
    'gate-in',
    'gate-out',
    'border-crossed',
    'arrived',
    'departed',
    'dcsa-stuf',
    'dcsa-meas',
  ];
  const events = fc
    .record({
      container: containers,
      time: times,
      milestone: fc.constantFrom(...milestones),
      place: places,
      classifier: fc.constantFrom('actual', 'planned', 'estimated'),
      service: services,
      isRail: fc.boolean(),
      paper: fc.option(fc.stringMatching(/^[A-Z0-9]{1,20}$/), { nil: undefined }),
      revision: fc.option(fc.integer({ min: 700_000_000, max: 900_000_000 }), { nil: undefined }),
    })
    .map(({ container, time, milestone, place, classifier, service, isRail, paper, revision }) => ({
      ...eventFrom(isRail ? eventTypes.rail : eventTypes.port, 'event-1', time, {
        classifier,
        milestone,
        hub: 'CGO',
        place,
        timeZone: zones[place],
        corridor: isRail ? 'land' : 'sea',
        ...headingOf('CGO', endsOfStatus(milestone, place)),
        transport: { mode: isRail ? 'rail' : 'sea', ...(service === undefined ? {} : { service }) },
        unit: { type: 'container', id: container },
        ...(paper === undefined ? {} : { links: [{ type: 'consignment', id: paper }] }),
      }),
      ...(revision === undefined ? {} : { revision }),
    }));

  test('writes container events that are read as they were', () => {
    fc.assert(fc.property(events, (event) => expect(readBack(dcsaFormat, toDcsa(event))).toEqual(event)));
  });

  test('writes retractions that take the same event back', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { data: _, ...envelope } = event;
        expect(readBack(dcsaFormat, toDcsa({ ...event, retracted: true }))).toEqual({ ...envelope, retracted: true });
      }),
    );
  });

  test('writes bookings and customs documents', () => {
    for (const milestone of ['booked', 'held', 'released', 'dcsa-issu']) {
      const event = eventFrom(eventTypes.port, 'e', '2026-03-03T09:15:00+08:00', {
        classifier: milestone === 'booked' ? 'planned' : 'actual',
        milestone,
        hub: 'CGO',
        corridor: 'sea',
        direction: 'transit',
        unit: { type: 'consignment', id: 'ZIH4471120' },
      });
      expect(readBack(dcsaFormat, toDcsa(event))).toEqual(event);
    }
  });

  test('says nothing of what DCSA has no words for', () => {
    const event = eventFrom(eventTypes.port, 'e', '2026-03-03T09:15:00+08:00', {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'sea',
      direction: 'transit',
      unit: { type: 'container', id: 'CSQU3054383' },
    });
    const having = (data: Partial<EventData>): CanonicalEvent => ({ ...event, data: { ...event.data!, ...data } });
    expect(toDcsa(event)).toBeDefined();
    expect(toDcsa(having({ unit: { type: 'flight', id: 'CV9727/2026-03-03' } }))).toBeUndefined();
    expect(toDcsa(having({ milestone: 'declared' }))).toBeUndefined();
    expect(toDcsa(having({ transport: { mode: 'air' } }))).toBeUndefined();
    expect(toDcsa({ ...event, data: undefined })).toBeUndefined();
  });
});

describe('toOneRecord', () => {
  const events = fc
    .record({
      awb: awbs,
      time: times,
      status: fc.constantFrom(...Object.values(airStatuses)),
      place: places,
      isPlanned: fc.boolean(),
      flight: fc.option(fc.constantFrom('CV9727', 'LH400', '3U8888'), { nil: undefined }),
      pieces: fc.option(amounts, { nil: undefined }),
      weightGrams: fc.option(amounts, { nil: undefined }),
    })
    .map(({ awb, time, status, place, isPlanned, flight, pieces, weightGrams }) => {
      const end = 'end' in status ? status.end : undefined;
      const ends = end === 'origin' ? { origin: place } : end === 'destination' ? { destination: place } : {};
      return eventFrom(eventTypes.air, 'any', time, {
        classifier: isPlanned ? 'planned' : status.classifier,
        milestone: status.milestone,
        hub: 'CGO',
        place,
        timeZone: zones[place],
        corridor: 'air',
        ...headingOf('CGO', ends),
        ...(flight === undefined ? {} : { transport: { mode: 'air', carrier: flight.slice(0, 2), service: flight } }),
        unit: { type: 'awb', id: awb },
        ...(pieces === undefined && weightGrams === undefined ? {} : { quantities: { pieces, weightGrams } }),
      });
    });

  test('writes events that are read as they were, under an id of what they say', () => {
    fc.assert(
      fc.property(events, (event) => {
        const back = readBack(oneRecordFormat, toOneRecord(event));
        expect({ ...back, id: event.id }).toEqual(event);
        expect(readBack(oneRecordFormat, toOneRecord(back))).toEqual(back);
      }),
    );
  });

  test('says nothing of what ONE Record has no words for', () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(toOneRecord({ ...event, retracted: true })).toBeUndefined();
        expect(toOneRecord({ ...event, type: eventTypes.rail })).toBeUndefined();
        expect(toOneRecord({ ...event, data: { ...event.data!, milestone: 'gate-in' } })).toBeUndefined();
      }),
    );
  });
});

describe('toEpcis', () => {
  const events = fc
    .record({
      unit: fc.oneof(
        containers.map((id) => ({ type: 'container', id }) as const),
        digits(14).map((gtin) => ({ type: 'consignment', id: `https://id.gs1.org/01/${gtin}/21/7` }) as const),
        awbs.map((id) => ({ type: 'awb', id }) as const),
      ),
      child: fc.option(digits(18), { nil: undefined }),
      time: times,
      milestone: fc.constantFrom('departed', 'arrived', 'received', 'loaded', 'unloaded', 'held', 'epcis-inspecting'),
      place: places,
      pieces: fc.option(amounts, { nil: undefined }),
      weightGrams: fc.option(amounts, { nil: undefined }),
    })
    .map(({ unit, child, time, milestone, place, pieces, weightGrams }) =>
      eventFrom(unit.type === 'awb' ? eventTypes.air : eventTypes.port, 'urn:uuid:1', time, {
        classifier: 'actual',
        milestone,
        hub: 'CGO',
        place,
        timeZone: zones[place],
        corridor: unit.type === 'awb' ? 'air' : 'land',
        ...headingOf('CGO', endsOfStatus(milestone, place)),
        ...(unit.type === 'awb' ? { transport: { mode: 'air' } } : {}),
        unit,
        ...(child === undefined ? {} : { links: [{ type: 'consignment', id: `https://id.gs1.org/00/${child}` }] }),
        ...(pieces === undefined && weightGrams === undefined ? {} : { quantities: { pieces, weightGrams } }),
      }),
    );

  test('writes events that are read as they were', () => {
    fc.assert(fc.property(events, (event) => expect(readBack(epcisFormat, toEpcis(event))).toEqual(event)));
  });

  test('writes retractions as error declarations', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 3_000_000_000 }), (event, revision) => {
        const { data: _, ...envelope } = event;
        const back = readBack(epcisFormat, toEpcis({ ...event, revision, retracted: true }));
        expect(back).toEqual({ ...envelope, revision, retracted: true });
      }),
    );
  });

  test('says nothing of plans, trains and steps that it has no words for', () => {
    fc.assert(
      fc.property(events, (event) => {
        const having = (data: Partial<EventData>): CanonicalEvent => ({ ...event, data: { ...event.data!, ...data } });
        expect(toEpcis(having({ classifier: 'planned' }))).toBeUndefined();
        expect(toEpcis(having({ unit: { type: 'train', id: 'X8155/2026-03-03' } }))).toBeUndefined();
        expect(toEpcis(having({ milestone: 'booked' }))).toBeUndefined();
        expect(toEpcis({ ...event, data: undefined })).toBeUndefined();
      }),
    );
  });
});

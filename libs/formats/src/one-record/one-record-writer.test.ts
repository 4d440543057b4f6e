import { describe, expect, test } from '@jest/globals';
import { eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { airStatuses } from '../air-statuses.js';
import { headingOf } from '../movement-direction.js';
import {
  amounts,
  awbs,
  eventFrom,
  having,
  maybe,
  pathOfRefusal,
  places,
  times,
  writtenBack,
  zones,
} from '../test-writing.js';
import { oneRecordFormat } from './one-record-format.js';

const events = fc
  .record({
    awb: awbs,
    time: times,
    status: fc.constantFrom(...Object.values(airStatuses)),
    place: places,
    isPlanned: fc.boolean(),
    flight: maybe(fc.constantFrom('CV9727', 'LH400', '3U8888')),
    pieces: maybe(amounts),
    weightGrams: maybe(amounts),
  })
  .map(({ awb, time, status, place, isPlanned, flight, pieces, weightGrams }) => {
    const end = 'end' in status ? status.end : undefined;
    const ends = end === 'origin' ? { origin: place } : end === 'destination' ? { destination: place } : {};
    const [event] = writtenBack(oneRecordFormat, [
      eventFrom(eventTypes.air, 'any', time, {
        classifier: isPlanned ? 'planned' : status.classifier,
        milestone: status.milestone,
        hub: 'CGO',
        place,
        timeZone: zones[place],
        corridor: 'air',
        ...headingOf('CGO', ends),
        transport: flight === undefined ? undefined : { mode: 'air', carrier: flight.slice(0, 2), service: flight },
        unit: { type: 'awb', id: awb },
        quantities:
          pieces === undefined && weightGrams === undefined
            ? undefined
            : ({ pieces, weightGrams } as { pieces: number; weightGrams: number }),
      }),
    ]).events;
    // Under the id of what it says.
    return event!;
  });

describe('ONE Record, written', () => {
  test('says events as they were, under the id of what they say', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 4 }), (some) => {
        expect(writtenBack(oneRecordFormat, some)).toMatchObject({ events: some, unsaid: [], messages: { length: 1 } });
      }),
    );
  });

  test('refuses what ONE Record has no words for', () => {
    fc.assert(
      fc.property(events, (event) => {
        const pathOf = (change: object) => pathOfRefusal(oneRecordFormat, { ...event, ...change });
        expect(pathOf({ retracted: true })).toBe('$.retracted');
        expect(pathOf({ type: eventTypes.rail })).toBe('$.type');
        expect(pathOf({ data: having(event, { milestone: 'gate-in' }).data })).toBe('$.data.milestone');
      }),
      { numRuns: 20 },
    );
  });

  const departure = eventFrom(eventTypes.air, 'any', '2026-03-03T09:15:00+08:00', {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    place: 'CNCGO',
    timeZone: 'Asia/Shanghai',
    corridor: 'air',
    direction: 'outbound',
    partner: 'LU',
    transport: { mode: 'air', carrier: 'CV', service: 'CV9727' },
    unit: { type: 'awb', id: '172-41002312' },
    quantities: { pieces: 8, weightGrams: 580_000 },
  });

  test('says both ends of the waybill and that a part is meant, where they are known', () => {
    const waybill = { origin: 'CGO', destination: 'LUX', pieces: 20 };
    const { events: back, messages } = writtenBack(oneRecordFormat, [{ event: departure, waybill }]);
    expect(back).toEqual([{ ...departure, id: back[0]!.id }]);
    expect(JSON.parse(messages[0]!)).toMatchObject({ 'cargo:partialEventIndicator': true });
  });

  test('does not let transit through the hub be read as a departure that counts', () => {
    const transit = having(departure, { direction: 'transit' });
    expect(pathOfRefusal(oneRecordFormat, transit)).toBe('$.data.direction');
    expect(pathOfRefusal(oneRecordFormat, transit, { origin: 'HKG', destination: 'LUX' })).toBeUndefined();
  });
});

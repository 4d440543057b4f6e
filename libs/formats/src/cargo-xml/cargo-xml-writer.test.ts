import { describe, expect, test } from '@jest/globals';
import { eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { airStatuses } from '../air-statuses.js';
import type { EventToWrite } from '../message-writing.js';
import { eventFrom, having, maybe, pathOfRefusal, revisions, times, writtenBack, awbs } from '../test-writing.js';
import { cargoXmlFormat } from './cargo-xml-format.js';

const codes = Object.keys(airStatuses) as (keyof typeof airStatuses)[];

const items = fc
  .record({
    awb: awbs,
    time: times,
    code: fc.constantFrom(...codes),
    isOut: fc.boolean(),
    isEstimate: fc.boolean(),
    flight: maybe(fc.constantFrom('CV9727', 'LH400', '3U8888')),
    part: maybe(fc.integer({ min: 1, max: 19 })),
    weightGrams: fc.integer({ min: 0, max: 1_000_000_000 }),
    revision: maybe(revisions),
  })
  .map(({ awb, time, code, isOut, isEstimate, flight, part, weightGrams, revision }): EventToWrite => {
    const { milestone, classifier } = airStatuses[code];
    const event = eventFrom(eventTypes.air, 'any', time, {
      classifier: isEstimate ? 'estimated' : classifier,
      milestone,
      hub: 'CGO',
      place: 'CNCGO',
      timeZone: 'Asia/Shanghai',
      corridor: 'air',
      direction: isOut ? 'outbound' : 'inbound',
      partner: 'LU',
      transport: flight === undefined ? undefined : { mode: 'air', carrier: flight.slice(0, 2), service: flight },
      unit: { type: 'awb', id: awb },
      links: part === undefined ? undefined : [{ type: 'uld', id: 'PMC72534CV' }],
      quantities: { pieces: part ?? 20, weightGrams },
    });
    const [origin, destination] = isOut ? ['CGO', 'LUX'] : ['LUX', 'CGO'];
    return {
      event: {
        ...event,
        ...(revision === undefined ? {} : { revision }),
        ...(code === 'DIS' ? { reason: 'OFLD' } : {}),
      },
      waybill: { origin: origin!, destination: destination!, pieces: 20, weightGrams },
    };
  });

describe('XFSU, written', () => {
  test('says statuses as they were, under the id of what they say', () => {
    fc.assert(
      fc.property(fc.array(items, { minLength: 1, maxLength: 5 }), (some) => {
        const first = writtenBack(cargoXmlFormat, some);
        expect(first.unsaid.filter(({ path }) => path !== '$.id')).toEqual([]);
        // Nothing was lost, so all are there; corrections stand in messages of their own.
        expect(first.events).toHaveLength(some.length);
        const again = writtenBack(
          cargoXmlFormat,
          first.events.map((event) => ({
            event,
            waybill: some.find(({ event: { subject } }) => subject === event.subject)!.waybill!,
          })),
        );
        expect(again).toEqual({ ...first, unsaid: [] });
      }),
    );
  });

  test('says what is taken back in a message of its own', () => {
    fc.assert(
      fc.property(items, revisions, ({ event, waybill }, revision) => {
        const taken = { ...event, revision, retracted: true };
        const { events, messages } = writtenBack(cargoXmlFormat, [
          { event, waybill: waybill! },
          { event: taken, waybill: waybill! },
        ]);
        expect(messages).toHaveLength(2);
        expect(events[1]).toMatchObject({ revision, retracted: true, id: events[0]!.id });
      }),
      { numRuns: 20 },
    );
  });

  test('refuses what XFSU has no words for', () => {
    fc.assert(
      fc.property(items, ({ event, waybill }) => {
        const pathOf = (change: Parameters<typeof having>[1]) =>
          pathOfRefusal(cargoXmlFormat, having(event, change), waybill);
        expect(pathOf({ unit: { type: 'uld', id: 'PMC72534CV' } })).toBe('$.data.unit.type');
        expect(pathOf({ milestone: 'gate-in' })).toBe('$.data.milestone');
        expect(pathOf({ place: 'DEXQZ' })).toBe('$.data.place');
      }),
      { numRuns: 20 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { endsOfStatus, headingOf } from '../movement-direction.js';
import {
  amounts,
  awbs,
  containers,
  digits,
  eventFrom,
  having,
  maybe,
  pathOfRefusal,
  places,
  times,
  writtenBack,
  zones,
} from '../test-writing.js';
import { epcisFormat } from './epcis-format.js';

const events = fc
  .record({
    id: fc.uuid(),
    unit: fc.oneof(
      containers.map((id) => ({ type: 'container', id }) as const),
      digits(14).map((gtin) => ({ type: 'consignment', id: `https://id.gs1.org/01/${gtin}/21/7` }) as const),
      awbs.map((id) => ({ type: 'awb', id }) as const),
    ),
    child: maybe(digits(18)),
    time: times,
    milestone: fc.constantFrom('departed', 'arrived', 'received', 'loaded', 'unloaded', 'held', 'epcis-inspecting'),
    place: places,
    pieces: maybe(amounts),
    weightGrams: maybe(amounts),
  })
  .map(({ id, unit, child, time, milestone, place, pieces, weightGrams }) =>
    eventFrom(unit.type === 'awb' ? eventTypes.air : eventTypes.port, `urn:uuid:${id}`, time, {
      classifier: 'actual',
      milestone,
      hub: 'CGO',
      place,
      timeZone: zones[place],
      corridor: unit.type === 'awb' ? 'air' : 'land',
      ...headingOf('CGO', endsOfStatus(milestone, place)),
      transport: unit.type === 'awb' ? { mode: 'air' } : undefined,
      unit,
      links: child === undefined ? undefined : [{ type: 'consignment', id: `https://id.gs1.org/00/${child}` }],
      quantities:
        pieces === undefined && weightGrams === undefined
          ? undefined
          : ({ pieces, weightGrams } as { pieces: number; weightGrams: number }),
    }),
  );

describe('EPCIS, written', () => {
  test('says events as they were, in one document', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 4 }), (some) => {
        expect(writtenBack(epcisFormat, some)).toMatchObject({ events: some, unsaid: [], messages: { length: 1 } });
      }),
    );
  });

  test('says retractions as error declarations', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 3_000_000_000 }), (event, revision) => {
        const { data: _, ...envelope } = { ...event, revision, retracted: true };
        const back = writtenBack(epcisFormat, [{ ...event, revision, retracted: true }]);
        expect([back.events, back.unsaid]).toEqual([[envelope], []]);
      }),
    );
  });

  test('refuses plans, trains and steps that it has no words for', () => {
    fc.assert(
      fc.property(events, (event) => {
        const pathOf = (change: Parameters<typeof having>[1]) => pathOfRefusal(epcisFormat, having(event, change));
        expect(pathOf({ classifier: 'planned' })).toBe('$.data.classifier');
        expect(pathOf({ unit: { type: 'train', id: 'X8155/2026-03-03' } })).toBe('$.data.unit.type');
        expect(pathOf({ milestone: 'booked' })).toBe('$.data.milestone');
        expect(pathOfRefusal(epcisFormat, { ...event, data: undefined, retracted: true })).toBe('$.data');
      }),
      { numRuns: 20 },
    );
  });
});

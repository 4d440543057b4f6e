import { describe, expect, test } from '@jest/globals';
import { eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { endsOfStatus, headingOf } from '../movement-direction.js';
import {
  containers,
  eventFrom,
  having,
  maybe,
  pathOfRefusal,
  places,
  revisions,
  times,
  writtenBack,
  zones,
} from '../test-writing.js';
import { dcsaFormat } from './dcsa-format.js';

const milestones = [
  'loaded',
  'discharged',
  'gate-in',
  'gate-out',
  'border-crossed',
  'arrived',
  'departed',
  'dcsa-stuf',
];

const events = fc
  .record({
    id: fc.uuid(),
    container: containers,
    time: times,
    milestone: fc.constantFrom(...milestones, 'dcsa-meas'),
    place: places,
    classifier: fc.constantFrom('actual', 'planned', 'estimated'),
    service: maybe(fc.stringMatching(/^[A-Z0-9][A-Z0-9.-]{0,9}$/)),
    isRail: fc.boolean(),
    paper: maybe(fc.stringMatching(/^[A-Z0-9]{1,20}$/)),
    revision: maybe(revisions),
  })
  .map(({ id, container, time, milestone, place, classifier, service, isRail, paper, revision }) => ({
    ...eventFrom(isRail ? eventTypes.rail : eventTypes.port, id, time, {
      classifier,
      milestone,
      hub: 'CGO',
      place,
      timeZone: zones[place],
      corridor: isRail ? 'land' : 'sea',
      ...headingOf('CGO', endsOfStatus(milestone, place)),
      transport: { mode: isRail ? 'rail' : 'sea', ...(service === undefined ? {} : { service }) },
      unit: { type: 'container', id: container },
      links: paper === undefined ? undefined : [{ type: 'consignment', id: paper }],
    }),
    ...(revision === undefined ? {} : { revision }),
  }));

describe('DCSA, written', () => {
  test('says container events as they were, in one message', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 5 }), (some) => {
        expect(writtenBack(dcsaFormat, some)).toMatchObject({ events: some, unsaid: [], messages: { length: 1 } });
      }),
    );
  });

  test('says retractions that take the same event back', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { data: _, ...envelope } = { ...event, retracted: true };
        const back = writtenBack(dcsaFormat, [{ ...event, retracted: true }]);
        expect([back.events, back.unsaid]).toEqual([[envelope], []]);
      }),
    );
  });

  test.each(['booked', 'held', 'released', 'dcsa-issu'])('says that a consignment is %s', (milestone) => {
    const event = eventFrom(eventTypes.port, 'e', '2026-03-03T09:15:00+08:00', {
      classifier: milestone === 'booked' ? 'planned' : 'actual',
      milestone,
      hub: 'CGO',
      corridor: 'sea',
      direction: 'transit',
      unit: { type: 'consignment', id: 'ZIH4471120' },
    });
    expect(writtenBack(dcsaFormat, [event])).toMatchObject({ events: [event], unsaid: [] });
  });

  const event = eventFrom(eventTypes.port, 'e', '2026-03-03T09:15:00+08:00', {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    corridor: 'sea',
    direction: 'transit',
    unit: { type: 'container', id: 'CSQU3054383' },
  });

  test.each([
    ['$.data.unit.type', having(event, { unit: { type: 'flight', id: 'CV9727/2026-03-03' } })],
    ['$.data.milestone', having(event, { milestone: 'declared' })],
    ['$.data.transport.mode', having(event, { transport: { mode: 'air' } })],
    ['$.type', having(event, { transport: { mode: 'rail' } })],
    ['$.data', { ...event, data: undefined, retracted: true }],
  ])('refuses what DCSA has no words for, and says that it is %s', (path, change) => {
    expect(pathOfRefusal(dcsaFormat, change)).toBe(path);
  });

  test('tells that a weight gets lost', () => {
    const { unsaid, events: back } = writtenBack(dcsaFormat, [having(event, { quantities: { weightGrams: 5 } })]);
    expect(back).toEqual([event]);
    expect(unsaid).toEqual([
      { index: 0, path: '$.data.quantities', detail: '{"weightGrams":5} is not said', isLeftOut: false },
    ]);
  });
});

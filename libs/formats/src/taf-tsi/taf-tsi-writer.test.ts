import { describe, expect, test } from '@jest/globals';
import { eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { revisionAt } from '../event-identity.js';
import {
  eventFrom,
  having,
  maybe,
  pathOfRefusal,
  revisions,
  times,
  writeContext,
  writtenBack,
} from '../test-writing.js';
import { tafTsiFormat } from './taf-tsi-format.js';

const events = fc
  .record({
    core: fc.stringMatching(/^-{6}X8\d{3}$/),
    time: times,
    status: fc.constantFrom(
      ['departed', 'outbound'] as const,
      ['arrived', 'inbound'] as const,
      ['departed', 'transit'] as const,
      ['arrived', 'transit'] as const,
      ['passed', 'transit'] as const,
    ),
    isForecast: fc.boolean(),
    service: maybe(fc.constantFrom('X8015', 'X8155')),
    carrier: maybe(fc.constantFrom('0033', '2181')),
    revision: maybe(revisions),
  })
  .map(({ core, time, status: [milestone, direction], isForecast, service, carrier, revision }) => {
    // A forecast is numbered by when it was made.
    const number = revision ?? (isForecast ? revisionAt(writeContext.madeAtMs) : undefined);
    return {
      ...eventFrom(eventTypes.rail, 'any', time, {
        classifier: isForecast ? 'estimated' : 'actual',
        milestone,
        hub: 'CGO',
        place: 'CNZGZ',
        timeZone: 'Asia/Shanghai',
        corridor: 'land',
        direction,
        transport: { mode: 'rail', ...(carrier && { carrier }), ...(service && { service }) },
        unit: { type: 'train', id: `TR/0033/${core}/00/2026/2026-03-03` },
      }),
      ...(number === undefined ? {} : { revision: number }),
    };
  });

describe('TAF TSI, written', () => {
  test('says where trains were and will be, a message each, under the same ids every time', () => {
    fc.assert(
      fc.property(fc.array(events, { minLength: 1, maxLength: 3 }), (some) => {
        const { events: read, unsaid, messages } = writtenBack(tafTsiFormat, some);
        expect(unsaid.filter(({ path }) => path !== '$.id')).toEqual([]);
        expect(read.map((event) => ({ ...event, id: 'any' }))).toEqual(some);
        expect(messages).toHaveLength(some.length);
        expect(writtenBack(tafTsiFormat, read)).toMatchObject({ events: read, unsaid: [] });
      }),
    );
  });

  test('says what is taken back', () => {
    fc.assert(
      fc.property(events, revisions, (event, revision) => {
        const { events: read } = writtenBack(tafTsiFormat, [{ ...event, revision, retracted: true }]);
        expect(read).toMatchObject([{ revision, retracted: true, subject: event.subject }]);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses what the messages have no words for', () => {
    fc.assert(
      fc.property(events, (event) => {
        const pathOf = (change: Parameters<typeof having>[1]) => pathOfRefusal(tafTsiFormat, having(event, change));
        expect(pathOf({ classifier: 'planned' })).toBe('$.data.classifier');
        expect(pathOf({ unit: { type: 'train', id: 'X8155/2026-03-03' } })).toBe('$.data.unit');
        expect(pathOf({ milestone: 'booked' })).toBe('$.data.milestone');
        expect(pathOf({ place: 'DEHAM' })).toBe('$.data.place');
      }),
      { numRuns: 20 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { airStatuses } from '../air-statuses.js';
import { countsAnywhere, testReader } from '../test-reading.js';
import { cargoXmlFormat } from './cargo-xml-format.js';
import { toXfsu, type XfsuStatus } from './xfsu-message.js';

const { eventOf, faultOf, sample } = testReader(cargoXmlFormat, '/demo/CV');

/** Seconds from 2000 to 3 March 2026, 08:00 UTC. */
const issuedRevision = (Date.UTC(2026, 2, 3, 8) - Date.UTC(2000, 0, 1)) / 1_000;

const departure: XfsuStatus = {
  awb: '172-12345675',
  origin: 'CGO',
  destination: 'LUX',
  pieces: 20,
  weightKilograms: 1450.5,
  code: 'DEP',
  airport: 'CGO',
  time: '2026-03-03T12:20:00',
  flight: 'CV9727',
  ulds: ['PMC72534CV'],
};

describe('a status message', () => {
  test('becomes the event of its air waybill, on the clock of the airport', () => {
    expect(eventOf(toXfsu(departure))).toMatchObject({
      type: 'landbridge.air.event.v1',
      subject: '172-12345675',
      time: '2026-03-03T12:20:00+08:00',
      data: {
        classifier: 'actual',
        milestone: 'departed',
        hub: 'CGO',
        timeZone: 'Asia/Shanghai',
        corridor: 'air',
        direction: 'outbound',
        partner: 'LU',
        transport: { mode: 'air', carrier: 'CV', service: 'CV9727' },
        unit: { type: 'awb', id: '172-12345675' },
        links: [{ type: 'uld', id: 'PMC72534CV' }],
        quantities: { pieces: 20, weightGrams: 1_450_500 },
      },
    });
    expect(countsAnywhere(eventOf(toXfsu(departure)))).toBe(true);
  });

  test.each(Object.entries(airStatuses))('%s is as in all air formats', (code, { milestone, classifier }) => {
    expect(eventOf(toXfsu({ ...departure, code })).data).toMatchObject({ milestone, classifier });
  });

  test('keeps an unknown status, which counts nowhere', () => {
    const event = eventOf(toXfsu({ ...departure, code: 'ZZZ' }));
    expect(event.data!.milestone).toBe('fsu-zzz');
    expect(countsAnywhere(event)).toBe(false);
  });

  test.each([
    ['E', 'estimated'],
    ['S', 'planned'],
    ['A', 'actual'],
  ] as const)('of time type %s is %s', (timeType, classifier) => {
    const event = eventOf(toXfsu({ ...departure, timeType }));
    expect(event.data!.classifier).toBe(classifier);
    expect(countsAnywhere(event)).toBe(classifier === 'actual');
  });

  test('takes the offset of a time that has one', () => {
    expect(eventOf(toXfsu({ ...departure, time: '2026-03-03T04:20:00Z' })).time).toBe('2026-03-03T04:20:00Z');
  });

  test('from an airport on the way has its place and does not count', () => {
    const event = eventOf(toXfsu({ ...departure, airport: 'FRA' }));
    expect(event.data).toMatchObject({ place: 'DEFRA', direction: 'outbound', timeZone: 'Europe/Berlin' });
    expect(countsAnywhere(event)).toBe(false);
  });

  test('reads pounds exactly', () => {
    const text = toXfsu({ ...departure, weightKilograms: 100 }).replaceAll(
      '<GrossWeightMeasure>',
      '<GrossWeightMeasure unitCode="LBR">',
    );
    expect(eventOf(text).data!.quantities!.weightGrams).toBe(45_359);
    expect(faultOf(text.replaceAll('LBR', 'STN'))).toMatchObject({ code: 'invalid_message', expected: 'KGM or LBR' });
  });

  test('of parts on one flight are different events, and a total that is put right is the same', () => {
    const part = (pieces: number, split: string): string =>
      eventOf(
        toXfsu({ ...departure, pieces }).replaceAll(
          '<TransportSplitDescription>T',
          `<TransportSplitDescription>${split}`,
        ),
      ).id;
    expect(part(5, 'P')).not.toBe(part(6, 'P'));
    expect(part(5, 'T')).toBe(part(6, 'T'));
  });

  test('takes time, place and leg from the movement where the status has none of its own', () => {
    const movement = `<DepartureEvent>
      <ScheduledOccurrenceDateTime>2026-03-03T12:00:00</ScheduledOccurrenceDateTime>
      <ActualOccurrenceDateTime>2026-03-03T12:20:00</ActualOccurrenceDateTime>
      <OccurrenceDepartureLocation><ID>CGO</ID></OccurrenceDepartureLocation>
    </DepartureEvent>
    <ArrivalEvent>
      <ArrivalOccurrenceDateTime>2026-03-03T17:00:00</ArrivalOccurrenceDateTime>
      <ArrivalDateTimeTypeCode>E</ArrivalDateTimeTypeCode>
      <OccurrenceArrivalLocation><ID>LUX</ID></OccurrenceArrivalLocation>
    </ArrivalEvent>`;
    const moved = toXfsu(departure)
      .replace(/<SpecifiedLocation>.*?<\/SpecifiedLocation>/s, movement)
      .replace(/<SpecifiedEvent>.*?<\/SpecifiedEvent>/s, '');
    expect(eventOf(moved)).toMatchObject({
      time: '2026-03-03T12:20:00+08:00',
      data: { classifier: 'actual', milestone: 'departed' },
    });
    expect(eventOf(moved.replace('>DEP<', '>ARR<'))).toMatchObject({
      time: '2026-03-03T17:00:00+01:00',
      data: { classifier: 'estimated', place: 'LULUX' },
    });
  });

  test.each([
    ['Update', { revision: issuedRevision }],
    ['Deletion', { revision: issuedRevision, retracted: true }],
  ])('with the purpose %s meets its original', (purpose, correction) => {
    const corrected = toXfsu(departure).replace(
      '<PurposeCode>Creation</PurposeCode>',
      `<IssueDateTime>2026-03-03T08:00:00+00:00</IssueDateTime><PurposeCode>${purpose}</PurposeCode>`,
    );
    const event = eventOf(corrected);
    expect(event.id).toBe(eventOf(toXfsu(departure)).id);
    expect(event).toMatchObject(correction);
  });

  test.each([
    ['awb-check-digit', { code: 'check_digit', path: 'line 12, column 7' }],
    ['unknown-airport', { code: 'unknown_place' }],
    ['time-missing', { code: 'time_missing' }],
    ['bad-time', { code: 'invalid_time' }],
    ['bad-weight', { code: 'invalid_message', detail: 'GrossWeightMeasure is no quantity: "1,450.5"' }],
  ])('%s is a fault', (name, fault) => {
    expect(faultOf(sample(name))).toMatchObject(fault);
  });

  test('with a ULD that is none is a fault of that status', () => {
    expect(faultOf(toXfsu({ ...departure, ulds: ['PMC7'] }))).toMatchObject({ code: 'check_digit' });
  });
});

describe('a waybill', () => {
  test('is a booking on its first flight', () => {
    expect(eventOf(sample('xfwb-booked'))).toMatchObject({
      subject: '172-12345675',
      time: '2026-03-03T12:00:00+08:00',
      data: {
        classifier: 'planned',
        milestone: 'booked',
        direction: 'outbound',
        transport: { carrier: 'CV', service: 'CV9727' },
        quantities: { pieces: 20, weightGrams: 1_450_500 },
      },
    });
  });

  test('without a flight and a signature has no time', () => {
    expect(faultOf(sample('xfwb-booked').replace(/<DepartureEvent>.*<\/DepartureEvent>/s, ''))).toMatchObject({
      code: 'time_missing',
    });
  });

  test('that is deleted is taken back', () => {
    expect(eventOf(sample('xfwb-booked').replace('>Creation<', '>Deletion<'))).toMatchObject({ retracted: true });
  });

  test('of a house is a consignment of its own, with its own pieces and ends', () => {
    expect(eventOf(sample('xfzb-house'))).toMatchObject({
      subject: 'ZZ26030001',
      time: '2026-03-02T00:00:00+08:00',
      data: {
        classifier: 'planned',
        unit: { type: 'consignment', id: 'ZZ26030001' },
        links: [{ type: 'awb', id: '172-12345675' }],
        direction: 'outbound',
        partner: 'DE',
        quantities: { pieces: 4, weightGrams: 99_790 },
      },
    });
  });
});

test('what is written reads back', () => {
  const status = fc.record({
    code: fc.constantFrom(...Object.keys(airStatuses)),
    pieces: fc.integer({ min: 1, max: 9_999 }),
    weightKilograms: fc.integer({ min: 1, max: 99_999_999 }).map((tenths) => tenths / 10),
    airport: fc.constantFrom('CGO', 'LUX', 'FRA'),
    minute: fc.integer({ min: 0, max: 59 }),
  });
  fc.assert(
    fc.property(status, ({ minute, ...fields }) => {
      const time = `2026-03-03T12:${String(minute).padStart(2, '0')}:00+01:00`;
      const event = eventOf(toXfsu({ ...departure, ...fields, time }));
      expect(event).toMatchObject({
        time,
        data: {
          milestone: airStatuses[fields.code as keyof typeof airStatuses].milestone,
          quantities: { pieces: fields.pieces, weightGrams: Math.round(fields.weightKilograms * 1_000) },
        },
      });
    }),
    { numRuns: 100 },
  );
});

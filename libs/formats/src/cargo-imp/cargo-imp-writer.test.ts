import { describe, expect, it } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import { awbCheckDigit } from '@landbridge/domain';
import { array, assert, boolean, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import type { EventToWrite, Waybill } from '../message-writing.js';
import { pathOfRefusal, source, writeContext, writtenBack } from '../test-writing.js';
import { cargoImpFormat } from './cargo-imp-format.js';
import { dayMonthText } from './imp-fields.js';

function itemsOf(text: string): readonly EventToWrite[] {
  const context = { source, hub: 'CGO', receivedAtMs: writeContext.madeAtMs, eventsMax: 1_000 };
  const reading = cargoImpFormat.read(Buffer.from(text), context);
  if (!reading.ok) throw new Error(`${reading.fault.detail}\n${text}`);
  return reading.items.map((item) => {
    if (!item.ok) throw new Error(`${item.fault.detail}\n${text}`);
    return item;
  });
}

const two = (value: number) => String(value).padStart(2, '0');

/** A status line in the form in which it is written; its quantity is for a waybill of 9,999 pieces. */
const statusLine: Arbitrary<string> = record({
  code: constantFrom(
    'RCS',
    'FOH',
    'DLV',
    'CCD',
    'BKD',
    'MAN',
    'DEP',
    'ARR',
    'RCF',
    'AWR',
    'RCT',
    'TFD',
    'DIS',
    'FIW',
    'FOW',
    'DOC',
    'XRY',
  ),
  at: constantFrom('CGO', 'LUX', 'BUD'),
  month: integer({ min: 1, max: 6 }),
  day: integer({ min: 1, max: 28 }),
  hour: integer({ min: 4, max: 23 }),
  minute: integer({ min: 0, max: 59 }),
  flight: constantFrom('CV9727', '5X123', 'CZ0452A'),
  quantity: oneof(
    constantFrom('', 'T9999K80000'),
    record({ pieces: integer({ min: 1, max: 9_998 }), grams: integer({ min: 1, max: 999_999 }) }).map(
      ({ pieces, grams }) => `P${pieces}K${grams / 1_000}T9999`,
    ),
  ),
  ulds: array(integer({ min: 10_000, max: 99_999 }), { maxLength: 12 }),
}).map(({ code, at, month, day, hour, minute, flight, quantity, ulds }) => {
  const date = dayMonthText(day, month);
  const clock = `${two(hour)}${two(minute)}`;
  const uld = ulds.length === 0 ? '' : `\nULD/${ulds.map((number) => `AKE${number}CV`).join('/')}`;
  const airline = flight.slice(0, 2);
  const fields: Readonly<Record<string, string>> = {
    BKD: `${flight}/${date}/${at}LUX/${quantity}/S${clock}`,
    MAN: `${flight}/${date}/${at}LUX/${quantity}/A${clock}`,
    DEP: `${flight}/${date}/${at}LUX/${quantity}/A${clock}`,
    ARR: `${flight}/${date}${clock}/${at}/${quantity}`,
    RCF: `${flight}/${date}${clock}/${at}/${quantity}`,
    AWR: `${flight}/${date}${clock}/${at}/${quantity}`,
    FIW: `${flight}/${date}${clock}/${at}/${quantity}`,
    RCT: `${airline}/${date}${clock}/${at}/${quantity}`,
    TFD: `${airline}/${date}${clock}/${at}/${quantity}`,
    DIS: `${flight}/${date}${clock}/${at}/OFLD/${quantity}`,
  };
  return `${code}/${fields[code] ?? `${date}${clock}/${at}/${quantity}`}${uld}`;
});

const waybill = record({
  serial: integer({ min: 1_000_000, max: 9_999_999 }),
  outward: boolean(),
  lines: array(statusLine, { minLength: 1, maxLength: 8 }),
});

describe('FSU, written', () => {
  it('says events as they were', () => {
    assert(
      property(array(waybill, { minLength: 1, maxLength: 4 }), (waybills) => {
        const items = waybills.flatMap(({ serial, outward, lines }) => {
          const awb = `172-${serial}${awbCheckDigit(String(serial))}`;
          return itemsOf(`FSU/14\n${awb}${outward ? 'CGOLUX' : 'LUXCGO'}/T9999K80000\n${lines.join('\n')}`);
        });
        const { events, messages, unsaid } = writtenBack(cargoImpFormat, items);
        expect(unsaid).toEqual([]);
        expect(sorted(events)).toEqual(sorted(items.map(({ event }) => event)));
        expect(messages[0]!.split('\n').filter((line) => line.length > 69)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  const [{ event: departure }] = itemsOf(
    'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/T20K1450/A1214\nULD/PMC72534CV',
  ) as [EventToWrite];
  const way: Waybill = { origin: 'CGO', destination: 'LUX' };
  const changed = (changes: object): CanonicalEvent =>
    ({ ...departure, data: { ...departure.data, ...changes } }) as CanonicalEvent;
  const textOf = (event: CanonicalEvent, waybill = way) =>
    writtenBack(cargoImpFormat, [{ event, waybill }]).messages[0];

  it('writes the lines of the standard', () => {
    expect(textOf(departure, { ...way, pieces: 20, weightGrams: 1_450_000 })).toBe(
      'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/T20K1450/A1214\nULD/PMC72534CV\n',
    );
  });

  it('tells a time in any offset as the local time of the place', () => {
    expect(textOf({ ...departure, time: '2026-03-03T04:14:00Z' })).toContain('/A1214');
  });

  it('keeps a weight in seven characters, and says so', () => {
    const weight = (weightGrams: number) =>
      /\/T20(K[\d.]+)/.exec(textOf(changed({ quantities: { pieces: 20, weightGrams } }))!)?.[1];
    expect([1_450_500, 12_345_678, 123_456_789, 1].map(weight)).toEqual(['K1450.5', 'K12345.6', 'K123456', 'K0.001']);
    const rounded = changed({ quantities: { pieces: 20, weightGrams: 12_345_678 } });
    expect(writtenBack(cargoImpFormat, [{ event: rounded, waybill: way }]).unsaid).toEqual([
      { index: 0, path: '$.data.quantities.weightGrams', detail: '12345678 is read as 12345600', isLeftOut: false },
    ]);
  });

  it('says that seconds get lost', () => {
    const event = { ...departure, time: '2026-03-03T12:14:30+08:00' };
    expect(writtenBack(cargoImpFormat, [{ event, waybill: way }]).unsaid).toMatchObject([
      { path: '$.time', isLeftOut: false },
    ]);
  });

  it.each([
    ['another unit', changed({ unit: { type: 'flight', id: 'CV9727' } }), '$.data.unit.type'],
    ['a milestone that air does not have', changed({ milestone: 'gate-in' }), '$.data.milestone'],
    ['no place', changed({ place: undefined }), '$.data.place'],
    ['a place without an airport', changed({ place: 'DEXQZ' }), '$.data.place'],
    ['a departure without a flight', changed({ transport: undefined }), '$.data.transport.service'],
    ['an estimate', changed({ classifier: 'estimated' }), '$.data.classifier'],
    ['a planned transfer', changed({ milestone: 'transfer-planned', classifier: 'planned' }), '$.time'],
    ['a discrepancy without its reason', changed({ milestone: 'discrepancy' }), '$.reason'],
    ['more pieces than it has digits for', changed({ quantities: { pieces: 10_000 } }), '$.data.quantities'],
    ['what is taken back', { ...departure, retracted: true }, '$.retracted'],
    // Without a year, a day is the nearest one.
    ['what is older than a year', { ...departure, time: '2025-03-03T12:14:00+08:00' }, '$.time'],
  ])('refuses %s', (_name, event, path) => {
    expect(pathOfRefusal(cargoImpFormat, event, way)).toBe(path);
  });

  it('refuses a waybill whose ends are not known', () => {
    expect(pathOfRefusal(cargoImpFormat, departure)).toBe('$.subject');
  });
});

function sorted(events: readonly CanonicalEvent[]): readonly CanonicalEvent[] {
  const keyOf = (event: CanonicalEvent) => event.subject + JSON.stringify(event);
  return events.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

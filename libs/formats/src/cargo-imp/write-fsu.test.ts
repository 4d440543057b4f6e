import { describe, expect, it } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import { awbCheckDigit } from '@landbridge/domain';
import { array, assert, boolean, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import { cargoImp } from './cargo-imp.js';
import { dayMonthText } from './imp-fields.js';
import { writeFsu } from './write-fsu.js';

const receivedAtMs = Date.UTC(2026, 6, 1);

function eventsOf(text: string): readonly CanonicalEvent[] {
  const reading = cargoImp.read(Buffer.from(text), {
    source: '/carriers/cv',
    hub: 'CGO',
    receivedAtMs,
    eventsMax: 1_000,
  });
  if (!reading.ok) throw new Error(`${reading.fault.detail}\n${text}`);
  return reading.items.map((item) => {
    if (!item.ok) throw new Error(`${item.fault.detail}\n${text}`);
    return item.event;
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

describe('writeFsu', () => {
  it('writes what is read back as the same events', () => {
    assert(
      property(array(waybill, { minLength: 1, maxLength: 4 }), (waybills) => {
        const consignments = waybills.map(({ serial, outward, lines }) => {
          const origin = outward ? 'CGO' : 'LUX';
          const destination = outward ? 'LUX' : 'CGO';
          const awb = `172-${serial}${awbCheckDigit(String(serial))}`;
          const text = `FSU/14\n${awb}${origin}${destination}/T9999K80000\n${lines.join('\n')}`;
          return { origin, destination, total: { pieces: 9_999, weightGrams: 80_000_000 }, events: eventsOf(text) };
        });
        const written = writeFsu(consignments)!;
        expect(eventsOf(written)).toEqual(consignments.flatMap(({ events }) => events));
        expect(written.split('\n').filter((line) => line.length > 69)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  const departure = eventsOf(
    'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/T20K1450/A1214\nULD/PMC72534CV',
  )[0]!;
  const way = { origin: 'CGO', destination: 'LUX' };
  const changed = (changes: object): CanonicalEvent =>
    ({ ...departure, data: { ...departure.data, ...changes } }) as CanonicalEvent;

  it('writes the lines of the standard', () => {
    expect(writeFsu([{ ...way, total: { pieces: 20, weightGrams: 1_450_000 }, events: [departure] }])).toBe(
      'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/T20K1450/A1214\nULD/PMC72534CV\n',
    );
  });

  it('reads a time in any offset as the local time of the place', () => {
    const inUtc = { ...departure, time: '2026-03-03T04:14:00Z' };
    expect(writeFsu([{ ...way, events: [inUtc] }])).toContain('/A1214');
  });

  it('keeps a weight in seven characters', () => {
    const weight = (weightGrams: number) =>
      /\/T20(K[\d.]+)/.exec(
        writeFsu([{ ...way, events: [changed({ quantities: { pieces: 20, weightGrams } })] }])!,
      )?.[1];
    expect([1_450_500, 12_345_678, 123_456_789, 1].map(weight)).toEqual(['K1450.5', 'K12345.7', 'K123457', 'K0.001']);
  });

  it.each([
    ['another unit', changed({ unit: { type: 'flight', id: 'CV9727' } })],
    ['a milestone that air does not have', changed({ milestone: 'gate-in' })],
    ['no place', changed({ place: undefined })],
    ['a place without an airport', changed({ place: 'DEXQZ' })],
    ['a departure without a flight', changed({ transport: undefined })],
    ['a planned transfer', changed({ milestone: 'transfer-planned' })],
    ['a discrepancy without its reason', changed({ milestone: 'discrepancy' })],
    ['another waybill', { ...departure, subject: '172-55201145' }],
  ])('does not write %s', (_name, event) => {
    expect(writeFsu([{ ...way, events: [departure, event] }])).toBeUndefined();
  });

  it('does not write a waybill without events', () => {
    expect(writeFsu([{ ...way, events: [] }])).toBeUndefined();
  });
});

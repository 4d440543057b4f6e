import { describe, expect, it } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import { formatByName } from './all-formats.js';
import { toXfsu } from './cargo-xml/xfsu-message.js';
import type { FormatName } from './message-format.js';

function onlyEvent(format: FormatName, text: string): CanonicalEvent {
  const context = { source: '/carriers/cv', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 4), eventsMax: 10 };
  const reading = formatByName(format)!.read(Buffer.from(text), context);
  if (!reading.ok) throw new Error(reading.fault.detail);
  const [item] = reading.items;
  if (item?.ok !== true || reading.items.length !== 1) throw new Error(JSON.stringify(reading.items));
  return item.event;
}

const fsu = (status: string) => onlyEvent('cargo-imp', `FSU/14\n172-41002312CGOLUX/T20K1450\n${status}\n`);

function xfsu(code: string, airport: string, time: string, part?: string): CanonicalEvent {
  const text = toXfsu({
    awb: '172-41002312',
    origin: 'CGO',
    destination: 'LUX',
    pieces: 20,
    weightKilograms: 1450,
    code,
    airport,
    time,
    flight: 'CV9727',
  });
  return onlyEvent('cargo-xml', part === undefined ? text : asPart(text, part));
}

/** The status is about a part: the last split and the last number of pieces are its own. */
function asPart(text: string, pieces: string): string {
  const at = text.indexOf('<AssociatedStatusConsignment>');
  const split = '<TransportSplitDescription>T<';
  return (
    text.slice(0, at) +
    text.slice(at).replace(split, split.replace('T<', 'P<')).replace('<PieceQuantity>20<', `<PieceQuantity>${pieces}<`)
  );
}

function oneRecord(code: string, place: string, time: string, part?: number): CanonicalEvent {
  const cargo = (name: string) => `cargo:${name}`;
  return onlyEvent(
    'one-record',
    JSON.stringify({
      '@context': { cargo: 'https://onerecord.iata.org/ns/cargo#' },
      '@type': part === undefined ? 'cargo:LogisticsEvent' : 'cargo:StatusUpdateEvent',
      [cargo('eventDate')]: time,
      [cargo('eventCode')]: code,
      [cargo('eventTimeType')]: { '@id': 'cargo:ACTUAL' },
      [cargo('eventFor')]: {
        [cargo('waybill')]: { [cargo('waybillPrefix')]: '172', [cargo('waybillNumber')]: '41002312' },
      },
      [cargo('eventLocation')]: { [cargo('locationCodes')]: [{ [cargo('code')]: place }] },
      [cargo('transportMovementReference')]: { [cargo('transportIdentifier')]: 'CV9727' },
      ...(part === undefined ? {} : { [cargo('partialEventIndicator')]: true, [cargo('recordedPieceCount')]: part }),
    }),
  );
}

describe('identity of air statuses across formats', () => {
  it('is one for a departure, whichever format tells it', () => {
    const { id } = fsu('DEP/CV9727/03MAR/CGOLUX/T20K1450/A0915');
    expect(id).toMatch(/^air:/);
    expect(xfsu('DEP', 'CGO', '2026-03-03T09:15:00').id).toBe(id);
    expect(oneRecord('DEP', 'CGO', '2026-03-03T01:15:00Z').id).toBe(id);
  });

  it('is one for an arrival told at the same minute', () => {
    const { id } = fsu('RCF/CV9727/03MAR0915/LUX/T20K1450');
    expect(xfsu('RCF', 'LUX', '2026-03-03T09:15:30').id).toBe(id);
    expect(oneRecord('RCF', 'LULUX', '2026-03-03T08:15:00Z').id).toBe(id);
    expect(xfsu('RCF', 'LUX', '2026-03-03T09:16:00').id).not.toBe(id);
  });

  it('stays when the time of a departure is put right, and differs on another day', () => {
    const { id } = xfsu('DEP', 'CGO', '2026-03-03T09:15:00');
    expect(xfsu('DEP', 'CGO', '2026-03-03T09:40:00').id).toBe(id);
    expect(xfsu('DEP', 'CGO', '2026-03-04T09:15:00').id).not.toBe(id);
  });

  it('tells the parts of a flight apart, alike in each format', () => {
    const { id } = fsu('DEP/CV9727/03MAR/CGOLUX/P8K580T20/A0915');
    expect(fsu('DEP/CV9727/03MAR/CGOLUX/P12K870T20/A0915').id).not.toBe(id);
    expect(xfsu('DEP', 'CGO', '2026-03-03T09:15:00', '8').id).toBe(id);
    expect(oneRecord('DEP', 'CNCGO', '2026-03-03T01:15:00Z', 8).id).toBe(id);
  });
});

import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { counts, meters, type EventFacts } from '@landbridge/domain';
import { airStatuses } from '../air-statuses.js';
import { headBytes, type FormatFault, type MessageItem, type ReadContext } from '../message-format.js';
import { cargoImpFormat } from './cargo-imp-format.js';
import { cargoImpSamples } from './cargo-imp-samples.js';

const context: ReadContext = {
  source: '/carriers/cv',
  hub: 'CGO',
  receivedAtMs: Date.UTC(2026, 2, 6),
  eventsMax: 1_000,
};

function readItems(text: string | Uint8Array, changes: Partial<ReadContext> = {}): readonly MessageItem[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const reading = cargoImpFormat.read(bytes, { ...context, ...changes });
  return reading.ok ? reading.items : [{ ok: false, id: null, fault: reading.fault }];
}

function eventsOf(text: string | Uint8Array, changes: Partial<ReadContext> = {}): readonly CanonicalEvent[] {
  return readItems(text, changes).flatMap((item) => (item.ok ? [item.event] : []));
}

function faultsOf(text: string | Uint8Array, changes: Partial<ReadContext> = {}): readonly FormatFault[] {
  return readItems(text, changes).flatMap((item) => (item.ok ? [] : [item.fault]));
}

/** A message of one waybill of 20 pieces and 1,450 kg from Zhengzhou to Luxembourg. */
const outward = (...details: readonly string[]) => ['FSU/14', '172-41002312CGOLUX/T20K1450', ...details].join('\n');
const onlyEvent = (...details: readonly string[]): CanonicalEvent => {
  const items = readItems(outward(...details));
  expect(items).toEqual([expect.objectContaining({ ok: true })]);
  return eventsOf(outward(...details))[0]!;
};

const airCargo = meters.find(({ name }) => name === 'air-cargo')!;
const countsHere = ({ data }: CanonicalEvent) => counts(airCargo, 'air', data as EventFacts);

describe('samples', () => {
  it.each(cargoImpSamples.map((sample) => [sample.name, sample] as const))('%s does what it says', (_name, sample) => {
    const items = readItems(sample.text);
    const accepted = items.filter((item) => item.ok && checkEvent(item.event).ok).length;
    const faults = items.filter((item) => !item.ok);
    expect(faults.length > 0).toBe(!sample.valid);
    expect(accepted).toBe(sample.valid ? items.length : (sample.eventsAccepted ?? 0));
    for (const { path, detail, rule, expected } of faultsOf(sample.text)) {
      expect(path).toMatch(/^line \d+, column \d+$/);
      expect([detail, rule, expected]).not.toContain(undefined);
    }
    if (sample.valid) expect(cargoImpFormat.recognises(Buffer.from(sample.text).subarray(0, headBytes))).toBe(true);
  });

  it('have a name each', () => {
    expect(new Set(cargoImpSamples.map(({ name }) => name)).size).toBe(cargoImpSamples.length);
  });
});

describe('an outbound consignment', () => {
  it('counts once, at DEP, with the status quantity, flight, partner and the local time of the place', () => {
    const [received, manifested, departed] = eventsOf(cargoImpSamples[0]!.text);
    expect([received, manifested, departed].map((event) => countsHere(event!))).toEqual([false, false, true]);
    expect(departed).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^air:[0-9a-f]{40}$/),
      source: '/carriers/cv',
      type: 'landbridge.air.event.v1',
      subject: '172-41002312',
      time: '2026-03-03T12:14:00+08:00',
      data: {
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
        links: [
          { type: 'uld', id: 'PMC72534CV' },
          { type: 'uld', id: 'AKE12345CV' },
        ],
        quantities: { pieces: 20, weightGrams: 1_450_000 },
      },
    });
  });

  it('does not count where it departs again on its way, and is still outbound there', () => {
    const event = onlyEvent('DEP/CV9727/04MAR/BUDLUX/T20K1450/A0400');
    expect(event.data).toMatchObject({ place: 'HUBUD', direction: 'outbound', milestone: 'departed' });
    expect(countsHere(event)).toBe(false);
  });

  it('does not count at an airport whose UN/LOCODE nobody knows', () => {
    const event = onlyEvent('DEP/CV9727/04MAR/NLULUX/T20K1450/A0400');
    expect(event.data).toMatchObject({ direction: 'transit', timeZone: 'America/Mexico_City' });
    expect(countsHere(event)).toBe(false);
  });

  it('counts nothing that only changes planes', () => {
    const text = ['FSU/14', '172-41002312NRTLUX/T20K1450', 'RCF/CV9726/03MAR0100/CGO', 'DEP/CV9727/03MAR/CGOLUX'].join(
      '\n',
    );
    expect(eventsOf(text).map(({ data }) => data?.direction)).toEqual(['transit', 'transit']);
    expect(eventsOf(text).some(countsHere)).toBe(false);
  });
});

describe('an inbound consignment', () => {
  it('counts once, at RCF, and not at ARR', () => {
    const sample = cargoImpSamples.find(({ name }) => name === 'fsu-import')!;
    const counted = eventsOf(sample.text).filter(countsHere);
    expect(counted.map(({ data }) => [data?.milestone, data?.direction, data?.partner])).toEqual([
      ['arrived', 'inbound', 'LU'],
    ]);
  });

  it('is told by the flight, or by the status, where the waybill does not say its way', () => {
    const direction = (line: string) => eventsOf(`FSU/14\n172-41002312/T20K1450\n${line}`)[0]?.data?.direction;
    expect(direction('DEP/CV9727/03MAR/CGOLUX')).toBe('outbound');
    expect(direction('RCF/CV9728/04MAR1030/CGO')).toBe('inbound');
    expect(direction('RCS/03MAR0915/CGO')).toBe('outbound');
    expect(direction('DLV/03MAR0915/CGO')).toBe('inbound');
    expect(direction('DLV/03MAR0915/LUX')).toBe('transit');
    expect(direction('CCD/03MAR0915/CGO')).toBe('transit');
  });
});

describe('statuses', () => {
  const detail: Readonly<Record<string, string>> = {
    BKD: 'CV9727/03MAR/CGOLUX',
    PRE: 'CV9727/03MAR/CGOLUX',
    MAN: 'CV9727/03MAR/CGOLUX',
    DEP: 'CV9727/03MAR/CGOLUX',
    ARR: 'CV9727/03MAR1010/CGO',
    RCF: 'CV9727/03MAR1010/CGO',
    AWR: 'CV9727/03MAR1010/CGO',
    FIW: 'CV9727/03MAR1010/CGO',
    DIS: 'CV9727/03MAR1010/CGO/OFLD',
    TFD: 'CZ/03MAR1010/CGO',
    RCT: 'CZ/03MAR1010/CGO',
    TRM: 'CZ/03MAR1010/CGO',
  };

  it.each(Object.entries(airStatuses))('%s has its milestone', (code, { milestone, classifier }) => {
    const event = onlyEvent(`${code}/${detail[code] ?? '03MAR1010/CGO'}`);
    expect(event.data).toMatchObject({ milestone, classifier, place: 'CNCGO', quantities: { pieces: 20 } });
    expect(checkEvent(event)).toMatchObject({ ok: true });
  });

  it.each(['FDAV', 'FDAW', 'FDCA', 'FDMB', 'MSAV', 'MSAW', 'MSCA', 'MSMB', 'OFLD', 'OVCD', 'SSPD', 'DFLD'])(
    'DIS keeps the reason %s, with a flight and without',
    (reason) => {
      const [withFlight, without] = eventsOf(
        outward(`DIS/CV9727/03MAR/CGO/${reason}/P1T20`, `DIS/03MAR/CGO/${reason}/P1T20`),
      );
      expect(withFlight).toMatchObject({
        reason,
        data: { milestone: 'discrepancy', transport: { service: 'CV9727' } },
      });
      expect(without).toMatchObject({ reason, data: { milestone: 'discrepancy' } });
      expect(without?.data).not.toHaveProperty('transport');
      expect(checkEvent(withFlight)).toMatchObject({ ok: true });
    },
  );

  it('keeps a status that no list knows, and takes a tag without a date for a remark', () => {
    expect(onlyEvent('XRY/03MAR0950/CGO', 'SPH/EAP/GEN').data?.milestone).toBe('fsu-xry');
  });

  it('has two that count, one for each direction', () => {
    const counting = Object.entries(airStatuses).flatMap(([code, status]) =>
      'counts' in status ? [[code, status.counts, status.milestone]] : [],
    );
    expect(counting).toEqual([
      ['DEP', 'outbound', 'departed'],
      ['RCF', 'inbound', 'arrived'],
    ]);
  });
});

describe('quantities', () => {
  const quantities = (line: string, text = outward(line)) => eventsOf(text)[0]?.data?.quantities;

  it("are the status line's, and otherwise the waybill's", () => {
    expect(quantities('RCS/03MAR0915/CGO/P2K505.0T20')).toEqual({ pieces: 2, weightGrams: 505_000 });
    expect(quantities('RCS/03MAR0915/CGO')).toEqual({ pieces: 20, weightGrams: 1_450_000 });
    expect(quantities('RCS/03MAR0915/CGO/T20')).toEqual({ pieces: 20, weightGrams: 1_450_000 });
    expect(quantities('RCS/03MAR0915/CGO/P2T20')).toEqual({ pieces: 2 });
    expect(quantities('', 'FSU/14\n172-41002312CGOLUX\nRCS/03MAR0915/CGO')).toBeUndefined();
  });

  it('are whole grams, of pounds too', () => {
    expect(quantities('RCS/03MAR0915/CGO/T20L1450')?.weightGrams).toBe(657_709);
    expect(quantities('RCS/03MAR0915/CGO/T20L1')?.weightGrams).toBe(454);
    expect(quantities('RCS/03MAR0915/CGO/T20K0.001')?.weightGrams).toBe(1);
    expect(quantities('RCS/03MAR0915/CGO/T20K80.25')?.weightGrams).toBe(80_250);
    expect(quantities('RCS/03MAR0915/CGO/T20K1450MC8.5')?.weightGrams).toBe(1_450_000);
  });

  it.each(['T20K14.5.0', 'P2K505.0T', 'T20000', 'T20K12345678', 'T20K'])('%s is a fault and not a name', (text) => {
    expect(faultsOf(outward(`RCS/03MAR0915/CGO/${text}`))).toEqual([
      expect.objectContaining({ code: 'invalid_message', path: 'line 3, column 19' }),
    ]);
  });
});

describe('times', () => {
  const time = (line: string, receivedAtMs = context.receivedAtMs) =>
    eventsOf(outward(line), { receivedAtMs })[0]?.time;

  it('are of the year that is nearest to the receipt, in the zone of the airport', () => {
    expect(time('RCS/31DEC2350/CGO', Date.UTC(2027, 0, 1))).toBe('2026-12-31T23:50:00+08:00');
    expect(time('RCS/01JAN0010/CGO', Date.UTC(2026, 11, 31, 17))).toBe('2027-01-01T00:10:00+08:00');
    expect(time('RCF/CV9727/29MAR0330/LUX', Date.UTC(2026, 2, 30))).toBe('2026-03-29T03:30:00+02:00');
  });

  it('of what has happened lie behind, and of a booking ahead', () => {
    expect(time('DLV/24MAY1223/LUX', Date.UTC(2026, 10, 26))).toBe('2026-05-24T12:23:00+02:00');
    expect(time('BKD/CV9727/24MAY/CGOLUX', Date.UTC(2026, 10, 26))).toBe('2027-05-24T00:00:00+08:00');
  });

  it('are those of the flight where the date has none: actual ones, shifted by days', () => {
    expect(time('DEP/CV9727/03MAR/CGOLUX/T20K1450/S1200')).toBe('2026-03-03T12:00:00+08:00');
    expect(time('DEP/CV9727/03MAR/CGOLUX/T20K1450/A1214/E1640')).toBe('2026-03-03T12:14:00+08:00');
    // The second time is of arrival, at the other airport: it is no time of departure.
    expect(time('DEP/CV9727/03MAR/CGOLUX/T20K1450//E1640')).toBe('2026-03-03T00:00:00+08:00');
    expect(time('DEP/CV9727/03MAR/CGOLUX/T20K1450/A0015-N/E0500-N')).toBe('2026-03-04T00:15:00+08:00');
    expect(time('DEP/CV9727/01MAR/CGOLUX/T20K1450/A2350-P')).toBe('2026-02-28T23:50:00+08:00');
    expect(time('RCF/CV9728/04MAR/CGO/T20K1450/S0720/A1008')).toBe('2026-03-04T10:08:00+08:00');
    expect(time('RCF/CV9728/04MAR/CGO/T20K1450//A1008')).toBe('2026-03-04T10:08:00+08:00');
    expect(time('RCF/CV9728/04MAR1130/CGO/T20K1450//A1008')).toBe('2026-03-04T11:30:00+08:00');
  });

  it('begin with the day where only that is known, and never with the receipt', () => {
    expect(time('NFD/04MAR/CGO')).toBe('2026-03-04T00:00:00+08:00');
    expect(time('DEP/CV9727/03MAR/CGOLUX')).toBe('2026-03-03T00:00:00+08:00');
  });

  it('begin with the day, too, where the flight was early and its time is still to come', () => {
    const at = (clock: string) => Date.parse(`2026-03-03T${clock}:00+08:00`);
    const departure = 'DEP/CV9727/03MAR/CGOLUX/T20K1450/S1200';
    expect(time(departure, at('11:20'))).toBe('2026-03-03T00:00:00+08:00');
    // A clock that is a little ahead is no early flight.
    expect(time(departure, at('11:55'))).toBe('2026-03-03T12:00:00+08:00');
    expect(time('RCF/CV9728/02MAR/CGO/T20K1450/S0720/S0810-N', at('07:45'))).toBe('2026-03-03T00:00:00+08:00');
    // Told of a flight before it leaves, by the flight's time.
    expect(time('MAN/CV9727/03MAR/CGOLUX/T20K1450/S1200', at('09:00'))).toBe('2026-03-03T12:00:00+08:00');
    // What the message itself says is never put right here.
    expect(time('DEP/CV9727/03MAR1200/CGOLUX/T20K1450', at('11:20'))).toBe('2026-03-03T12:00:00+08:00');
  });

  it.each(['31APR0900', '32JAN0900', '00JAN0900', '03MRZ0900', '03MAR2400', '3MAR0900'])('%s is a fault', (date) => {
    expect(faultsOf(outward(`RCS/${date}/CGO`))).toEqual([
      expect.objectContaining({ code: 'invalid_message', path: 'line 3, column 5' }),
    ]);
  });
});

describe('identity', () => {
  const id = (line: string, changes: Partial<ReadContext> = {}) => eventsOf(outward(line), changes)[0]?.id;
  const departure = 'DEP/CV9727/03MAR/CGOLUX/T20K1450/A1214';

  it('is the same for the same message again, in an envelope, later and with its times put right', () => {
    expect(id(departure, { receivedAtMs: Date.UTC(2026, 5, 1) })).toBe(id(departure));
    expect(eventsOf(`QD CGOFFCV\n.LUXFMCV 031430\n${outward(departure)}`)[0]?.id).toBe(id(departure));
    expect(id('DEP/CV9727/03MAR/CGOLUX/T20K1450/S1200')).toBe(id(departure));
    expect(id('DEP/CV9727/03MAR/CGOLUX/T19K1400/A1214')).toBe(id(departure));
  });

  it('tells flights, days, times, airports, statuses and parts apart', () => {
    const lines = [
      departure,
      'DEP/CV9729/03MAR/CGOLUX/T20K1450/A1214',
      'DEP/CV9727/04MAR/CGOLUX/T20K1450/A1214',
      'DEP/CV9727/03MAR/BUDLUX/T20K1450/A1214',
      'DEP/CV9727/03MAR/CGOLUX/P8K580T20/A1214',
      'DEP/CV9727/03MAR/CGOLUX/P12K870T20/A1214',
      'MAN/CV9727/03MAR/CGOLUX/T20K1450',
      'RCS/03MAR0915/CGO',
      'RCS/03MAR0916/CGO',
      'RCS/03MAR/CGO',
      'RCS/03MAR0000/CGO',
      'DIS/03MAR/CGO/OFLD',
      'DIS/03MAR/CGO/MSCA',
    ];
    expect(new Set(lines.map((line) => id(line))).size).toBe(lines.length);
  });
});

describe('further lines', () => {
  it('add unit load devices to the status before them, on continued lines too, and leave the rest in the original', () => {
    const [first, second] = eventsOf(
      outward(
        'RCS/03MAR0915/CGO',
        'OCI/CN/ISS/RA/28490',
        '/CN//SM/XRY',
        'DEP/CV9727/03MAR/CGOLUX',
        'ULD/PMC72534CV-N',
        '/AKE12345CV',
        'OSI/FRAGILE',
        '/ABC',
      ),
    );
    expect(first?.data).not.toHaveProperty('links');
    expect(second?.data?.links?.map((link) => link.id)).toEqual(['PMC72534CV', 'AKE12345CV']);
  });

  it('refuse a unit load device that is none, and those beyond the limit, but not the status', () => {
    const many = Array.from({ length: 201 }, (_, i) => `/AKE${10_000 + i}CV`);
    const items = readItems(outward('DEP/CV9727/03MAR/CGOLUX', 'ULD', ...many));
    expect(items.filter((item) => item.ok)).toHaveLength(1);
    const withTag = readItems(outward('DEP/CV9727/03MAR/CGOLUX', 'ULD/AKE99999CV', ...many));
    expect(withTag.filter(({ ok }) => !ok)).toHaveLength(2);
    expect(eventsOf(outward('DEP/CV9727/03MAR/CGOLUX', 'ULD/AKE99999CV', ...many))[0]?.data?.links).toHaveLength(200);
  });
});

describe('FWB', () => {
  const sample = (name: string) => cargoImpSamples.find((one) => one.name === name)!.text;

  it('is one planned event with flight, pieces, weight and unit load devices', () => {
    expect(eventsOf(sample('fwb-17'))).toEqual([
      expect.objectContaining({
        subject: '172-41002312',
        time: '2026-03-03T00:00:00+08:00',
        data: expect.objectContaining({
          classifier: 'planned',
          milestone: 'booked',
          direction: 'outbound',
          partner: 'LU',
          quantities: { pieces: 20, weightGrams: 1_450_000 },
          transport: { mode: 'air', carrier: 'CV', service: 'CV9727' },
          links: [{ type: 'uld', id: 'PMC72534CV' }],
        }),
      }),
    ]);
    expect(eventsOf(sample('fwb-17')).some(countsHere)).toBe(false);
  });

  it('takes the day of issue where no flight is named, and the next month for a day before it', () => {
    expect(eventsOf(sample('fwb-16'))[0]?.time).toBe('2026-03-02T00:00:00+08:00');
    expect(eventsOf(sample('fwb-17').replace('FLT/CV9727/03', 'FLT/CV9727/01'))[0]?.time).toBe(
      '2026-04-01T00:00:00+08:00',
    );
    expect(eventsOf(sample('fwb-17').replace('ISU/02MAR26', 'ISU/31DEC26'))[0]?.time).toBe('2027-01-03T00:00:00+08:00');
    expect(eventsOf(sample('fwb-17').replace('FLT/CV9727/03', 'FLT/CV9727/05MAR'))[0]?.time).toBe(
      '2026-03-05T00:00:00+08:00',
    );
  });

  it('is the same statement when its quantity changes', () => {
    const changed = sample('fwb-17').replace('T20K1450', 'T21K1500');
    expect(eventsOf(changed)[0]?.id).toBe(eventsOf(sample('fwb-17'))[0]?.id);
  });
});

describe('several messages in one body', () => {
  it('are read one after the other', () => {
    const names = ['fsu-several-consignments', 'fsa-delivered', 'fwb-17'];
    const texts = names.map((name) => cargoImpSamples.find((one) => one.name === name)!.text);
    const together = eventsOf(texts.join('\n'));
    expect(together).toEqual(texts.flatMap((text) => eventsOf(text)));
    expect(together).toHaveLength(4);
  });
});

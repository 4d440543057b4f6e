import { describe, expect, it } from '@jest/globals';
import { checkEvent } from '@landbridge/contracts';
import { contributionsOf } from '@landbridge/domain';
import { edifactFormat } from './edifact-format.js';
import { edifactSamples } from './edifact-samples.js';
import { context, eventsOf, faultsOf, gate, itemsOf, message, read, sample } from './test-messages.js';

describe('samples', () => {
  it.each(edifactSamples.filter(({ valid }) => valid))('$name is read whole: $says', ({ text }) => {
    const items = itemsOf(text);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(item.ok && checkEvent(item.event)).toMatchObject({ ok: true });
    }
  });

  it.each(edifactSamples.filter(({ valid }) => !valid))(
    '$name is refused with its place: $says',
    ({ text, eventsAccepted }) => {
      const faults = faultsOf(text);
      expect(faults.length).toBeGreaterThan(0);
      for (const fault of faults) {
        expect(fault.path).toMatch(/^line \d+, column \d+$/);
        expect(fault.rule).toBeDefined();
        expect(fault.expected).toBeDefined();
      }
      const reading = read(text);
      expect(reading.ok ? eventsOf(text).length : 0).toBe(eventsAccepted ?? 0);
    },
  );

  it.each(edifactSamples)('$name is recognised by its first bytes', ({ text }) => {
    expect(edifactFormat.recognises(Buffer.from(text).subarray(0, 2_048))).toBe(true);
  });

  it.each([
    ['wrong-segment-count', 'line 17, column 5', 'invalid_message'],
    ['wrong-message-count', 'line 18, column 5', 'invalid_message'],
    ['wrong-interchange-reference', 'line 18, column 7', 'invalid_message'],
    ['wrong-equipment-count', 'line 16, column 8', 'invalid_message'],
    ['cut-off', 'line 14, column 1', 'invalid_message'],
    ['test-interchange', 'line 1, column 53', 'unsupported_message'],
    ['wrong-check-digit', 'line 15, column 8', 'check_digit'],
    ['no-time', 'line 6, column 1', 'time_missing'],
    ['no-such-time', 'line 8, column 7', 'invalid_time'],
    ['unknown-place', 'line 9, column 9', 'unknown_place'],
    ['negative-mass', 'line 13, column 17', 'quantity_out_of_range'],
    ['no-equipment', 'line 1, column 1', 'invalid_message'],
    ['another-message', 'line 1, column 7', 'unsupported_message'],
  ])('%s points at %s as %s', (name, path, code) => {
    expect(faultsOf(sample(name))).toEqual([expect.objectContaining({ path, code })]);
  });
});

describe('events', () => {
  it('tells a gate-in with its place, way, carriage and verified mass', () => {
    expect(itemsOf(sample('codeco-gate-in'))).toEqual([
      {
        ok: true,
        path: 'line 6, column 1',
        event: {
          specversion: '1.0',
          id: expect.stringMatching(/^edifact:[0-9a-f]{40}$/),
          source: context.source,
          type: 'landbridge.rail.event.v1',
          subject: 'APZU4812090',
          time: '2026-03-03T09:15:00+08:00',
          data: {
            classifier: 'actual',
            milestone: 'gate-in',
            hub: 'CGO',
            place: 'CNZGZ',
            timeZone: 'Asia/Shanghai',
            corridor: 'land',
            direction: 'outbound',
            partner: 'DE',
            transport: { mode: 'rail', carrier: 'ZIH', service: 'X8155' },
            unit: { type: 'container', id: 'APZU4812090' },
            links: [{ type: 'consignment', id: 'ZIH260303001' }],
            quantities: { weightGrams: 23_450_500, teuHundredths: 200 },
          },
        },
      },
    ]);
  });

  it('counts what left the hub by train, once a container', () => {
    const counted = eventsOf(sample('iftsta-train-departed')).flatMap((event) =>
      contributionsOf('rail', Date.parse(event.time), event.data!),
    );
    expect(counted.map(({ amounts }) => amounts)).toEqual([
      [1, 200, 23_450_000],
      [1, 100, 18_020_000],
    ]);
  });

  it('counts a consignment that customs released', () => {
    const [event] = eventsOf(sample('iftsta-consignment-released'));
    expect(event!.type).toBe('landbridge.port.event.v1');
    expect(contributionsOf('port', Date.parse(event!.time), event!.data!)[0]?.amounts).toEqual([1, 850_500, 0]);
  });

  it.each([
    ['+1', 'sea', 'port', 'sea'],
    ['+8', 'sea', 'port', 'sea'],
    ['+2', 'rail', 'rail', 'land'],
    ['+3', 'road', 'rail', 'land'],
    ['', undefined, 'rail', 'land'],
  ])('takes the system of mode %s at the hub from it', (mode, transport, system, corridor) => {
    const text = message(
      'CODECO',
      'BGM+34+1+9',
      `TDT+20+V1${mode}`,
      'EQD+CN+APZU4812090',
      'DTM+7:202603030915:203',
      'LOC+165+CNZGZ',
    );
    const [event] = eventsOf(text);
    expect(event!.type).toBe(`landbridge.${system}.event.v1`);
    expect(event!.data).toMatchObject({ corridor });
    expect(event!.data!.transport?.mode).toBe(transport);
  });

  it.each([
    ['', ['LOC+88+CNZGZ', 'LOC+7+DEHAM'], 'outbound', 'DE'],
    ['', ['LOC+88+DEHAM', 'LOC+7+CNCGO'], 'inbound', 'DE'],
    ['', ['LOC+88+DEHAM', 'LOC+7+KZALA'], 'transit', undefined],
    ['', ['LOC+9+CNZZZ', 'LOC+11+PLMAA'], 'outbound', 'PL'],
    ['', ['LOC+9+PLMAA', 'LOC+11+CNZGZ'], 'inbound', 'PL'],
    // The whole movement ends elsewhere, so the leg to the hub does not make it inbound.
    ['3', ['LOC+9+PLMAA', 'LOC+11+CNZGZ', 'LOC+7+CNSHA'], 'transit', undefined],
    ['2', ['LOC+11+DEHAM'], 'outbound', 'DE'],
    ['3', ['LOC+9+DEHAM'], 'inbound', 'DE'],
    ['2', ['LOC+88+DEHAM'], 'transit', undefined],
    ['2', [], 'outbound', undefined],
    ['6', [], 'transit', undefined],
    ['', ['LOC+88+CNZGZ', 'LOC+7+DE:162:5'], 'outbound', 'DE'],
  ])('takes from equipment status %p and %p that it goes %s', (equipmentStatus, locations, direction, partner) => {
    const text = gate('34', ...locations).replace('102:5++2', `102:5++${equipmentStatus}`);
    const { data } = eventsOf(text)[0]!;
    expect([data!.direction, data!.partner]).toEqual([direction, partner]);
  });

  it('does not add the tare to the gross mass, and takes no net mass', () => {
    const masses = (...written: readonly string[]) =>
      eventsOf(gate('34', ...written))[0]!.data!.quantities?.weightGrams;
    expect(masses('MEA+AAE+T+KGM:4000', 'MEA+AAE+EGW+KGM:21500')).toBe(21_500_000);
    expect(masses('MEA+AAE+G+KGM:20000', 'MEA+AAE+VGM+KGM:20100.25')).toBe(20_100_250);
    expect(masses('MEA+AAE+T+KGM:4000', 'MEA+AAE+AAL+KGM:16000')).toBeUndefined();
    expect(masses('MEA+VGM++TNE:19,5')).toBe(19_500_000);
    expect(masses('MEA+WT+G+LBR:100')).toBe(45_359);
  });

  it.each([
    ['RR', '31-80 0694 123-5', undefined],
    ['RR', '218124712173', { type: 'wagon', id: '218124712173' }],
    ['RR', '21 81 2471 217-3', { type: 'wagon', id: '218124712173' }],
    ['UL', 'PMC72534QR', { type: 'uld', id: 'PMC72534QR' }],
    ['CN', 'apzu 481209-0', { type: 'container', id: 'APZU4812090' }],
    ['TE', '123', undefined],
  ])('reads equipment %s %s', (type, id, unit) => {
    const text = message('CODECO', 'BGM+34+1+9', `EQD+${type}+${id}`, 'DTM+7:202603030915:203', 'LOC+165+CNZGZ');
    expect(eventsOf(text)[0]?.data?.unit).toEqual(unit);
  });
});

describe('planned times', () => {
  it('does not make an event of the arrival time of the ship', () => {
    const text = message(
      'COARRI',
      'BGM+44+1+9',
      'TDT+20+1W+1',
      'LOC+11+CNQDP',
      'DTM+132:202603030915:203',
      'DTM+178:202603030915:203',
      'EQD+CN+APZU4812090',
    );
    expect(faultsOf(text)).toEqual([expect.objectContaining({ code: 'time_missing' })]);
  });

  it('keeps an expected arrival as an estimate of its own', () => {
    const at = (times: readonly string[]) =>
      eventsOf(
        message(
          'IFTSTA',
          'BGM+23+S1+9',
          'CNI+1',
          'STS+1+1',
          'TDT+20+8155+2',
          'LOC+11+CNZGZ',
          ...times,
          'EQD+CN+APZU4812090',
        ),
      )[0]!;
    const estimate = at(['DTM+132:202603030915:203']);
    const actual = at(['DTM+132:202603030915:203', 'DTM+178:202603030915:203']);
    expect(estimate.data!.classifier).toBe('estimated');
    expect(actual.data!.classifier).toBe('actual');
    expect(estimate.time).toBe(actual.time);
    expect(estimate.id).not.toBe(actual.id);
  });
});

describe('corrections', () => {
  const original = sample('codeco-gate-in');
  const withFunction = (code: string, mass = '23450.5') =>
    eventsOf(original.replace('GATE-5001+9', `GATE-5001+${code}`).replace('23450.5', mass))[0]!;

  it.each(['', '2', '6', '7', '9', '31', '43'])('takes function %p as the original', (code) => {
    expect(withFunction(code)).toEqual(withFunction('9'));
  });

  it.each(['4', '5'])('takes function %s as a revision of the original, whatever the mass', (code) => {
    const revised = withFunction(code, '19000');
    expect(revised).toMatchObject({
      id: withFunction('9').id,
      revision: Date.UTC(2026, 2, 3, 9, 20) / 1_000 - 946_684_800,
    });
    expect(revised.retracted).toBeUndefined();
  });

  it.each(['1', '3'])('takes function %s as a retraction of the original', (code) => {
    expect(withFunction(code)).toMatchObject({ id: withFunction('9').id, retracted: true });
  });

  it.each(['13', '16', '99'])('takes no event from function %s', (code) => {
    expect(faultsOf(original.replace('GATE-5001+9', `GATE-5001+${code}`))).toEqual([
      expect.objectContaining({ code: 'unsupported_message', path: 'line 3, column 18' }),
    ]);
  });

  it('has one identity whatever envelope it comes in', () => {
    const bare = original.slice(original.indexOf('UNH'), original.indexOf('UNZ'));
    expect(eventsOf(bare)[0]!.id).toBe(eventsOf(original)[0]!.id);
    expect(eventsOf(original.replaceAll('5001', '7777'))[0]!.id).toBe(eventsOf(original)[0]!.id);
  });
});

describe('limits', () => {
  it('refuses more events than it may give', () => {
    expect(read(sample('iftsta-train-departed'), { eventsMax: 1 })).toMatchObject({
      ok: false,
      fault: { code: 'too_many_events' },
    });
    expect(read(sample('iftsta-train-departed'), { eventsMax: 2 })).toMatchObject({ ok: true });
  });

  it('says of each message of an interchange what it is', () => {
    const two = [
      message('CODECO', 'BGM+34+1+9', 'EQD+CN+APZU4812090', 'DTM+7:202603030915:203', 'LOC+165+CNZGZ'),
      message('ORDERS', 'BGM+220'),
    ].join('');
    expect(itemsOf(two).map(({ ok }) => ok)).toEqual([true, false]);
  });
});

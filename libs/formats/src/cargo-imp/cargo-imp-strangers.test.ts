/** What only teletype messages suffer: line ends, envelopes, lines out of order, size. `hostile-messages.test.ts` has the rest. */
import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { array, assert, constantFrom, property, uint8Array } from 'fast-check';
import { headBytes, type MessageReading, type ReadContext } from '../message-format.js';
import { fastestMs } from '../test-pace.js';
import { cargoImpFormat } from './cargo-imp-format.js';
import { cargoImpSamples } from './cargo-imp-samples.js';

const context: ReadContext = {
  source: '/carriers/cv',
  hub: 'CGO',
  receivedAtMs: Date.UTC(2026, 2, 6),
  eventsMax: 1_000,
};
const read = (bytes: Uint8Array, eventsMax = context.eventsMax): MessageReading =>
  cargoImpFormat.read(bytes, { ...context, eventsMax });

function eventsOf(bytes: Uint8Array): readonly CanonicalEvent[] {
  const reading = read(bytes);
  return reading.ok ? reading.items.flatMap((item) => (item.ok ? [item.event] : [])) : [];
}

/** Nothing is thrown, and everything that is not read says where and why. */
function expectExplained(bytes: Uint8Array): void {
  cargoImpFormat.recognises(bytes.subarray(0, headBytes));
  const reading = read(bytes);
  const faults = reading.ok ? reading.items.flatMap((item) => (item.ok ? [] : [item.fault])) : [reading.fault];
  for (const { path, detail, rule, expected } of faults) {
    expect(path).toMatch(/^line [1-9]\d*, column [1-9]\d*$/);
    expect(detail.length).toBeLessThan(200);
    expect([rule, expected]).not.toContain(undefined);
  }
  if (!reading.ok) return;
  expect(reading.items.length).toBeGreaterThan(0);
  for (const item of reading.items) {
    expect(item.ok ? item.path : '').toMatch(/^(line [1-9]\d*, column 1)?$/);
    // Whatever is accepted here is a canonical event, so nothing slips through to be found at the door.
    if (item.ok) expect(checkEvent(item.event)).toMatchObject({ ok: true });
  }
}

const texts = cargoImpSamples.filter(({ valid }) => valid).map(({ text }) => text);
const sample = texts[0]!;
const anySample = constantFrom(...texts);

describe('what arrives in another form', () => {
  const plain = eventsOf(Buffer.from(sample));

  it.each([
    ['CR alone', sample.replaceAll('\n', '\r')],
    ['blanks at the ends of lines', sample.replaceAll('\n', '  \n')],
    ['empty lines', sample.replaceAll('\n', '\n\n')],
    ['no last line end', sample.trimEnd()],
    ['an envelope with STX and ETX', `\u0001QD CGOFFCV\r\n.LUXFMCV 031430\r\n\u0002${sample}\u0003`],
  ])('%s says the same', (_name, text) => {
    expect(eventsOf(Buffer.from(text))).toEqual(plain);
    expect(cargoImpFormat.recognises(Buffer.from(text).subarray(0, headBytes))).toBe(true);
  });

  it('reads names that are not ASCII, in UTF-8 and in Latin-1', () => {
    const text = sample.replace('YELLOW RIVER', 'FLUß GÜTER');
    expect(eventsOf(Buffer.from(text, 'utf8'))).toEqual(plain);
    expect(eventsOf(Buffer.from(text, 'latin1'))).toEqual(plain);
  });

  it('tells columns in characters from the start of the line, whatever stands before them', () => {
    const text = `\uFEFFFSU/14\r\n\r\n172-41002312CGOLUX/T20K1450\r\nRCS/03MAR0915/CGO/T20K1450/GÜTER\r\nDIS/CV9727/03MAR/CGO/ß\r\n`;
    const reading = read(Buffer.from(text));
    expect(reading).toMatchObject({ ok: true, items: [{ ok: true }, { fault: { path: 'line 5, column 22' } }] });
  });

  it('does not take other formats for its own', () => {
    const others = [
      '{"a":"\nFSU/14\n"}',
      '[\nFSU/14\n]',
      '<a>\nFSU/14\n</a>',
      "UNA:+.? '\nUNB+UNOA:2+A+B'",
      '',
      '\n\n',
      'FSU',
      'FSU/',
      'FSU/141',
    ];
    expect(others.filter((text) => cargoImpFormat.recognises(Buffer.from(text)))).toEqual([]);
  });
});

describe('noise', () => {
  it('in lines that changed places is explained', () => {
    assert(
      property(
        array(
          anySample.chain((text) => constantFrom(...text.split('\n'))),
          { maxLength: 30 },
        ),
        (lines) => expectExplained(Buffer.from(['FSU/14', ...lines].join('\n'))),
      ),
      { numRuns: 250 },
    );
  });

  it('of any bytes is explained', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) => expectExplained(bytes)),
      { numRuns: 250 },
    );
    assert(
      property(uint8Array({ maxLength: 300 }), (bytes) =>
        expectExplained(Buffer.concat([Buffer.from('FSU/14\n172-41002312CGOLUX/T20K1450\n'), bytes])),
      ),
      { numRuns: 250 },
    );
  });
});

describe('size', () => {
  /** Measured 5 to 60 ms on a quiet machine; a busy one has slack. */
  const tenMegabytesMs = 4_000;
  const tenMegabytes = 10_000_000;

  it.each([
    ['one line of slashes', `FSU/14\n172-41002312CGOLUX/T20K1450\nRCS${'/'.repeat(tenMegabytes)}`],
    ['empty lines', '\n'.repeat(tenMegabytes)],
    ['an endless envelope', 'QD CGOFFCV\n'.repeat(tenMegabytes / 11)],
    ['an endless waybill', `FWB/17\n172-41002312CGOLUX/T20K1450\n${'NAM/A\n'.repeat(tenMegabytes / 6)}`],
    ['remarks', `${sample}${'OSI/A\n'.repeat(tenMegabytes / 6)}`],
    ['unit load devices', `${sample}ULD\n${'/AKE12345CV\n'.repeat(tenMegabytes / 12)}`],
    ['statuses', `FSU/14\n172-41002312CGOLUX\n${'RCS/03MAR0915/CGO\n'.repeat(tenMegabytes / 18)}`],
    ['faults', `FSU/14\n172-41002312CGOLUX\n${'RCS/\n'.repeat(tenMegabytes / 5)}`],
    ['messages', 'FSU/14\n'.repeat(tenMegabytes / 7)],
    ['digits', `FSU/14\n${'1'.repeat(tenMegabytes)}`],
  ])('of 10 MB in %s is soon read or refused', (_name, text) => {
    const bytes = Buffer.from(text);
    expectExplained(bytes);
    expect(fastestMs(() => read(bytes), 2)).toBeLessThan(tenMegabytesMs);
  });

  it('of more lines than a body may have is refused with the place', () => {
    const text = `${sample}${'OSI/A\n'.repeat(50_000)}`;
    expect(read(Buffer.from(text))).toMatchObject({ ok: false, fault: { path: 'line 50001, column 1' } });
    expect(eventsOf(Buffer.from(text.split('\n').slice(0, 50_000).join('\n')))).toHaveLength(3);
  });

  it('beyond the 3,500 characters of a teletype message is read, up to the number of events that a request may have', () => {
    const many = `FSU/14\n172-41002312CGOLUX/T20K1450\n${'RCS/03MAR0915/CGO\n'.repeat(1_000)}`;
    expect(eventsOf(Buffer.from(many))).toHaveLength(1_000);
    expect(read(Buffer.from(many), 999)).toMatchObject({ ok: false, fault: { code: 'too_many_events' } });
  });
});

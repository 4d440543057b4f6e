import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { fastestMs, hangMs } from '../test-pace.js';
import { edifactFormat } from './edifact-format.js';
import { edifactSamples } from './edifact-samples.js';

const context = { source: 'urn:test', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 6), eventsMax: 20_000 };
const position = /^line [1-9]\d*, column [1-9]\d*$/;

/** Reads, and holds every fault to naming its place. */
function read(bytes: Uint8Array) {
  const reading = edifactFormat.read(bytes, context);
  const faults = reading.ok ? reading.items.flatMap((item) => (item.ok ? [] : [item.fault])) : [reading.fault];
  for (const { path, detail } of faults) {
    // One expectation a fault would take longer than all the reading.
    if (!position.test(path) || detail.length > 250) throw new Error(`a fault at ${path}: ${detail}`);
  }
  return reading;
}

/** What only EDIFACT can do to a reader; what every format must stand is in `hostile-messages.test.ts`. */
describe('hostile input', () => {
  it.each(edifactSamples.filter(({ valid }) => valid))(
    '$name cut anywhere has a position for what is missing',
    ({ text }) => {
      const bytes = Buffer.from(text);
      const whole = Array.from({ length: bytes.length - 2 }, (_, length) => length).filter(
        (length) => read(bytes.subarray(0, length)).ok,
      );
      expect(whole).toEqual([]);
    },
  );

  it('takes any segments in any order without a throw', () => {
    const segments = [...new Set(edifactSamples.flatMap(({ text }) => text.split("'\n")))].map((one) =>
      one.replace(/'$/, ''),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...segments), { maxLength: 30 }),
        fc.constantFrom('CODECO', 'COARRI', 'IFTSTA'),
        (inner, type) => {
          const body = inner.filter((one) => !one.startsWith('UN'));
          read(
            Buffer.from(
              [`UNH+1+${type}:D:00B:UN`, 'BGM+34+1+9', ...body, `UNT+${body.length + 3}+1`]
                .map((one) => `${one}'`)
                .join(''),
            ),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads an interchange without line ends, or wrapped at 80', () => {
    const { text } = edifactSamples[0]!;
    const plain = text.replaceAll('\n', '');
    const eventOf = (written: string) => {
      const reading = read(Buffer.from(written));
      return reading.ok && reading.items[0]?.ok ? reading.items[0].event : reading;
    };
    expect(eventOf(text)).toHaveProperty('subject');
    expect(eventOf(plain)).toEqual(eventOf(text));
    expect(eventOf(plain.replace(/.{80}/g, '$&\r\n'))).toEqual(eventOf(text));
  });

  const equipment = "EQD+CN+APZU4812091+45G1'DTM+7:202603030915:203'LOC+165+CNZGZ'";
  const report = (body: string, segments: number) =>
    Buffer.from(`UNH+1+CODECO:D:95B:UN'BGM+34+1+9'${body}UNT+${segments + 3}+1'`);

  it.each<[string, (size: number) => Uint8Array]>([
    [
      'wrong containers below a long header',
      (size) => report(`RFF+${'a:'.repeat(8_000)}'${equipment.repeat(size)}`, 3 * size + 1),
    ],
    ['references of one container', (size) => report(`${equipment}${"RFF+BM:A'".repeat(size)}`, size + 3)],
    ['dates of one container', (size) => report(`${equipment}${"DTM+999:1:1'".repeat(size)}`, size + 3)],
    ['places of one container', (size) => report(`${equipment}${"LOC+999+A'".repeat(size)}`, size + 3)],
    ['carriages of one container', (size) => report(`${equipment}${"TDT+1'LOC+5+A'".repeat(size)}`, 2 * size + 3)],
    ['interchanges', (size) => Buffer.from("UNB+UNOC:3'UNH+1+A'UNT+2+1'UNZ+1'".repeat(size))],
  ])('takes linear time for many %s', (_name, messageOf) => {
    const [few, many] = [messageOf(2_000), messageOf(16_000)];
    const timeOf = (bytes: Uint8Array) => fastestMs(() => void edifactFormat.read(bytes, context));
    timeOf(few);
    // Eight times the size takes eight times as long, and a busy machine takes its share; quadratic work on 16,000 would take seconds.
    expect(timeOf(many)).toBeLessThan(Math.max(hangMs, 24 * timeOf(few)));
  });
});

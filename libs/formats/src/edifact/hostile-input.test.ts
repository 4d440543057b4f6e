import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fastestMs } from '../test-pace.js';
import { edifact } from './edifact.js';
import { edifactSamples } from './edifact-samples.js';

const context = { source: 'urn:test', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 6), eventsMax: 10_000 };
const position = /^line [1-9]\d*, column [1-9]\d*$/;

/** Reads, and holds every fault to naming its place. */
function read(bytes: Uint8Array) {
  const reading = edifact.read(bytes, context);
  const faults = reading.ok ? reading.items.flatMap((item) => (item.ok ? [] : [item.fault])) : [reading.fault];
  for (const { path, detail } of faults) {
    expect(path).toMatch(position);
    expect(detail.length).toBeLessThan(250);
  }
  return reading;
}

const sample = fc.constantFrom(...edifactSamples.map(({ text }) => text));

describe('hostile input', () => {
  it.each(edifactSamples.filter(({ valid }) => valid))(
    '$name cut anywhere has a position for what is missing',
    ({ text }) => {
      const bytes = Buffer.from(text);
      for (let length = 0; length < bytes.length - 2; length++) expect(read(bytes.subarray(0, length)).ok).toBe(false);
    },
  );

  it('takes any change of bytes without a throw', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.constantFrom('put', 'insert', 'remove'),
      fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from("'+:?\n U09"))),
    );
    fc.assert(
      fc.property(sample, fc.array(change, { minLength: 1, maxLength: 6 }), (text, changes) => {
        const bytes = [...Buffer.from(text)];
        for (const [at, how, byte] of changes) {
          const index = at % bytes.length;
          bytes.splice(index, how === 'insert' ? 0 : 1, ...(how === 'remove' ? [] : [byte]));
        }
        read(Uint8Array.from(bytes));
        edifact.recognises(Uint8Array.from(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes any segments in any order without a throw', () => {
    const segments = [...new Set(edifactSamples.flatMap(({ text }) => text.split("'\n")))].map((one) =>
      one.replace(/'$/, ''),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...segments), { maxLength: 30 }),
        fc.constantFrom('CODECO', 'COARRI', 'IFTSTA'),
        (inner, type) => {
          const body = inner.filter((one) => !/^UN/.test(one));
          read(
            Buffer.from(
              [`UNH+1+${type}:D:00B:UN`, 'BGM+34+1+9', ...body, `UNT+${body.length + 3}+1`]
                .map((one) => `${one}'`)
                .join(''),
            ),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('takes any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void read(bytes)),
      { numRuns: 500 },
    );
  });

  it('reads the message behind a byte order mark, and with CRLF, or without line ends, or wrapped at 80', () => {
    const { text } = edifactSamples[0]!;
    const plain = text.replaceAll('\n', '');
    const first = read(Buffer.from(text));
    const eventOf = (written: string) => {
      const reading = read(Buffer.from(written));
      const item = reading.ok ? reading.items[0] : undefined;
      return item?.ok ? item.event : reading;
    };
    const expected = first.ok && first.items[0]!.ok ? first.items[0]!.event : undefined;
    expect(expected).toBeDefined();
    expect(eventOf(`\ufeff${text}`)).toEqual(expected);
    expect(eventOf(text.replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(eventOf(plain)).toEqual(expected);
    expect(eventOf(plain.replace(/.{80}/g, '$&\r\n'))).toEqual(expected);
  });

  const equipment = "EQD+CN+APZU4812091+45G1'DTM+7:202603030915:203'LOC+165+CNZGZ'";
  const report = (body: string, count: number) =>
    Buffer.from(`UNH+1+CODECO:D:95B:UN'BGM+34+1+9'${body}UNT+${count + 3}+1'`);

  it.each([
    [
      'a header of 16,000 characters and 9,999 wrong containers',
      report(`RFF+${'a:'.repeat(8_000)}'${equipment.repeat(9_999)}`, 29_998),
    ],
    ['100,000 references of one container', report(`${equipment}${"RFF+BM:A'".repeat(100_000)}`, 100_003)],
    ['100,000 dates', report(`${equipment}${"DTM+999:1:1'".repeat(100_000)}`, 100_003)],
    ['10 MB of one segment', report(`FTX+${'a'.repeat(10_000_000)}'`, 1)],
    ['a million empty segments', Buffer.from("'".repeat(1_000_000))],
    ['a million interchanges', Buffer.from("UNB+UNOC:3'UNZ+0'".repeat(100_000))],
  ])('%s take linear time', (_name, bytes) => {
    const half = bytes.subarray(0, bytes.length >> 1);
    const halfMs = fastestMs(() => void edifact.read(half, context), 2);
    const wholeMs = fastestMs(() => void edifact.read(bytes, context), 2);
    // Twice the bytes, and a wide margin for a busy machine; quadratic time on these would take minutes.
    expect(wholeMs).toBeLessThan(Math.max(400, 20 * halfMs));
  });
});

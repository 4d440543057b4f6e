/** What only JSON can do to a reader: any value in any place, and lists. What every format must stand is in `hostile-messages.test.ts`. */
import { describe, expect, test } from '@jest/globals';
import { checkEvent, problems } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { messageFormats, samplesByFormat } from '../all-formats.js';
import { type FormatFault, type MessageFormat, type MessageReading, type ReadContext } from '../message-format.js';
import { fastestMs, hangMs } from '../test-pace.js';

const context: ReadContext = { source: '/demo/x', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 4), eventsMax: 100 };
const jsonFormats = messageFormats.filter(({ name }) => ['one-record', 'epcis', 'dcsa'].includes(name));
const cases = jsonFormats.map((format) => [format.name, format] as const);

const valuesOf = (format: MessageFormat): unknown[] =>
  samplesByFormat[format.name].filter(({ valid }) => valid).map(({ text }) => JSON.parse(text) as unknown);
const read = (format: MessageFormat, text: string | Uint8Array): MessageReading =>
  format.read(Buffer.from(text), context);

function expectExplained({ code, detail, path }: FormatFault): void {
  expect(problems).toHaveProperty(code);
  expect(detail.length).toBeGreaterThan(5);
  expect(detail.length).toBeLessThan(250);
  expect(path).toMatch(/^(?:\$|line \d+, column \d+$)/);
  expect(path.length).toBeLessThan(4_000);
}

function expectSound(reading: MessageReading): void {
  if (!reading.ok) return expectExplained(reading.fault);
  for (const item of reading.items) {
    if (!item.ok) expectExplained(item.fault);
    else expect(checkEvent(item.event)).toMatchObject({ ok: true });
  }
}

/** Every place of a value, as the names and indices that lead there. */
function placesIn(value: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([name, child]) => placesIn(child, [...way, name]))];
}

function replaced(value: unknown, way: readonly string[], by: unknown): unknown {
  const [name, ...rest] = way;
  if (name === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}

const awkward = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    'x'.repeat(5_000),
    '2026-03-03T09:15:00Z',
    '2026-03-03T09:15:00',
    'CGO',
    'ACT',
  ),
  fc.constantFrom(
    0,
    -1,
    1.5,
    1e300,
    2 ** 53,
    true,
    null,
    [],
    {},
    [[]],
    { '@value': {} },
    { '@id': [] },
    { '@list': [null] },
  ),
);

describe.each(cases)('%s', (_name, format) => {
  test('answers every message in which one value is another', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valuesOf(format)), fc.nat(), awkward, (value, at, by) => {
        const places = placesIn(value);
        expectSound(read(format, JSON.stringify(replaced(value, places[at % places.length]!, by)) ?? 'null'));
      }),
      { numRuns: 500 },
    );
  });

  test('answers any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expectSound(read(format, JSON.stringify(value)))));
  });

  test('answers names of prototypes in the place of any value', () => {
    for (const value of valuesOf(format))
      for (const place of placesIn(value))
        expectSound(read(format, JSON.stringify(replaced(value, place, 'constructor'))));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('answers thousands of names, escapes and a text of ten million characters quickly', () => {
    const [valid] = valuesOf(format);
    const many = Array.from({ length: 5_000 }, (_, index) => `"n${index}:x":"${index}"`).join(',');
    const places = placesIn(valid);
    const long = JSON.stringify(replaced(valid, places[places.length >> 1]!, '@')).replace(
      '"@"',
      `"${'https://a/'.repeat(1_000_000)}"`,
    );
    const texts = [
      JSON.stringify(valid).replace('{', `{${many},`),
      JSON.stringify(valid).replace('"', `"${'\\u0041'.repeat(10_000)}`),
      long,
    ];
    for (const text of texts) {
      expectSound(read(format, text));
      expect(fastestMs(() => void read(format, text), 1)).toBeLessThan(hangMs);
    }
  });

  test('takes time in proportion to the number of events', () => {
    const [sample] = valuesOf(format) as { readonly epcisBody?: { readonly eventList: readonly unknown[] } }[];
    const item = Array.isArray(sample) ? (sample as unknown[])[0] : (sample?.epcisBody?.eventList[0] ?? sample);
    const listOf = (count: number): Buffer => Buffer.from(JSON.stringify(Array.from({ length: count }, () => item)));
    const readList = (bytes: Buffer) => format.read(bytes, { ...context, eventsMax: 100_000 });
    const [few, many] = [listOf(200), listOf(2_000)];
    expectSound(readList(few));
    const fewMs = fastestMs(() => void readList(few), 2);
    // Ten times as much may take thirty times as long on a busy machine; a hundred times would be the square.
    expect(fastestMs(() => void readList(many), 2)).toBeLessThan(30 * fewMs + hangMs / 2);
  });
});

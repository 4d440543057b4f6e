import { describe, expect, test } from '@jest/globals';
import { checkEvent } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { cargoXmlFormat } from '../cargo-xml/cargo-xml-format.js';
import { cargoXmlSamples } from '../cargo-xml/cargo-xml-samples.js';
import { cebFormat } from '../ceb/ceb-format.js';
import { cebSamples } from '../ceb/ceb-samples.js';
import type { MessageFormat, ReadContext } from '../message-format.js';
import { tafTsiFormat } from '../taf-tsi/taf-tsi-format.js';
import { tafTsiSamples } from '../taf-tsi/taf-tsi-samples.js';

const context: ReadContext = { source: 'urn:test', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 4), eventsMax: 1_000 };
const formats = [
  [cargoXmlFormat, cargoXmlSamples],
  [cebFormat, cebSamples],
  [tafTsiFormat, tafTsiSamples],
] as const;
const place = /^line [1-9]\d*, column [1-9]\d*$/;

/** Reads anything: each fault has a place, and each event passes the check. */
function readSafely(format: MessageFormat, text: string): { accepted: number; refused: number } {
  const reading = format.read(Buffer.from(text), context);
  if (!reading.ok) {
    expect(reading.fault.path).toMatch(place);
    return { accepted: 0, refused: 1 };
  }
  let accepted = 0;
  for (const item of reading.items) {
    if (!item.ok) {
      expect(item.fault.path).toMatch(place);
      continue;
    }
    expect(item.path).toMatch(place);
    const check = checkEvent(item.event);
    if (check.ok) accepted++;
    else expect(check.problem.code).toMatch(/^(invalid_time|quantity_out_of_range|invalid_event)$/);
  }
  return { accepted, refused: reading.items.length - accepted };
}

describe.each(formats.map(([format, samples]) => ({ name: format.name, format, samples })))(
  '$name',
  ({ format, samples }) => {
    test.each(samples.map((sample) => [sample.name, sample] as const))('sample %s is as it says', (_name, sample) => {
      const { accepted, refused } = readSafely(format, sample.text);
      if (sample.valid) expect([accepted > 0, refused]).toEqual([true, 0]);
      else expect([accepted, refused > 0]).toEqual([sample.eventsAccepted ?? 0, true]);
    });

    test('recognises its own messages and nobody else does', () => {
      for (const { text, valid } of samples)
        if (valid)
          expect(formats.filter(([other]) => other.recognises(Buffer.from(text).subarray(0, 2_048)))).toEqual([
            [format, samples],
          ]);
      for (const text of ['', '{"a":1}', 'FSU/14\n', '<html/>', '<?xml version="1.0"?>', '\u0000'])
        expect(format.recognises(Buffer.from(text))).toBe(false);
    });

    test('reads the same with prefixes, without a namespace, with a mark and with other line ends', () => {
      const [sample] = samples;
      const plain = format.read(Buffer.from(sample!.text), context);
      const idsOf = (text: string): unknown => {
        const reading = format.read(Buffer.from(text), context);
        return reading.ok ? reading.items.map((item) => (item.ok ? item.event : item)) : reading;
      };
      const expected = plain.ok ? plain.items.map((item) => (item.ok ? item.event : item)) : plain;
      const withoutNamespace = sample!.text.replace(/ xmlns="[^"]*"/, '');
      expect(idsOf(withoutNamespace)).toEqual(expected);
      expect(idsOf(withoutNamespace.replaceAll(/<(\/?)(?=[A-Za-z])/g, '<$1p:'))).toEqual(expected);
      expect(idsOf(`\ufeff${sample!.text.replaceAll('\n', '\r\n')}`)).toEqual(expected);
    });

    test('never throws, whatever is cut off', () => {
      for (const { text } of samples.slice(0, 4))
        for (let end = 0; end < text.length; end += 7) readSafely(format, text.slice(0, end));
    });

    test('never throws, whatever is changed', () => {
      const change = fc.tuple(
        fc.constantFrom(...samples),
        fc.nat(4_000),
        fc.oneof(
          fc.constantFrom('<a>', '</', '&', '\ud800', '-1', '9'.repeat(60), '�', '<x/>'.repeat(9)),
          fc.string({ maxLength: 8 }),
        ),
        fc.nat(12),
      );
      fc.assert(
        fc.property(change, ([{ text }, at, put, drop]) => {
          const start = at % text.length;
          readSafely(format, text.slice(0, start) + put + text.slice(start + drop));
        }),
        { numRuns: 600 },
      );
    });

    test('never throws, whatever an element holds', () => {
      const junk = fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom('0', '-1', '1e400', '99999999999999999999', '2026-13-01T00:00:00Z', '__proto__', 'constructor'),
      );
      fc.assert(
        fc.property(fc.constantFrom(...samples), fc.nat(60), junk, ({ text }, index, value) => {
          const leaves = [...text.matchAll(/>([^<>\n]+)<\//g)];
          const leaf = leaves[index % Math.max(1, leaves.length)];
          if (!leaf) return;
          const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
          readSafely(format, text.slice(0, leaf.index + 1) + escaped + text.slice(leaf.index + 1 + leaf[1]!.length));
        }),
        { numRuns: 600 },
      );
    });
  },
);

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

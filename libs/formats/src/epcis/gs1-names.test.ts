import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { checkDigit, gs1LinkOf } from './gs1-names.js';

describe('gs1LinkOf', () => {
  test.each([
    ['urn:epc:id:sgtin:0614141.107346.2017', 'https://id.gs1.org/01/10614141073464/21/2017'],
    ['urn:epc:id:sscc:0614141.1234567890', 'https://id.gs1.org/00/106141412345678908'],
    ['urn:epc:id:sgln:0614141.07346.1234', 'https://id.gs1.org/414/0614141073467/254/1234'],
    ['urn:epc:id:sgln:0614141.00888.0', 'https://id.gs1.org/414/0614141008889'],
    ['urn:epc:id:pgln:4012345.00225', 'https://id.gs1.org/417/4012345002256'],
    ['urn:epc:id:giai:952005385.w2', 'https://id.gs1.org/8004/952005385w2'],
    ['urn:epc:id:sgtin:6901234.012345.a+b', 'https://id.gs1.org/01/06901234123456/21/a%2Bb'],
    ['https://id.gs1.org/01/70614141123451/21/2017', 'https://id.gs1.org/01/70614141123451/21/2017'],
    [
      'https://example.com/shop/gtin/614141123452/cpv/2A/lot/L1/ser/S1?exp=1#x',
      'https://id.gs1.org/01/00614141123452/21/S1',
    ],
    ['http://dpp.example/01/6901234123456/10/L1', 'https://id.gs1.org/01/06901234123456/10/L1'],
    ['https://example.com/sscc/106141412345678908', 'https://id.gs1.org/00/106141412345678908'],
    ['urn:epc:id:sgtin:0614141.1073.2017', undefined],
    ['urn:epc:id:sgtin:x.y.z', undefined],
    ['urn:epc:id:bic:CSQU3054383', undefined],
    ['https://example.com/01/', undefined],
    ['https://example.com/about/us', undefined],
    ['', undefined],
  ])('of %j is %j', (uri, link) => {
    expect(gs1LinkOf(uri)).toBe(link);
  });

  test('gives links that are their own canonical form', () => {
    // Made once: to take a pattern apart costs far more than to draw from it.
    const digits = Array.from({ length: 13 }, (_, length) => fc.stringMatching(new RegExp(`^\\d{${length}}$`)));
    const serial = fc.stringMatching(/^[A-Z0-9-]{1,20}$/);
    const urns = fc.integer({ min: 6, max: 12 }).chain((length) =>
      fc.record({
        prefix: digits[length]!,
        item: digits[13 - length]!,
        location: digits[12 - length]!,
        serial,
      }),
    );
    fc.assert(
      fc.property(urns, ({ prefix, item, location, serial }) => {
        for (const urn of [
          `sgtin:${prefix}.${item}.${serial}`,
          `sgln:${prefix}.${location}.${serial}`,
          `giai:${prefix}.${serial}`,
        ]) {
          const link = gs1LinkOf(`urn:epc:id:${urn}`);
          expect(link).toBeDefined();
          expect(gs1LinkOf(link!)).toBe(link);
        }
      }),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => void [gs1LinkOf(text), gs1LinkOf(`urn:epc:id:${text}`), gs1LinkOf(`https://${text}`)],
      ),
    );
  });
});

test.each([
  ['1061414107346', 4],
  ['10614141234567890', 8],
  ['629104150021', 3],
])('the check digit of %s is %i', (digits, digit) => {
  expect(checkDigit(digits)).toBe(digit);
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseQualityKey, qualityDayKey, qualityUnitKey } from './quality-keys.js';

const word = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
const carriers = fc.record({ tenant: word, carrier: word });

describe('keys of data quality', () => {
  it('are read back as they were built', () => {
    fc.assert(
      fc.property(carriers, fc.stringMatching(/^[0-9a-f]{16}$/), (carrier, unit) => {
        const date = '2020-06-30';
        expect(parseQualityKey(qualityDayKey(carrier, date))).toEqual({ carrier, part: 'day', date });
        expect(parseQualityKey(qualityUnitKey(carrier, unit))).toEqual({ carrier, part: 'unit', unit });
      }),
    );
  });

  it('are not built from names that would run into each other', () => {
    for (const tenant of ['', 'a/b', 'A', 'a}', 'a:b'])
      expect(() => qualityDayKey({ tenant, carrier: 'x' }, '2020-06-30')).toThrow('not a carrier');
  });

  it.each(['', 'lb:1:{t:0}:state', 'lb:{quality:a/b}:day:today', 'lb:{quality:a}:day:2020-06-30'])(
    '%j is none',
    (key) => {
      expect(parseQualityKey(key)).toBeUndefined();
    },
  );
});

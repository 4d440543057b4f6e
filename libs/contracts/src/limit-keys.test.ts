import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseShardKey } from './keys.js';
import { limitBucketKey, limitDayKey, parseLimitKey, purses } from './limit-keys.js';
import { parseQualityKey } from './quality-keys.js';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
const subjects = fc.record({ tenant: name, carrier: name, purse: fc.constantFrom(...purses) });
const tag = (key: string): string | undefined => /\{(.*?)\}/.exec(key)?.[1];

describe('keys of limits', () => {
  it('are read back as they were built, and are nobody else’s', () => {
    fc.assert(
      fc.property(subjects, fc.integer({ min: 1000, max: 9999 }), (subject, year) => {
        const date = `${year}-12-31`;
        const keys = [limitBucketKey(subject), limitDayKey(subject, date)];
        expect(keys.map(parseLimitKey)).toEqual([
          { subject, part: 'bucket' },
          { subject, part: 'day', date },
        ]);
        expect(new Set(keys.map(tag))).toEqual(new Set([`limit:${subject.tenant}/${subject.carrier}`]));
        for (const key of keys) expect(parseShardKey(key) ?? parseQualityKey(key)).toBeUndefined();
      }),
    );
  });

  it('differ for different carriers, and for the sandbox and the reading of one', () => {
    fc.assert(
      fc.property(subjects, subjects, (a, b) => {
        expect(limitBucketKey(a) === limitBucketKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it.each(['a/b', 'a}', '', 'A', 'a:b', '-a', 'a'.repeat(33)])('refuse %j as a carrier or a tenant', (text) => {
    expect(() => limitBucketKey({ tenant: text, carrier: 'a', purse: 'live' })).toThrow('not a carrier');
    expect(() => limitBucketKey({ tenant: 'a', carrier: text, purse: 'live' })).toThrow('not a carrier');
  });

  it.each(['', 'lb:{limit:a/b}:live:', 'lb:{limit:a/b}:other:bucket', 'lb:{limit:a/b}:live:day:20200101'])(
    'are not %j',
    (key) => {
      expect(parseLimitKey(key)).toBeUndefined();
    },
  );
});

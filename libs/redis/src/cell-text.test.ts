import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseAmounts } from './cell-text.js';

describe('the text of a cell', () => {
  it('is read as the amounts that it was written from', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 3 }), (amounts) => {
        expect(parseAmounts(amounts.join(','))).toEqual(amounts);
      }),
    );
    expect(parseAmounts('9007199254740991,0')).toEqual([Number.MAX_SAFE_INTEGER, 0]);
  });

  it.each([
    '',
    ',',
    '1,',
    ',1',
    '1,,2',
    '-1',
    '1.5',
    '1e3',
    ' 1',
    '1 ',
    'NaN',
    '0x10',
    '9007199254740992',
    '9'.repeat(400),
  ])('is refused where it is %j', (text) => {
    expect(() => parseAmounts(text)).toThrow('not the amounts of a cell');
  });
});

import { expect, test } from '@jest/globals';
import { lengthCodeOf, teuHundredthsOf } from './container-size.js';

test.each([
  ['10G0', 50],
  ['22G1', 100],
  ['22GP', 100],
  ['2210', 100],
  ['30G0', 150],
  ['45G1', 200],
  ['4EG1', 200],
  ['42R1', 200],
  ['9500', 225],
  ['L5G1', 225],
  ['l5g1', 225],
  ['M5G1', 240],
  ['P5G1', 265],
  ['Z2G1', undefined],
  ['', undefined],
])('%j is %j hundredths of a TEU', (sizeType, teu) => {
  expect(teuHundredthsOf(sizeType)).toBe(teu);
});

test('the length code is the reverse, the first where two are as long', () => {
  expect(['1', '2', '3', '4', '9', 'M'].map((code) => lengthCodeOf(teuHundredthsOf(code)!))).toEqual([
    '1',
    '2',
    '3',
    '4',
    '9',
    'M',
  ]);
  expect(lengthCodeOf(1)).toBeUndefined();
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { findJsonFault, lineAndColumn } from './json-fault.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonFault', () => {
  test.each([
    ['', 0, 'ends too early'],
    ['{"a":1', 6, 'ends too early'],
    ['[1,]', 3, 'expected a value'],
    ['[1 2]', 3, 'comma or ]'],
    ['{"a" 1}', 5, 'colon'],
    ['{"a":1,}', 7, 'name in double quotes'],
    ["{'a':1}", 1, 'name in double quotes'],
    ['{"a":01}', 6, 'comma or }'],
    ['{"a":NaN}', 5, 'expected a value'],
    ['{"a":+1}', 5, 'expected a value'],
    ['"a', 2, 'not closed'],
    ['"\t"', 1, 'control character'],
    ['"\\x41"', 1, 'escape'],
    ['{} {}', 3, 'nothing after'],
    ['[}', 1, 'expected a value'],
    ['\u00a01', 0, 'expected a value'],
  ])('names the place in %j', (text, offset, reason) => {
    const fault = findJsonFault(text);
    expect(fault?.offset).toBe(offset);
    expect(fault?.reason).toContain(reason);
  });

  test('refuses exactly the texts that JSON.parse refuses', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"',
          '\\',
          '\\u12',
          'true',
          'nul',
          '-',
          '0',
          '1.',
          'e5',
          ' ',
          '\n',
          '\u2028',
          '""',
        ),
        fc.json(),
        fc.string(),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test('refuses exactly the texts that JSON.parse refuses when one character of a document is lost or changed', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '0'), (json, place, replacement) => {
        const at = place % json.length;
        const text = json.slice(0, at) + replacement + json.slice(at + 1);
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test('reads a hundred thousand open brackets without a stack', () => {
    expect(findJsonFault('['.repeat(100_000))?.offset).toBe(100_000);
    expect(findJsonFault('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  });
});

describe('lineAndColumn', () => {
  test.each([
    ['abc', 0, 1, 1],
    ['a\nbc', 3, 2, 2],
    ['a\nbc', 1, 1, 2],
    ['a\r\nb\r\n', 6, 3, 1],
  ])('%j at %i is line %i, column %i', (text, offset, line, column) => {
    expect(lineAndColumn(text, offset)).toEqual({ line, column });
  });
});

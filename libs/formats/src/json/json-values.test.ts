import { describe, expect, test } from '@jest/globals';
import { childPath, listOf, own, ownText, shown } from './json-values.js';

describe('own', () => {
  test('finds nothing in a prototype, and a name of one where the message has it', () => {
    expect(own({}, 'constructor')).toBeUndefined();
    expect(own({}, '__proto__')).toBeUndefined();
    expect(own(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1);
    expect(own('text', 'length')).toBeUndefined();
    expect(own([1], '0')).toBeUndefined();
    expect(own({ a: null }, 'a')).toBeUndefined();
  });
});

describe('ownText', () => {
  test.each([
    [{ a: ' x ' }, 'x'],
    [{ a: '  ' }, undefined],
    [{ a: 1 }, undefined],
    [{}, undefined],
  ])('of %j is %j', (object, text) => {
    expect(ownText(object, 'a')).toBe(text);
  });
});

test('listOf takes one thing, many and none', () => {
  expect([listOf(1), listOf([1, 2]), listOf(undefined), listOf(null)]).toEqual([[1], [1, 2], [], []]);
});

test('childPath writes JSONPath, long names cut', () => {
  expect(childPath(childPath(childPath('$', 'a'), 0), 'cargo:eventDate')).toBe('$.a[0]["cargo:eventDate"]');
  expect(childPath('$', 'x'.repeat(10_000)).length).toBeLessThan(80);
});

test('shown cuts texts to 40 characters', () => {
  expect(shown('x'.repeat(1_000))).toHaveLength(42);
  expect([shown(1), shown(undefined), shown([]), shown({}), shown(null)]).toEqual([
    '1',
    'nothing',
    'a list',
    'an object',
    'null',
  ]);
});

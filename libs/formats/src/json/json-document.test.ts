import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fastestMs, hangMs } from '../test-pace.js';
import { jsonDepthMax, jsonValuesMax, readJson } from './json-document.js';

const read = (text: string) => readJson(Buffer.from(text));

describe('readJson', () => {
  test('gives what JSON.parse gives for every text without equal names, with a byte order mark or without', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom('', '\ufeff'), (value, mark) => {
        const text = JSON.stringify(value);
        expect(read(mark + text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test.each([
    ['{"a":1,"a":2}', '$.a'],
    ['{"a":{"b":1,"c":[{"d":1},{"d":1,"e":2,"d":3}]}}', '$.a.c[1].d'],
    ['{"a":1,"\\u0061":2}', '$.a'],
    ['[{"x":"}"},{"x-y":"\\"","x-y":"{"}]', '$[1]["x-y"]'],
    ['{"__proto__":1,"__proto__":2}', '$.__proto__'],
    ['{"a":[{"b":1},{"b":1}],"a":1}', '$.a'],
  ])('refuses equal names in %s at %s', (text, path) => {
    expect(read(text)).toMatchObject({ ok: false, fault: { code: 'invalid_message', path } });
  });

  test('takes the same name in different objects, and as a name and a value', () => {
    expect(read('{"a":{"a":"a"},"b":[{"a":1},{"a":2}],"c":"a"}').ok).toBe(true);
  });

  test('finds equal names wherever they stand in any document', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, name) => {
        const members = Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
        const twice = [...members, `${JSON.stringify(name)}:1`, `${JSON.stringify(name)}:2`].join(',');
        expect(read(`[[{${twice}}]]`)).toMatchObject({
          ok: false,
          fault: { detail: expect.stringContaining('twice') },
        });
      }),
    );
  });

  test(`takes ${jsonDepthMax} levels and refuses one more, with its place`, () => {
    expect(read('['.repeat(jsonDepthMax) + ']'.repeat(jsonDepthMax)).ok).toBe(true);
    const deeper = read(`${'{"a":'.repeat(jsonDepthMax)}[]${'}'.repeat(jsonDepthMax)}`);
    expect(deeper).toMatchObject({ ok: false, fault: { path: `$${'.a'.repeat(jsonDepthMax)}` } });
  });

  test(`takes ${jsonValuesMax} values and refuses one more, with its place`, () => {
    const zeros = (count: number) => `[${Array.from({ length: count }, () => 0).join(',')}]`;
    expect(read(zeros(jsonValuesMax)).ok).toBe(true);
    expect(read(zeros(jsonValuesMax + 1))).toMatchObject({ ok: false, fault: { path: `$[${jsonValuesMax}]` } });
    expect(read(`{"a":${zeros(jsonValuesMax)}}`)).toMatchObject({
      ok: false,
      fault: { path: `$.a[${jsonValuesMax - 1}]` },
    });
  });

  test.each([
    ['', 'line 1, column 1'],
    ['{"a":1,\n "b" 2}', 'line 2, column 6'],
    ['[1,2', 'line 1, column 5'],
    ["{'a':1}", 'line 1, column 2'],
  ])('names line and column of what is not JSON: %j', (text, path) => {
    expect(read(text)).toMatchObject({ ok: false, fault: { code: 'invalid_message', path } });
  });

  test('tells where the text stops being UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"city":"郑州'), Buffer.from([0xe9, 0x83]), Buffer.from('"}')]);
    expect(readJson(bytes)).toMatchObject({ ok: false, fault: { path: 'line 1, column 12' } });
  });

  test('leaves names of prototypes as data', () => {
    const reading = read('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(reading.ok && Object.keys(reading.value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('answers hostile texts in a time that grows with their length only', () => {
    const open = '['.repeat(100_000);
    const hostile = [open, `${open}${']'.repeat(100_000)}`, '{"a":'.repeat(50_000), `"${'\\"'.repeat(50_000)}"`, '"\\'];
    hostile.push(`{${Array.from({ length: 20_000 }, (_, index) => `"${index}":0`).join(',')}}`);
    for (const text of hostile) {
      const reading = read(text);
      expect(fastestMs(() => void read(text))).toBeLessThan(hangMs);
      if (!reading.ok) expect(reading.fault.path.length).toBeGreaterThan(0);
    }
  });

  test('refuses eight million characters of brackets before anything is built of them, JSON or not', () => {
    const parts = ['[', '{},', '{"a":', '{"@id":"a"},', '["\\q",'].map((part) => part.repeat(8_000_000 / part.length));
    // A JSONPath shows that the scan refused it: whatever `JSON.parse` refuses is told by line and column.
    for (const text of [...parts, `[${'{},'.repeat(2_700_000)}{}]`, '['.repeat(4_000_000) + ']'.repeat(4_000_000)])
      expect(read(text)).toMatchObject({ ok: false, fault: { path: expect.stringMatching(/^\$/) } });
  });

  test('reads a string of ten million characters', () => {
    expect(read(`{"a":"${'\\\\'.repeat(5_000_000)}"}`).ok).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeText } from './character-sets.js';

const head = (set: string) => `UNB+${set}:3+A+B+260303:0915+1'\n`;
const decode = (...parts: readonly (string | readonly number[])[]) =>
  decodeText(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );

describe('character sets', () => {
  it.each([
    ['UNOC', [0xe9], 'é'],
    ['UNOD', [0xb3], 'ł'],
    ['UNOE', [0xb6], 'Ж'],
    ['UNOF', [0xe1], 'α'],
    ['UNOG', [0xb1], 'ħ'],
    ['UNOH', [0xbf], 'ŋ'],
    ['UNOI', [0xe5], 'م'],
    ['UNOJ', [0xe0], 'א'],
    ['UNOK', [0xf0], 'ğ'],
    ['UNOW', [0xe9, 0x83, 0x91], '郑'],
    ['UNOY', [0xe9, 0x83, 0x91], '郑'],
  ])('%s is read as what it is', (set, bytes, text) => {
    expect(decode(head(set), bytes)).toEqual({ ok: true, text: head(set) + text });
    expect(decode([0xef, 0xbb, 0xbf], `UNA:+.? '\r\n${head(set)}`, bytes)).toEqual({
      ok: true,
      text: `UNA:+.? '\r\n${head(set)}${text}`,
    });
  });

  it.each([
    ['UNOA', [0xe9], 'line 2, column 4'],
    ['UNOB', [0xe9], 'line 2, column 4'],
    ['UNOY', [0xe9, 0x83], 'line 2, column 4'],
    ['UNOY', [0xe9, 0x83, 0x91, 0xff], 'line 2, column 5'],
    ['UNOF', [0xff], 'line 2, column 4'],
    ['UNOX', [], 'line 1, column 5'],
    ['UNOZ', [], 'line 1, column 5'],
  ])('%s refuses the bytes %p at their place', (set, bytes, path) => {
    expect(decode(head(set), 'abc', bytes)).toMatchObject({ ok: false, fault: { code: 'invalid_message', path } });
  });

  it('takes a message without an envelope as UTF-8 where it is that, else as ISO 8859-1', () => {
    expect(decode("UNH+1'", [0xe9, 0x83, 0x91])).toEqual({ ok: true, text: "UNH+1'郑" });
    expect(decode("UNH+1'", [0xe9])).toEqual({ ok: true, text: "UNH+1'é" });
  });

  it.each([[[0xff, 0xfe]], [[0xfe, 0xff]]])('refuses UTF-16 (%p)', (mark) => {
    expect(decode(mark, 'U\0N\0B\0')).toMatchObject({ ok: false, fault: { path: 'line 1, column 1' } });
  });

  it('decodes or refuses any bytes, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UNOA', 'UNOC', 'UNOE', 'UNOF', 'UNOY', 'UNOX', 'none'),
        fc.uint8Array(),
        (set, bytes) => {
          const decoding = decode(set === 'none' ? '' : head(set), [...bytes]);
          if (!decoding.ok) expect(decoding.fault.path).toMatch(/^line \d+, column \d+$/);
        },
      ),
    );
  });
});

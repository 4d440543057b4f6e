import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { fastestMs, hangMs } from '../test-pace.js';
import { segmentCharactersMax, SegmentReader, segmentsMax, type Segment } from './segments.js';

const read = (text: string): { segments: Segment[]; reader: SegmentReader } => {
  const reader = new SegmentReader(text);
  const segments: Segment[] = [];
  for (let segment = reader.next(); segment; segment = reader.next()) segments.push(segment);
  return { segments, reader };
};

/** Tag and elements by the simplest way that is right: one character after another, for the default service characters. */
function naive(text: string): { tag: string; elements: string[][] }[] {
  const segments: { tag: string; elements: string[][] }[] = [];
  let elements: string[][] = [['']];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const last = elements.at(-1)!;
    if (character === '?') last[last.length - 1] += text[++i] ?? '';
    else if (character === ':') last.push('');
    else if (character === '+') elements.push(['']);
    else if (character === "'") {
      segments.push({ tag: elements[0]![0]!, elements });
      elements = [['']];
    } else last[last.length - 1] += character;
  }
  return segments;
}

const component = fc.string({ unit: fc.constantFrom('A', 'Z', '0', '9', '?', '+', ':', '*', 'x'), maxLength: 6 });
const segmentText = fc
  .tuple(
    fc.constantFrom('BGM', 'FTX', 'LOC'),
    fc.array(fc.array(component, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
  )
  .map(([tag, elements]) =>
    [tag, ...elements.map((one) => one.map((text) => text.replace(/[?+:']/g, '?$&')).join(':'))].join('+'),
  );

describe('segments', () => {
  it('are those of a naive reader, for every release character and empty element', () => {
    fc.assert(
      fc.property(fc.array(segmentText, { maxLength: 8 }), (written) => {
        const text = written.map((one) => `${one}'`).join('');
        const expected = naive(text);
        const { segments, reader } = read(text);
        expect(reader.fault).toBeUndefined();
        expect(segments.map(({ tag }) => tag)).toEqual(expected.map(({ tag }) => tag));
        const seven = Array.from({ length: 7 }, (_, i) => i + 1);
        expect(
          segments.map((segment) => seven.map((element) => seven.map((part) => segment.text(element, part - 1)))),
        ).toEqual(expected.map(({ elements }) => seven.map((i) => seven.map((part) => elements[i]?.[part - 1] ?? ''))));
      }),
      { numRuns: 500 },
    );
  });

  it('stand at their line and column, with each of their components', () => {
    const { segments } = read("BGM+34'\r\n  RFF+BM:A?+B:C'LOC+5+\nCNZGZ'");
    expect(segments.map((segment) => segment.path())).toEqual([
      'line 1, column 1',
      'line 2, column 3',
      'line 2, column 17',
    ]);
    expect(segments[1]!.path(1, 1)).toBe('line 2, column 10');
    expect(segments[1]!.path(1, 2)).toBe('line 2, column 15');
    expect(segments[2]!.path(2)).toBe('line 2, column 23');
    expect(segments[2]!.text(2)).toBe('CNZGZ');
  });

  it.each([
    ["UNA:+.? 'BGM+A:B?+C'", 'A', 'B+C'],
    ["UNA:+,? '\r\nBGM+A:B?+C'", 'A', 'B+C'],
    ['UNA;*.! ~BGM*A;B!*C~', 'A', 'B*C'],
    ["UNA:+.\\*'BGM+A:B\\+C'", 'A', 'B+C'],
    ["UNA:+.  'BGM+A:B?'", 'A', 'B?'],
    ['UNA:+.? \nBGM+A:B?+C\nLOC+7\n', 'A', 'B+C'],
    ['UNA\u001d\u001f.  \u001cBGM\u001fA\u001dB\u001c', 'A', 'B'],
  ])('are split by the service characters of %j', (text, first, second) => {
    const { segments, reader } = read(text);
    expect(reader.fault).toBeUndefined();
    expect([segments[0]!.text(1, 0), segments[0]!.text(1, 1)]).toEqual([first, second]);
  });

  it.each([
    ["UNA++.? 'BGM'", 'line 1, column 1'],
    ["UNAA+.? 'BGM'", 'line 1, column 1'],
    ['UNA:+.', 'line 1, column 1'],
    ['UNA', 'line 1, column 1'],
    ["BGM+1'\nbgm+2'", 'line 2, column 1'],
    ["BGM+1'' ", 'line 1, column 7'],
    ["BGM+1'\n LOC+7", 'line 2, column 2'],
    ["BGM+1?'", 'line 1, column 1'],
    ["BGMX+1'", 'line 1, column 1'],
    ['no EDIFACT at all', 'line 1, column 1'],
    ["UNA:+.? 'UNA:+.? 'BGM'", 'line 1, column 10'],
    ["BGM'UNA:+.? 'BGM'", 'line 1, column 5'],
    [`BGM'${'\n'.repeat(5_000)}BGM'`, 'line 4098, column 1'],
  ])('of %j end at a fault with its place', (text, path) => {
    expect(read(text).reader.fault).toMatchObject({ code: 'invalid_message', path });
  });

  it('are as long and as many as they may be, and no more', () => {
    const long = `FTX+${'a'.repeat(segmentCharactersMax - 4)}`;
    expect(read(`${long}'`).segments).toHaveLength(1);
    expect(read(`${long}a'`).reader.fault?.detail).toContain('too long');
    const many = "LOC'".repeat(segmentsMax);
    expect(read(many).segments).toHaveLength(segmentsMax);
    expect(read(`${many}LOC'`).reader.fault?.detail).toContain('too many');
  });

  it.each([
    ['a segment of 10 MB', `FTX+${'a'.repeat(10_000_000)}'`],
    ['10 MB without an end', `FTX+${'a'.repeat(10_000_000)}`],
    ['10 MB of released terminators', `FTX+${"?'".repeat(5_000_000)}`],
    ['10 MB of release characters', `FTX+${'?'.repeat(10_000_000)}'`],
    ['a million empty segments', "'".repeat(1_000_000)],
    ['10 MB of line ends', '\n'.repeat(10_000_000)],
    ['a million UNA', "UNA:+.? '".repeat(1_000_000)],
  ])('of %s are refused at once', (_name, text) => {
    expect(fastestMs(() => read(text))).toBeLessThan(hangMs);
  });
});

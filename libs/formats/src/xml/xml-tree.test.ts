import { describe, expect, test } from '@jest/globals';
import { fastestMs } from '../test-pace.js';
import { childOf, readXml, textAt, xmlElementsMax, type XmlReading } from './xml-tree.js';
import { xmlRootOf } from './xml-root.js';
import { writeXml } from './xml-writing.js';

const read = (text: string): XmlReading => readXml(Buffer.from(text));
const faultOf = (reading: XmlReading): unknown => (reading.ok ? reading.document.root : reading.fault);

describe('a document', () => {
  test('is a tree of local names, texts and places', () => {
    const reading = read(
      '<?xml version="1.0"?>\r\n<c:a xmlns:c="u">\r\n  <c:b unit="KGM"> 1&amp;2 </c:b><b/>\r\n</c:a>',
    );
    if (!reading.ok) throw new Error(reading.fault.detail);
    const { root, pathOf } = reading.document;
    expect(root.name).toBe('a');
    expect(root.children.map((child) => [child.name, child.text, { ...child.attributes }, pathOf(child)])).toEqual([
      ['b', '1&2', { unit: 'KGM' }, 'line 3, column 3'],
      ['b', '', {}, 'line 3, column 34'],
    ]);
    expect(textAt(root, 'b')).toBe('1&2');
    expect(textAt(root, 'c', 'd')).toBeUndefined();
  });

  test('has no prototype that names from outside could reach', () => {
    const reading = read('<a __proto__="x" constructor="y"><__proto__>z</__proto__></a>');
    if (!reading.ok) throw new Error(reading.fault.detail);
    expect(Object.getPrototypeOf(reading.document.root.attributes)).toBeNull();
    expect(childOf(reading.document.root, '__proto__')?.text).toBe('z');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each([
    ['<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]>\n<a>&c;</a>', 'a DOCTYPE is not taken', 1],
    ['<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<a/>', 'a DOCTYPE is not taken', 2],
    ['<a>\n&xxe;</a>', 'no reference that XML knows', 2],
    ['<?xml version="1.0" encoding="EBCDIC-US"?><a/>', 'is not read', 1],
  ])('%j is refused: %s', (text, detail, line) => {
    expect(faultOf(read(text))).toMatchObject({
      code: 'invalid_message',
      detail: expect.stringContaining(detail),
      path: expect.stringMatching(new RegExp(`^line ${line}, column \\d+$`)),
    });
  });
});

describe('bytes', () => {
  const text = '<?xml version="1.0"?><a>郑州</a>';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 little end first', utf16],
    ['UTF-16 big end first', Buffer.from(utf16).swap16()],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-8 that is declared as UTF-16', Buffer.from(text.replace('?>', ' encoding="utf-16"?>'))],
    [
      'GBK',
      Buffer.concat([
        Buffer.from('<?xml version="1.0" encoding="GBK"?><a>'),
        Buffer.from([0xd6, 0xa3, 0xd6, 0xdd]),
        Buffer.from('</a>'),
      ]),
    ],
  ])('of %s are read', (_name, bytes) => {
    expect(faultOf(readXml(bytes))).toMatchObject({ name: 'a', text: '郑州' });
    expect(xmlRootOf(bytes.subarray(0, 200))?.name).toBe('a');
  });

  test('of ISO-8859-1 are read', () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Köln</a>', 'latin1');
    expect(faultOf(readXml(bytes))).toMatchObject({ text: 'Köln' });
  });

  test.each([
    [
      'UTF-8',
      Buffer.concat([Buffer.from('<a>\nx'), Buffer.from([0xc3, 0x28]), Buffer.from('</a>')]),
      'line 2, column 2',
    ],
    [
      'UTF-16LE',
      Buffer.concat([Buffer.from('\ufeff<a>\n', 'utf16le'), Buffer.from([0x00, 0xd8, 0x41, 0x00])]),
      'line 2, column 1',
    ],
  ])('that are not %s have a place', (_name, bytes, path) => {
    expect(faultOf(readXml(bytes))).toMatchObject({ code: 'invalid_message', path });
  });
});

describe('bounds', () => {
  test.each([
    ['100,000 nested elements', '<a>'.repeat(100_000), 'nested too deep'],
    ['300,000 elements', `<a>${'<b/>'.repeat(300_000)}</a>`, 'too many elements'],
    [
      '100,000 attributes',
      `<a ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      'too many attributes',
    ],
    ['a name of a megabyte', `<${'a'.repeat(1_000_000)}/>`, 'a name is too long'],
    ['a comment without an end', `<a><!--${'x'.repeat(1_000_000)}`, 'a comment does not end'],
    ['a million tags that open nothing', '<'.repeat(1_000_000), 'no name stands here'],
  ])('%s are refused', (_name, text, detail) => {
    expect(faultOf(read(text))).toMatchObject({ code: 'invalid_message', detail: expect.stringContaining(detail) });
  });

  test('as many elements as are allowed are read', () => {
    expect(read(`<a>${'<b/>'.repeat(xmlElementsMax - 1)}</a>`).ok).toBe(true);
  });

  /** The bounds are for a machine that does other things too; alone it takes a quarter of them. */
  test.each([
    ['10 MB of text', `<a>${'x'.repeat(10_000_000)}</a>`, 400],
    ['10 MB of an attribute', `<a b="${'x'.repeat(10_000_000)}"/>`, 400],
    ['1 MB of line ends', `<a>${'\r\n'.repeat(500_000)}</a>`, 100],
    ['1 MB of references', `<a>${'&amp;'.repeat(200_000)}</a>`, 300],
    ['1 MB of brackets', `<a>${']]'.repeat(500_000)}</a>`, 100],
    ['1 MB of entities', `<!DOCTYPE a [${'<!ENTITY b "c">'.repeat(60_000)}]><a/>`, 100],
  ])('%s take little time', (_name, text, limitMs) => {
    const bytes = Buffer.from(text);
    expect(fastestMs(() => readXml(bytes))).toBeLessThan(10 * limitMs);
  });
});

test('what is written reads back', () => {
  const text = writeXml(
    'a',
    { b: '"<&' },
    { c: '郑 < & > "', d: ['1', '2'], e: { f: 3, g: undefined }, h: 'x\u0000\ud800' },
  );
  const reading = read(text);
  if (!reading.ok) throw new Error(reading.fault.detail);
  const { root } = reading.document;
  expect(root.attributes['b']).toBe('"<&');
  expect(root.children.map(({ name, text: value }) => [name, value])).toEqual([
    ['c', '郑 < & > "'],
    ['d', '1'],
    ['d', '2'],
    ['e', ''],
    ['h', 'x??'],
  ]);
  expect(textAt(root, 'e', 'f')).toBe('3');
});

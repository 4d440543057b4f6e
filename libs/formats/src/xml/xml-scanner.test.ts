import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { scanXml, XmlRefusal } from './xml-scanner.js';

/** Whether a piece of text says something. A reference such as `&#xd;` may stand for a blank, which is told or not. */
function saysSomething(piece: string): boolean {
  return /[^ \t\r\n]/.test(piece);
}

/** What a document holds, as a list of steps; undefined where it is refused. */
function stepsOf(text: string): string[] | undefined {
  const steps: string[] = [];
  try {
    scanXml(text, {
      open: (name, _offset, attributes) => steps.push(`<${name}${JSON.stringify({ ...attributes })}`),
      text: (piece) => saysSomething(piece) && steps.push(`=${piece}`),
      close: () => steps.push('>'),
    });
  } catch (error) {
    if (error instanceof XmlRefusal) return undefined;
    throw error;
  }
  return steps;
}

/** The same by saxes, the strict parser. Pieces of text come together or apart, and blank ones are not told. */
function stepsOfSaxes(text: string): string[] | undefined {
  const steps: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => steps.push(`<${name}${JSON.stringify({ ...attributes })}`));
  const take = (piece: string): void => {
    if (saysSomething(piece)) steps.push(`=${piece}`);
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => steps.push('>'));
  try {
    parser.write(text).close();
  } catch {
    return undefined;
  }
  return steps;
}

const name = fc.constantFrom('a', 'b', 'ceb:Order', '订单', 'x-1');
const content = fc.constantFrom(
  '',
  'text',
  ' ',
  '&amp;',
  '&#65;',
  '&#x4e2d;',
  '<!-- c -->',
  '<![CDATA[<&]]>',
  '<?pi x?>',
  '郑州',
);
const attribute = fc.constantFrom('', ' a="1"', " b='&lt;'", ' a="1" b="2"', ' xmlns:ceb="urn:x"');
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(name, attribute).map(([of, attributes]) => `<${of}${attributes}/>`),
    fc
      .tuple(name, attribute, fc.array(fc.oneof(content, tie('element')), { maxLength: 4 }))
      .map(([of, attributes, parts]) => `<${of}${attributes}>${parts.join('')}</${of}>`),
  ),
}));
const document = fc
  .tuple(fc.constantFrom('', '<?xml version="1.0"?>\n', '<!-- c -->'), element)
  .map((parts) => parts.join(''));

describe('the scanner', () => {
  test('takes well-formed documents as saxes does', () => {
    fc.assert(
      fc.property(document, (text) => {
        expect(stepsOf(text)).toEqual(stepsOfSaxes(text));
      }),
      { numRuns: 300 },
    );
  });

  test('refuses what saxes refuses, whatever is changed in a document', () => {
    const changed = fc
      .tuple(
        document,
        fc.nat(400),
        fc.constantFrom('', '<', '>', '&', '"', "'", '/', ']]>', '--', '\u0001', 'x', ' ', '<a', '&b;', '&#0;', '='),
        fc.nat(3),
      )
      .map(([text, at, put, drop]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + drop);
      });
    fc.assert(
      fc.property(changed, (text) => {
        // The declaration's inside is not looked at here; that is the decoder's matter.
        fc.pre(!text.startsWith('<?') || text.startsWith('<?xml version="1.0"?>'));
        expect([text, stepsOf(text)]).toEqual([text, stepsOfSaxes(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['<a', 2],
    ['<a b>', 4],
    ['<a b=1>', 5],
    ['<a b="1', 5],
    ['<a b="1" b="2"/>', 9],
    ['<a b="1"c="2"/>', 8],
    ['<a b="<"/>', 6],
    ['<a></b>', 3],
    ['<a>&nbsp;</a>', 3],
    ['<a>&#xD800;</a>', 3],
    ['<a>&#1;</a>', 3],
    ['<a>]]></a>', 3],
    ['<a><!-- -- --></a>', 8],
    ['<a><![CDATA[</a>', 3],
    ['<a/><b/>', 4],
    ['<a/>text', 4],
    ['text', 0],
    ['', 0],
    ['<1/>', 1],
    [' <?xml version="1.0"?><a/>', 1],
    ['<a>\u0000</a>', 3],
    ['<a><?pi</a>', 3],
    ['<a><!ELEMENT b></a>', 3],
  ])('says where %j is wrong', (text, offset) => {
    const scan = (): void => scanXml(text, { open: () => {}, text: () => {}, close: () => {} });
    expect(scan).toThrow(expect.objectContaining({ offset }));
  });
});

/**
 * One pass over the text of an XML document, strict, telling elements and texts as they come.
 *
 * Goal: no document of a stranger holds the process for longer than its bytes are worth, and each fault has its place.
 * Choice: `indexOf` jumps over texts, comments and attribute values, so only names are looked at character by character: ten megabytes
 * take some 20 ms. Refused: saxes, the strict parser that is at hand, because it took 380 to 760 ms for ten megabytes of text and over
 * 4 s where they were line ends or comments; the tests hold this scanner to its judgement instead. Refused too: everything that comes
 * with a DOCTYPE, which is entity expansion, external entities and default attributes.
 * Line ends stay as they are, because values are trimmed and no format of ours has any inside of one.
 */

/** More than any message has on an element; it bounds the search for a name that is given twice. */
const xmlAttributesMax = 256;
/** Longer than any name of our formats by ten. */
const nameCharactersMax = 500;
/** The longest reference is `&#x10FFFF;`; leading zeros are allowed, so there is some room. */
const referenceCharactersMax = 16;

export interface XmlHandler {
  /** The offset is that of the `<`. Attributes are undefined where there are none. */
  open(name: string, offset: number, attributes: Readonly<Record<string, string>> | undefined): void;
  /** A piece of text that is not blank, with references resolved. */
  text(piece: string): void;
  close(): void;
}

/** Thrown out of `scanXml`, by it and by handlers that have seen enough; whoever calls it makes a fault of it. */
export class XmlRefusal extends Error {
  constructor(
    readonly detail: string,
    readonly offset: number,
    readonly expected?: string,
  ) {
    super(detail);
  }
}

/** Scans a whole document. @throws XmlRefusal at the first thing that is not well formed, and nothing else */
export function scanXml(text: string, handler: XmlHandler): void {
  const control = indexOfControl(text);
  if (control >= 0) throw new XmlRefusal('a control character is not allowed', control);
  new Scanner(text, handler).run();
}

class Scanner {
  private at = 0;
  private readonly openNames: string[] = [];
  private rootSeen = false;

  constructor(
    private readonly source: string,
    private readonly handler: XmlHandler,
  ) {}

  run(): void {
    const { source } = this;
    for (;;) {
      const next = source.indexOf('<', this.at);
      this.takeText(next < 0 ? source.length : next);
      if (next < 0) break;
      this.at = next;
      const mark = source.charCodeAt(next + 1);
      if (mark === slash) this.takeEndTag();
      else if (mark === question) this.takeInstruction();
      else if (mark === exclamation) this.takeDeclaration();
      else this.takeStartTag();
    }
    const unclosed = this.openNames.at(-1);
    if (unclosed !== undefined) throw this.refusal(`<${unclosed.slice(0, 40)}> is not closed`, source.length);
    if (!this.rootSeen) throw this.refusal('there is no element', source.length);
  }

  private takeText(end: number): void {
    if (end === this.at) return;
    const piece = this.source.slice(this.at, end);
    const start = this.at;
    this.at = end;
    if (isBlank(piece)) return;
    if (this.openNames.length === 0) throw this.refusal('there is text outside of the root element', start);
    const section = piece.indexOf(']]>');
    if (section >= 0) throw this.refusal('"]]>" stands outside of a CDATA section', start + section);
    this.handler.text(this.resolved(piece, start));
  }

  private takeStartTag(): void {
    const start = this.at;
    if (this.rootSeen && this.openNames.length === 0) throw this.refusal('there is a second root element', start);
    this.at++;
    const name = this.takeName();
    let attributes: Record<string, string> | undefined;
    let count = 0;
    for (;;) {
      const spaced = this.skipSpace();
      const code = this.source.charCodeAt(this.at);
      if (code === greater || code === slash) break;
      if (!spaced) throw this.refusal('a start tag does not end here', this.at, 'a space, "/>" or ">"');
      if (++count > xmlAttributesMax)
        throw this.refusal('an element has too many attributes', this.at, `at most ${xmlAttributesMax}`);
      attributes ??= Object.create(null) as Record<string, string>;
      this.takeAttribute(attributes);
    }
    this.rootSeen = true;
    this.handler.open(name, start, attributes);
    if (this.source.charCodeAt(this.at) === slash) {
      this.expect('/>');
      this.handler.close();
      return;
    }
    this.at++;
    this.openNames.push(name);
  }

  private takeAttribute(attributes: Record<string, string>): void {
    const start = this.at;
    const name = this.takeName();
    if (name in attributes) throw this.refusal(`the attribute "${name.slice(0, 40)}" is given twice`, start);
    this.skipSpace();
    this.expect('=');
    this.skipSpace();
    const quote = this.source[this.at];
    if (quote !== '"' && quote !== "'") throw this.refusal('an attribute value has no quotes', this.at, 'a quote');
    const end = this.source.indexOf(quote, this.at + 1);
    if (end < 0) throw this.refusal('an attribute value does not end', this.at);
    const value = this.source.slice(this.at + 1, end);
    const less = value.indexOf('<');
    if (less >= 0) throw this.refusal('"<" stands in an attribute value', this.at + 1 + less, '"&lt;"');
    attributes[name] = this.resolved(value, this.at + 1);
    this.at = end + 1;
  }

  private takeEndTag(): void {
    const start = this.at;
    this.at += 2;
    const name = this.takeName();
    this.skipSpace();
    this.expect('>');
    const open = this.openNames.pop();
    if (open !== name)
      throw this.refusal(
        `</${name.slice(0, 40)}> closes nothing that is open`,
        start,
        open === undefined ? 'no end tag' : `</${open.slice(0, 40)}>`,
      );
    this.handler.close();
  }

  private takeInstruction(): void {
    const start = this.at;
    const end = this.source.indexOf('?>', start + 2);
    if (end < 0) throw this.refusal('a processing instruction does not end', start);
    this.at = start + 2;
    const target = this.takeName();
    if (target.toLowerCase() === 'xml' && start !== 0)
      throw this.refusal('an XML declaration stands elsewhere than at the start', start);
    if (this.at !== end && !isSpace(this.source.charCodeAt(this.at)))
      throw this.refusal('the name of a processing instruction does not end', this.at);
    this.at = end + 2;
  }

  private takeDeclaration(): void {
    const start = this.at;
    if (this.source.startsWith('<!--', start)) {
      const end = this.source.indexOf('--', start + 4);
      if (end < 0) throw this.refusal('a comment does not end', start);
      this.at = end;
      this.expect('-->');
    } else if (this.source.startsWith('<![CDATA[', start)) {
      if (this.openNames.length === 0) throw this.refusal('there is text outside of the root element', start);
      const end = this.source.indexOf(']]>', start + 9);
      if (end < 0) throw this.refusal('a CDATA section does not end', start);
      const piece = this.source.slice(start + 9, end);
      if (!isBlank(piece)) this.handler.text(piece);
      this.at = end + 3;
    } else if (this.source.startsWith('<!DOCTYPE', start))
      throw this.refusal('a DOCTYPE is not taken: nothing is expanded or fetched', start, 'no DOCTYPE');
    else throw this.refusal('"<!" begins nothing that XML knows', start, 'a comment or a CDATA section');
  }

  private takeName(): string {
    const { source } = this;
    const start = this.at;
    let at = start;
    for (; at < source.length && at - start <= nameCharactersMax; at++) {
      const code = source.charCodeAt(at);
      if (code < 128 ? !isAsciiNamePart(code) : !isWithin(otherNameParts, code)) break;
    }
    const first = source.charCodeAt(start);
    if (at === start || isDigit(first) || first === dash || first === point || isWithin(otherNotFirst, first))
      throw this.refusal('no name stands here', start, 'a name');
    if (at - start > nameCharactersMax)
      throw this.refusal('a name is too long', start, `at most ${nameCharactersMax} characters`);
    this.at = at;
    return source.slice(start, at);
  }

  private skipSpace(): boolean {
    const start = this.at;
    while (isSpace(this.source.charCodeAt(this.at))) this.at++;
    return this.at > start;
  }

  private expect(mark: string): void {
    if (!this.source.startsWith(mark, this.at)) throw this.refusal(`"${mark}" is missing`, this.at, `"${mark}"`);
    this.at += mark.length;
  }

  /** References to characters and to the five names that XML itself knows; others could only come from a DOCTYPE. */
  private resolved(piece: string, offset: number): string {
    let amp = piece.indexOf('&');
    if (amp < 0) return piece;
    let text = '';
    let at = 0;
    for (; amp >= 0; amp = piece.indexOf('&', at)) {
      const reference = piece.slice(amp + 1, amp + 1 + referenceCharactersMax);
      const end = reference.indexOf(';');
      const character = end < 0 ? undefined : characterOf(reference.slice(0, end));
      if (character === undefined)
        throw this.refusal('"&" begins no reference that XML knows', offset + amp, '"&amp;" or a character reference');
      text += piece.slice(at, amp) + character;
      at = amp + end + 2;
    }
    return text + piece.slice(at);
  }

  private refusal(detail: string, offset: number, expected?: string): XmlRefusal {
    return new XmlRefusal(detail, offset, expected);
  }
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function characterOf(reference: string): string | undefined {
  if (!reference.startsWith('#')) return named.get(reference);
  const digits = /^#(?:x([0-9a-fA-F]{1,12})|(\d{1,12}))$/.exec(reference);
  if (!digits) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const isCharacter =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

const slash = 47;
const question = 63;
const exclamation = 33;
const greater = 62;
const dash = 45;
const point = 46;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 10) || code === 13;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isAsciiNamePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 58) ||
    code === 95 ||
    code === dash ||
    code === point
  );
}

type Ranges = readonly (readonly [low: number, high: number])[];

/** Name characters beyond ASCII. Halves of characters above U+FFFF are taken, because all of those up to U+EFFFF are allowed. */
const otherNameParts: Ranges = [
  [0xb7, 0xb7],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x203f, 0x2040],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xd800, 0xdb7f],
  [0xdc00, 0xdfff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
];
/** Those of them that cannot begin a name: the middle dot, accents, ties. */
const otherNotFirst: Ranges = [
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];

function isWithin(ranges: Ranges, code: number): boolean {
  return ranges.some(([low, high]) => code >= low && code <= high);
}

/** The first character that UTF-16 text can hold and XML cannot, or -1; surrogates have been checked by the decoder. */
function indexOfControl(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && !isSpace(code)) || code >= 0xfffe) return at;
  }
  return -1;
}

function isBlank(piece: string): boolean {
  for (let at = 0; at < piece.length; at++) if (!isSpace(piece.charCodeAt(at))) return false;
  return true;
}

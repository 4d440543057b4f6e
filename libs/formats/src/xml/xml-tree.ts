/**
 * XML documents as small trees, for the formats that are written in it. Elements go by their local names, because the same message comes
 * with a prefix, with a default namespace, or with none.
 */
import type { FormatFault } from '../message-format.js';
import { decodeXml } from './xml-decoding.js';
import { LineIndex, xmlFault } from './xml-position.js';
import { scanXml, XmlRefusal, type XmlHandler } from './xml-scanner.js';

/** Messages of our formats are nine deep at most; deeper is an attack on recursion somewhere. */
const xmlDepthMax = 64;
/** A customs message of 1,000 lists with 20 lines of goods has some 150,000 elements. */
export const xmlElementsMax = 200_000;

/** An element by its local name. */
export interface XmlElement {
  readonly name: string;
  /** Without a prototype, so that names from outside are only names. Prefixes are kept: `xmlns:ceb`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text without its children's, trimmed. */
  readonly text: string;
  /** Index of its `<` in the decoded text; `XmlDocument.pathOf` makes a place of it. */
  readonly offset: number;
}

export interface XmlDocument {
  readonly root: XmlElement;
  /** `line 3, column 7` of an element. */
  readonly pathOf: (element: XmlElement) => string;
}

export type XmlReading =
  | { readonly ok: true; readonly document: XmlDocument }
  | { readonly ok: false; readonly fault: FormatFault };

/** Reads a document. Never throws. Fault: invalid_message, with line and column. */
export function readXml(bytes: Uint8Array): XmlReading {
  const decoded = decodeXml(bytes);
  if (!decoded.ok) return decoded;
  const { text } = decoded;
  let lines: LineIndex | undefined;
  const pathAt = (offset: number): string => (lines ??= new LineIndex(text)).pathOf(offset);
  const builder = new TreeBuilder();
  try {
    scanXml(text, builder);
  } catch (error) {
    if (!(error instanceof XmlRefusal)) throw error;
    return { ok: false, fault: xmlFault(pathAt(error.offset), error.detail, error.expected) };
  }
  return { ok: true, document: { root: builder.root!, pathOf: ({ offset }) => pathAt(offset) } };
}

/** The first child element of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text at a path of child names; undefined where an element on the way is missing or the text is empty. */
export function textAt(element: XmlElement | undefined, ...names: readonly string[]): string | undefined {
  let at = element;
  for (const name of names) at = childOf(at, name);
  return at?.text === '' ? undefined : at?.text;
}

class GrowingElement implements XmlElement {
  readonly children: GrowingElement[] = [];
  text = '';

  constructor(
    readonly name: string,
    readonly offset: number,
    readonly attributes: Readonly<Record<string, string>>,
  ) {}
}

class TreeBuilder implements XmlHandler {
  root: GrowingElement | undefined;
  private readonly ancestors: GrowingElement[] = [];
  private elements = 0;

  open(name: string, offset: number, attributes: Readonly<Record<string, string>> = none): void {
    if (this.ancestors.length >= xmlDepthMax)
      throw new XmlRefusal('the elements are nested too deep', offset, `at most ${xmlDepthMax} levels of elements`);
    if (++this.elements > xmlElementsMax)
      throw new XmlRefusal('there are too many elements', offset, `at most ${xmlElementsMax} elements`);
    const element = new GrowingElement(name.slice(name.indexOf(':') + 1), offset, attributes);
    this.root ??= element;
    this.ancestors.at(-1)?.children.push(element);
    this.ancestors.push(element);
  }

  text(piece: string): void {
    this.ancestors.at(-1)!.text += piece;
  }

  close(): void {
    const element = this.ancestors.pop()!;
    element.text = element.text.trim();
  }
}

const none: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

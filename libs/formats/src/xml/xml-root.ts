/** The root element of a message by its first bytes, for telling formats apart before one of them reads it. */
import { decodeXmlHead } from './xml-decoding.js';

export interface XmlRoot {
  /** Local name. */
  readonly name: string;
  /** What stands between the name and the end of the tag, as far as it was given. */
  readonly attributes: string;
}

/**
 * The root element's start tag, or undefined where the first bytes are not those of an XML document or do not reach it. Looks at each
 * character once and never throws.
 */
export function xmlRootOf(head: Uint8Array): XmlRoot | undefined {
  const text = decodeXmlHead(head);
  for (let at = skipSpace(text, 0); text[at] === '<'; at = skipSpace(text, at)) {
    if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    // A DOCTYPE will be refused by whoever reads it; its end is only guessed, so that the fault comes from the right format.
    else if (text.startsWith('<!', at)) at = after(text, text.includes(']>', at) ? ']>' : '>', at);
    else return rootAt(text, at + 1);
  }
  return undefined;
}

function rootAt(text: string, start: number): XmlRoot | undefined {
  const name = /^[A-Za-z_][A-Za-z0-9_.:-]{0,99}/.exec(text.slice(start, start + 100))?.[0];
  if (name === undefined) return undefined;
  const end = text.indexOf('>', start);
  return {
    name: name.slice(name.indexOf(':') + 1),
    attributes: text.slice(start + name.length, end < 0 ? undefined : end),
  };
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function after(text: string, mark: string, start: number): number {
  const at = text.indexOf(mark, start);
  return at < 0 ? text.length : at + mark.length;
}

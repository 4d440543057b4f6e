/** Writes XML messages: elements in order, escaped, indented by two spaces. What is undefined is left out. */

/** Text, nested elements in their order, or nothing; an array repeats the element. */
export type XmlContent = string | number | undefined | XmlFields | readonly XmlContent[];
export interface XmlFields {
  readonly [name: string]: XmlContent;
}

/** A document. The attributes belong to the root. Texts may hold anything that XML 1.0 can; other control characters become `?`. */
export function writeXml(root: string, attributes: Readonly<Record<string, string>>, content: XmlFields): string {
  const declared = Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${declared}>\n${fieldsOf(content, '  ')}</${root}>\n`;
}

function fieldsOf(fields: XmlFields, indent: string): string {
  return Object.entries(fields)
    .map(([name, content]) => elementOf(name, content, indent))
    .join('');
}

function elementOf(name: string, content: XmlContent, indent: string): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((one: XmlContent) => elementOf(name, one, indent)).join('');
  if (typeof content === 'object')
    return `${indent}<${name}>\n${fieldsOf(content as XmlFields, `${indent}  `)}${indent}</${name}>\n`;
  return `${indent}<${name}>${escaped(String(content))}</${name}>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
}

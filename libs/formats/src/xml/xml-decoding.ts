/**
 * Bytes to the text of an XML document.
 *
 * The byte order mark decides, then the XML declaration, then UTF-8, as XML 1.0 appendix F says. A byte that the encoding does not know is
 * a fault with its place: replaced characters would be kept as names and numbers that nobody sent.
 */
import { isUtf8 } from 'node:buffer';
import type { FormatFault } from '../message-format.js';
import { LineIndex, xmlFault, xmlPath } from './xml-position.js';

export type XmlText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: FormatFault };

/** The declaration stands in the first bytes; more of them are not looked at. */
const declarationBytesMax = 200;

type Decoder = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | 'gb18030';

/** What senders declare, in small letters. UTF-8 contains ASCII, and GB 18030 contains GBK and GB 2312. */
const decodersByName: ReadonlyMap<string, Decoder> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['iso-8859-1', 'latin1'],
  ['latin1', 'latin1'],
  ['gbk', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['gb18030', 'gb18030'],
  // A declaration that could be read byte by byte is not in UTF-16, whatever it says: it is text that was re-encoded on its way.
  ['utf-16', 'utf-8'],
]);

/** The text of a document without its byte order mark. Fault: invalid_message. @see https://www.w3.org/TR/xml/#sec-guessing */
export function decodeXml(bytes: Uint8Array): XmlText {
  const marked = decoderOfMark(bytes);
  if (marked) return decodeAs(marked.decoder, bytes.subarray(marked.length));
  const declared = declaredEncoding(bytes);
  if (declared === undefined) return decodeAs('utf-8', bytes);
  const decoder = decodersByName.get(declared.name.toLowerCase());
  if (!decoder)
    return {
      ok: false,
      fault: xmlFault(
        xmlPath(1, declared.column),
        `the encoding "${declared.name.slice(0, 40)}" is not read`,
        'UTF-8, UTF-16 with a byte order mark, ISO-8859-1 or GBK',
      ),
    };
  return decodeAs(decoder, bytes);
}

/** The first bytes as text, for looking at the root element: faults are passed over, and the last character may be cut. */
export function decodeXmlHead(head: Uint8Array): string {
  const marked = decoderOfMark(head);
  if (marked) return new TextDecoder(marked.decoder).decode(head.subarray(marked.length));
  // Names of elements are ASCII in all of our formats, and every encoding without a mark contains ASCII.
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
}

function decoderOfMark(bytes: Uint8Array): { readonly decoder: Decoder; readonly length: number } | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { decoder: 'utf-8', length: 3 };
  if (first === 0xff && second === 0xfe) return { decoder: 'utf-16le', length: 2 };
  if (first === 0xfe && second === 0xff) return { decoder: 'utf-16be', length: 2 };
  // "<?" in two bytes a character, without a mark.
  if (first === 0x3c && second === 0 && third === 0x3f && fourth === 0) return { decoder: 'utf-16le', length: 0 };
  if (first === 0 && second === 0x3c && third === 0 && fourth === 0x3f) return { decoder: 'utf-16be', length: 0 };
  return undefined;
}

function declaredEncoding(bytes: Uint8Array): { readonly name: string; readonly column: number } | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, declarationBytesMax)).toString(
    'latin1',
  );
  if (!start.startsWith('<?xml')) return undefined;
  const declaration = start.slice(0, start.indexOf('?>'));
  const found = /encoding[ \t\r\n]{0,8}=[ \t\r\n]{0,8}["']([^"']{1,80})["']/.exec(declaration);
  return found ? { name: found[1]!, column: found.index + 1 } : undefined;
}

function decodeAs(decoder: Decoder, bytes: Uint8Array): XmlText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (decoder === 'latin1') return { ok: true, text: buffer.toString('latin1') };
  if (decoder === 'utf-8' && isUtf8(bytes)) return { ok: true, text: buffer.toString('utf8') };
  const text = new TextDecoder(decoder, { ignoreBOM: true }).decode(bytes);
  // Where the encoding does not know a byte, U+FFFD stands. A document that itself holds one is refused too: it was damaged before.
  const at = text.indexOf('\ufffd');
  if (at < 0) return { ok: true, text };
  return {
    ok: false,
    fault: xmlFault(
      new LineIndex(text).pathOf(at),
      `a byte is not ${decoder.toUpperCase()}`,
      'bytes of the encoding that the message declares',
    ),
  };
}

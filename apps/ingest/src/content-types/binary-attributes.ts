/**
 * CloudEvents attributes from `ce-*` headers (binary mode).
 *
 * Values are unquoted and percent-decoded once, as the HTTP binding says. All headers are text, so the two extension attributes of ours
 * that are not strings are converted by name; a text that does not convert stays text and the event's check names the field.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md section 3.1.3
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '@landbridge/contracts';

export type BinaryAttributes =
  | { readonly ok: true; readonly event: Record<string, unknown> }
  | { readonly ok: false; readonly problem: Problem };

/** The attributes as one object, without data. Problem: invalid_event, with the attribute as path. */
export function readBinaryAttributes(headers: IncomingHttpHeaders): BinaryAttributes {
  const event: Record<string, unknown> = {};
  // The content type is the datacontenttype; by now it is known to be JSON or absent.
  if (headers['content-type'] !== undefined) event['datacontenttype'] = 'application/json';
  for (const header in headers) {
    if (!header.startsWith('ce-')) continue;
    const name = header.slice(3);
    // Refused here and not by the schema: `event['__proto__'] = text` would vanish without a trace.
    if (!attributeName.test(name))
      return refuse(
        '$',
        `the header ${header.slice(0, 40)} names no CloudEvents attribute`,
        'CloudEvents 1.0.2, naming conventions of attributes',
        'ce- and one to twenty small letters and digits',
      );
    if (name === 'data' || name === 'datacontenttype')
      return refuse(
        `$.${name}`,
        'in binary mode the data is the body, and its type is the Content-Type header',
        `${binding}, section 3.1`,
        `no header ${header}`,
      );
    const text = decodeHeaderValue(String(headers[header]));
    if (text === undefined)
      return refuse(
        `$.${name}`,
        `the value of ${header.slice(0, 40)} is not printable ASCII with other characters percent-encoded`,
        `${binding}, section 3.1.3.2`,
        'printable ASCII, any other character as its bytes of UTF-8 in the form %E4',
      );
    event[name] = fromText(name, text);
  }
  return { ok: true, event };
}

const attributeName = /^[a-z0-9]{1,20}$/;

function fromText(name: string, text: string): string | number | boolean {
  if (name === 'revision' && /^-?[0-9]{1,16}$/.test(text)) return Number(text);
  if (name === 'retracted' && text === 'true') return true;
  if (name === 'retracted' && text === 'false') return false;
  return text;
}

/** Unquotes a value and percent-decodes it once; undefined where it holds raw bytes above ASCII or is not UTF-8 when decoded. */
function decodeHeaderValue(value: string): string | undefined {
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  const text = quoted ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const binding = 'CloudEvents 1.0.2 HTTP protocol binding';

const refuse = (path: string, detail: string, rule: string, expected: string): BinaryAttributes => ({
  ok: false,
  problem: { code: 'invalid_event', detail, path, rule, expected },
});

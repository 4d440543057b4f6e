/**
 * Which of the five ways to send events a request uses, told from its headers alone, so that a request nobody can read is refused
 * before its body is.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md section 3
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '@landbridge/contracts';

/** `structured` one event; `batch` a JSON array of events; `lines` one event a line; `binary` attributes in headers, the body is `data`. */
export type ContentMode = 'structured' | 'batch' | 'lines' | 'binary';

export type ContentModeResult =
  | { readonly ok: true; readonly content: ContentMode }
  | { readonly ok: false; readonly problem: Problem };

/**
 * The content mode of a request. Problem: unsupported_media_type, whose detail lists what is taken.
 * A request without a content type is a binary event without data (a retraction), if it has a `ce-specversion`.
 * @param bodyIsProof whether the body alone proves who sends: then what stands in headers is of nobody
 */
export function contentModeOf(headers: IncomingHttpHeaders, bodyIsProof = false): ContentModeResult {
  const contentType = headers['content-type'];
  // Exact matches first: nearly all clients send one of these texts, and the general case costs ten times more.
  let mode = contentType === undefined ? 'binary' : modesByType.get(contentType);
  if (mode === undefined) {
    const [mediaType = '', ...parameters] = contentType!.split(';');
    mode = modesByType.get(mediaType.trim().toLowerCase());
    if (mode === undefined) return refuse('this content type is not taken');
    const charset = parameters
      .map((parameter) => charsetParameter.exec(parameter)?.[1])
      .find((name) => name !== undefined);
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8' && charset.toLowerCase() !== 'utf8')
      return refuse('the only charset is utf-8');
  }
  if (mode === 'binary' && headers['ce-specversion'] === undefined)
    return refuse(
      contentType === undefined
        ? 'the request has no content type'
        : 'application/json is taken only with the attributes in ce-* headers, and there is no ce-specversion',
    );
  if (mode === 'binary' && bodyIsProof) return refuse('a signature is over the body, so attributes in headers are not');
  return { ok: true, content: mode };
}

const modesByType = new Map<string, ContentMode>([
  ['application/cloudevents+json', 'structured'],
  ['application/cloudevents+json; charset=utf-8', 'structured'],
  ['application/cloudevents+json; charset=UTF-8', 'structured'],
  ['application/cloudevents-batch+json', 'batch'],
  ['application/cloudevents-batch+json; charset=utf-8', 'batch'],
  ['application/cloudevents-batch+json; charset=UTF-8', 'batch'],
  ['application/x-ndjson', 'lines'],
  ['application/json', 'binary'],
]);

const charsetParameter = /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/i;

const taken =
  'application/cloudevents+json (one event), application/cloudevents-batch+json (an array), application/x-ndjson (an event a line), ' +
  'application/json with ce-* headers (binary mode)';

const refuse = (reason: string): ContentModeResult => ({
  ok: false,
  problem: { code: 'unsupported_media_type', detail: `${reason}; taken are: ${taken}` },
});

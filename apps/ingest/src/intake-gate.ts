/**
 * What is decided of a known carrier's request before its body is read, from its headers alone: whether we can read it, and whether
 * there is room. A full intake or an unknown format must not cost the memory of a body.
 *
 * Order: who asks was settled before (`CarrierIdentity`; a stranger learns nothing else), then comes what the carrier must mend (type,
 * parameters, size), then room last, because only that one goes away by waiting.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { CarrierKey, Problem } from '@landbridge/contracts';
import { contentCodingOf, type ContentCoding } from './content-types/content-coding.js';
import type { PostOptions } from './events.handler.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import type { BodyProof, KnownCarrier } from './identity/carrier-identity.js';
import { BodyRoom } from './body-room.js';
import type { CarrierRooms } from './carrier-rooms.js';

/** What the route needs to go on with a request. */
export interface Admission<Content> {
  readonly key: CarrierKey;
  /** Of a signed request: to be asked with the body as it was received, before anything is made of it. */
  readonly proof: BodyProof | undefined;
  /** What the route itself read of the headers: how events are sent, in which format a message is. */
  readonly content: Content;
  readonly coding: ContentCoding;
  readonly options: PostOptions;
  readonly idempotencyKey: string | undefined;
  /** Of the body: given back when it is read, before its events are written, or when its sender is gone. */
  readonly room: BodyRoom;
}

export type ContentResult<Content> =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly problem: Problem };

export type AdmissionResult<Content> =
  | { readonly ok: true; readonly admission: Admission<Content> }
  | { readonly ok: false; readonly problem: Problem };

export class IntakeGate {
  constructor(
    private readonly rooms: Pick<CarrierRooms, 'of'>,
    private readonly bodyBytesMax: number,
  ) {}

  /**
   * Lets a request in and sets room aside for its body in the lane, so that bodies being read and events that wait share one bound.
   * Problems: unsupported_media_type, invalid_parameter, body_too_large, overloaded, and those of `contentOf`, which says what the route
   * is sent.
   */
  admit<Content>(
    { key, proof }: KnownCarrier,
    { headers, query }: PostHead,
    contentOf: (headers: IncomingHttpHeaders) => ContentResult<Content>,
  ): AdmissionResult<Content> {
    const content = contentOf(headers);
    if (!content.ok) return content;
    const coding = contentCodingOf(headers);
    if (!coding.ok) return coding;
    const chosen = postOptionsOf(headers, query);
    if (!chosen.ok) return chosen;
    const named = idempotencyKeyOf(headers);
    if (!named.ok) return named;
    // A chunked body tells no length, so it takes the room of the largest; the reader of the body holds it to that.
    const bytes = declaredBytes(headers) ?? this.bodyBytesMax;
    if (bytes > this.bodyBytesMax) return refuse('body_too_large', `a body has at most ${this.bodyBytesMax} bytes`);
    const room = BodyRoom.of(this.rooms.of(key), bytes);
    if (room === undefined)
      return refuse('overloaded', 'the intake is full; send the same request again after the stated time');
    return {
      ok: true,
      admission: {
        key,
        proof,
        content: content.content,
        coding: coding.coding,
        options: chosen.options,
        idempotencyKey: named.idempotencyKey,
        room,
      },
    };
  }
}

/** What of a post is there before its body. */
export interface PostHead {
  readonly headers: IncomingHttpHeaders;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Content-Length as a number; undefined for a chunked body. Node refuses a length that is not a number before we see it. */
export function declaredBytes(headers: IncomingHttpHeaders): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}

type OptionsResult =
  | { readonly ok: true; readonly options: PostOptions }
  | { readonly ok: false; readonly problem: Problem };

/** A misspelt parameter is refused: a dry run that was not understood would publish. */
function postOptionsOf(headers: IncomingHttpHeaders, query: Readonly<Record<string, unknown>>): OptionsResult {
  let dryRun = false;
  for (const name in query) {
    const value = query[name];
    if (name !== 'dryRun')
      return refuse('invalid_parameter', 'the only query parameter here is dryRun', name.slice(0, 40));
    if (value !== 'true' && value !== 'false') return refuse('invalid_parameter', 'dryRun is true or false', 'dryRun');
    dryRun = value === 'true';
  }
  const batch = headers['landbridge-batch'];
  if (batch !== undefined && batch !== 'proceed' && batch !== 'rollback')
    return refuse('invalid_parameter', 'Landbridge-Batch is proceed or rollback', 'Landbridge-Batch');
  return { ok: true, options: { dryRun, rollback: batch === 'rollback' } };
}

function refuse(
  code: Problem['code'],
  detail: string,
  path?: string,
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: path === undefined ? { code, detail } : { code, detail, path } };
}

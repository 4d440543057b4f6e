/**
 * What is decided of a known carrier's request before its body is read, from its headers alone: whether we can read it, and whether
 * there is room. A full intake or an unknown format must not cost the memory of a body.
 *
 * Order: who asks was settled before (`CarrierIdentity`; a stranger learns nothing else), then comes what the carrier must mend (type,
 * parameters, size), then room last, because only that one goes away by waiting.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { CarrierKey, Problem } from '@landbridge/contracts';
import { contentCodingOf, type ContentCoding } from '../content-types/content-coding.js';
import type { PostOptions } from '../events.handler.js';
import { idempotencyKeyOf } from '../idempotency-key.js';
import type { BodyProof, KnownCarrier } from '../identity/carrier-identity.js';
import { BodyRoom } from './body-room.js';
import type { CarrierRooms } from './carrier-rooms.js';
import type { EventsUnderWay } from './events-under-way.js';

/** What the route needs to go on with a request whose head is right. */
export interface PostHead<Content> {
  readonly key: CarrierKey;
  /** Of a signed request: to be asked with the body as it was received, before anything is made of it. */
  readonly proof: BodyProof | undefined;
  /** What the route itself read of the headers: how events are sent, in which format a message is. */
  readonly content: Content;
  readonly coding: ContentCoding;
  readonly options: PostOptions;
  readonly idempotencyKey: string | undefined;
  /** Length of the body as its sender says; undefined where it is chunked. */
  readonly declared: number | undefined;
  /** Room that the body needs. */
  readonly bytes: number;
}

export type ContentResult<Content> =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly problem: Problem };

export type HeadResult<Content> =
  | { readonly ok: true; readonly head: PostHead<Content> }
  | { readonly ok: false; readonly problem: Problem };

export class IntakeGate {
  constructor(
    private readonly rooms: Pick<CarrierRooms, 'of'>,
    private readonly underWay: Pick<EventsUnderWay, 'expect'>,
    private readonly bodyBytesMax: number,
  ) {}

  /**
   * What the head of a request says. Problems: unsupported_media_type, invalid_parameter, body_too_large, and those of `contentOf`, which
   * says what the route is sent.
   */
  read<Content>(
    { key, proof }: KnownCarrier,
    { headers, query }: HeadParts,
    contentOf: (headers: IncomingHttpHeaders, bodyIsProof: boolean) => ContentResult<Content>,
  ): HeadResult<Content> {
    const content = contentOf(headers, proof !== undefined);
    if (!content.ok) return content;
    const coding = contentCodingOf(headers);
    if (!coding.ok) return coding;
    const chosen = postOptionsOf(headers, query);
    if (!chosen.ok) return chosen;
    const named = idempotencyKeyOf(headers);
    if (!named.ok) return named;
    // A chunked body tells no length, so it takes the room of the largest; the reader of the body holds it to that.
    const declared = declaredBytes(headers);
    const bytes = declared ?? this.bodyBytesMax;
    if (bytes > this.bodyBytesMax) return refuse('body_too_large', `a body has at most ${this.bodyBytesMax} bytes`);
    return {
      ok: true,
      head: {
        key,
        proof,
        content: content.content,
        coding: coding.coding,
        options: chosen.options,
        idempotencyKey: named.idempotencyKey,
        declared,
        bytes,
      },
    };
  }

  /**
   * Sets room aside in the lane for a body and its events, so that bodies being read and events that wait share one bound; undefined where
   * the intake is full. It is given back before the events of the body are written, or when its sender is gone with half of it.
   */
  roomFor({ key, bytes, declared }: Pick<PostHead<unknown>, 'key' | 'bytes' | 'declared'>): BodyRoom | undefined {
    const giveBack = this.underWay.expect(key, declared);
    if (giveBack === undefined) return undefined;
    const room = BodyRoom.of(this.rooms.of(key), bytes, giveBack);
    if (room === undefined) giveBack();
    return room;
  }
}

/** The refusal of a request for which there is no room. */
export const intakeFull: Problem = {
  code: 'overloaded',
  detail: 'the intake is full; send the same request again after the stated time',
};

/** What of a post is there before its body. */
export interface HeadParts {
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

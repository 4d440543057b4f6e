/**
 * A carrier's message is read to events, which then go the way of all events. What cannot be read is answered with the place in the
 * message, the rule and what was expected.
 */
import { recogniseFormat, type MessageFormat } from '@landbridge/formats';
import { originalBytesMax, type CarrierKey, type Problem } from '@landbridge/contracts';
import type { PostAnswer } from './answer-once.js';
import { UnreadableEvent } from './content-types/event-reader.js';
import type { EventsHandler, PostOptions } from './events.handler.js';
import type { ReadPost } from './posting-routes.js';
import { Turns } from './turns.js';

export interface PostedMessage {
  /** Undefined where it is to be recognised by its content. */
  readonly format: MessageFormat | undefined;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly charge: ReadPost<unknown>['charge'];
  readonly release: () => void;
}

export interface MessageLimits {
  readonly batchEventsMax: number;
  /** Code of the hub whose door this is. */
  readonly hub: string;
}

/** A message of this size is read in about a millisecond; larger ones take turns. */
const smallBytes = 32_768;

export class MessagesHandler {
  readonly #turns = new Turns();

  constructor(
    private readonly events: Pick<EventsHandler, 'post' | 'unreadable'>,
    private readonly limits: MessageLimits,
    private readonly now: () => number,
  ) {}

  /** Reads, screens, publishes, answers. Problems: unknown_format, those of the format, and those of `EventsHandler.post`. */
  async post(key: CarrierKey, message: PostedMessage, options: PostOptions): Promise<PostAnswer> {
    const { bytes, contentType, charge, release } = message;
    if (bytes.length === 0) return { ok: false, problem: { code: 'empty_batch', detail: 'the body is empty' } };
    const format = message.format ?? recogniseFormat(bytes);
    if (format === undefined) return notRecognised;
    if (bytes.length > originalBytesMax) return tooLarge;
    if (bytes.length > smallBytes) await this.#turns.next();
    const reading = format.read(bytes, {
      source: sourceOf(key, format.name),
      hub: this.limits.hub,
      receivedAtMs: this.now(),
      eventsMax: this.limits.batchEventsMax,
    });
    if (!reading.ok) {
      if (!options.dryRun && !key.sandbox) this.events.unreadable(key, reading.fault.code);
      return { ok: false, problem: { ...reading.fault, ...hintOf(format, bytes) } };
    }
    const refused = await charge(reading.items.length);
    if (refused) return refused;
    const events = reading.items.map((item) => (item.ok ? item.event : new UnreadableEvent(item.fault, item.id)));
    const paths = reading.items.map((item) => (item.ok ? item.path : item.fault.path));
    const result = await this.events.post(key, events, options, {
      format: format.name,
      bytes,
      contentType,
      paths,
      release,
    });
    if (!result.ok) return result;
    const { status, answer, original } = result;
    const kept = original === undefined ? {} : { original };
    return { ok: true, status, answer: { ...answer, format: format.name, ...kept } };
  }
}

/** A message that was posted as another format than it looks like is the likeliest fault of all, and no reader can tell it. */
function hintOf({ name }: MessageFormat, bytes: Uint8Array): Pick<Problem, 'expected'> {
  const looksLike = recogniseFormat(bytes);
  return looksLike === undefined || looksLike.name === name
    ? {}
    : {
        expected: `a ${name} message; this looks like ${looksLike.name}, which is posted to /v1/messages/${looksLike.name}`,
      };
}

/** The source of a message's events: the key's own; where that is open to many, the one that is named after the format. */
function sourceOf({ source }: CarrierKey, formatName: string): string {
  return source.endsWith('/') ? source + formatName : source;
}

type Refusal = { readonly ok: false; readonly problem: Problem };

const tooLarge: Refusal = {
  ok: false,
  problem: { code: 'body_too_large', detail: `a message has at most ${originalBytesMax} bytes` },
};

const notRecognised: Refusal = {
  ok: false,
  problem: {
    code: 'unknown_format',
    detail: 'the content is of no format of ours; name the format in the address to be told what is wrong with it',
  },
};

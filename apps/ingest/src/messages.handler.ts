/**
 * A carrier's message is read to events, which then go the way of all events. What cannot be read is answered with the place in the
 * message, the rule and what was expected.
 */
import { recogniseFormat, type MessageFormat, type ReadContext } from '@landbridge/formats';
import { originalBytesMax, problems, type CarrierKey, type Problem } from '@landbridge/contracts';
import type { PostAnswer } from './answer-once.js';
import type { EventsHandler, PostOptions } from './events.handler.js';
import { readMessage, type BodyReading, type BodyScreening } from './large-bodies/body-screening.js';
import type { ScreeningThreads } from './large-bodies/screening-threads.js';
import type { CarrierMessage } from './originals/original-record.js';
import type { ReadPost } from './posting-routes.js';
import type { Turns } from './turns.js';

export interface PostedMessage {
  /** Undefined where it is to be recognised by its content. */
  readonly format: MessageFormat | undefined;
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
  readonly charge: ReadPost<unknown>['charge'];
  readonly release: () => void;
}

export interface MessageLimits {
  readonly batchEventsMax: number;
  /** Code of the hub whose door this is. */
  readonly hub: string;
  /** A larger message is read in a thread. */
  readonly onLoopBytesMax: number;
}

/** A message of this size is read in a few milliseconds; larger ones take turns. */
const smallBytes = 16_384;

export class MessagesHandler {
  constructor(
    private readonly events: Pick<EventsHandler, 'post' | 'publish' | 'unreadable'>,
    private readonly threads: Pick<ScreeningThreads, 'screen'>,
    private readonly turns: Turns,
    private readonly limits: MessageLimits,
  ) {}

  /**
   * Reads, screens, publishes, answers. Problems: unknown_format, body_too_large, those of the format, of `ScreeningThreads.screen` for a
   * large message, and of `EventsHandler.post`.
   */
  async post(key: CarrierKey, message: PostedMessage, options: PostOptions): Promise<PostAnswer> {
    const { bytes, contentType, receivedAtMs, charge, release } = message;
    if (bytes.length === 0) return { ok: false, problem: { code: 'empty_batch', detail: 'the body is empty' } };
    const format = message.format ?? recogniseFormat(bytes);
    if (format === undefined) return notRecognised;
    if (bytes.length > originalBytesMax) return tooLarge;
    const reading = await this.#read(key, format, message);
    if (!reading.ok) return this.#unread(key, format, bytes, options, reading.problem);
    const refused = await charge('events' in reading ? reading.events.length : reading.eventsRead);
    if (refused) return refused;
    const kept: CarrierMessage = { format: format.name, bytes, contentType, release };
    const result =
      'events' in reading
        ? await this.events.post(key, { ...reading, receivedAtMs }, options, kept)
        : await this.events.publish(key, reading.screened, options, kept);
    if (!result.ok) return result;
    const { status, answer, original } = result;
    const place = original === undefined ? {} : { original };
    return { ok: true, status, answer: { ...answer, format: format.name, ...place } };
  }

  /** A large message comes back screened as well. */
  async #read(
    key: CarrierKey,
    format: MessageFormat,
    { bytes, receivedAtMs }: PostedMessage,
  ): Promise<BodyReading | BodyScreening> {
    const context: ReadContext = {
      source: sourceOf(key, format.name),
      hub: this.limits.hub,
      receivedAtMs,
      eventsMax: this.limits.batchEventsMax,
    };
    if (bytes.length > this.limits.onLoopBytesMax)
      return this.threads.screen({ key, bytes, content: { kind: 'message', format: format.name, context } });
    if (bytes.length > smallBytes) await this.turns.next();
    return readMessage(format, bytes, context);
  }

  /** Only what the sender has to mend is counted and explained; that there was no room is no fault of the message. */
  #unread(
    key: CarrierKey,
    format: MessageFormat,
    bytes: Buffer,
    { dryRun }: PostOptions,
    problem: Problem,
  ): PostAnswer {
    if (problems[problem.code].retryable) return { ok: false, problem };
    if (!dryRun && !key.sandbox) this.events.unreadable(key, problem.code);
    return { ok: false, problem: { ...problem, ...hintOf(format, bytes) } };
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

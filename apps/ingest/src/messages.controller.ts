/**
 * `POST /v1/messages/{format}` and `/v1/messages/auto`: what carriers already send, in their own formats.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Controller, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { formatByName, messageFormats, type MessageFormat } from '@landbridge/formats';
import type { ContentResult } from './intake/intake-gate.js';
import { MessagesHandler } from './messages.handler.js';
import { PostingRoutes } from './posting-routes.js';

/** What is known of a message before its body: a format that was named, or none. */
interface MessageContent {
  readonly format: MessageFormat | undefined;
  readonly contentType: string;
}

@Controller()
export class MessagesController implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly routes: PostingRoutes,
    private readonly handler: MessagesHandler,
  ) {}

  onModuleInit(): void {
    this.routes.add<MessageContent>(this.host, {
      path: '/v1/messages/:format',
      contentOf: ({ headers, parameters: { format = '' } }) => messageContentOf(format, headers),
      answer: ({ key, content, options, body, receivedAtMs, charge, release }) =>
        this.handler.post(key, { ...content, bytes: body, receivedAtMs, charge, release }, options),
    });
  }
}

/** Recognised by its content. */
const auto = 'auto';

/** Problems: unknown_format, unsupported_media_type. */
function messageContentOf(name: string, headers: IncomingHttpHeaders): ContentResult<MessageContent> {
  const format = formatByName(name);
  if (format === undefined && name !== auto)
    return {
      ok: false,
      problem: { code: 'unknown_format', detail: `the formats are: ${[...formatNames(), auto].join(', ')}` },
    };
  const contentType = headers['content-type'] ?? unknownType;
  if (wrapped.test(contentType))
    return {
      ok: false,
      problem: {
        code: 'unsupported_media_type',
        detail: `the body is to be the message itself, for instance as ${format?.contentTypes[0] ?? unknownType}`,
        path: 'Content-Type',
      },
    };
  return { ok: true, content: { format, contentType: keptType.test(contentType) ? contentType : unknownType } };
}

const formatNames = (): readonly string[] => messageFormats.map(({ name }) => name);

const unknownType = 'application/octet-stream';
/** Types that say of the body that it is something else than a message, or a message inside of something else. */
const wrapped = /^\s*(?:multipart|image|audio|video|font)\/|^\s*application\/(?:cloudevents|zip|pdf)/i;
/** What is kept of the sender's type beside the message and answered to whoever reads it back. */
const keptType = /^[\x20-\x7e]{1,200}$/;

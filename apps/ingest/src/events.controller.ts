/** `POST /v1/events`: events in the canonical form, in the four ways of CloudEvents. */
import type { IncomingHttpHeaders } from 'node:http';
import { Controller, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { PostAnswer } from './answer-once.js';
import { readEvents } from './content-types/event-reader.js';
import { contentModeOf, type ContentMode } from './content-types/media-type.js';
import { EventsHandler } from './events.handler.js';
import { onLoop, ScreeningThreads } from './large-bodies/screening-threads.js';
import { PostingRoutes, RouteLimits, type ReadPost } from './posting-routes.js';
import { UsualEvents } from './usual-events/usual-events.js';

@Controller()
export class EventsController implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly routes: PostingRoutes,
    private readonly handler: EventsHandler,
    private readonly threads: ScreeningThreads,
    private readonly usual: UsualEvents,
    private readonly limits: RouteLimits,
  ) {}

  onModuleInit(): void {
    this.routes.add(this.host, {
      path: '/v1/events',
      contentOf: ({ headers, bodyIsProof }) => contentModeOf(headers, bodyIsProof),
      answer: (post) => this.#answer(post),
    });
  }

  async #answer(post: ReadPost<ContentMode>): Promise<PostAnswer> {
    const { key, content, headers, options, body, receivedAtMs, charge, release } = post;
    const { batchEventsMax } = this.limits;
    // A dry run tells of each event what only the full check finds out.
    const usual = options.dryRun
      ? undefined
      : this.usual.read(key, content, body, { eventsMax: batchEventsMax, receivedAtMs });
    if (usual !== undefined) {
      const charged = charge(usual.eventsRead);
      // Nearly always known at once: then nothing waits.
      const refused = charged instanceof Promise ? await charged : charged;
      if (refused) return refused;
      // From here to the write nothing waits, so no other request can take the room between.
      release();
      return this.handler.publishUsual(key, usual);
    }
    if (body.length > onLoop.bytesMax) return this.#answerLarge(post);
    const reading = readEvents(content, body, headers, batchEventsMax);
    if (reading.ok) {
      if (reading.events.length > onLoop.eventsMax) return this.#answerLarge(post);
      const refused = await charge(reading.events.length);
      if (refused) return refused;
    }
    release();
    if (!reading.ok) return reading;
    const screened = this.handler.screen(key, { events: reading.events, receivedAtMs });
    if (screened.accepted === reading.events.length) this.usual.learn(key, content, body, screened.events);
    return this.handler.publish(key, screened, options);
  }

  /** A large body is read in a thread, and that for the second time where it is large by the number of its events only. */
  async #answerLarge(post: ReadPost<ContentMode>): Promise<PostAnswer> {
    const { key, content: mode, headers, options, body, receivedAtMs, charge, release } = post;
    const { batchEventsMax: eventsMax } = this.limits;
    const screening = await this.threads.screen({
      key,
      bytes: body,
      // Attributes stand in headers in binary mode only; the sender's credentials stay here.
      content: {
        kind: 'events',
        mode,
        headers: mode === 'binary' ? eventHeaders(headers) : {},
        eventsMax,
        receivedAtMs,
      },
    });
    if (!screening.ok) return screening;
    const refused = await charge(screening.eventsRead);
    if (refused) return refused;
    release();
    return this.handler.publish(key, screening.screened, options);
  }
}

function eventHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('ce-')),
  );
}

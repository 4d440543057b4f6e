/** `POST /v1/events`: events in the canonical form, in the four ways of CloudEvents. */
import { Controller, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { PostAnswer } from './answer-once.js';
import { readEvents } from './content-types/event-reader.js';
import { contentModeOf, type ContentMode } from './content-types/media-type.js';
import { EventsHandler } from './events.handler.js';
import { PostingRoutes, RouteLimits, type ReadPost } from './posting-routes.js';

@Controller()
export class EventsController implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly routes: PostingRoutes,
    private readonly handler: EventsHandler,
    private readonly limits: RouteLimits,
  ) {}

  onModuleInit(): void {
    this.routes.add(this.host, {
      path: '/v1/events',
      contentOf: contentModeOf,
      answer: (post) => this.#answer(post),
    });
  }

  async #answer(post: ReadPost<ContentMode>): Promise<PostAnswer> {
    const { key, content, headers, options, body, charge, release } = post;
    const reading = readEvents(content, body, headers, this.limits.batchEventsMax);
    if (reading.ok) {
      const charged = charge(reading.events.length);
      // Nearly always known at once: then nothing waits.
      const refused = charged instanceof Promise ? await charged : charged;
      if (refused) return refused;
    }
    // From here to the write nothing waits, so no other request can take the room between.
    release();
    return reading.ok ? this.handler.post(key, reading.events, options) : reading;
  }
}

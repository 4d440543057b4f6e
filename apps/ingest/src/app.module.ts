/** What starts and stops with the process, in which order, and what the controller is given. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { topicContracts } from '@landbridge/contracts';
import { PartitionCountMismatch, provisionTopics, type KeyedTable, type LogWriter } from '@landbridge/kafka';
import { RedisQualityStore, type RedisConnection } from '@landbridge/redis';
import { ContractsController } from './contracts.controller.js';
import { EventsController } from './events.controller.js';
import { EventsHandler } from './events.handler.js';
import { ScreeningThreads } from './large-bodies/screening-threads.js';
import { MessagesController } from './messages.controller.js';
import { MessagesHandler } from './messages.handler.js';
import { CarrierReads } from './limits/carrier-reads.js';
import { OriginalShelf } from './originals/original-shelf.js';
import { OriginalsController } from './originals/originals.controller.js';
import { PostingRoutes, RouteLimits } from './posting-routes.js';
import type { QualityTally } from './quality/quality-tally.js';
import { UsualEvents } from './usual-events/usual-events.js';
import { QualityController } from './quality/quality.controller.js';

type Kafka = Parameters<typeof provisionTopics>[0];

export interface IngestParts {
  readonly connections: LogConnections;
  readonly routes: PostingRoutes;
  readonly events: EventsHandler;
  readonly usual: UsualEvents;
  readonly messages: MessagesHandler;
  readonly threads: ScreeningThreads;
  readonly shelf: OriginalShelf;
  readonly limits: RouteLimits;
  readonly reads: CarrierReads;
  readonly quality: { readonly tally: QualityTally; readonly store: RedisQualityStore };
  readonly redis: RedisConnection;
}

/** The parts come made from the composition root, so Nest only hands them on. */
export function ingestModule(parts: IngestParts): DynamicModule {
  return {
    module: IngestModule,
    controllers: [ContractsController, EventsController, MessagesController, OriginalsController, QualityController],
    providers: [
      { provide: LogConnections, useValue: parts.connections },
      { provide: CarrierReads, useValue: parts.reads },
      { provide: PostingRoutes, useValue: parts.routes },
      { provide: EventsHandler, useValue: parts.events },
      { provide: UsualEvents, useValue: parts.usual },
      { provide: MessagesHandler, useValue: parts.messages },
      { provide: ScreeningThreads, useValue: parts.threads },
      { provide: OriginalShelf, useValue: parts.shelf },
      { provide: RouteLimits, useValue: parts.limits },
      { provide: RedisQualityStore, useValue: parts.quality.store },
      { provide: SharedCounts, useValue: new SharedCounts(parts.quality.tally, parts.redis) },
    ],
  };
}

class IngestModule {}

/** What is told of the log's ends while they are opened, for the log and for the end of the process. */
export interface ConnectionWitness {
  /** Opening failed, as it does while Kafka is away, and is tried again after `pauseMs`. */
  readonly onRetry: (error: unknown, pauseMs: number) => void;
  /** The topics are not those of the contract: no try can help. */
  readonly onFault: (error: PartitionCountMismatch) => void;
}

/**
 * The three ends of the log that this process holds: the topics, the keys that it reads, the events that it writes.
 *
 * They are opened behind the open port, so that the process says that it lives while Kafka is away. Until all keys are read the gate lets
 * nobody in: an earlier look would call live keys unknown, and a carrier takes a 401 as final.
 */
export class LogConnections implements OnModuleInit, OnApplicationShutdown {
  readonly #stop = new AbortController();

  constructor(
    private readonly kafka: Kafka,
    private readonly log: LogWriter,
    private readonly keyTable: KeyedTable,
    private readonly witness: ConnectionWitness,
  ) {}

  onModuleInit(): void {
    // It connects for as long as it takes, and never rejects.
    void this.log.start();
    void this.#open();
  }

  /** Makes the topics and reads the keys, again and again until Kafka is there. */
  async #open(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await provisionTopics(this.kafka, topicContracts);
        await this.keyTable.start();
        return;
      } catch (error) {
        if (error instanceof PartitionCountMismatch) return this.witness.onFault(error);
        if (signal.aborted) return;
        this.witness.onRetry(error, openPauseMs);
        await delay(openPauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Requests have ended by now, so the lane holds only what their senders were told to send again: worth a short wait, not more. */
  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.log.stop(drainMs), this.keyTable.stop()]);
  }
}

/** A batch that is under way needs some milliseconds; beyond two seconds the log is away and the drain would only delay the end. */
const drainMs = 2_000;
/** Kafka's client has tried for five seconds by itself before a try of ours fails. */
const openPauseMs = 1_000;

/** How often counts go to Redis: what a killed ingest has not written by then is lost, and the score is that old. */
const flushMs = 1_000;

/** What this process shares with other ingests by way of Redis: written while it runs, once more at its end, and then closed. */
class SharedCounts implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tally: QualityTally,
    private readonly redis: RedisConnection,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.tally.flush(), flushMs);
  }

  /** A command fails within two seconds where Redis is away, so the end waits no longer than that. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.tally.flush();
    this.redis.disconnect();
  }
}

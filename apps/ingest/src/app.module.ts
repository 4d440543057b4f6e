/** What starts and stops with the process, in which order, and what the controller is given. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { topicContracts } from '@landbridge/contracts';
import { provisionTopics, type KeyedTable, type LogWriter } from '@landbridge/kafka';
import { EventsController, RouteLimits } from './events.controller.js';
import { EventsHandler } from './events.handler.js';
import { IngestMetrics } from './ingest-metrics.js';
import { IntakeGate } from './intake-gate.js';

type Kafka = Parameters<typeof provisionTopics>[0];

export interface IngestParts {
  readonly connections: LogConnections;
  readonly gate: IntakeGate;
  readonly handler: EventsHandler;
  readonly metrics: IngestMetrics;
  readonly limits: RouteLimits;
}

/** The parts come made from the composition root, so Nest only hands them on. */
export function ingestModule({ connections, gate, handler, metrics, limits }: IngestParts): DynamicModule {
  return {
    module: IngestModule,
    controllers: [EventsController],
    providers: [
      { provide: LogConnections, useValue: connections },
      { provide: IntakeGate, useValue: gate },
      { provide: EventsHandler, useValue: handler },
      { provide: IngestMetrics, useValue: metrics },
      { provide: RouteLimits, useValue: limits },
    ],
  };
}

class IngestModule {}

/** The three ends of the log that this process holds: the topics, the keys that it reads, the events that it writes. */
export class LogConnections implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly kafka: Kafka,
    private readonly log: LogWriter,
    private readonly keyTable: KeyedTable,
  ) {}

  /**
   * Nest opens the port after this. All keys are read by then: a door that opens earlier would call live keys unknown, and a carrier
   * takes a 401 as final. Rejects when Kafka is away at first; the process then ends and is started again from outside.
   */
  async onModuleInit(): Promise<void> {
    await provisionTopics(this.kafka, topicContracts);
    await Promise.all([this.log.start(), this.#readKeys()]);
  }

  /** A broker that has made a topic this moment may still answer that nobody leads it, which kafkajs does not try again here. */
  async #readKeys(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.keyTable.start();
        return;
      } catch (error) {
        if (tries === readKeysTriesMax) throw error;
        await delay(readKeysPauseMs);
      }
    }
  }

  /** Requests have ended by now, so the lane holds only what their senders were told to send again: worth a short wait, not more. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.log.stop(drainMs), this.keyTable.stop()]);
  }
}

/** A batch that is under way needs some milliseconds; beyond two seconds the log is away and the drain would only delay the end. */
const drainMs = 2_000;
/** A leader is there within a second or two, on a busy machine too. */
const readKeysTriesMax = 10;
const readKeysPauseMs = 500;

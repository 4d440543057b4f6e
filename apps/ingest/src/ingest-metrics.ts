/**
 * What the door counts, by the rows of the metric catalogue. Every series exists from the start: a counter that is born at 1 has no
 * increase for Prometheus, so the first rejection of a kind would never raise an alert.
 */
import { systems, type System } from '@landbridge/domain';
import { problems, type ProblemCode } from '@landbridge/contracts';
import type { Metrics } from '@landbridge/telemetry';
import type { EventCounts } from './events.handler.js';
import { screeningOutcomes, type ScreeningOutcome } from './large-bodies/screening-threads.js';

/** Every status that the route answers with; one more (a bug) would show as a series of its own. */
const statuses = [202, 207, 400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503] as const;

/** The system of an event whose type names none; keeps the sender's text out of the labels. */
const unknownSystem = 'unknown';

export class IngestMetrics implements EventCounts {
  readonly #events;
  readonly #rejected;
  readonly #requests;
  readonly #seconds;
  readonly #largeBodies;
  readonly #threadsLost;

  constructor(metrics: Metrics) {
    this.#events = metrics.counter('landbridge_ingest_events_total');
    this.#rejected = metrics.counter('landbridge_ingest_rejected_total');
    this.#requests = metrics.counter('landbridge_ingest_requests_total');
    this.#seconds = metrics.bulkHistogram('landbridge_ingest_request_seconds');
    this.#largeBodies = metrics.counter('landbridge_ingest_large_bodies_total');
    this.#threadsLost = metrics.counter('landbridge_ingest_threads_lost_total');
    for (const system of [...systems, unknownSystem]) this.#events.inc({ system, answer: 'rejected' }, 0);
    for (const system of systems) {
      this.#events.inc({ system, answer: 'accepted' }, 0);
      this.#events.inc({ system, answer: 'duplicate' }, 0);
    }
    for (const [code, { status }] of Object.entries(problems))
      if (status === 422 || code === 'unreadable') this.#rejected.inc({ code }, 0);
    for (const outcome of screeningOutcomes) this.#largeBodies.inc({ outcome }, 0);
    for (const status of statuses) {
      this.#requests.inc({ status }, 0);
      this.#seconds.series(String(status));
    }
  }

  accepted(system: System, events: number): void {
    this.#events.inc({ system, answer: 'accepted' }, events);
  }

  duplicates(system: System, events: number): void {
    this.#events.inc({ system, answer: 'duplicate' }, events);
  }

  rejected(system: System | undefined, code: ProblemCode): void {
    this.#events.inc({ system: system ?? unknownSystem, answer: 'rejected' });
    this.#rejected.inc({ code });
  }

  largeBody(outcome: ScreeningOutcome): void {
    this.#largeBodies.inc({ outcome });
  }

  threadLost(): void {
    this.#threadsLost.inc();
  }

  /** @param seconds from the request line to the end of the answer */
  answered(status: number, seconds: number): void {
    this.#requests.inc({ status });
    this.#seconds.series(String(status)).observe(seconds);
  }
}

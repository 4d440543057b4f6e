/**
 * Data quality as metrics, by carrier. Labels are bounded: the first carriers seen have their own, all others share one, and codes are
 * those of the problem table. The score is read from the store when Prometheus asks, so every ingest tells the same.
 */
import type { CarrierName, ProblemCode } from '@landbridge/contracts';
import { qualityScore } from '@landbridge/domain';
import type { RedisQualityStore } from '@landbridge/redis';
import type { Metrics } from '@landbridge/telemetry';
import { carrierId } from '../carrier-id.js';

/** Ten codes each, as carriers make mistakes, and the lateness: some 1,000 series. */
const labelledCarriersMax = 50;
const otherCarriers = 'other';
/** A score of one day jumps; a month forgives nothing. */
const scoreDays = 7;

/** What is counted of one carrier. */
export interface CarrierSeries {
  /** An actual event, by the seconds from when it happened to its receipt. */
  late(seconds: number): void;
  /** @param first versions of events, @param corrected later ones */
  accepted(first: number, corrected: number): void;
  rejected(code: ProblemCode): void;
}

export class QualityMetrics {
  readonly #carriers = new Map<string, CarrierName>();
  readonly #lateness;
  readonly #events;
  readonly #rejected;

  /** @param lastDates the last days of receipt, today first */
  constructor(
    metrics: Metrics,
    store: Pick<RedisQualityStore, 'read'>,
    lastDates: (days: number) => readonly string[],
  ) {
    this.#lateness = metrics.bulkHistogram('landbridge_carrier_lateness_seconds');
    this.#events = metrics.counter('landbridge_carrier_events_total');
    this.#rejected = metrics.counter('landbridge_carrier_rejected_total');
    metrics.gauge('landbridge_carrier_quality_score', async (gauge) => {
      gauge.reset();
      const dates = lastDates(scoreDays);
      await Promise.all(
        [...this.#carriers].map(async ([label, carrier]) => {
          const { score } = qualityScore(await store.read(carrier, dates));
          if (score !== null) gauge.set({ carrier: label }, score);
        }),
      );
    });
  }

  of({ tenant, carrier }: CarrierName): CarrierSeries {
    const name = carrierId({ tenant, carrier });
    if (!this.#carriers.has(name) && this.#carriers.size < labelledCarriersMax)
      this.#carriers.set(name, { tenant, carrier });
    const label = this.#carriers.has(name) ? name : otherCarriers;
    const lateness = this.#lateness.series(label);
    for (const answer of ['accepted', 'corrected', 'rejected']) this.#events.inc({ carrier: label, answer }, 0);
    return {
      late: (seconds) => lateness.observe(Math.max(0, seconds)),
      accepted: (first, corrected) => {
        if (first > 0) this.#events.inc({ carrier: label, answer: 'accepted' }, first);
        if (corrected > 0) this.#events.inc({ carrier: label, answer: 'corrected' }, corrected);
      },
      rejected: (code) => {
        this.#events.inc({ carrier: label, answer: 'rejected' });
        this.#rejected.inc({ carrier: label, code });
      },
    };
  }
}

/**
 * Every metric that any of our processes exposes: name, kind, help, labels, unit in the name. Code can only create what stands here,
 * dashboards and alerts may only use what stands here, and a test holds the three together.
 *
 * Labels are bounded: `system` (4), `topic` (6), `partition` (8 a topic), `outcome`, `code` (the problem table), `measure`, `period`
 * (configured list), `flow` (3), `carrier` (the first 50 of the registered ones, then `other`).
 * Never an event id, a waybill, a container or a sender's free text.
 */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** Chosen around the target of 50 ms for an acknowledged post. */
const ackBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From a live event to one that is a year late. */
const latenessBuckets = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000];

export const metricCatalogue = {
  // ingest
  landbridge_ingest_requests_total: { kind: 'counter', help: 'Requests answered, by HTTP status.', labels: ['status'] },
  landbridge_ingest_request_seconds: {
    kind: 'histogram',
    help: 'Time from the request line to the answer, acknowledgement by the log included.',
    labels: ['status'],
    buckets: ackBuckets,
  },
  landbridge_ingest_events_total: {
    kind: 'counter',
    help: 'Events received, by system and what was answered (accepted, duplicate, rejected).',
    labels: ['system', 'answer'],
  },
  landbridge_ingest_rejected_total: { kind: 'counter', help: 'Events rejected, by problem code.', labels: ['code'] },
  landbridge_ingest_lane_events: { kind: 'gauge', help: 'Events that wait in the lane for the log.', labels: [] },
  landbridge_ingest_lane_bytes: { kind: 'gauge', help: 'Bytes that wait in the lane for the log.', labels: [] },
  landbridge_ingest_events_under_way: {
    kind: 'gauge',
    help: 'Events that were let in and are not answered yet; of a body that is still being read, as many as it is guessed to have.',
    labels: [],
  },
  landbridge_ingest_events_under_way_limit: {
    kind: 'gauge',
    help: 'Events that may be under way now: it falls to what the log writes in good time, and rises while the log is quick.',
    labels: [],
  },
  landbridge_ingest_waiting_requests: {
    kind: 'gauge',
    help: 'Requests that wait for room before their body is read.',
    labels: [],
  },
  landbridge_ingest_large_bodies_total: {
    kind: 'counter',
    help: 'Large bodies: screened by a thread, turned_away for want of one, or overdue, out_of_memory, crashed: their thread was replaced.',
    labels: ['outcome'],
  },
  landbridge_ingest_threads_lost_total: {
    kind: 'counter',
    help: 'Threads for large bodies that ended while they read nothing; another is started, at most five a minute.',
    labels: [],
  },
  landbridge_ingest_large_bodies_waiting: { kind: 'gauge', help: 'Large bodies that wait for a thread.', labels: [] },
  landbridge_ingest_carrier_keys: {
    kind: 'gauge',
    help: 'Keys of carriers: live, expired and revoked.',
    labels: ['state'],
  },
  landbridge_carrier_lateness_seconds: {
    kind: 'histogram',
    help: 'Seconds from when an actual event happened to its receipt, by carrier; corrections are not in it.',
    labels: ['carrier'],
    buckets: latenessBuckets,
  },
  landbridge_carrier_events_total: {
    kind: 'counter',
    help: 'Events by carrier: accepted as new, accepted as a correction, rejected.',
    labels: ['carrier', 'answer'],
  },
  landbridge_carrier_rejected_total: {
    kind: 'counter',
    help: 'Rejected events by carrier and problem code.',
    labels: ['carrier', 'code'],
  },
  landbridge_carrier_quality_score: {
    kind: 'gauge',
    help: 'Score of a carrier, 0 to 100, over the last seven days of receipt; the same in every ingest.',
    labels: ['carrier'],
  },
  // every process that writes to the log
  landbridge_producer_batches_total: { kind: 'counter', help: 'Batches confirmed by the log.', labels: [] },
  landbridge_producer_replacements_total: {
    kind: 'counter',
    help: 'Producers thrown away after a failed or overdue send; the same batch was sent again.',
    labels: [],
  },
  // aggregator
  landbridge_events_applied_total: {
    kind: 'counter',
    help: 'Records folded into the view by this process, by system and outcome.',
    labels: ['system', 'outcome'],
  },
  landbridge_throughput_total: {
    kind: 'counter',
    help: 'Amounts added to the view by this process, in base units, for rates; corrections that lower a total are not in it.',
    labels: ['measure', 'direction'],
  },
  landbridge_milestone_unknown_total: {
    kind: 'counter',
    help: 'Events whose milestone no rule knows.',
    labels: ['system'],
  },
  landbridge_event_lateness_seconds: {
    kind: 'histogram',
    help: 'From when an event happened to when the log received it.',
    labels: ['system'],
    buckets: latenessBuckets,
  },
  landbridge_dead_letters_total: {
    kind: 'counter',
    help: 'Records sent to the dead-letter topic, by code.',
    labels: ['topic', 'code'],
  },
  landbridge_consumer_lag_records: {
    kind: 'gauge',
    help: 'Records of the log not yet in the view.',
    labels: ['topic', 'partition'],
  },
  landbridge_consumer_seeks_total: {
    kind: 'counter',
    help: 'Times a partition was put back to the position that the view holds.',
    labels: ['topic', 'reason'],
  },
  landbridge_remembered_ids: {
    kind: 'gauge',
    help: 'Event ids held for dedupe and corrections by this process.',
    labels: ['topic'],
  },
  landbridge_apply_seconds: {
    kind: 'histogram',
    help: 'Time of one compare-and-apply call to Redis.',
    labels: [],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
  landbridge_reconcile_difference: {
    kind: 'gauge',
    help: 'Absolute difference between the view and an independent recount of the log, in base units; 0 when right. Sum over instances.',
    labels: ['measure'],
  },
  landbridge_reconcile_covered_records: {
    kind: 'gauge',
    help: 'Records of the log that the last recount of each held partition has compared (sum of the offsets).',
    labels: ['topic'],
  },
  landbridge_reconcile_last_pass_timestamp_seconds: {
    kind: 'gauge',
    help: 'When every held partition had last been compared, Unix time; absent before the first pass.',
    labels: [],
  },
  // statistics
  landbridge_throughput_period_value: {
    kind: 'gauge',
    help: 'A measure over a period, in the unit of the public answer. Take the max over instances, never a rate.',
    labels: ['measure', 'period', 'flow'],
  },
  landbridge_throughput_period_growth_ratio: {
    kind: 'gauge',
    help: 'Growth of a measure over the same period a year earlier, 0.215 for 21.5 percent.',
    labels: ['measure', 'period', 'flow'],
  },
  landbridge_brand_period_value: {
    kind: 'gauge',
    help: 'A rail measure over a period for a configured brand.',
    labels: ['measure', 'period', 'brand'],
  },
  landbridge_view_age_seconds: {
    kind: 'gauge',
    help: 'Seconds since the newest record in the view was received.',
    labels: ['system'],
  },
  landbridge_view_records: {
    kind: 'gauge',
    help: 'Records of the log that the view holds (sum of the next offsets).',
    labels: ['system'],
  },
  landbridge_view_read_failures_total: {
    kind: 'counter',
    help: 'Scrapes or requests that could not read the view.',
    labels: [],
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricCatalogue;

/**
 * The aggregator's metrics: what its own process folded. Counters are raised by what the store has taken, so a replay that changes
 * nothing adds nothing; exact figures are gauges of the statistics service, read from the view.
 */
import { eventTopics, problems, systemOfTopic, type ProblemCode } from '@landbridge/contracts';
import {
  measures,
  meters,
  outcomes,
  parseSeries,
  systems,
  type Measure,
  type Meter,
  type TakeOutcome,
} from '@landbridge/domain';
import type { Metrics } from '@landbridge/telemetry';
import { seekReasons, type DeadRecord, type FoldObserver } from '@landbridge/view';

/** The measures that a meter's columns feed: names with the number of the column. */
function measuresOf(meter: Meter): { measure: string; column: number }[] {
  return Object.entries<Measure>(measures).flatMap(([measure, rule]) =>
    rule.kind === 'sum' && rule.meter === meter.name ? [{ measure, column: meter.columns.indexOf(rule.column) }] : [],
  );
}

const fed = new Map<Meter, readonly { measure: string; column: number }[]>(
  meters.map((meter) => [meter, measuresOf(meter)]),
);

/** What is asked of the folder at each scrape. */
export interface FoldState {
  rememberedIds(topic: string): number;
  lags(): readonly { readonly topic: string; readonly partition: number; readonly records: number }[];
}

/** Creates the aggregator's metrics and gives the observer that feeds them. */
export function foldMetrics(
  metrics: Metrics,
  state: () => FoldState,
): FoldObserver & { dead(records: readonly DeadRecord[]): void } {
  const applied = metrics.counter('landbridge_events_applied_total');
  const throughput = metrics.counter('landbridge_throughput_total');
  const unknownMilestones = metrics.counter('landbridge_milestone_unknown_total');
  const lateness = metrics.bulkHistogram('landbridge_event_lateness_seconds');
  const deadLetters = metrics.counter('landbridge_dead_letters_total');
  const seeks = metrics.counter('landbridge_consumer_seeks_total');
  const applySeconds = metrics.histogram('landbridge_apply_seconds');
  metrics.gauge('landbridge_remembered_ids', (gauge) => {
    for (const system of systems) gauge.set({ topic: eventTopics[system] }, state().rememberedIds(eventTopics[system]));
  });

  metrics.gauge('landbridge_consumer_lag_records', (gauge) => {
    gauge.reset(); // partitions come and go
    for (const { topic, partition, records } of state().lags())
      gauge.set({ topic, partition: String(partition) }, records);
  });

  // A series first seen at 500 loses those 500 in increase(): every known label set begins at zero.
  for (const system of systems) {
    for (const outcome of outcomes) applied.inc({ system, outcome }, 0);
    unknownMilestones.inc({ system }, 0);
    lateness.series(system);
    for (const code of Object.keys(problems) as ProblemCode[])
      if (problems[code].status === 422) deadLetters.inc({ topic: eventTopics[system], code }, 0);
    for (const reason of seekReasons) seeks.inc({ topic: eventTopics[system], reason }, 0);
  }
  for (const measure of Object.keys(measures))
    for (const direction of ['inbound', 'outbound']) throughput.inc({ measure, direction }, 0);

  return {
    folded(topic, { outcomes: outcomeOf, receivedMs, timesMs, unknownMilestones: unknown }) {
      const system = systemOfTopic(topic)!;
      const late = lateness.series(system);
      const counts = new Map<TakeOutcome, number>();
      for (const [i, outcome] of outcomeOf.entries()) {
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        if (outcome === 'applied') late.observe(Math.max(0, receivedMs[i]! - timesMs[i]!) / 1_000);
      }
      // What overflowed is counted as a dead letter.
      for (const [outcome, count] of counts) if (outcome !== 'overflow') applied.inc({ system, outcome }, count);
      unknownMilestones.inc({ system }, unknown);
    },
    added(_topic, bySeries) {
      for (const [series, amounts] of bySeries) {
        const { meter, values } = parseSeries(series);
        for (const { measure, column } of fed.get(meter)!)
          throughput.inc({ measure, direction: values.direction ?? '' }, amounts[column]!);
      }
    },
    sought: (topic, reason) => seeks.inc({ topic, reason }),
    applied: (seconds) => applySeconds.observe(seconds),
    dead: (records) => records.forEach(({ topic, problem }) => deadLetters.inc({ topic, code: problem.code })),
  };
}

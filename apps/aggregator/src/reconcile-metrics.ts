/**
 * What the background reconciliation tells: gauges of its newest results, and a line in the log where view and log differ.
 */
import { eventTopics } from '@landbridge/contracts';
import { systems } from '@landbridge/domain';
import type { Metrics } from '@landbridge/telemetry';
import { mergeComparisons, summedMeasures, type ShardReconciliation } from '@landbridge/view';

/** What is asked at each scrape. */
interface ReconciliationState {
  readonly results: readonly ShardReconciliation[];
  readonly lastPassEndedMs: number | undefined;
}

interface WarningLog {
  warn(fields: object, message: string): void;
}

/** Of the differing cells that stand in the log; the command `landbridge reconcile` tells more. */
const examplesLogged = 3;

const known: ReadonlySet<string> = new Set(summedMeasures);

/** Creates the gauges, and gives what is to be called with each partition's result. */
export function reconcileMetrics(
  metrics: Metrics,
  logger: WarningLog,
  state: () => ReconciliationState,
): (result: ShardReconciliation) => void {
  metrics.gauge('landbridge_reconcile_difference', (gauge) => {
    gauge.reset();
    for (const measure of summedMeasures) gauge.set({ measure }, 0);
    const { measures } = mergeComparisons(state().results.map(({ comparison }) => comparison));
    let other = 0;
    for (const { measure, difference } of measures) {
      if (known.has(measure)) gauge.set({ measure }, Number(difference));
      else other += Number(difference);
    }
    // Series that no rule of ours makes: they have no business in Redis.
    gauge.set({ measure: 'other' }, other);
  });
  metrics.gauge('landbridge_reconcile_covered_records', (gauge) => {
    for (const topic of systems.map((system) => eventTopics[system])) {
      const ofTopic = state().results.filter((result) => result.topic === topic);
      gauge.set(
        { topic },
        ofTopic.reduce((sum, { covered }) => sum + covered, 0),
      );
    }
  });
  metrics.gauge('landbridge_reconcile_last_pass_timestamp_seconds', (gauge) => {
    const { lastPassEndedMs } = state();
    // Without labels a gauge begins at zero, which would say 1970.
    if (lastPassEndedMs === undefined) gauge.remove();
    else gauge.set(lastPassEndedMs / 1_000);
  });

  return ({ topic, partition, outcome, covered, comparison, lateVersions }) => {
    const where = { topic, partition, covered };
    if (outcome === 'log-cut' || outcome === 'log-short')
      logger.warn(where, `the view cannot be compared with the log: ${outcome}`);
    if (comparison.differingCells === 0) return;
    const { differingCells, examples } = comparison;
    logger.warn(
      { ...where, differingCells, lateVersions, examples: examples.slice(0, examplesLogged) },
      'the view differs from the log',
    );
  };
}

/**
 * The metrics of one process: a registry of its own, in which only rows of the metric catalogue can be created.
 *
 * prom-client also offers a global registry; it is not used, because what a library puts there is in no catalogue, and two apps in one
 * test process would share it. The service's name is no label: Prometheus' `job` says it.
 */
import { metricCatalogue, type MetricName, type MetricRow } from '@landbridge/contracts';
import { BulkHistogram } from './bulk-histogram.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

type Catalogue = typeof metricCatalogue;
type NameOf<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
type LabelOf<Name extends MetricName> = Catalogue[Name]['labels'][number];

export type CounterName = NameOf<'counter'>;
export type GaugeName = NameOf<'gauge'>;
export type HistogramName = NameOf<'histogram'>;

/** Sets a gauge when Prometheus asks. Its series stay until `gauge.reset()`, so one that may vanish is reset first. */
export type Collect<Name extends GaugeName> = (gauge: Gauge<LabelOf<Name>>) => void | Promise<void>;

export type CollectFailure = (name: GaugeName, cause: unknown) => void;

/** A scrape gives up after ten seconds by Prometheus' default; the other metrics are answered well before. */
export const collectDeadlineMs = 5_000;

/**
 * Metrics named `service` in a new registry, with prom-client's process metrics (CPU, memory, event loop, garbage collection) in it.
 * Each metric exists once: asking again for the same name gives the same object.
 */
export function createMetrics(service: string, deadlineMs = collectDeadlineMs): Metrics {
  return new Metrics(service, deadlineMs);
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<MetricName, Counter | Gauge | Histogram>();
  readonly #bulk = new Map<HistogramName, BulkHistogram>();
  /** Gauges whose value was not to be had, with the reason; emptied by each answer. */
  #failures = new Map<GaugeName, unknown>();

  constructor(
    readonly service: string,
    private readonly deadlineMs: number,
  ) {
    collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * A counter. `inc(labels, 0)` makes its series begin at zero: one first seen at 500 loses those 500 in Prometheus' `increase()`. So
   * known label sets are zeroed when the process starts; counters without labels begin at zero by themselves.
   */
  counter<Name extends CounterName>(name: Name): Counter<LabelOf<Name>> {
    return this.#once(name, (row) => new Counter(row));
  }

  /** A gauge that its owner sets, or that `collect` sets at each scrape. A gauge has one owner: a second `collect` is a bug. */
  gauge<Name extends GaugeName>(name: Name, collect?: Collect<Name>): Gauge<LabelOf<Name>> {
    if (collect === undefined) return this.#once(name, (row) => new Gauge(row));
    if (this.#metrics.has(name)) throw new Error(`${name} is collected by someone else already`);
    const gauge: Gauge<LabelOf<Name>> = this.#once(
      name,
      (row) => new Gauge({ ...row, collect: () => this.#collect(name, gauge, collect) }),
    );
    return gauge;
  }

  /** A histogram over the buckets of its row. `zero(labels)` begins a series, as for a counter. */
  histogram<Name extends HistogramName>(name: Name): Histogram<LabelOf<Name>> {
    return this.#once(name, (row) => new Histogram({ ...row, buckets: [...(row.buckets ?? [])] }));
  }

  /** A histogram for hot paths, with one label. Its name must not be asked for as a plain histogram too. */
  bulkHistogram(name: HistogramName): BulkHistogram {
    const existing = this.#bulk.get(name);
    if (existing !== undefined) return existing;
    const bulk = new BulkHistogram(name, metricCatalogue[name]);
    // The registry asks no more of a metric than what this one has; its type asks for prom-client's own classes.
    this.#registry.registerMetric(bulk as unknown as Histogram);
    this.#bulk.set(name, bulk);
    return bulk;
  }

  /**
   * Everything in the Prometheus text format. A gauge that cannot be collected within the deadline is left out and told to `onFailure`;
   * the others are answered all the same, since they are what shows why.
   */
  async text(onFailure?: CollectFailure): Promise<string> {
    const text = await this.#registry.metrics();
    const failures = this.#failures;
    this.#failures = new Map();
    for (const [name, cause] of failures) onFailure?.(name, cause);
    return text;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #once<M extends Counter | Gauge | Histogram>(name: MetricName, create: (row: Configuration) => M): M {
    const existing = this.#metrics.get(name) as M | undefined;
    if (existing !== undefined) return existing;
    const { help, labels, buckets }: MetricRow = metricCatalogue[name];
    const metric = create({ name, help, labelNames: labels, registers: [this.#registry], ...(buckets && { buckets }) });
    this.#metrics.set(name, metric);
    return metric;
  }

  async #collect<Name extends GaugeName>(
    name: Name,
    gauge: Gauge<LabelOf<Name>>,
    collect: Collect<Name>,
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not collected within ${this.deadlineMs} ms`)), this.deadlineMs);
    });
    try {
      await Promise.race([collect(gauge), overdue]);
    } catch (cause) {
      this.#failures.set(name, cause);
      // No value is better than yesterday's; and reset() would leave a gauge without labels at a false zero.
      gauge.reset();
      if (metricCatalogue[name].labels.length === 0) gauge.remove();
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Configuration {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: Registry[];
  readonly buckets?: readonly number[];
}

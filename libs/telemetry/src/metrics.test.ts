import { describe, expect, it } from '@jest/globals';
import { metricCatalogue, type MetricRow } from '@landbridge/contracts';
import { register } from 'prom-client';
import { createMetrics, type GaugeName } from './metrics.js';

const valueOf = (text: string, series: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.split(' ')[1];

describe('Metrics', () => {
  it('creates counters, gauges and histograms as their rows of the catalogue say', async () => {
    const metrics = createMetrics('test');
    metrics.counter('landbridge_ingest_rejected_total').inc({ code: 'check_digit' }, 2);
    metrics.gauge('landbridge_ingest_lane_bytes').set(7);
    metrics.histogram('landbridge_ingest_request_seconds').observe({ status: 202 }, 0.03);
    const text = await metrics.text();
    expect(text).toContain(
      `# HELP landbridge_ingest_rejected_total ${metricCatalogue.landbridge_ingest_rejected_total.help}`,
    );
    expect(valueOf(text, 'landbridge_ingest_rejected_total{code="check_digit"}')).toBe('2');
    expect(valueOf(text, 'landbridge_ingest_lane_bytes')).toBe('7');
    expect(valueOf(text, 'landbridge_ingest_request_seconds_bucket{le="0.025",status="202"}')).toBe('0');
    expect(valueOf(text, 'landbridge_ingest_request_seconds_bucket{le="0.05",status="202"}')).toBe('1');
    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('shows a counter from zero, before the first increase', async () => {
    const metrics = createMetrics('test');
    metrics.counter('landbridge_events_applied_total').inc({ system: 'air', outcome: 'applied' }, 0);
    metrics.counter('landbridge_producer_batches_total');
    const text = await metrics.text();
    expect(valueOf(text, 'landbridge_events_applied_total{system="air",outcome="applied"}')).toBe('0');
    expect(valueOf(text, 'landbridge_producer_batches_total')).toBe('0');
  });

  it('gives the same counter to all who ask for its name', async () => {
    const metrics = createMetrics('test');
    metrics.counter('landbridge_producer_batches_total').inc();
    metrics.counter('landbridge_producer_batches_total').inc();
    expect(valueOf(await metrics.text(), 'landbridge_producer_batches_total')).toBe('2');
  });

  it('keeps two processes apart, and out of the global registry', async () => {
    const [one, other] = [createMetrics('one'), createMetrics('other')];
    one.gauge('landbridge_ingest_lane_events').set(1);
    other.gauge('landbridge_ingest_lane_events').set(2);
    expect(valueOf(await one.text(), 'landbridge_ingest_lane_events')).toBe('1');
    expect(valueOf(await other.text(), 'landbridge_ingest_lane_events')).toBe('2');
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it('tells of the process itself', async () => {
    const text = await createMetrics('test').text();
    expect(text).toContain('process_resident_memory_bytes ');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds ');
  });

  it('refuses a label that the catalogue does not have', () => {
    const counter = createMetrics('test').counter('landbridge_ingest_rejected_total');
    // @ts-expect-error the compiler refuses it, too
    expect(() => counter.inc({ awb: '172-00000011' })).toThrow('not included in initial labelset');
  });

  it('collects a gauge at each scrape', async () => {
    const metrics = createMetrics('test');
    let ids = 0;
    metrics.gauge('landbridge_remembered_ids', (gauge) => gauge.set({ topic: 't' }, ++ids));
    await metrics.text();
    expect(valueOf(await metrics.text(), 'landbridge_remembered_ids{topic="t"}')).toBe('2');
    expect(() => metrics.gauge('landbridge_remembered_ids', () => undefined)).toThrow('collected by someone else');
  });

  it('answers the other metrics when one cannot be collected, says which, and shows no old value of it', async () => {
    const metrics = createMetrics('test');
    let broken = false;
    metrics.gauge('landbridge_view_records', (gauge) => {
      if (broken) throw new Error('store is away');
      gauge.set({ system: 'air' }, 5);
    });
    metrics.gauge('landbridge_ingest_lane_events', (gauge) => {
      if (broken) throw new Error('lane is away');
      gauge.set(3);
    });
    expect(valueOf(await metrics.text(), 'landbridge_ingest_lane_events')).toBe('3');

    broken = true;
    const failed: [GaugeName, string][] = [];
    const text = await metrics.text((name, cause) => failed.push([name, (cause as Error).message]));
    expect(failed).toEqual([
      ['landbridge_view_records', 'store is away'],
      ['landbridge_ingest_lane_events', 'lane is away'],
    ]);
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toMatch(/^landbridge_(view_records|ingest_lane_events)[ {]/m);

    broken = false;
    expect(valueOf(await metrics.text(), 'landbridge_ingest_lane_events')).toBe('3');
  });

  it('does not wait for a gauge that is not collected within the deadline', async () => {
    const metrics = createMetrics('test', 5);
    metrics.gauge('landbridge_view_records', () => new Promise(() => undefined));
    const failed: string[] = [];
    await metrics.text((name, cause) => failed.push(`${name}: ${(cause as Error).message}`));
    expect(failed).toEqual(['landbridge_view_records: not collected within 5 ms']);
  });
});

describe('the metric catalogue', () => {
  /**
   * Every label name that a row may have, with what bounds its values. A name that could hold an event id, a waybill, a container, a
   * carrier's or a sender's text has no place here: each of its values would be a series for ever.
   */
  const boundedLabels: Record<string, string> = {
    status: 'the HTTP statuses of the problem table',
    system: 'four systems, and unknown',
    answer: 'accepted, duplicate, corrected, rejected',
    code: 'the problem table',
    carrier: 'the first 50 registered carriers, and other',
    state: 'live, revoked',
    outcome: 'outcomes of the fold',
    measure: 'the public measures',
    direction: 'two directions and none',
    topic: 'the topic table',
    partition: 'partitions of a topic, fixed when it is created',
    reason: 'a list in the code',
    period: 'the configured periods (at most 20) and the running ones',
    flow: 'three flows and all',
    brand: 'the configured brands (at most 20)',
  };
  const rows = Object.entries<MetricRow>(metricCatalogue);

  it('has no label without a bound', () => {
    const unbounded = rows.flatMap(([name, { labels }]) =>
      labels.filter((label) => !Object.hasOwn(boundedLabels, label)).map((label) => `${name}{${label}}`),
    );
    expect(unbounded).toEqual([]);
  });

  it('names no label that Prometheus sets itself', () => {
    const own = ['job', 'instance', 'le', 'quantile'];
    expect(rows.filter(([, { labels }]) => labels.some((label) => own.includes(label)))).toEqual([]);
  });

  it('says the unit in the name: counters end in _total, histograms have rising buckets in seconds', () => {
    for (const [name, { kind, buckets }] of rows) {
      expect([name, /^landbridge_[a-z_]+$/.test(name)]).toEqual([name, true]);
      expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
      expect([name, buckets !== undefined]).toEqual([name, kind === 'histogram']);
      if (buckets) expect(buckets).toEqual([...new Set(buckets)].toSorted((a, b) => a - b));
    }
  });
});

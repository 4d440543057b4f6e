import { describe, expect, it } from '@jest/globals';
import { metricCatalogue } from '@landbridge/contracts';
import { Histogram, Registry } from 'prom-client';
import { createMetrics } from './metrics.js';

const name = 'landbridge_event_lateness_seconds';

describe('a histogram for hot paths', () => {
  it('is written out as prom-client writes one of its own', async () => {
    const metrics = createMetrics('test');
    const bulk = metrics.bulkHistogram(name).series('air');
    const registry = new Registry();
    const own = new Histogram({
      name,
      help: metricCatalogue[name].help,
      labelNames: ['system'],
      buckets: [...metricCatalogue[name].buckets],
      registers: [registry],
    });
    for (const seconds of [0, 1, 1.5, 60, 86_400, 1e9]) {
      bulk.observe(seconds);
      own.observe({ system: 'air' }, seconds);
    }
    const lines = (await metrics.text()).split('\n').filter((line) => line.includes(name));
    expect(lines.toSorted()).toEqual((await registry.metrics()).trim().split('\n').toSorted());
  });

  it('begins at zero and exists once', async () => {
    const metrics = createMetrics('test');
    metrics.bulkHistogram(name).series('rail');
    expect(await metrics.text()).toContain(`${name}_count{system="rail"} 0`);
    expect(metrics.bulkHistogram(name)).toBe(metrics.bulkHistogram(name));
  });
});

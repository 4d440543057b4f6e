import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from './http-service.js';
import { recordedShell, type RecordedShell } from './recorded-shell.js';

@Module({})
class EmptyModule {}

describe('probes', () => {
  let app: NestFastifyApplication;
  let shell: RecordedShell;

  beforeEach(async () => {
    shell = recordedShell({ module: EmptyModule });
    app = await createHttpApp(shell.options);
  });
  afterEach(() => app.close());

  it('is alive, and says whose life it is, although nothing it needs is there', async () => {
    shell.health.add('log', () => ({ ok: false, detail: 'no broker' }));
    const response = await app.inject('/livez');
    expect([response.statusCode, response.json()]).toEqual([200, { service: 'test', alive: true }]);
  });

  it('is ready with its checks, and 503 with them when one fails', async () => {
    const log = { ok: true, detail: 'connected' };
    shell.health.add('log', () => log);
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([200, { ready: true, checks: { log } }]);
    shell.health.add('view', () => ({ ok: false, detail: 'behind' }));
    const unready = await app.inject('/readyz');
    expect([unready.statusCode, unready.json()]).toEqual([
      503,
      { ready: false, checks: { log, view: { ok: false, detail: 'behind' } } },
    ]);
    expect(unready.headers['cache-control']).toBe('no-store');
  });

  it('answers the metrics in the Prometheus text format', async () => {
    shell.options.metrics.counter('landbridge_producer_batches_total').inc(3);
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(response.body).toContain('\nlandbridge_producer_batches_total 3\n');
  });

  it('answers the other metrics when a gauge cannot be collected, and logs which', async () => {
    shell.options.metrics.gauge('landbridge_view_records', () => Promise.reject(new Error('store is away')));
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('process_cpu_seconds_total');
    expect(shell.lines).toMatchObject([
      { level: 'warn', metric: 'landbridge_view_records', err: { message: 'store is away' } },
    ]);
  });
});

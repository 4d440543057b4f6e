/** The addresses that every process answers the same: is it alive, is it ready, what does it count. */
import type { HealthBoard, Logger, Metrics } from '@landbridge/telemetry';
import type { FastifyInstance } from 'fastify';

export interface ProbeSources {
  readonly health: HealthBoard;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * - `/livez`: 200 for as long as the process can answer at all. It asks nothing of Kafka or Redis: restarting us does not mend them.
 * - `/readyz`: 200, or 503 while a check fails or the shutdown has begun; the checks in both cases.
 * - `/metrics`: the Prometheus text format; a gauge that cannot be collected is left out and logged.
 */
export function addProbes(server: FastifyInstance, { health, metrics, logger }: ProbeSources): void {
  server.get('/livez', (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ service: metrics.service, alive: true }),
  );
  server.get('/readyz', async (_request, reply) => {
    const report = await health.report();
    return reply
      .code(report.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  });
  server.get('/metrics', async (_request, reply) => {
    const text = await metrics.text((metric, err) => logger.warn({ err, metric }, 'a gauge could not be collected'));
    return reply.header('content-type', metrics.contentType).send(text);
  });
}

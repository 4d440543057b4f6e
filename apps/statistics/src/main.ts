/** The statistics service: composition root, and the only reader of the environment. */
import { httpSlice, logSlice, publishedSlice, redisSlice, settingsOrExit } from '@landbridge/config';
import { startHttpService } from '@landbridge/http';
import { connectRedis, ThroughputReader } from '@landbridge/redis';
import { createLogger, createMetrics, HealthBoard } from '@landbridge/telemetry';
import { statisticsApi } from './api-document.js';
import { AppModule } from './app.module.js';
import { exposeFigures, publicationFault, PublishedFigures } from './published-figures.js';
import { StatisticsHandler } from './statistics.handler.js';

const service = 'statistics';
const slices = [httpSlice(3003), redisSlice, publishedSlice, logSlice] as const;
const settings = settingsOrExit(process.env, process.argv, slices, ({ published }) => publicationFault(published));

const logger = createLogger({ service, level: settings.log.level });
const metrics = createMetrics(service);
const health = new HealthBoard();
const redis = connectRedis(settings.redis, 'fail-fast', logger);
const source = new ThroughputReader(redis);

/** While the view is lost every question fails alike: all are counted, and one in this time is logged. */
const failureLogPauseMs = 10_000;
const failures = metrics.counter('landbridge_view_read_failures_total');
let loggedMs = -Infinity;
function onUnreadable(err: unknown): void {
  failures.inc();
  if (performance.now() - loggedMs < failureLogPauseMs) return;
  loggedMs = performance.now();
  logger.warn({ err }, 'the view could not be read');
}

health.add('redis', async () => {
  // Every partition is asked: of a cluster, some masters may answer and others not.
  await source.progress();
  return { ok: true, detail: 'answers' };
});
exposeFigures(metrics, new PublishedFigures(source, settings.published, Date.now, onUnreadable));

await startHttpService({
  module: AppModule.over(new StatisticsHandler(source, Date.now, onUnreadable), redis),
  settings: settings.http,
  logger,
  metrics,
  health,
  apiDocument: statisticsApi,
});

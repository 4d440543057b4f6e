/**
 * The aggregator: folds the event topics into the view in Redis. Composition root, and the only reader of the environment.
 */
import {
  httpSlice,
  kafkaSlice,
  laneSlice,
  logSlice,
  reconcileSlice,
  redisSlice,
  settingsOrExit,
} from '@landbridge/config';
import { eventTopics } from '@landbridge/contracts';
import { defaultCellsMax, defaultMemoryLimits, defaultSeriesMax } from '@landbridge/domain';
import { startHttpService } from '@landbridge/http';
import { BatchServer, DeadLetters, LogReader, LogWriter } from '@landbridge/kafka';
import { connectRedis, RedisGenerations, RedisShardStore, RedisSnapshots } from '@landbridge/redis';
import { createLogger, createMetrics, HealthBoard } from '@landbridge/telemetry';
import { aggregatorApi } from './api-document.js';
import { AppModule } from './app.module.js';
import { foldMetrics } from './fold-metrics.js';
import { reconcileMetrics } from './reconcile-metrics.js';
import { ContinuousReconciliation, PartitionFolder, type DeadRecord } from '@landbridge/view';

const service = 'aggregator';
const defaultPort = 3004;
/** How often the view in memory is held against Redis: a wipe, a roll-back or a new generation is met within about this time. */
const rollbackCheckMs = 2_000;
/** A view that could not be looked at for this long is away: in a cluster, one of its masters. */
const viewSilenceMaxMs = 3 * rollbackCheckMs;
/** A dead letter that is not confirmed by then makes its batch come again. */
const deadLetterDeadlineMs = 10_000;
/** An idle hub is compared again after this; 32 shards of months are some milliseconds of Redis. */
const reconcilePassPauseMs = 5_000;
/** The recount is not urgent: Kafka or Redis may have to come back first. */
const reconcileRetryMs = 30_000;
/** Ids that the recount holds at a time: some 30 MiB beside the fold. A partition of more records is read once for each so many. */
const reconcileIdsMax = 100_000;

const settings = settingsOrExit(process.env, process.argv, [
  kafkaSlice,
  redisSlice,
  laneSlice,
  httpSlice(defaultPort),
  reconcileSlice,
  logSlice,
]);
const logger = createLogger({ service, level: settings.log.level });
const metrics = createMetrics(service);
const health = new HealthBoard();

const redis = connectRedis(settings.redis, 'wait', logger);
const writer = new LogWriter({
  settings: settings.kafka,
  lane: settings.lane,
  clientId: service,
  logger,
  counters: {
    batches: metrics.counter('landbridge_producer_batches_total'),
    replacements: metrics.counter('landbridge_producer_replacements_total'),
  },
});
const deadLetters = new DeadLetters(writer);

// The pointer is asked for in a bounded time: in a cluster its master may be away while that of a partition is there.
const pointers = connectRedis(settings.redis, 'fail-fast', logger);
const generations = new RedisGenerations(pointers);
const observer = foldMetrics(metrics, () => folder);
const folder: PartitionFolder = new PartitionFolder(
  new RedisShardStore(redis),
  () => generations.live(),
  { ...defaultMemoryLimits, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax },
  publishDead,
  observer,
  () => performance.now() / 1_000,
);

let assigned = false;
const server = new BatchServer({
  settings: settings.kafka,
  clientId: service,
  logger,
  onAssigned: () => {
    folder.releaseAll();
    assigned = true;
  },
  positionOf: (topic, partition) => folder.assign(topic, partition),
  onRevoked: () => {
    assigned = false;
  },
  onFatal: () => process.exit(1),
});

const reconciliation = new ContinuousReconciliation({
  openLog: async () => {
    const log = new LogReader({
      settings: settings.kafka,
      clientId: `${service}-reconcile`,
      logger,
      topics: Object.values(eventTopics),
      groupIdPrefix: 'landbridge-reconcile',
    });
    await log.start();
    return log;
  },
  generations,
  snapshots: new RedisSnapshots(redis),
  partitions: () => folder.partitions(),
  limits: { idsMax: reconcileIdsMax, windowMs: defaultMemoryLimits.windowMs },
  recordsPerSecond: settings.reconcile.recordsPerSecond,
  passPauseMs: reconcilePassPauseMs,
  retryPauseMs: reconcileRetryMs,
  onShard: reconcileMetrics(metrics, logger, () => reconciliation),
  onFailure: (err) => logger.warn({ err }, 'the recount of the log was interrupted; it begins again later'),
  nowMs: () => Date.now(),
});

let viewSeenMs = performance.now();
let isComparing = false;
health.add('redis', () => {
  const isSilent = performance.now() - viewSeenMs > viewSilenceMaxMs;
  return { ok: redis.status === 'ready' && !isSilent, detail: isSilent ? 'the view is away' : redis.status };
});
health.add('kafka', () => ({ ok: assigned, detail: assigned ? 'partitions assigned' : 'no partitions yet' }));
health.add('partitions', () => {
  const { unplaced } = server;
  return { ok: unplaced === 0, detail: unplaced === 0 ? 'all loaded' : `${unplaced} not loaded yet` };
});
health.add('log', () => {
  const [gap] = server.gaps;
  return {
    ok: gap === undefined,
    detail: gap ? `${gap.message}: run \`landbridge rebuild\`, which says what would be lost` : 'complete',
  };
});

// It connects behind the open port, for as long as it takes, and never rejects: the process lives while Kafka is away.
void writer.start();
const rollbackCheck = setInterval(() => void seekRolledBack(), rollbackCheckMs);
const { app } = await startHttpService({
  module: AppModule.with(folder, async () => {
    clearInterval(rollbackCheck);
    await reconciliation.stop();
    await writer.stop(deadLetterDeadlineMs);
    redis.disconnect();
    pointers.disconnect();
  }),
  settings: settings.http,
  logger,
  metrics,
  health,
  apiDocument: aggregatorApi,
});
app.connectMicroservice({ strategy: server });
await app.startAllMicroservices();
if (settings.reconcile.recordsPerSecond > 0) reconciliation.start();

async function seekRolledBack(): Promise<void> {
  if (redis.status !== 'ready' || isComparing) return;
  isComparing = true;
  try {
    for await (const { topic, partition, next, reason } of folder.rolledBack()) {
      const where = { topic, partition, next: String(next) };
      if (reason === 'flipped') logger.info(where, 'another generation of the view is live: it is folded from now on');
      else logger.warn(where, 'the view went back in Redis: its records are folded again');
      server.seek(topic, partition, next);
    }
    viewSeenMs = performance.now();
    // Nothing else asks for the view of a stopped partition, and it may have been rebuilt from where the log begins now.
    for (const { topic, partition, wanted } of server.gaps) {
      const next = await folder.position(topic, partition);
      if (next !== wanted) server.seek(topic, partition, next);
    }
  } catch (err) {
    logger.warn({ err }, 'the positions in Redis could not be compared');
  } finally {
    isComparing = false;
  }
}

async function publishDead(records: readonly DeadRecord[]): Promise<void> {
  await deadLetters.publish(records, deadLetterDeadlineMs);
  observer.dead(records);
}

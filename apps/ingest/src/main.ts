/**
 * Composition root of ingest, and the only reader of its environment. Nothing is opened here: `LogConnections` opens the log's ends behind
 * the open port and closes them after the last request.
 */
import { randomUUID } from 'node:crypto';
import {
  adminSlice,
  httpSlice,
  intakeSlice,
  kafkaSlice,
  laneSlice,
  limitsSlice,
  logSlice,
  mtlsSlice,
  oauthSlice,
  readSecretFile,
  redisSlice,
  settingsOrExit,
  signingSlice,
} from '@landbridge/config';
import { carrierKeyTopic, originalTopic } from '@landbridge/contracts';
import { startHttpService } from '@landbridge/http';
import { connectKafka, KeyedTable, LogReader, LogWriter } from '@landbridge/kafka';
import { connectRedis, RedisQualityStore, RequestMemory, TokenLeases } from '@landbridge/redis';
import { createLogger, createMetrics, HealthBoard } from '@landbridge/telemetry';
import { AdminDoor, adminTokenBytesMin } from './admin-door.js';
import { AnswerOnce } from './answer-once.js';
import { ingestApi } from './api-document.js';
import { ingestModule, LogConnections } from './app.module.js';
import { EventsHandler } from './events.handler.js';
import { EventsUnderWay } from './intake/events-under-way.js';
import { CarrierKeys } from './identity/carrier-keys.js';
import { openIdentity } from './identity/open-identity.js';
import { IngestMetrics } from './ingest-metrics.js';
import { CarrierRooms } from './intake/carrier-rooms.js';
import { IntakeGate } from './intake/intake-gate.js';
import { onLoop, ScreeningThreads } from './large-bodies/screening-threads.js';
import { CarrierBudgets } from './limits/carrier-budgets.js';
import { CarrierReads } from './limits/carrier-reads.js';
import { MessagesHandler } from './messages.handler.js';
import { OriginalShelf } from './originals/original-shelf.js';
import { PostingRoutes, RouteLimits } from './posting-routes.js';
import { QualityMetrics } from './quality/quality-metrics.js';
import { lastDates, QualityTally } from './quality/quality-tally.js';
import { Turns } from './turns.js';
import { WaitingRoom } from './intake/waiting-room.js';
import { UsualEvents } from './usual-events/usual-events.js';

const service = 'ingest';
const slices = [
  kafkaSlice,
  redisSlice,
  httpSlice(3000),
  laneSlice,
  intakeSlice,
  signingSlice,
  oauthSlice,
  mtlsSlice,
  limitsSlice,
  adminSlice,
  logSlice,
] as const;
const {
  kafka: kafkaSettings,
  redis: redisSettings,
  http,
  lane,
  intake,
  limits: limitSettings,
  admin: adminSettings,
  log: logSettings,
  ...identitySettings
} = settingsOrExit(process.env, process.argv, slices);

const logger = createLogger({ service, level: logSettings.level });
const metrics = createMetrics(service);
const health = new HealthBoard();

const keys = new CarrierKeys();
const keyTable = new KeyedTable({
  settings: kafkaSettings,
  clientId: service,
  logger,
  topic: carrierKeyTopic,
  groupIdPrefix: 'landbridge-ingest-keys',
  onEntry: (keyHash, value) => {
    const change = keys.apply(keyHash, value);
    if (change === 'unreadable')
      logger.error({ keyHash: keyHash.slice(0, 8) }, 'an API key is shut: its newest record cannot be read');
    if (change === 'full') logger.error({ keyHash: keyHash.slice(0, 8) }, 'an API key was left out: too many are held');
  },
});
const identity = openIdentity(keyTable, keys, identitySettings, (err) =>
  logger.warn({ err }, 'the keys of the token issuer cannot be read'),
);
const log = new LogWriter({
  settings: kafkaSettings,
  lane,
  clientId: service,
  logger,
  counters: {
    batches: metrics.counter('landbridge_producer_batches_total'),
    replacements: metrics.counter('landbridge_producer_replacements_total'),
  },
});

// A request that can never find room would be told to come back for ever, so what one may hold is at most half of the lane. Half of
// the events, because one that moved to another subject is written as two records. A message is also kept as it is, as one record.
const limits = new RouteLimits(
  Math.min(intake.bodyBytesMax, lane.bytesMax >>> 1),
  Math.max(1, Math.min(intake.batchEventsMax, lane.eventsMax >>> 1)),
);
const ingestMetrics = new IngestMetrics(metrics);
// A quarter of what a sender waits for its answer, so that a log which grows slower is noticed in time.
const underWay = new EventsUnderWay(
  { eventsMax: lane.eventsMax, eventsMin: 2 * lane.batchEvents, waitMsMax: intake.ackDeadlineMs / 4 },
  () => performance.now(),
);
const gate = new IntakeGate(new CarrierRooms(log, lane.bytesMax), underWay, limits.bodyBytesMax);
// Those who wait hold at most as much as those who are in. Two seconds are about what a refused sender is told to stay away.
const waiting = new WaitingRoom({ bytesMax: lane.bytesMax, waitMsMax: 2_000 }, () => performance.now());
const shelf = new OriginalShelf(
  () =>
    new LogReader({
      settings: kafkaSettings,
      clientId: service,
      logger,
      topics: [originalTopic],
      groupIdPrefix: 'landbridge-ingest-originals',
    }),
  logger,
);

// Redis holds what several ingests share and can do without: while it is away, events are taken all the same.
const redis = connectRedis(redisSettings, 'fail-fast', logger);
const budgets = new CarrierBudgets({
  defaults: limitSettings,
  reads: { ratePerSecond: limitSettings.readsPerSecond, burst: limitSettings.readsBurst, quotaPerDay: 0 },
  leases: new TokenLeases(redis),
  clock: Date.now,
  onOutage: (err) => logger.warn({ err }, 'carriers are limited by this process alone: redis does not answer'),
  onReturn: () => logger.info('carriers are limited by all processes together again'),
});
const qualityStore = new RedisQualityStore(redis);
const quality = new QualityTally({
  store: qualityStore,
  writer: randomUUID(),
  nowMs: Date.now,
  metrics: new QualityMetrics(metrics, qualityStore, (days) => lastDates(days, Date.now())),
  onFailure: (err) => logger.debug({ err }, 'counts of data quality wait for Redis'),
});
const once = new AnswerOnce(new RequestMemory(redis));
const turns = new Turns();
const threads = new ScreeningThreads({
  eventBytesMax: intake.eventBytesMax,
  turns,
  counted: (outcome) => ingestMetrics.largeBody(outcome),
  lost: () => ingestMetrics.threadLost(),
});
const events = new EventsHandler(log, ingestMetrics, quality, intake, turns);
const messages = new MessagesHandler(events, threads, turns, {
  batchEventsMax: limits.batchEventsMax,
  hub: intake.hub,
  onLoopBytesMax: onLoop.bytesMax,
});
metrics.gauge('landbridge_ingest_lane_events', (gauge) => gauge.set(log.state.laneEvents));
metrics.gauge('landbridge_ingest_lane_bytes', (gauge) => gauge.set(log.state.laneBytes));
metrics.gauge('landbridge_ingest_events_under_way', (gauge) => gauge.set(underWay.events));
metrics.gauge('landbridge_ingest_events_under_way_limit', (gauge) => gauge.set(underWay.limit));
metrics.gauge('landbridge_ingest_waiting_requests', (gauge) => gauge.set(waiting.requests));
metrics.gauge('landbridge_ingest_large_bodies_waiting', (gauge) => gauge.set(threads.waiting));
metrics.gauge('landbridge_ingest_carrier_keys', (gauge) => {
  for (const [state, count] of Object.entries(keys.counts(Date.now()))) gauge.set({ state }, count);
});
health.add('carrier keys', () => ({
  ok: keyTable.caughtUp,
  detail: keyTable.caughtUp ? 'all keys are read' : 'the keys are not read to their end yet',
}));
health.add('event log', () => ({
  ok: log.state.connected,
  detail: log.state.connected ? `connected, ${log.state.laneEvents} events wait` : 'the event log cannot be reached',
}));

try {
  await startHttpService({
    module: ingestModule({
      connections: new LogConnections(connectKafka(kafkaSettings, service, logger), log, keyTable, {
        onRetry: (err, pauseMs) => logger.warn({ err, pauseMs }, 'the log cannot be opened, trying again'),
        onFault: endFaulty,
      }),
      routes: new PostingRoutes(identity, budgets, { gate, underWay, waiting }, ingestMetrics, limits, once, Date.now),
      events,
      messages,
      threads,
      usual: new UsualEvents(intake.eventBytesMax),
      shelf,
      limits,
      reads: new CarrierReads(identity, budgets),
      quality: { tally: quality, store: qualityStore },
      redis,
    }),
    settings: http,
    logger,
    metrics,
    health,
    apiDocument: ingestApi,
    bodyBytesMax: limits.bodyBytesMax,
    bodyTimeoutMs: intake.bodyTimeoutMs,
  });
  const adminToken = readSecretFile(adminSettings.tokenFile, adminTokenBytesMin);
  if (adminToken !== undefined) {
    const admin = new AdminDoor(adminSettings, adminToken, { keys, log, defaults: limitSettings, clock: Date.now });
    // It ends with the process: what it is asked for needs no drain.
    logger.info({ url: await admin.open() }, 'administrators may ask');
  }
} catch (err) {
  endFaulty(err);
}

function endFaulty(err: unknown): never {
  logger.fatal({ err }, 'ingest cannot run');
  process.exit(1);
}

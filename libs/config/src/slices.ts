/**
 * All variables that our processes know, one slice per concern. An app composes the slices that it uses; the others' variables may be
 * set as well, so that one environment can serve all apps.
 */
import { adminSlice, limitsSlice, mtlsSlice, oauthSlice, signingSlice } from './carrier-slices.js';
import { slice, type SliceSettings } from './slice.js';
import { addresses, choice, integer, periods, redisUrl, text, words } from './variable.js';

const minuteMs = 60_000;
const mebibyte = 1_048_576;

export const kafkaSlice = slice(
  'kafka',
  {
    brokers: addresses('LANDBRIDGE_KAFKA_BROKERS', '127.0.0.1:9092'),
    groupId: text(
      'LANDBRIDGE_KAFKA_GROUP_ID',
      'landbridge-aggregator',
      '1 to 200 letters, digits, dots, dashes or underscores',
      /^[A-Za-z0-9._-]{1,200}$/,
    ),
    // Kafka's brokers take no session below 6,000 unless their group.min.session.timeout.ms says otherwise.
    sessionTimeoutMs: integer('LANDBRIDGE_KAFKA_SESSION_TIMEOUT_MS', 6_000, { min: 1_000, max: 5 * minuteMs }),
    heartbeatIntervalMs: integer('LANDBRIDGE_KAFKA_HEARTBEAT_INTERVAL_MS', 1_500, { min: 100, max: minuteMs }),
    requestTimeoutMs: integer('LANDBRIDGE_KAFKA_REQUEST_TIMEOUT_MS', 5_000, { min: 100, max: minuteMs }),
    sendDeadlineMs: integer('LANDBRIDGE_KAFKA_SEND_DEADLINE_MS', 8_000, { min: 100, max: 2 * minuteMs }),
    fetchWaitMs: integer('LANDBRIDGE_KAFKA_FETCH_WAIT_MS', 100, { min: 1, max: 10_000 }),
    /** Of one partition in one answer of the broker. */
    fetchBytes: integer('LANDBRIDGE_KAFKA_FETCH_BYTES', mebibyte, { min: 16_384, max: 64 * mebibyte }),
  },
  [
    {
      between: ['LANDBRIDGE_KAFKA_HEARTBEAT_INTERVAL_MS', 'LANDBRIDGE_KAFKA_SESSION_TIMEOUT_MS'],
      rule: 'three heartbeats must fit into a session, or one lost heartbeat ends it',
      example: '1500 and 6000',
      holds: ({ heartbeatIntervalMs, sessionTimeoutMs }) => heartbeatIntervalMs * 3 <= sessionTimeoutMs,
    },
    {
      between: ['LANDBRIDGE_KAFKA_REQUEST_TIMEOUT_MS', 'LANDBRIDGE_KAFKA_SEND_DEADLINE_MS'],
      rule: 'one request must fit into the deadline of a send',
      example: '5000 and 8000',
      holds: ({ requestTimeoutMs, sendDeadlineMs }) => requestTimeoutMs <= sendDeadlineMs,
    },
    {
      between: ['LANDBRIDGE_KAFKA_FETCH_WAIT_MS', 'LANDBRIDGE_KAFKA_REQUEST_TIMEOUT_MS'],
      rule: 'the broker must answer a fetch that found nothing before the request times out',
      example: '100 and 5000',
      holds: ({ fetchWaitMs, requestTimeoutMs }) => fetchWaitMs < requestTimeoutMs,
    },
  ],
);

export const redisSlice = slice('redis', { url: redisUrl('LANDBRIDGE_REDIS_URL', 'redis://127.0.0.1:6379') });

/** @param defaultPort the app's port of the public contract; port 0 takes a free one */
export function httpSlice(defaultPort: number) {
  return slice('http', {
    host: text('LANDBRIDGE_HTTP_HOST', '127.0.0.1', 'a host name or an address', /^[A-Za-z0-9.:_-]{1,253}$/),
    port: integer('LANDBRIDGE_HTTP_PORT', defaultPort, { min: 0, max: 65_535 }),
  });
}

/** The lane: what waits in the memory of a process to be written to the log. */
export const laneSlice = slice(
  'lane',
  {
    eventsMax: integer('LANDBRIDGE_LANE_EVENTS_MAX', 20_000, { min: 1, max: 10_000_000 }),
    bytesMax: integer('LANDBRIDGE_LANE_BYTES_MAX', 32 * mebibyte, { min: 1_024, max: 4_096 * mebibyte }),
    lingerMs: integer('LANDBRIDGE_LANE_LINGER_MS', 3, { min: 0, max: 1_000 }),
    batchEvents: integer('LANDBRIDGE_LANE_BATCH_EVENTS', 1_000, { min: 1, max: 100_000 }),
    batchBytes: integer('LANDBRIDGE_LANE_BATCH_BYTES', mebibyte, { min: 1_024, max: 64 * mebibyte }),
  },
  [
    {
      between: ['LANDBRIDGE_LANE_BATCH_EVENTS', 'LANDBRIDGE_LANE_EVENTS_MAX'],
      rule: 'the lane must hold a whole batch',
      example: '1000 and 20000',
      holds: ({ batchEvents, eventsMax }) => batchEvents <= eventsMax,
    },
    {
      between: ['LANDBRIDGE_LANE_BATCH_BYTES', 'LANDBRIDGE_LANE_BYTES_MAX'],
      rule: 'the lane must hold a whole batch',
      example: '1048576 and 33554432',
      holds: ({ batchBytes, bytesMax }) => batchBytes <= bytesMax,
    },
  ],
);

export const intakeSlice = slice(
  'intake',
  {
    /** The hub whose door this is: to it belongs what carriers' own messages tell of. */
    hub: text('LANDBRIDGE_HUB', 'CGO', 'the code of a hub, three capital letters', /^[A-Z]{3}$/),
    eventBytesMax: integer('LANDBRIDGE_EVENT_BYTES_MAX', 262_144, { min: 1_024, max: 16 * mebibyte }),
    bodyBytesMax: integer('LANDBRIDGE_BODY_BYTES_MAX', 8 * mebibyte, { min: 1_024, max: 256 * mebibyte }),
    batchEventsMax: integer('LANDBRIDGE_BATCH_EVENTS_MAX', 5_000, { min: 1, max: 100_000 }),
    bodyTimeoutMs: integer('LANDBRIDGE_BODY_TIMEOUT_MS', 10_000, { min: 100, max: 5 * minuteMs }),
    ackDeadlineMs: integer('LANDBRIDGE_ACK_DEADLINE_MS', 10_000, { min: 100, max: 5 * minuteMs }),
  },
  [
    {
      between: ['LANDBRIDGE_EVENT_BYTES_MAX', 'LANDBRIDGE_BODY_BYTES_MAX'],
      rule: 'the largest event must fit into a body',
      example: '262144 and 8388608',
      holds: ({ eventBytesMax, bodyBytesMax }) => eventBytesMax <= bodyBytesMax,
    },
  ],
);

/** What the statistics service publishes as gauges, besides the running periods. */
export const publishedSlice = slice('published', {
  periods: periods('LANDBRIDGE_PUBLISHED_PERIODS', '2020-H1,2020-01/2020-08,2020'),
  brands: words(
    'LANDBRIDGE_PUBLISHED_BRANDS',
    'cainiao',
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    'a word has up to 40 letters, digits, dots, dashes or underscores, as a brand in an event',
  ),
});

/** The recount of the log in the background, by which the view proves itself. */
export const reconcileSlice = slice('reconcile', {
  /** 0 is off. Two thousand are some three percent of a core, and a day and a half for the year of a hub (27 million records). */
  recordsPerSecond: integer('LANDBRIDGE_RECONCILE_RECORDS_PER_SECOND', 2_000, { min: 0, max: 1_000_000 }),
});

export const logSlice = slice('log', {
  level: choice('LANDBRIDGE_LOG_LEVEL', 'info', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
});

export const dataSlice = slice('data', {
  /** A relative folder is taken from the folder in which the command runs. */
  folder: text('LANDBRIDGE_DATA', '.landbridge', 'the path of a folder', /^[^\0]{1,4096}$/),
});

/** Every slice of the library: what makes a variable known. */
export const allSlices = [
  kafkaSlice,
  redisSlice,
  httpSlice(0),
  laneSlice,
  intakeSlice,
  signingSlice,
  oauthSlice,
  mtlsSlice,
  limitsSlice,
  adminSlice,
  publishedSlice,
  reconcileSlice,
  logSlice,
  dataSlice,
] as const;

export type KafkaSettings = SliceSettings<typeof kafkaSlice>;
export type RedisSettings = SliceSettings<typeof redisSlice>;
export type HttpSettings = SliceSettings<ReturnType<typeof httpSlice>>;
export type LaneSettings = SliceSettings<typeof laneSlice>;
export type IntakeSettings = SliceSettings<typeof intakeSlice>;
export type PublishedSettings = SliceSettings<typeof publishedSlice>;
export type ReconcileSettings = SliceSettings<typeof reconcileSlice>;
export type LogSettings = SliceSettings<typeof logSlice>;
export type DataSettings = SliceSettings<typeof dataSlice>;

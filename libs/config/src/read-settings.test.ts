import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readSettings, type Environment } from './read-settings.js';
import { blockListOf } from './variable.js';
import {
  allSlices,
  dataSlice,
  httpSlice,
  intakeSlice,
  kafkaSlice,
  laneSlice,
  logSlice,
  publishedSlice,
  reconcileSlice,
  redisSlice,
} from './slices.js';

const faultsOf = (env: Environment) => {
  const reading = readSettings(env, allSlices);
  return reading.ok ? [] : reading.faults;
};

describe('readSettings', () => {
  it('gives the documented defaults where nothing is set', () => {
    const reading = readSettings({ PATH: '/bin' }, [kafkaSlice, redisSlice, httpSlice(3_000), laneSlice, intakeSlice]);
    expect(reading).toEqual({
      ok: true,
      settings: {
        kafka: {
          brokers: ['127.0.0.1:9092'],
          groupId: 'landbridge-aggregator',
          sessionTimeoutMs: 6_000,
          heartbeatIntervalMs: 1_500,
          requestTimeoutMs: 5_000,
          sendDeadlineMs: 8_000,
          fetchWaitMs: 100,
          fetchBytes: 1_048_576,
        },
        redis: { url: 'redis://127.0.0.1:6379' },
        http: { host: '127.0.0.1', port: 3_000 },
        lane: { eventsMax: 20_000, bytesMax: 33_554_432, lingerMs: 3, batchEvents: 1_000, batchBytes: 1_048_576 },
        intake: {
          hub: 'CGO',
          eventBytesMax: 262_144,
          bodyBytesMax: 8_388_608,
          batchEventsMax: 5_000,
          bodyTimeoutMs: 10_000,
          ackDeadlineMs: 10_000,
        },
      },
    });
  });

  it('gives periods as values of the calendar, and brands and the level as words', () => {
    expect(readSettings({}, [publishedSlice, reconcileSlice, logSlice, dataSlice])).toEqual({
      ok: true,
      settings: {
        published: {
          periods: [
            { kind: 'half', year: 2020, half: 1 },
            { kind: 'range', from: { year: 2020, month: 1 }, to: { year: 2020, month: 8 } },
            { kind: 'year', year: 2020 },
          ],
          brands: ['cainiao'],
        },
        reconcile: { recordsPerSecond: 2_000 },
        log: { level: 'info' },
        data: { folder: '.landbridge' },
      },
    });
  });

  it('reads what is set, with blanks around the items of a list', () => {
    const env = {
      LANDBRIDGE_KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093',
      LANDBRIDGE_HTTP_PORT: '0',
      LANDBRIDGE_PUBLISHED_BRANDS: '',
    };
    const reading = readSettings(env, [kafkaSlice, httpSlice(3_000), publishedSlice]);
    if (!reading.ok) throw new Error(reading.faults.join('\n'));
    expect(reading.settings.kafka.brokers).toEqual(['kafka-1:9092', '[::1]:9093']);
    expect(reading.settings.http.port).toBe(0);
    expect(reading.settings.published.brands).toEqual([]);
  });

  it('freezes the settings to the bottom', () => {
    const reading = readSettings({}, [kafkaSlice, publishedSlice]);
    if (!reading.ok) throw new Error(reading.faults.join('\n'));
    expect(() => (reading.settings.kafka.brokers as string[]).push('other:1')).toThrow(TypeError);
    expect(() => Object.assign(reading.settings.published.periods[0]!, { year: 1999 })).toThrow(TypeError);
    expect(() => Object.assign(reading.settings, { kafka: {} })).toThrow(TypeError);
  });

  it('tells all faults at once, with rule and example', () => {
    const env = { LANDBRIDGE_KAFKA_FETCH_WAIT_MS: '-1', LANDBRIDGE_LOG_LEVEL: 'loud', LANDBRIDGE_KAFKA_BROKER: 'x:1' };
    expect(faultsOf(env)).toEqual([
      'LANDBRIDGE_KAFKA_BROKER: no such variable, nearest is LANDBRIDGE_KAFKA_BROKERS',
      'LANDBRIDGE_KAFKA_FETCH_WAIT_MS: must be an integer from 1 to 10000, for example 100',
      'LANDBRIDGE_LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent, for example info',
    ]);
  });

  it('never repeats a value', () => {
    const secret = 'hunter2';
    const env = Object.fromEntries(
      allSlices.flatMap(({ variables }) => Object.values(variables).map(({ name }) => [name, `\0${secret} ,\0`])),
    );
    const faults = faultsOf({ ...env, LANDBRIDGE_REDIS_URL: `http://:${secret}@store` });
    expect(faults).toHaveLength(Object.keys(env).length);
    expect(faults.join()).not.toContain(secret);
  });

  it.each([
    ['LANDBRIDGE_KAFKA_BROKERS', ['', 'kafka', 'kafka:0', 'kafka:65536', 'a:1,', 'a:1,a:1', 'http://a:1']],
    ['LANDBRIDGE_KAFKA_SESSION_TIMEOUT_MS', ['', ' ', '6e3', '6000ms', '0x1770', '999', '300001', '6000.5']],
    ['LANDBRIDGE_HTTP_PORT', ['65536', '-1', '']],
    ['LANDBRIDGE_HTTP_HOST', ['', 'http://localhost', 'a b']],
    [
      'LANDBRIDGE_REDIS_URL',
      ['', '127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://', 'redis:/x', 'redis+cluster://a,'],
    ],
    ['LANDBRIDGE_PUBLISHED_PERIODS', ['2020-H3', '2020,2020', Array.from({ length: 21 }, (_, i) => 2000 + i).join()]],
    ['LANDBRIDGE_PUBLISHED_BRANDS', ['cai niao', 'a,,b', '-x']],
    ['LANDBRIDGE_RECONCILE_RECORDS_PER_SECOND', ['', '-1', '0.5', '1000001', 'off']],
    ['LANDBRIDGE_DATA', ['']],
    ['LANDBRIDGE_OAUTH_ALGORITHMS', ['', 'HS256', 'none', 'RS256,none', 'RS256,RS256']],
    ['LANDBRIDGE_OAUTH_JWKS_URL', ['ftp://x/jwks', 'jwks.json', 'https://user:word@x/jwks']],
    ['LANDBRIDGE_TRUSTED_PROXIES', ['10.0.0.0/33', 'proxy', '10.0.0/8', '::1/129', '10.0.0.1/8/8', '10.0.0.1/']],
    ['LANDBRIDGE_MTLS_HEADER', ['X-Client', 'x client']],
  ])('refuses %s when it is one of %j', (name, values) => {
    for (const value of values) {
      expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: must be `))]);
    }
  });

  it.each([
    [{ LANDBRIDGE_KAFKA_HEARTBEAT_INTERVAL_MS: '2001' }, 'LANDBRIDGE_KAFKA_SESSION_TIMEOUT_MS: three heartbeats'],
    [{ LANDBRIDGE_KAFKA_SEND_DEADLINE_MS: '4999' }, 'LANDBRIDGE_KAFKA_SEND_DEADLINE_MS: one request'],
    [
      { LANDBRIDGE_KAFKA_REQUEST_TIMEOUT_MS: '200', LANDBRIDGE_KAFKA_FETCH_WAIT_MS: '200' },
      'LANDBRIDGE_KAFKA_REQUEST_TIMEOUT_MS: the broker must answer',
    ],
    [{ LANDBRIDGE_LANE_EVENTS_MAX: '999' }, 'LANDBRIDGE_LANE_EVENTS_MAX: the lane must hold'],
    [{ LANDBRIDGE_LANE_BYTES_MAX: '1048575' }, 'LANDBRIDGE_LANE_BYTES_MAX: the lane must hold'],
    [{ LANDBRIDGE_OAUTH_ISSUER: 'https://x' }, 'LANDBRIDGE_OAUTH_JWKS_URL: issuer, audience and keys'],
    [
      {
        LANDBRIDGE_OAUTH_ISSUER: 'https://x',
        LANDBRIDGE_OAUTH_AUDIENCE: 'hub',
        LANDBRIDGE_OAUTH_JWKS_URL: 'https://x/jwks',
        LANDBRIDGE_OAUTH_JWKS_FILE: 'jwks.json',
      },
      'LANDBRIDGE_OAUTH_JWKS_FILE: the keys come from one place',
    ],
    [{ LANDBRIDGE_MTLS_HEADER: 'x-client-subject' }, 'LANDBRIDGE_TRUSTED_PROXIES: the header is believed'],
    [{ LANDBRIDGE_RATE_BURST: '99999' }, 'LANDBRIDGE_RATE_BURST: a burst holds'],
    [{ LANDBRIDGE_BODY_BYTES_MAX: '262143' }, 'LANDBRIDGE_BODY_BYTES_MAX: the largest event'],
  ])('refuses values that do not go together: %j', (env: Environment, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(fault)]);
  });

  it('takes three heartbeats that fill the session exactly', () => {
    expect(faultsOf({ LANDBRIDGE_KAFKA_HEARTBEAT_INTERVAL_MS: '2000' })).toEqual([]);
  });

  it('makes networks that can be asked, also for an address of version 4 inside one of version 6', () => {
    const list = blockListOf(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);
    expect(list.check('10.9.8.7')).toBe(true);
    expect(list.check('11.0.0.1')).toBe(false);
    expect(list.check('127.0.0.1')).toBe(true);
    expect(list.check('127.0.0.2')).toBe(false);
    expect(list.check('fd12::1', 'ipv6')).toBe(true);
    expect(list.check('::ffff:10.0.0.1', 'ipv6')).toBe(true);
  });

  it("ignores the variables of slices that the app does not use, even when the other app's value is wrong", () => {
    expect(readSettings({ LANDBRIDGE_REDIS_URL: 'nonsense' }, [logSlice]).ok).toBe(true);
  });
});

describe('README.md', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(LANDBRIDGE_\w+)` \| `([^`]*)` \|/gm)].map(([, name, text]) => [name, text]);

  it('lists every variable with its default, and no other', () => {
    const variables = allSlices.flatMap((slice) => Object.values(slice.variables));
    const expected = variables.map(({ name, defaultText }) => [
      name,
      name === 'LANDBRIDGE_HTTP_PORT' ? 'by app' : defaultText,
    ]);
    expect(rows).toEqual(expected);
  });
});

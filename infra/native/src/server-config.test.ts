import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { javaMajor } from './java.js';
import { kafkaProperties, renderProperties } from './kafka-config.js';
import { KAFKA_VERSION } from './kafka-jars.js';
import { brokerCount } from './kafka-probe.js';
import { renderPrometheusConfig } from './prometheus-server.js';
import { renderRedisConfig } from './redis-server.js';
import { ServerStartError } from './server-start-error.js';

describe("Kafka's properties", () => {
  const settings = { port: 20_001, controllerPort: 20_002, logDir: '/data/kafka/log' };

  test('listen on loopback only and keep every record', () => {
    const lines = renderProperties(kafkaProperties(settings)).split('\n');
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002');
    expect(lines).toContain('log.retention.ms=-1');
    expect(lines).toContain('auto.create.topics.enable=false');
    expect(lines).toContain('log.message.timestamp.type=LogAppendTime');
  });

  test('let a record of 1 MB with headers pass', () => {
    expect(kafkaProperties(settings)['message.max.bytes']).toBeGreaterThan(1_048_576 + 64 * 1024);
  });

  test('give way to an override and keep the others', () => {
    const overrides = { 'advertised.listeners': 'PLAINTEXT://127.0.0.1:20009' };
    const properties = kafkaProperties({ ...settings, overrides });
    expect(properties['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:20009');
    expect(properties['listeners']).toContain(':20001');
  });

  test('keep a backslash in a path', () => {
    expect(renderProperties({ 'log.dirs': 'C:\\data' })).toBe('log.dirs=C:\\\\data\n');
  });

  test('are those of the version that the pom fetches', () => {
    const pom = readFileSync(new URL('../pom.xml', import.meta.url), 'utf8');
    expect(pom).toContain(`<kafka.version>${KAFKA_VERSION}</kafka.version>`);
  });

  test('are also those of the image under compose, setting by setting', () => {
    const compose = readFileSync(new URL('../../compose/compose.yaml', import.meta.url), 'utf8');
    expect(compose).toContain(`image: apache/kafka:${KAFKA_VERSION}\n`);
    const shared = Object.entries(kafkaProperties(settings)).filter(([key]) =>
      /^(auto|default|min|message|replica|log\.(?!dirs)|offsets|transaction|share|group)\b/.test(key),
    );
    expect(shared.length).toBeGreaterThan(10);
    for (const [key, value] of shared) {
      const variable = `KAFKA_${key.toUpperCase().replaceAll('.', '_')}`;
      expect(compose.replaceAll("'", '')).toContain(`${variable}: ${value}\n`);
    }
  });
});

const answer = (correlationId: number, brokers: number) => {
  const bytes = Buffer.alloc(12);
  bytes.writeInt32BE(8, 0);
  bytes.writeInt32BE(correlationId, 4);
  bytes.writeInt32BE(brokers, 8);
  return bytes;
};

describe("a broker's answer", () => {
  test('counts the brokers that are let in', () => {
    expect(brokerCount(answer(1, 0))).toBe(0);
    expect(brokerCount(answer(1, 1))).toBe(1);
  });

  test('is refused when it is not for our question', () => {
    expect(() => brokerCount(answer(7, 1))).toThrow('not that of a Kafka broker');
    expect(() => brokerCount(Buffer.from('HTTP/1.1 '))).toThrow('not that of a Kafka broker');
  });
});

describe("Redis's config", () => {
  test('writes every answer to disk first and evicts nothing', () => {
    const lines = renderRedisConfig({ dataDir: '/data/redis', port: 20_003 }).split('\n');
    expect(lines).toContain('appendfsync "always"');
    expect(lines).toContain('maxmemory-policy "noeviction"');
    expect(lines).toContain('bind "127.0.0.1"');
    expect(lines).toContain('save 86400 1');
  });

  test('quotes a folder with blanks and quotation marks', () => {
    expect(renderRedisConfig({ dataDir: '/my "data"', port: 20_003 })).toContain('dir "/my \\"data\\""\n');
  });
});

test("Prometheus's config names each job and its addresses", () => {
  const config = renderPrometheusConfig({
    targets: [{ job: 'ingest', addresses: ['127.0.0.1:3000'] }],
    ruleFiles: ['/rules/alerts.yml'],
    scrapeIntervalSeconds: 15,
  });
  expect(JSON.parse(config)).toEqual({
    global: { scrape_interval: '15s', evaluation_interval: '5s' },
    rule_files: ['/rules/alerts.yml'],
    scrape_configs: [{ job_name: 'ingest', static_configs: [{ targets: ['127.0.0.1:3000'] }] }],
  });
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_202"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['command not found', undefined],
])('%s is Java %s', (text, major) => {
  expect(javaMajor(text)).toBe(major);
});

test('an error of a start is one line, whatever the child printed', () => {
  expect(new ServerStartError('Redis ended:\n  FATAL\n\n  bad config').message).toBe(
    'Redis ended: | FATAL | bad config',
  );
});

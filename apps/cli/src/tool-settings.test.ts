import { describe, expect, test } from '@jest/globals';
import { kafkaSlice, redisSlice } from '@landbridge/config';
import { readPorts, readToolSettings, stackPorts, withoutStackPorts } from './tool-settings.js';

const noOption = (): undefined => undefined;

describe('the ports of up', () => {
  test('are those of the contract unless an option or a variable says otherwise, the option first', () => {
    expect(readPorts({}, noOption)).toEqual(stackPorts);
    const env = { LANDBRIDGE_KAFKA_PORT: '19092', LANDBRIDGE_INGEST_PORT: '13000' };
    const ports = readPorts(env, (name) => (name === 'kafka-port' ? '29092' : undefined));
    expect(ports).toEqual({ ...stackPorts, kafka: 29_092, ingest: 13_000 });
  });

  test.each(['0', '65536', '-1', '9092.5', 'http', ''])('are not %j', (text) => {
    expect(() => readPorts({ LANDBRIDGE_REDIS_PORT: text }, noOption)).toThrow('LANDBRIDGE_REDIS_PORT must be a port');
  });

  test('are not handed to services, which know no such variables', () => {
    const env = { LANDBRIDGE_KAFKA_PORT: '19092', LANDBRIDGE_LOG_LEVEL: 'warn', PATH: '/bin' };
    expect(withoutStackPorts(env)).toEqual({ LANDBRIDGE_LOG_LEVEL: 'warn', PATH: '/bin' });
  });

  test('tell the other commands where Kafka and Redis are, unless an address does', () => {
    const env = { LANDBRIDGE_KAFKA_PORT: '19092', LANDBRIDGE_REDIS_PORT: '16379' };
    const { kafka, redis } = readToolSettings(env, [kafkaSlice, redisSlice]);
    expect([kafka.brokers, redis.url]).toEqual([['127.0.0.1:19092'], 'redis://127.0.0.1:16379']);
    const elsewhere = { ...env, LANDBRIDGE_KAFKA_BROKERS: '127.0.0.1:29092' };
    expect(readToolSettings(elsewhere, [kafkaSlice]).kafka.brokers).toEqual(['127.0.0.1:29092']);
    expect(readToolSettings({}, [kafkaSlice]).kafka.brokers).toEqual(['127.0.0.1:9092']);
  });
});

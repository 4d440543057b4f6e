import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  deadLetterHeaders,
  deadLetterTopic,
  eventTopics,
  firstGeneration,
  stateKey,
  topicContracts,
} from '@landbridge/contracts';
import { connectKafka, LogWriter, provisionTopics } from '@landbridge/kafka';
import { freePorts } from '@landbridge/native';
import { connectRedis, type RedisConnection } from '@landbridge/redis';
import type { Kafka } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { emptyRedis } from '../harness/redis-cluster.js';
import { redisKinds, type RedisOfItsOwn } from '../harness/redis-kinds.js';
import { startOwnKafka, startOwnRedis, type OwnServer } from '../harness/servers.js';
import { startService, type Service } from '../harness/service.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { flight, flightRecord, flightTotals, testLane } from './flights.js';
import { kafkaSettings, silent } from './kafka-topic.js';

describe.each(redisKinds)('the aggregator, on real servers and %s', (kind, startRedis) => {
  let kafka: OwnServer;
  let redisServer: RedisOfItsOwn;
  let client: Kafka;
  let redis: RedisConnection;
  let writer: LogWriter;
  let service: Service;
  let serviceUrl: string;

  beforeAll(async () => {
    [kafka, redisServer] = await Promise.all([startOwnKafka(), startRedis()]);
    client = connectKafka(kafkaSettings(kafka.address), 'test', silent);
    await provisionTopics(client, topicContracts);
    redis = connectRedis(redisServer, 'wait', silent);
    writer = new LogWriter({
      settings: kafkaSettings(kafka.address),
      lane: testLane,
      clientId: 'test',
      logger: silent,
    });
    await writer.start();
    const [port] = await freePorts(1);
    serviceUrl = `http://127.0.0.1:${port}`;
    service = await startAggregator(serviceUrl, 'readyz');
  }, 120_000);

  afterAll(async () => {
    const end = await service.stop();
    await writer.stop(1_000);
    redis.disconnect();
    await Promise.all([kafka.dispose(), redisServer.dispose()]);
    expect(end.code).toBe(0);
  }, 60_000);

  const startAggregator = (url: string, probe: 'readyz' | 'livez') =>
    startService({
      name: 'aggregator',
      entry: 'apps/aggregator/dist/main.js',
      env: {
        LANDBRIDGE_KAFKA_BROKERS: kafka.address,
        LANDBRIDGE_REDIS_URL: redisServer.url,
        LANDBRIDGE_HTTP_PORT: new URL(url).port,
      },
      readyUrl: `${url}/${probe}`,
    });

  const post = async (events: readonly object[]) => {
    expect(await writer.write(events.map(flightRecord), 60_000)).toEqual({ ok: true });
  };

  const totals = () => flightTotals(redis);

  const totalsToBe = (expected: readonly number[]) =>
    eventually(async () => expect(await totals()).toEqual(expected), {
      deadlineMs: 30_000,
      what: `the totals to be ${expected.join()}`,
    });

  /** Until the partitions of the air topic are folded to their ends, but for those whose Redis is away: on one server all of them. */
  const othersToBeFolded = async () => {
    const folded = kind === 'one Redis' ? 0 : 6;
    await eventually(async () => (await foldedPartitions()) === folded, {
      deadlineMs: 40_000,
      what: `${folded} partitions to be folded to their ends`,
    });
  };

  const toBeReady = (url: string, ready: boolean) =>
    eventually(async () => (await fetch(`${url}/readyz`)).ok === ready, {
      deadlineMs: 40_000,
      what: `the aggregator ${ready ? '' : 'not '}to be ready`,
    });

  /** Partitions of the air topic whose view is known to hold all of the log; those whose Redis is away are not. */
  const foldedPartitions = async (): Promise<number> => {
    const admin = client.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(eventTopics.air);
    await admin.disconnect();
    const reader = connectRedis(redisServer, 'fail-fast', silent);
    const answers = await Promise.allSettled(
      ends.map(({ partition }) =>
        reader.hget(stateKey({ generation: firstGeneration, topic: eventTopics.air, partition }), 'next'),
      ),
    );
    reader.disconnect();
    return ends.filter(({ high }, i) => {
      const answer = answers[i]!;
      return answer.status === 'fulfilled' && answer.value === high;
    }).length;
  };

  it('counts each event once, however often it is posted', async () => {
    const events = Array.from({ length: 2_000 }, (_, n) => flight(n));
    await post(events);
    await post(events.toReversed());
    await totalsToBe([2_000_000, 2_000, 2_000]);
  });

  it('replaces, retracts and moves', async () => {
    await post([
      flight(0, { revision: 1, data: { quantities: { pieces: 1, weightGrams: 501_000 } } }),
      flight(1, { retracted: true }),
      flight(1), // a re-post of a retracted event changes nothing
      flight(5_000, { revision: 1 }), // a correction that comes before its original
      flight(5_000, { data: { quantities: { pieces: 9, weightGrams: 9 } } }),
    ]);
    await totalsToBe([2_500_000, 2_000, 2_000]);
  });

  it('puts poison aside with its reason and goes on', async () => {
    const before = await totals();
    const poison = [
      null,
      '{"specversion":',
      JSON.stringify(flight(9_000, { data: { hub: 'ZZZ' } })),
      'x'.repeat(1_000_000),
    ];
    expect(
      await writer.write(
        poison.map((value) => ({ topic: eventTopics.air, key: 'poison', value })),
        60_000,
      ),
    ).toEqual({ ok: true });
    await post([{ ...flight(9_001), subject: 'poison' }]);
    await totalsToBe([before[0]! + 1_000, before[1]! + 1, before[2]! + 1]);

    const letters: { code: string; bytes: number | undefined }[] = [];
    const consumer = client.consumer({ groupId: 'letters', maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: deadLetterTopic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        letters.push({ code: String(message.headers?.[deadLetterHeaders.code]), bytes: message.value?.length });
      },
    });
    await eventually(
      () =>
        expect(letters).toEqual([
          { code: 'unreadable_record', bytes: undefined },
          { code: 'unreadable_record', bytes: 15 },
          { code: 'unknown_hub', bytes: expect.any(Number) },
          { code: 'unreadable_record', bytes: 1_000_000 },
        ]),
      { deadlineMs: 20_000, what: 'the dead letters' },
    );
    await consumer.disconnect();
  });

  it('is read by statistics, over all partitions', async () => {
    const [port] = await freePorts(1);
    const base = `http://127.0.0.1:${port}`;
    const statistics = await startService({
      name: 'statistics',
      entry: 'apps/statistics/dist/main.js',
      env: { LANDBRIDGE_REDIS_URL: redisServer.url, LANDBRIDGE_HTTP_PORT: String(port) },
      readyUrl: `${base}/readyz`,
    });
    try {
      const value = (await totals())[0]! / 1_000_000;
      // On a busy machine an answer may miss the service's own deadline, and is then a 503 to ask again after.
      await eventually(
        async () => {
          const answer = await fetch(`${base}/v1/statistics?measure=air.weight&period=2020-06`);
          expect(await answer.json()).toMatchObject({ unit: 't', value });
        },
        { deadlineMs: 30_000, what: 'the answer' },
      );
    } finally {
      await statistics.stop();
    }
  });

  it('waits for a Redis that is away, and catches up', async () => {
    const before = await totals();
    await redisServer.kill();
    await post(Array.from({ length: 500 }, (_, n) => flight(20_000 + n)));
    // Whoever has lost its store waits; the partitions on the other masters of a cluster go on.
    await othersToBeFolded();
    await toBeReady(serviceUrl, false);
    await redisServer.start();
    await totalsToBe([before[0]! + 500_000, before[1]! + 500, before[2]! + 500]);
    await toBeReady(serviceUrl, true);
  }, 150_000);

  it('goes on where its Redis is there, also when the partitions are given anew while some of it is away', async () => {
    const before = await totals();
    const [port] = await freePorts(1);
    const secondUrl = `http://127.0.0.1:${port}`;
    await redisServer.kill();
    const second = await startAggregator(secondUrl, 'livez');
    const admin = client.admin();
    try {
      await admin.connect();
      const members = async () => {
        const { groups } = await admin.describeGroups(['landbridge-aggregator']);
        return groups[0]!.state === 'Stable' ? groups[0]!.members.length : 0;
      };
      await eventually(async () => (await members()) === 2, { deadlineMs: 40_000, what: 'both to have joined' });
      await post(Array.from({ length: 500 }, (_, n) => flight(40_000 + n)));
      await othersToBeFolded();
      await toBeReady(serviceUrl, false);
      await toBeReady(secondUrl, false);
      await redisServer.start();
      await totalsToBe([before[0]! + 500_000, before[1]! + 500, before[2]! + 500]);
      await toBeReady(serviceUrl, true);
      await toBeReady(secondUrl, true);
    } finally {
      await admin.disconnect();
      await second.stop();
    }
  }, 240_000);

  it('folds again by itself when Redis was wiped, also where nothing new arrives', async () => {
    const before = await totals();
    await emptyRedis(redis);
    await totalsToBe(before);
  });

  it('goes on where the view is after a kill', async () => {
    const before = await totals();
    service.kill('SIGKILL');
    await service.exited();
    await post(Array.from({ length: 500 }, (_, n) => flight(30_000 + n)));
    await service.restart();
    await totalsToBe([before[0]! + 500_000, before[1]! + 500, before[2]! + 500]);
  }, 60_000);

  it('tells of its work in metrics', async () => {
    await eventually(
      async () => {
        const text = await (await fetch(`${serviceUrl}/metrics`)).text();
        expect(text).toMatch(/landbridge_events_applied_total\{system="air",outcome="applied"\} \d+/);
        expect(text).toMatch(/landbridge_consumer_lag_records\{topic="landbridge.air.v1",partition="0"\} 0/);
      },
      { deadlineMs: 20_000, what: 'its work, and no lag' },
    );
  });
});

it('lives while Kafka is away, and begins when it comes', async () => {
  const [proxy, redisServer, [port]] = await Promise.all([TcpProxy.open(sharedKafka()), startOwnRedis(), freePorts(1)]);
  await provisionTopics(connectKafka(kafkaSettings(sharedKafka()), 'test', silent), topicContracts);
  proxy.refuse(true);
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    name: 'aggregator',
    entry: 'apps/aggregator/dist/main.js',
    env: {
      LANDBRIDGE_KAFKA_BROKERS: proxy.address,
      LANDBRIDGE_KAFKA_GROUP_ID: 'kafka-comes-late',
      LANDBRIDGE_REDIS_URL: `redis://${redisServer.address}`,
      LANDBRIDGE_HTTP_PORT: String(port),
    },
    readyUrl: `${url}/livez`,
  });
  try {
    await eventually(() => service.logs().includes('Kafka cannot be reached yet'), {
      deadlineMs: 20_000,
      what: 'a retry',
    });
    // It listened before the Kafka client gave up for the first time, and still does after.
    expect(service.logs()).toMatch(/"listening".*Kafka cannot be reached yet/s);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    proxy.refuse(false);
    await eventually(async () => (await fetch(`${url}/readyz`)).ok, { deadlineMs: 30_000, what: 'readiness' });
    expect((await service.stop()).code).toBe(0);
  } finally {
    await service.stop();
    await Promise.all([proxy.close(), redisServer.dispose()]);
  }
}, 90_000);

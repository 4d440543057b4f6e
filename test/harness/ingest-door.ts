import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  carrierKeyTopic,
  originalHeaders,
  originalTopic,
  topicContracts,
  type CarrierKey,
} from '@landbridge/contracts';
import { provisionTopics } from '@landbridge/kafka';
import { freePorts } from '@landbridge/native';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { eventually } from './poll.js';
import { startService, type Service } from './service.js';

/** An ingest process with a carrier's key, as a carrier meets it. */
export interface IngestDoor {
  readonly service: Service;
  readonly url: string;
  /** The secret of a live key that posts for `source`. */
  readonly secret: string;
  readonly tenant: string;
  /** Unique to this door, so that tests which share a log tell their records apart. */
  readonly source: string;
  /** Posts to `/v1/events`; headers given here win over the key's. */
  post(
    body: string | Buffer,
    headers?: Readonly<Record<string, string>>,
    query?: string,
    signal?: AbortSignal,
  ): Promise<Response>;
  /** Posts a message to `/v1/messages/{format}`; headers given here win over the key's. */
  message(
    format: string,
    body: string | Buffer,
    headers?: Readonly<Record<string, string>>,
    query?: string,
  ): Promise<Response>;
  /** The value of one series of `/metrics`, written as Prometheus writes it; 0 where it is absent. */
  metric(series: string): Promise<number>;
}

/** Starts ingest on the Kafka at `address`, whose topics are made first, with a key of its own. */
export async function openIngestDoor(address: string, env: Readonly<Record<string, string>> = {}): Promise<IngestDoor> {
  await provisionTopics(clientOf(address), topicContracts);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const tenant = `t-${randomUUID().slice(0, 8)}`;
  const source = `urn:carrier:${tenant}`;
  const secret = newSecret();
  await publishKey(address, keyOf(secret, { tenant, source }));
  const service = await startService({
    name: 'ingest',
    entry: 'apps/ingest/dist/main.js',
    env: {
      LANDBRIDGE_KAFKA_BROKERS: address,
      LANDBRIDGE_HTTP_PORT: String(port),
      // Not every test has a Redis; one that wants limits says so.
      LANDBRIDGE_RATE_PER_SECOND: '0',
      // A busy machine is late with confirmations and bodies; what is refused for that has tests of its own, which say so.
      LANDBRIDGE_ACK_DEADLINE_MS: '60000',
      LANDBRIDGE_BODY_TIMEOUT_MS: '60000',
      ...env,
    },
    readyUrl: `${url}/readyz`,
  });
  return {
    service,
    url,
    secret,
    tenant,
    source,
    post: (body, headers = {}, query = '', signal) =>
      fetch(`${url}/v1/events${query}`, {
        method: 'POST',
        ...(signal && { signal }),
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/cloudevents+json', ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      }),
    message: (format, body, headers = {}, query = '') =>
      fetch(`${url}/v1/messages/${format}${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream', ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      }),
    metric: async (series) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? 0 : Number(line.slice(series.length + 1));
    },
  };
}

/** Asks for an original, and again where the log did not find it in its time, which on a busy machine it may miss. */
export function askForOriginal(url: string, place: string, authorization: string): Promise<Response> {
  return eventually(
    async () => {
      const response = await fetch(`${url}/v1/originals/${place}`, { headers: { authorization } });
      if (response.status !== 503) return response;
      throw new Error(await response.text());
    },
    { deadlineMs: 30_000, what: `the original ${place}` },
  );
}

/** How long a door waits for the Redis that remembers its requests; then it goes on as if they had no name. */
const memoryPatienceMs = 250;

/** Runs a case in which a door must remember requests; again where it failed and took so long that the door may not have waited. */
export function remembered(run: () => Promise<void>): () => Promise<void> {
  return async () => {
    for (let left = 4; ; left--) {
      const startMs = performance.now();
      try {
        return await run();
      } catch (error) {
        if (left === 0 || performance.now() - startMs < memoryPatienceMs) throw error;
      }
    }
  };
}

/** Another ingest on the same log, which knows the same keys. */
export async function openSecondDoor(
  address: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly service: Service; readonly url: string }> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    name: 'ingest',
    entry: 'apps/ingest/dist/main.js',
    env: { LANDBRIDGE_KAFKA_BROKERS: address, LANDBRIDGE_HTTP_PORT: String(port), ...env },
    readyUrl: `${url}/readyz`,
  });
  return { service, url };
}

export function newSecret(): string {
  return `lb_${randomBytes(32).toString('base64url')}`;
}

export function keyOf(secret: string, change: Partial<CarrierKey>): CarrierKey {
  return {
    keyHash: createHash('sha256').update(secret).digest('hex'),
    hint: secret.slice(0, 6),
    tenant: 'zzh',
    carrier: 'demo',
    source: 'urn:carrier:demo',
    createdAt: '2020-01-01T00:00:00Z',
    ...change,
  };
}

/** Writes the newest state of a key to the log of carrier keys, by a client that is not ours. */
export async function publishKey(address: string, key: CarrierKey): Promise<void> {
  const producer = clientOf(address).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    const messages = [{ key: key.keyHash, value: JSON.stringify(key) }];
    await producer.send({ topic: carrierKeyTopic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
}

/** The secret of a new key, once the door at `url` knows it. */
export async function knownKey(url: string, address: string, change: Partial<CarrierKey>): Promise<string> {
  const secret = newSecret();
  await publishKey(address, keyOf(secret, change));
  const asked = () => fetch(`${url}/v1/originals/none`, { headers: { authorization: `Bearer ${secret}` } });
  await eventually(async () => (await asked()).status === 404, {
    deadlineMs: 30_000,
    what: 'a key to be read by the door',
  });
  return secret;
}

export interface TopicRecord {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a topic holds now, partition by partition in log order; only the records whose value contains `text`. */
export async function recordsOf(address: string, topic: string, text: string): Promise<TopicRecord[]> {
  const kafka = clientOf(address);
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const open = new Map(ends.filter(({ low, high }) => low !== high).map((end) => [end.partition, BigInt(end.high)]));
  const found: TopicRecord[] = [];
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ partition, message }) => {
        const value = String(message.value);
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, one]) => [name, String(one)]),
        );
        if (value.includes(text)) found.push({ partition, key: String(message.key), value, headers });
        if (BigInt(message.offset) + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
        return Promise.resolve();
      },
    });
    await eventually(() => open.size === 0, { deadlineMs: 30_000, what: `all of ${topic} to be read` });
  } finally {
    await consumer.disconnect();
  }
  return found.toSorted((a, b) => a.partition - b.partition);
}

/** The originals that are kept of one tenant: other test files write to the same topic meanwhile. */
export async function originalsOf(address: string, tenant: string): Promise<TopicRecord[]> {
  const records = await recordsOf(address, originalTopic, '');
  return records.filter(({ headers }) => headers[originalHeaders.tenant] === tenant);
}

async function withAdmin<T>(kafka: Kafka, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await ask(admin);
  } finally {
    await admin.disconnect();
  }
}

function clientOf(address: string): Kafka {
  return new Kafka({ clientId: 'ingest-test', brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 10 } });
}

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventTopics } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import { keyOf, newSecret, openIngestDoor, publishKey, recordsOf, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, type OwnServer } from '../harness/servers.js';
import { startService } from '../harness/service.js';

/** Stopping and starting a broker, twice the confirmation's deadline, and a busy machine. */
const OUTAGE_MS = 180_000;
const eventCount = 40;
const laneEventsMax = 30;
const laneBatchEvents = 10;
/** How many events may be under way, as the door tells it. */
const limit = 'landbridge_ingest_events_under_way_limit';

let kafka: OwnServer;
let door: IngestDoor;

beforeAll(async () => {
  kafka = await startOwnKafka();
  door = await openIngestDoor(kafka.address, {
    LANDBRIDGE_ACK_DEADLINE_MS: '3000',
    LANDBRIDGE_LANE_EVENTS_MAX: String(laneEventsMax),
    LANDBRIDGE_LANE_BATCH_EVENTS: String(laneBatchEvents),
    LANDBRIDGE_LANE_BYTES_MAX: '65536',
    LANDBRIDGE_LANE_BATCH_BYTES: '16384',
  });
}, OUTAGE_MS);

afterAll(async () => {
  await door?.service.stop();
  await kafka?.dispose();
}, OUTAGE_MS);

const post = (id: string): Promise<Response> => door.post(JSON.stringify(eventOf(id, door.source)));

const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { code: string }).code;

function eventOf(id: string, source: string) {
  return {
    specversion: '1.0',
    id,
    source,
    type: 'landbridge.rail.event.v1',
    subject: `train-${id}`,
    time: '2020-03-04T05:06:07+08:00',
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'land',
      direction: 'outbound',
      partner: 'DE',
      unit: { type: 'train', id: `train-${id}` },
    },
  };
}

test(
  'without the log nothing is answered 202, and what is sent again after its return is all there',
  async () => {
    // given a door that works
    expect((await post('before')).status).toBe(202);
    const secret = newSecret();
    const source = `urn:modest:${door.tenant}`;
    await publishKey(kafka.address, keyOf(secret, { tenant: door.tenant, carrier: 'modest', source }));
    const modest = (id: string): Promise<Response> =>
      door.post(JSON.stringify(eventOf(id, source)), { authorization: `Bearer ${secret}` });
    await eventually(async () => (await modest('modest-before')).status === 202, {
      deadlineMs: 20_000,
      what: 'the key to be known',
    });

    /** It grows with each event that is confirmed soon enough, which on a busy machine is not each. */
    const whole = async () => {
      await modest('modest-more');
      return (await door.metric(limit)) === laneEventsMax;
    };
    await eventually(whole, { deadlineMs: 20_000, what: 'the limit to be what the lane holds' });

    // when the log is gone
    await kafka.server.stop();
    const ids = Array.from({ length: eventCount }, (_, n) => `outage-${n}`);
    const flood = Promise.all(ids.map(post));
    const others = Promise.all(['modest-1', 'modest-2', 'modest-3'].map(modest));
    await eventually(async () => (await door.metric('landbridge_ingest_waiting_requests')) > 0, {
      deadlineMs: 10_000,
      what: 'those without room to wait for it',
    });
    const answers = await flood;

    // then every post is refused with a time to come back: some wait for the confirmation, the others find the lane full
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    for (const answer of answers) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(new Set(await Promise.all(answers.map(codeOf)))).toEqual(new Set(['log_unavailable', 'overloaded']));
    // a carrier that floods the lane leaves room to others: they are let in, and wait for the log
    const otherCodes = await Promise.all((await others).map(codeOf));
    expect(otherCodes).toEqual(['log_unavailable', 'log_unavailable', 'log_unavailable']);
    // an operator sees that fewer are let in from now on, and that nobody is left
    expect(await door.metric(limit)).toBe(2 * laneBatchEvents);
    expect(await door.metric('landbridge_ingest_events_under_way')).toBe(0);
    // and it is alive, whether or not it calls itself ready
    expect((await fetch(`${door.url}/livez`)).status).toBe(200);

    // when the log is back and the carrier does as told
    await kafka.start();
    for (const id of ids)
      await eventually(async () => (await post(id)).status === 202, {
        deadlineMs: 60_000,
        what: `${id} to be accepted`,
      });

    // then the log holds every event; some twice, because a refused post may have reached it
    const records = await recordsOf(kafka.address, eventTopics.rail, door.source);
    const found = new Set(records.map(({ value }) => (JSON.parse(value) as { id: string }).id));
    expect(found).toEqual(new Set(['before', ...ids]));
    await eventually(async () => (await fetch(`${door.url}/readyz`)).ok, {
      deadlineMs: 20_000,
      what: 'the door to be ready',
    });
    await eventually(whole, { deadlineMs: 20_000, what: 'the limit to have grown back' });
  },
  OUTAGE_MS,
);

test(
  'started before the log, it lives, asks to come back, and is ready by itself when an empty log appears',
  async () => {
    // given a log that is not there yet
    const [port = 0, logPort = 0] = await freePorts(2);
    const logAddress = `127.0.0.1:${logPort}`;
    let empty: OwnServer | undefined;
    const url = `http://127.0.0.1:${port}`;
    const service = await startService({
      name: 'ingest',
      entry: 'apps/ingest/dist/main.js',
      env: { LANDBRIDGE_KAFKA_BROKERS: logAddress, LANDBRIDGE_HTTP_PORT: String(port) },
      readyUrl: `${url}/livez`,
    });
    try {
      const secret = newSecret();
      const postTo = () =>
        fetch(`${url}/v1/events`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/cloudevents+json' },
          body: JSON.stringify(eventOf('first', 'urn:carrier:demo')),
        });
      expect((await fetch(`${url}/readyz`)).status).toBe(503);

      // then nobody is called a stranger, whose key it cannot know
      const answer = await postTo();
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'log_unavailable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

      // when the log comes, without a topic
      empty = await startOwnKafka({ port: logPort });
      await eventually(async () => (await fetch(`${url}/readyz`)).ok, { deadlineMs: 60_000, what: 'it to be ready' });
      expect((await postTo()).status).toBe(401);
      await publishKey(logAddress, keyOf(secret, {}));
      await eventually(async () => (await postTo()).status === 202, {
        deadlineMs: 20_000,
        what: 'the key to be known',
      });
    } finally {
      expect(await service.stop()).toEqual({ code: 0, signal: null });
      await empty?.dispose();
    }
  },
  OUTAGE_MS,
);

test(
  'told to stop while the log is away, it ends in order',
  async () => {
    const [port = 0, nobody = 0] = await freePorts(2);
    const service = await startService({
      name: 'ingest',
      entry: 'apps/ingest/dist/main.js',
      env: { LANDBRIDGE_KAFKA_BROKERS: `127.0.0.1:${nobody}`, LANDBRIDGE_HTTP_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/livez`,
    });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  },
  OUTAGE_MS,
);

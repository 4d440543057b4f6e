/** A second tenant's key can neither write nor read anything of the first: a row for each route that the door has. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTopics, originalTopic } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import {
  askForOriginal,
  keyOf,
  newSecret,
  openIngestDoor,
  publishKey,
  recordsOf,
  type IngestDoor,
} from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';

const SLOW_MS = 90_000;

let folder: string;
let door: IngestDoor;
let adminUrl: string;
let routes: readonly string[];
/** Of another tenant that has chosen the same names as the first wherever it can. */
const other = { tenant: `o-${randomUUID().slice(0, 8)}`, secret: newSecret(), source: 'urn:carrier:other' };
const adminToken = randomBytes(32).toString('base64url');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-admin-'));
  writeFileSync(join(folder, 'token'), adminToken);
  const [adminPort = 0] = await freePorts(1);
  adminUrl = `http://127.0.0.1:${adminPort}`;
  door = await openIngestDoor(sharedKafka(), {
    LANDBRIDGE_REDIS_URL: `redis://${sharedRedis()}`,
    LANDBRIDGE_ADMIN_PORT: String(adminPort),
    LANDBRIDGE_ADMIN_TOKEN_FILE: join(folder, 'token'),
  });
  await publishKey(sharedKafka(), keyOf(other.secret, { tenant: other.tenant, source: other.source }));
  await eventually(async () => (await post('/v1/events', other.secret, [])).status !== 401, {
    deadlineMs: 30_000,
    what: 'the second tenant’s key',
  });
  const document = (await (await fetch(`${door.url}/openapi.json`)).json()) as {
    readonly paths: Record<string, object>;
  };
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}, SLOW_MS);

afterAll(async () => {
  await door?.service.stop();
  rmSync(folder, { recursive: true });
}, SLOW_MS);

const eventOf = (id: string, change: object = {}) => ({
  specversion: '1.0',
  id,
  source: door.source,
  type: 'landbridge.air.event.v1',
  subject: `flight-${id}`,
  time: '2020-03-04T05:06:07+08:00',
  retracted: true,
  ...change,
});

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const post = (path: string, secret: string, body: unknown) =>
  fetch(`${door.url}${path}`, {
    method: 'POST',
    headers: { ...bearer(secret), 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(body),
  });
const get = (path: string, secret: string) => fetch(`${door.url}${path}`, { headers: bearer(secret) });

/** An EPCIS document of one event, by nobody in particular: its source is the key's. */
const message = (id: string) =>
  JSON.stringify({
    '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2020-03-04T05:06:07+08:00',
    epcisBody: {
      eventList: [
        {
          type: 'ObjectEvent',
          eventID: `urn:uuid:${id}`,
          eventTime: '2020-03-04T05:06:07+08:00',
          eventTimeZoneOffset: '+08:00',
          epcList: ['urn:epc:id:sscc:0614141.1234567890'],
          action: 'OBSERVE',
          bizStep: 'departing',
          readPoint: { id: 'urn:epc:id:sgln:0614141.00777.0' },
        },
      ],
    },
  });

/** What is asked of each route. One that shows or takes nothing of a tenant's says so. */
const rows: Readonly<Record<string, 'nothing of a tenant' | (() => Promise<void>)>> = {
  'POST /v1/events': async () => {
    const foreign = await post('/v1/events', other.secret, [eventOf('foreign')]);
    expect([foreign.status, await foreign.json()]).toMatchObject([
      422,
      { accepted: 0, rejected: [{ code: 'foreign_source' }] },
    ]);
    const claimed = await post('/v1/events', other.secret, [
      eventOf('claim', { source: other.source, tenant: door.tenant }),
    ]);
    expect(await claimed.json()).toMatchObject({ accepted: 0, rejected: [{ code: 'reserved_attribute' }] });
    const own = await post('/v1/events', other.secret, [eventOf('own', { source: other.source })]);
    expect(own.status).toBe(202);
    const records = await recordsOf(sharedKafka(), eventTopics.air, other.source);
    expect(records.every(({ value }) => !value.includes(`"tenant":"${door.tenant}"`))).toBe(true);
    expect(await recordsOf(sharedKafka(), eventTopics.air, door.source)).toEqual([]);
  },
  'POST /v1/messages/{format}': async () => {
    const text = message(randomUUID());
    const answer = await fetch(`${door.url}/v1/messages/epcis`, {
      method: 'POST',
      headers: { ...bearer(other.secret), 'content-type': 'application/json' },
      body: text,
    });
    // Whatever becomes of it, nothing of it is the first tenant's.
    expect(answer.status).toBeLessThan(500);
    for (const topic of Object.values(eventTopics)) {
      const records = await recordsOf(sharedKafka(), topic, other.tenant);
      for (const { value } of records) expect(value).toContain(`"source":"${other.source}"`);
    }
    const kept = await recordsOf(sharedKafka(), originalTopic, text.slice(0, 60));
    for (const { headers } of kept.filter(({ value }) => value === text))
      expect(headers['lb-tenant']).toBe(other.tenant);
  },
  'GET /v1/carriers/{id}/quality': async () => {
    expect((await post('/v1/events', door.secret, [eventOf('counted', { source: door.source })])).status).toBe(202);
    // Both tenants call their carrier demo: each is shown its own.
    const counts = async (secret: string) => {
      const answer = await get('/v1/carriers/demo/quality', secret);
      return ((await answer.json()) as { readonly counts: { readonly accepted: number } }).counts.accepted;
    };
    await eventually(async () => (await counts(door.secret)) > 0, {
      deadlineMs: 30_000,
      what: 'the first tenant’s counts',
    });
    const third = { tenant: `q-${randomUUID().slice(0, 8)}`, secret: newSecret() };
    await publishKey(sharedKafka(), keyOf(third.secret, { tenant: third.tenant }));
    await eventually(async () => (await get('/v1/carriers/demo/quality', third.secret)).status === 200, {
      deadlineMs: 30_000,
      what: 'a third tenant’s key',
    });
    expect(await counts(third.secret)).toBe(0);
    expect((await get('/v1/carriers/someone-else/quality', third.secret)).status).toBe(404);
  },
  'GET /v1/originals/{original}': async () => {
    const text = message(randomUUID());
    const answer = await fetch(`${door.url}/v1/messages/epcis`, {
      method: 'POST',
      headers: { ...bearer(door.secret), 'content-type': 'application/json' },
      body: text,
    });
    const { original } = (await answer.json()) as { readonly original?: string };
    expect(original).toBeDefined();
    const statusFor = async (secret: string) =>
      (await askForOriginal(door.url, original!, bearer(secret).authorization)).status;
    expect(await statusFor(door.secret)).toBe(200);
    expect(await statusFor(other.secret)).toBe(404);
  },
  'GET /livez': 'nothing of a tenant',
  'GET /readyz': 'nothing of a tenant',
  // For operators: it names carriers with the quality of their data, and is not for an address that carriers reach. No event, no key.
  'GET /metrics': async () => {
    const text = await (await fetch(`${door.url}/metrics`)).text();
    for (const secret of [door.source, other.source, door.secret.slice(0, 6), 'flight-', 'keyHash'])
      expect(text).not.toContain(secret);
  },
  'GET /docs': 'nothing of a tenant',
  'GET /docs/problems': 'nothing of a tenant',
  'GET /openapi.json': 'nothing of a tenant',
  'GET /asyncapi.json': 'nothing of a tenant',
};

/** A parameter may be called what it likes. */
const form = (route: string): string => route.replaceAll(/\{[^}]+\}/g, '{}');

describe('the first tenant', () => {
  test('is apart on every route: each has a row here', () => {
    const known = new Set(Object.keys(rows).map(form));
    const published = routes.filter((route) => !/^GET \/(schemas|v1\/schemas)\//.test(route));
    expect(published.map(form).filter((route) => !known.has(route))).toEqual([]);
    expect(published.length).toBeGreaterThan(5);
  });

  test.each(Object.entries(rows))(
    'is apart on %s',
    async (route, row) => {
      // A row for a route that is not there yet has nothing to ask.
      if (typeof row !== 'string' && routes.map(form).includes(form(route))) await row();
    },
    SLOW_MS,
  );

  test(
    'has its keys seen and revoked by administrators only, on their own port',
    async () => {
      const admin = (path: string, method: string, token: string) =>
        fetch(`${adminUrl}${path}`, { method, headers: bearer(token) });
      for (const path of ['/admin/v1/carrier-keys', '/admin/v1/state']) {
        for (const token of [door.secret, other.secret, `${adminToken}x`, 'x'])
          expect((await admin(path, 'GET', token)).status).toBe(401);
        expect((await get(path, adminToken)).status).toBe(404);
      }
      const listed = await (await admin('/admin/v1/carrier-keys', 'GET', adminToken)).text();
      expect(listed).toContain(door.tenant);
      expect(listed).not.toContain(door.secret);
      const state = await (await admin('/admin/v1/state', 'GET', adminToken)).json();
      expect(state).toMatchObject({ lane: { connected: true, laneEvents: 0 }, limits: { ratePerSecond: 0 } });

      const { keys } = JSON.parse(listed) as {
        readonly keys: readonly { readonly tenant: string; readonly keyHash: string }[];
      };
      const { keyHash = '' } = keys.find(({ tenant }) => tenant === other.tenant) ?? {};
      const path = `/admin/v1/carrier-keys/${keyHash}/revoke`;
      expect((await admin(path, 'POST', other.secret)).status).toBe(401);
      expect((await admin('/admin/v1/carrier-keys/none/revoke', 'POST', adminToken)).status).toBe(404);
      expect((await admin(path, 'POST', adminToken)).status).toBe(200);
      await eventually(async () => (await post('/v1/events', other.secret, [])).status === 401, {
        deadlineMs: 30_000,
        what: 'the revocation',
      });
      expect((await post('/v1/events', door.secret, [])).status).not.toBe(401);
    },
    SLOW_MS,
  );
});

import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTopics, sandboxTopic, type CarrierKey, type ProblemDetails } from '@landbridge/contracts';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { Webhook } from 'standardwebhooks';
import { openIngestDoor, recordsOf, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { runTool } from '../harness/tool.js';

const SLOW_MS = 90_000;
const issuer = 'https://login.example.org';
const audience = 'urn:hub:cgo';

let folder: string;
let issuerServer: Server;
let issuerKey: CryptoKey;
let door: IngestDoor;
let toolEnv: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-keys-'));
  const secretFile = join(folder, 'hub-secret');
  writeFileSync(secretFile, `${randomBytes(32).toString('base64')}\n`);
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  issuerKey = privateKey;
  const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
  issuerServer = createServer((_request, response) => response.end(keySet));
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve));
  const signing = { LANDBRIDGE_SIGNING_SECRET_FILE: secretFile };
  toolEnv = { LANDBRIDGE_KAFKA_BROKERS: sharedKafka(), LANDBRIDGE_DATA: folder, ...signing };
  door = await openIngestDoor(sharedKafka(), {
    ...signing,
    LANDBRIDGE_OAUTH_ISSUER: issuer,
    LANDBRIDGE_OAUTH_AUDIENCE: audience,
    LANDBRIDGE_OAUTH_JWKS_URL: `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}/jwks.json`,
    LANDBRIDGE_MTLS_HEADER: 'x-client-subject',
    LANDBRIDGE_TRUSTED_PROXIES: '127.0.0.1',
  });
}, SLOW_MS);

afterAll(async () => {
  await door?.service.stop();
  issuerServer.close();
  rmSync(folder, { recursive: true });
}, SLOW_MS);

type Added = CarrierKey & { readonly key?: string };

const newCarrier = (): string => `c-${randomUUID().slice(0, 8)}`;
const carriers = (...words: string[]) => runTool(['carriers', ...words], toolEnv);

async function add(carrier: string, ...words: string[]): Promise<Added> {
  const owner = ['--tenant', door.tenant, '--carrier', carrier, '--source', `urn:carrier:${carrier}`];
  const { code, stdout, stderr } = await carriers('add', ...owner, ...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Added;
}

function eventOf(carrier: string, id = 'e-1'): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `urn:carrier:${carrier}`,
    type: 'landbridge.air.event.v1',
    subject: `flight-${carrier}`,
    time: '2020-03-04T05:06:07+08:00',
    retracted: true,
  });
}

/** Posts an event of a carrier without any key but what the headers hold. */
const post = (body: string | Buffer, headers: Record<string, string>, query = '') =>
  fetch(`${door.url}/v1/events${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
const bearer = (key: string | undefined) => ({ authorization: `Bearer ${key}` });

/** Polls until a post is answered so: a new record is known within a fetch. */
async function untilAnswered(status: number, body: string | Buffer, headers: () => Record<string, string>) {
  await eventually(async () => (await post(body, headers(), '?dryRun=true')).status === status, {
    deadlineMs: 30_000,
    what: `the answer ${status}`,
  });
}

describe('API keys by the tool', () => {
  test(
    'are two at a time, change over without a gap, and end',
    async () => {
      const carrier = newCarrier();
      const old = await add(carrier);
      await untilAnswered(202, eventOf(carrier), () => bearer(old.key));
      const rotated = await carriers('rotate', old.keyHash, '--grace', '0m', '--json');
      const fresh = JSON.parse(rotated.stdout) as Added;
      expect(fresh).toMatchObject({ carrier, tenant: door.tenant, source: old.source });
      await untilAnswered(202, eventOf(carrier), () => bearer(fresh.key));
      await untilAnswered(401, eventOf(carrier), () => bearer(old.key));

      const second = await carriers('rotate', fresh.keyHash, '--json');
      expect(second.code).toBe(0);
      // Both live through the grace period, so a third has to wait.
      await untilAnswered(202, eventOf(carrier), () => bearer(fresh.key));
      await untilAnswered(202, eventOf(carrier), () => bearer((JSON.parse(second.stdout) as Added).key));
      const third = await carriers('rotate', fresh.keyHash);
      expect([third.code, third.stderr]).toEqual([1, expect.stringContaining('has 2 live keys')]);
      const dead = await carriers('rotate', old.keyHash);
      expect([dead.code, dead.stderr]).toEqual([1, expect.stringContaining('the key ended on')]);

      const listed = await carriers('list');
      expect(listed.stdout).toContain(`${door.tenant}/${carrier}`);
      expect(listed.stdout).not.toContain(fresh.key);
      expect((await carriers('revoke', fresh.keyHash)).code).toBe(0);
      await untilAnswered(401, eventOf(carrier), () => bearer(fresh.key));
    },
    SLOW_MS,
  );

  test(
    'with one scope do one thing',
    async () => {
      const carrier = newCarrier();
      const reader = await add(carrier, '--scopes', 'read');
      await untilAnswered(403, eventOf(carrier), () => bearer(reader.key));
    },
    SLOW_MS,
  );

  test(
    'of a sandbox are answered as any, and their events are where nothing counts',
    async () => {
      const carrier = newCarrier();
      const { key } = await add(carrier, '--sandbox');
      await untilAnswered(202, eventOf(carrier), () => bearer(key));
      const counted = await door.metric('landbridge_ingest_events_total{system="air",answer="accepted"}');
      const answer = await post(eventOf(carrier), bearer(key));
      expect([answer.status, await answer.json()]).toEqual([
        202,
        { accepted: 1, duplicates: 0, rejected: [], sandbox: true },
      ]);
      expect(await recordsOf(sharedKafka(), sandboxTopic, `urn:carrier:${carrier}`)).toHaveLength(1);
      expect(await recordsOf(sharedKafka(), eventTopics.air, `urn:carrier:${carrier}`)).toEqual([]);
      expect(await door.metric('landbridge_ingest_events_total{system="air",answer="accepted"}')).toBe(counted);
    },
    SLOW_MS,
  );
});

describe('signatures', () => {
  const headersOf = (webhook: Webhook, keyId: string, body: string, time = new Date()) => ({
    'webhook-id': 'msg-1',
    'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
    'webhook-signature': webhook.sign('msg-1', time, body),
    'landbridge-key': keyId,
  });

  test(
    'of the reference implementation post, and a repeat within the tolerance counts nothing twice',
    async () => {
      const carrier = newCarrier();
      const { key, keyId = '' } = await add(carrier, '--signed');
      const webhook = new Webhook(key!);
      const body = eventOf(carrier);
      await untilAnswered(202, body, () => headersOf(webhook, keyId, body));
      const once = headersOf(webhook, keyId, body);
      const answers = [await post(body, once), await post(body, once)];
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      // Two records of one identity: the fold counts the first.
      const values = (await recordsOf(sharedKafka(), eventTopics.air, `urn:carrier:${carrier}`)).map(
        ({ value }) => value,
      );
      expect(values).toHaveLength(2);
      expect(new Set(values).size).toBe(1);

      const problemOf = async (response: Response) => [
        response.status,
        ((await response.json()) as ProblemDetails).code,
      ];
      const wrong = [401, 'invalid_signature'];
      expect(await problemOf(await post(eventOf(carrier, 'other'), once))).toEqual(wrong);
      const old = headersOf(webhook, keyId, body, new Date(Date.now() - 360_000));
      expect(await problemOf(await post(body, old))).toEqual(wrong);
      expect(await problemOf(await post(body, { ...once, 'landbridge-key': `lbs_${'a'.repeat(22)}` }))).toEqual(wrong);
      // An id is no key.
      expect(await problemOf(await post(body, bearer(keyId)))).toEqual([401, 'unauthenticated']);
    },
    SLOW_MS,
  );

  test(
    'are over the body, so attributes in headers are taken from nobody who signs',
    async () => {
      const carrier = newCarrier();
      const { key, keyId = '' } = await add(carrier, '--signed');
      const webhook = new Webhook(key!);
      const attributes = JSON.parse(eventOf(carrier)) as Record<string, string>;
      const inHeaders = (id: string) => ({
        'content-type': 'application/json',
        ...Object.fromEntries(Object.entries({ ...attributes, id }).map(([name, value]) => [`ce-${name}`, value])),
      });
      const body = '{}';
      await untilAnswered(202, eventOf(carrier), () => headersOf(webhook, keyId, eventOf(carrier)));
      // Whoever sees one signed request could make any number of events of it.
      const once = headersOf(webhook, keyId, body);
      for (const id of ['e-1', 'e-2']) {
        const answer = await post(body, { ...once, ...inHeaders(id) });
        expect([answer.status, ((await answer.json()) as ProblemDetails).code]).toEqual([
          415,
          'unsupported_media_type',
        ]);
      }
      expect(await recordsOf(sharedKafka(), eventTopics.air, `urn:carrier:${carrier}`)).toEqual([]);
    },
    SLOW_MS,
  );

  test(
    'with a key pair are over the body as it is sent, compressed or not',
    async () => {
      const carrier = newCarrier();
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64');
      const { keyId = '', key } = await add(carrier, '--public-key', `whpk_${raw}`);
      expect(key).toBeUndefined();
      const headersFor = (signed: Buffer) => {
        const timestamp = String(Math.floor(Date.now() / 1_000));
        const content = Buffer.concat([Buffer.from(`msg-2.${timestamp}.`), signed]);
        return {
          'webhook-id': 'msg-2',
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1a,${sign(null, content, privateKey).toString('base64')}`,
          'landbridge-key': keyId,
        };
      };
      const plain = Buffer.from(eventOf(carrier));
      await untilAnswered(202, plain, () => headersFor(plain));
      const packed = gzipSync(plain);
      const coded = { 'content-encoding': 'gzip' };
      const right = await post(packed, { ...headersFor(packed), ...coded }, '?dryRun=true');
      expect([right.status, await right.text()]).toEqual([202, expect.any(String)]);
      expect((await post(packed, { ...headersFor(plain), ...coded }, '?dryRun=true')).status).toBe(401);
    },
    SLOW_MS,
  );
});

describe('what others vouch for', () => {
  test(
    'a token of the issuer posts for the carrier of its subject, within its scope',
    async () => {
      const carrier = newCarrier();
      const subject = `client-${carrier}`;
      await add(carrier, '--oauth-subject', subject);
      const tokenOf = (claims: Record<string, unknown>) =>
        new SignJWT({ iss: issuer, aud: audience, sub: subject, ...claims })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setExpirationTime('5m')
          .sign(issuerKey);
      const token = await tokenOf({ scope: 'post' });
      await untilAnswered(202, eventOf(carrier), () => bearer(token));
      expect((await post(eventOf(carrier), bearer(await tokenOf({ scope: 'read' })))).status).toBe(403);
      expect((await post(eventOf(carrier), bearer(await tokenOf({ sub: 'nobody' })))).status).toBe(401);
      expect((await post(eventOf(carrier), bearer(`${token.slice(0, -4)}AAAA`))).status).toBe(401);
      // Of a subject there is one carrier.
      const owner = ['--tenant', door.tenant, '--carrier', newCarrier(), '--source', '/other/'];
      const taken = await carriers('add', ...owner, '--oauth-subject', subject);
      expect([taken.code, taken.stderr]).toEqual([
        1,
        expect.stringContaining(`is ${carrier} of ${door.tenant} already`),
      ]);
    },
    SLOW_MS,
  );

  test(
    'a certificate’s subject posts by way of a proxy that is trusted',
    async () => {
      const carrier = newCarrier();
      const subject = `CN=${carrier},O=Example,C=CN`;
      await add(carrier, '--mtls-subject', subject);
      await untilAnswered(202, eventOf(carrier), () => ({ 'x-client-subject': subject }));
      expect((await post(eventOf(carrier), { 'x-client-subject': `${subject},CN=x` })).status).toBe(401);
    },
    SLOW_MS,
  );
});

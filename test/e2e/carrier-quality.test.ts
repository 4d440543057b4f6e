import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CarrierQuality } from '@landbridge/contracts';
import { keyOf, newSecret, openIngestDoor, publishKey, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';

const slowMs = 90_000;

describe('data quality', () => {
  let door: IngestDoor;
  beforeAll(async () => {
    door = await openIngestDoor(sharedKafka(), { LANDBRIDGE_REDIS_URL: `redis://${sharedRedis()}` });
  }, slowMs);
  afterAll(() => door?.service.stop(), slowMs);

  function event(id: string, milestone: string, time: string, hub = 'CGO'): object {
    const data = {
      classifier: 'actual',
      milestone,
      hub,
      corridor: 'air',
      direction: 'outbound',
      unit: { type: 'awb', id: '020-12345675' },
    };
    const type = 'landbridge.air.event.v1';
    return { specversion: '1.0', id, source: door.source, type, subject: '020-12345675', time, data };
  }

  const ask = (carrier: string, query = '', secret = door.secret) =>
    fetch(`${door.url}/v1/carriers/${carrier}/quality${query}`, {
      headers: { authorization: `Bearer ${secret}` },
    });

  it('is counted from what was posted, and told to the carrier with its score', async () => {
    const now = new Date().toISOString();
    const posted = [
      event('q-1', 'departed', now),
      event('q-2', 'delivered', '2020-03-04T05:06:07+08:00'),
      { ...event('q-1', 'departed', now), revision: 1 },
      event('q-3', 'departed', now, 'XXX'),
      event('q-4', 'departed', new Date(Date.now() + 3_600_000).toISOString()),
    ];
    const answer = await door.post(JSON.stringify(posted), { 'content-type': 'application/cloudevents-batch+json' });
    expect(answer.status).toBe(207);
    const dry = await door.post(JSON.stringify(event('q-9', 'departed', now)), {}, '?dryRun=true');
    expect(dry.status).toBe(202);

    const quality = await eventually(
      async () => {
        const found = (await (await ask('demo')).json()) as CarrierQuality;
        if (found.counts.accepted === 0) throw new Error('nothing is counted yet');
        return found;
      },
      { deadlineMs: 20_000, what: 'the counts to be written' },
    );
    expect(quality.counts).toMatchObject({
      accepted: 3,
      corrected: 1,
      rejected: { unknown_hub: 1, future_time: 1 },
      milestones: { expected: 2, missing: 2 },
    });
    expect(quality.counts.lateness.filter(({ events }) => events > 0)).toEqual([
      { seconds: 60, events: 1 },
      { seconds: null, events: 1 },
    ]);
    // 0.4 x 3/5 + 0.3 x 1/2 + 0.2 x 0 + 0.1 x 2/3
    expect(quality).toMatchObject({ carrier: 'demo', score: 45.7, acceptance: 0.6, timeliness: 0.5, completeness: 0 });

    const label = `carrier="${door.tenant}/demo"`;
    expect(await door.metric(`landbridge_carrier_events_total{${label},answer="corrected"}`)).toBe(1);
    expect(await door.metric(`landbridge_carrier_rejected_total{${label},code="unknown_hub"}`)).toBe(1);
    // What a scrape does not read in time on a busy machine, the next one tells.
    const score = async () =>
      expect(await door.metric(`landbridge_carrier_quality_score{${label}}`)).toBe(quality.score);
    await eventually(score, { deadlineMs: 20_000, what: 'the score' });
  });

  it('is not told to a sandbox key of the same carrier, for which nothing is counted', async () => {
    const secret = newSecret();
    await publishKey(sharedKafka(), keyOf(secret, { tenant: door.tenant, sandbox: true }));
    const answer = await eventually(
      async () => {
        const found = await ask('demo', '', secret);
        if (found.status === 401) throw new Error('the key is not read yet');
        return found;
      },
      { deadlineMs: 30_000, what: 'the key of the sandbox' },
    );
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('sandbox') });
    const own = async () => expect((await ask('demo')).status).toBe(200);
    await eventually(own, { deadlineMs: 20_000, what: 'its own counts' });
  });

  it('is nobody else’s business', async () => {
    expect((await ask('other')).status).toBe(404);
    expect((await fetch(`${door.url}/v1/carriers/demo/quality`)).status).toBe(401);
    expect((await ask('demo', '?days=93')).status).toBe(400);
    expect((await ask('demo', '?day=3')).status).toBe(400);
  });
});

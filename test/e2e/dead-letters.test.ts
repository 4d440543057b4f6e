/** `landbridge dead-letters` on real servers: records that an aggregator has put aside, looked at and redriven. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterHeaders, deadLetterTopic, eventTopics } from '@landbridge/contracts';
import { eventually } from '../harness/poll.js';
import type { Service } from '../harness/service.js';
import { flight, Hub } from './hub-log.js';

interface Row {
  readonly offset: number;
  readonly code: string;
  readonly topic: string;
  readonly recordOffset: string;
  readonly partition: number;
  readonly redrivenAt?: string;
}
interface List {
  readonly total: number;
  readonly letters: readonly Row[];
}
interface Redriven {
  readonly redriven: readonly number[];
  readonly refused: readonly { readonly offset: number; readonly code: string }[];
  readonly alreadyRedriven: number;
}

const startMs = 120_000;
const caseMs = 60_000;

let hub: Hub;
let aggregator: Service & { readonly url: string };
beforeAll(async () => {
  hub = await Hub.start();
  aggregator = await hub.startAggregator();
  await hub.post([flight(1)]);
  await hub.put(['{"specversion":', null, JSON.stringify(flight(2, { data: { hub: 'ZZZ' } }))], () => 'poison');
  await lettersToBe(3);
}, startMs);
afterAll(async () => {
  await aggregator?.stop();
  await hub?.dispose();
}, startMs);

const list = (...options: readonly string[]) => hub.toolJson<List>('dead-letters', 'list', ...options);

/** How many records the dead-letter topic holds, repeats and marks included. */
function lettersToBe(total: number): Promise<void> {
  return eventually(async () => expect(await hub.end(deadLetterTopic)).toBe(total), {
    deadlineMs: 30_000,
    intervalMs: 100,
    what: `${total} records in the dead-letter topic`,
  });
}

/** Puts a letter into the topic as a consumer does whose rules were stricter: its record is an event that is valid now. */
async function putValidLetter(n: number, keyBytes: string, times = 1): Promise<string> {
  const value = JSON.stringify(flight(n));
  const place = `${eventTopics.air}/0/${1_000_000 + n}`;
  const letter = {
    topic: deadLetterTopic,
    key: place,
    value,
    headers: {
      [deadLetterHeaders.code]: 'unknown_hub',
      [deadLetterHeaders.detail]: 'no hub had this code',
      [deadLetterHeaders.topic]: eventTopics.air,
      [deadLetterHeaders.partition]: '0',
      [deadLetterHeaders.offset]: String(1_000_000 + n),
      [deadLetterHeaders.key]: keyBytes,
    },
  };
  expect(
    await hub.writer.write(
      Array.from({ length: times }, () => letter),
      60_000,
    ),
  ).toEqual({ ok: true });
  return value;
}

describe('dead letters', () => {
  it(
    'are listed with their reason, and shown as they were sent',
    async () => {
      const { code, letters, total } = await list();
      expect({ code, total }).toEqual({ code: 0, total: 3 });
      expect(letters.map((row) => row.code).toSorted()).toEqual([
        'unknown_hub',
        'unreadable_record',
        'unreadable_record',
      ]);
      expect(await list('--code', 'unreadable_record', '--limit', '1')).toMatchObject({
        total: 2,
        letters: [letters.findLast((row) => row.code === 'unreadable_record')],
      });

      const { offset } = letters.find((row) => row.code === 'unknown_hub')!;
      const shown = await hub.toolJson<{ original: string }>('dead-letters', 'show', String(offset));
      expect(JSON.parse(shown.original)).toEqual(flight(2, { data: { hub: 'ZZZ' } }));
      expect(shown).toMatchObject({
        code: 0,
        key: 'poison',
        problemNow: { code: 'unknown_hub' },
        topic: eventTopics.air,
      });
      expect(await hub.tool('dead-letters', 'show', '999')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no dead letter has the offset 999'),
      });
    },
    caseMs,
  );

  it(
    'stay where they are not valid now, and it is said why',
    async () => {
      const result = await hub.toolJson<Redriven>('dead-letters', 'redrive', '--all');
      expect(result).toMatchObject({ code: 1, redriven: [], alreadyRedriven: 0 });
      expect(result.refused.map(({ code }) => code).toSorted()).toEqual([
        'unknown_hub',
        'unreadable_record',
        'unreadable_record',
      ]);
      expect(await hub.end(deadLetterTopic)).toBe(3);
    },
    caseMs,
  );

  it(
    'are put back under their key where they are valid now, once',
    async () => {
      await putValidLetter(50, 'CV50', 2); // written twice, as after a crash
      await putValidLetter(51, ''); // a record without a key
      const named = 3;
      const one = await hub.toolJson<Redriven>('dead-letters', 'redrive', String(named));
      expect(one).toMatchObject({ code: 0, redriven: [named] });
      await hub.airTotalsToBe([2_000, 2, 2]);
      const again = await hub.tool('dead-letters', 'redrive', String(named));
      expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('1 redriven before') });

      const rest = await hub.toolJson<Redriven>('dead-letters', 'redrive', '--code', 'unknown_hub');
      expect(rest).toMatchObject({ code: 1, redriven: [5], alreadyRedriven: 1, refused: [{ code: 'unknown_hub' }] });
      await hub.airTotalsToBe([3_000, 3, 3]);
      const { letters } = await list('--code', 'unknown_hub');
      expect(letters.map(({ redrivenAt }) => redrivenAt !== undefined)).toEqual([false, true, true]);
    },
    caseMs,
  );

  it(
    'are remembered as redriven also when a wiped view is folded again',
    async () => {
      const before = await hub.end(deadLetterTopic);
      await hub.redis.flushall();
      await hub.airTotalsToBe([3_000, 3, 3]);
      await lettersToBe(before + 3);
      const all = await hub.toolJson<Redriven>('dead-letters', 'redrive', '--all');
      expect(all).toMatchObject({ redriven: [], alreadyRedriven: 2, refused: [{}, {}, {}] });
    },
    caseMs,
  );
});

import { afterAll, describe, expect, test } from '@jest/globals';
import type { CarrierKey, Problem } from '@landbridge/contracts';
import { formatByName, samplesByFormat } from '@landbridge/formats';
import type { LogRecord, WriteResult } from '@landbridge/kafka';
import { EventsHandler, type PostOptions } from './events.handler.js';
import { screenBody } from './large-bodies/body-screening.js';
import { ScreeningThreads } from './large-bodies/screening-threads.js';
import { MessagesHandler, type PostedMessage } from './messages.handler.js';
import { Turns } from './turns.js';

const key: CarrierKey = {
  keyHash: 'a'.repeat(64),
  hint: 'lb_abc',
  tenant: 'zzh',
  carrier: 'demo',
  source: 'urn:carrier:demo',
  createdAt: '2020-01-01T00:00:00Z',
};
const nowMs = Date.UTC(2026, 2, 6);
const limits = { eventBytesMax: 262_144, ackDeadlineMs: 1_000 };
const proceed: PostOptions = { rollback: false, dryRun: false };
const silent = { accepted: () => undefined, duplicates: () => undefined };

const turns = new Turns();
/** Real ones; their entry is what the compiler made of it. */
const threads = new ScreeningThreads({
  eventBytesMax: limits.eventBytesMax,
  turns,
  counted: () => undefined,
  lost: () => undefined,
  entry: new URL('../dist/large-bodies/thread-entry.js', import.meta.url),
});
afterAll(() => threads.onApplicationShutdown());

interface Way {
  readonly onLoopBytesMax?: number;
  readonly poster?: CarrierKey;
  readonly options?: PostOptions;
}

/** Posts a message; tells the answer, what the log was given, and what was counted and charged. */
async function post(
  format: string | undefined,
  body: string,
  { onLoopBytesMax = 1_000_000, poster = key, options = proceed }: Way = {},
) {
  const written: LogRecord[] = [];
  const charged: number[] = [];
  const rejected: string[] = [];
  let inThreads = 0;
  const log = {
    append: (record: LogRecord) => {
      written.push(record);
      return Promise.resolve({ ok: true as const, offset: 128n });
    },
    write: (records: readonly LogRecord[]): Promise<WriteResult> => {
      written.push(...records);
      return Promise.resolve({ ok: true });
    },
  };
  const counts = { ...silent, rejected: (_system: unknown, code: string) => void rejected.push(code) };
  const events = new EventsHandler(log, counts, { ...silent, rejected: () => undefined }, limits, turns);
  const counting: Pick<ScreeningThreads, 'screen'> = {
    screen: (task) => {
      inThreads++;
      return threads.screen(task);
    },
  };
  const handlerLimits = { batchEventsMax: 5_000, hub: 'CGO', onLoopBytesMax };
  const handler = new MessagesHandler(events, counting, turns, handlerLimits);
  const message: PostedMessage = {
    format: format === undefined ? undefined : formatByName(format),
    bytes: Buffer.from(body),
    contentType: 'text/plain',
    receivedAtMs: nowMs,
    charge: (count) => void charged.push(count),
    release: () => undefined,
  };
  const answer = await handler.post(poster, message, options);
  return { answer, written, charged, rejected, inThreads };
}

const problemOf = ({ answer }: { readonly answer: { readonly ok: boolean } }) =>
  (answer as { readonly problem?: Problem }).problem;
const edifact = samplesByFormat.edifact.find(({ valid }) => valid)!.text;

describe('a message', () => {
  test('without a byte is refused, and of no format of ours too', async () => {
    expect(problemOf(await post('edifact', ''))).toMatchObject({ code: 'empty_batch' });
    expect(problemOf(await post(undefined, 'hello'))).toMatchObject({ code: 'unknown_format' });
  });

  test('is recognised, and its answer names its format and place', async () => {
    const { answer, charged } = await post(undefined, edifact);
    expect(answer).toMatchObject({
      ok: true,
      status: 202,
      answer: { format: 'edifact', original: expect.any(String) },
    });
    expect(charged).toEqual([(answer as { answer: { accepted: number } }).answer.accepted]);
  });

  test('that was posted as another format says which it looks like, and where that is posted', async () => {
    const { rejected, ...rest } = await post('cargo-imp', edifact);
    expect(problemOf(rest)?.expected).toContain('/v1/messages/edifact');
    expect(rejected).toEqual([problemOf(rest)?.code]);
  });

  test('with a fault of its own format gets no such hint', async () => {
    const { answer } = await post('edifact', edifact.slice(0, -20));
    expect(problemOf({ answer })).toBeDefined();
    expect(problemOf({ answer })?.expected ?? '').not.toContain('/v1/messages/');
  });

  test.each<[string, Way]>([
    ['in a dry run', { options: { ...proceed, dryRun: true } }],
    ['in a sandbox', { poster: { ...key, sandbox: true } }],
  ])('that cannot be read is not counted %s', async (_name, way) => {
    expect((await post('edifact', 'UNB+', way)).rejected).toEqual([]);
  });
});

describe('a message that is read in a thread', () => {
  const samples = Object.entries(samplesByFormat).flatMap(([format, list]) =>
    list.map(({ name, text }) => [`${format} ${name}`, format, text] as const),
  );

  test.each(samples)(
    '%s is answered, counted and published exactly as on the event loop',
    async (_name, format, text) => {
      const here = await post(format, text);
      const there = await post(format, text, { onLoopBytesMax: 0 });
      expect(there.inThreads).toBe(here.inThreads + 1);
      expect({ ...there, inThreads: 0 }).toEqual(here);
    },
  );

  test.each([proceed, { rollback: false, dryRun: true }])(
    'has all of its thousands of events, in order (%j)',
    async (options) => {
      const lines = Array.from({ length: 1_234 }, (_, n) => {
        const serial = 1_000_000 + n;
        return `172-${serial}${serial % 7}CGOLUX/T5K125\nDEP/CV9746/03MAR/CGOLUX/T5K125\n`;
      });
      const text = `FSU/14\n${lines.join('')}`;
      const here = await post('cargo-imp', text, { options });
      const there = await post('cargo-imp', text, { options, onLoopBytesMax: 65_536 });
      expect(there.inThreads).toBe(1);
      expect(there.charged).toEqual([1_234]);
      expect(there.answer).toEqual(here.answer);
      expect(there.written).toEqual(here.written);
    },
  );

  test('is told where it stands when it does not follow its format, whoever read it', async () => {
    const task = { key, bytes: Buffer.from('UNB+'), content: { kind: 'message', format: 'edifact' } } as const;
    const context = { source: key.source, hub: 'CGO', receivedAtMs: nowMs, eventsMax: 5_000 };
    const read = screenBody({ ...task, content: { ...task.content, context } }, limits.eventBytesMax);
    const { answer } = await post('edifact', 'UNB+', { onLoopBytesMax: 0 });
    expect(problemOf({ answer })).toMatchObject((read as { readonly problem: Problem }).problem);
  });
});

import { describe, expect, test } from '@jest/globals';
import { problems, type CarrierKey } from '@landbridge/contracts';
import type { AppendResult, LogRecord, WriteResult } from '@landbridge/kafka';
import { EventsHandler } from './events.handler.js';
import { Turns } from './turns.js';

const key: CarrierKey = {
  keyHash: 'a'.repeat(64),
  hint: 'lb_abc',
  tenant: 'zzh',
  carrier: 'demo',
  source: 'urn:carrier:demo',
  createdAt: '2020-01-01T00:00:00Z',
};
const limits = { eventBytesMax: 4_096, ackDeadlineMs: 1_000 };
const receivedAtMs = Date.parse('2020-03-04T06:00:00+08:00');
const proceed = { rollback: false, dryRun: false };
const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:carrier:demo',
  type: 'landbridge.air.event.v1',
  subject: 'CV9721-20200304',
  time: '2020-03-04T05:06:07+08:00',
  data: {
    classifier: 'actual',
    milestone: 'arrived',
    hub: 'CGO',
    corridor: 'air',
    direction: 'inbound',
    partner: 'US',
    unit: { type: 'flight', id: 'CV9721-20200304' },
    quantities: { pieces: 3, weightGrams: 1_200_000 },
  },
};
const silent = { accepted: () => undefined, duplicates: () => undefined, rejected: () => undefined };

describe('a post', () => {
  /** Answers it with what the log says of its records, and tells what was counted. */
  async function post(written: WriteResult, poster = key) {
    const counted: string[] = [];
    const counts = {
      accepted: (system: string, events: number) => void counted.push(`${events} accepted ${system}`),
      duplicates: (system: string, events: number) => void counted.push(`${events} duplicate ${system}`),
      rejected: (system: string | undefined, code: string) => void counted.push(`rejected ${system} ${code}`),
    };
    const topics: string[] = [];
    const log = {
      write: (records: readonly LogRecord[]) => {
        topics.push(...records.map(({ topic }) => topic));
        return Promise.resolve(written);
      },
      append: () => Promise.reject(new Error('no message')),
    };
    const handler = new EventsHandler(log, counts, silent, limits, new Turns());
    return { result: await handler.post(poster, { events: [event], receivedAtMs }, proceed), counted, topics };
  }

  test('is accepted and counted when the log has it', async () => {
    const { result, counted } = await post({ ok: true });
    expect(result).toEqual({ ok: true, status: 202, answer: { accepted: 1, duplicates: 0, rejected: [] } });
    expect(counted).toEqual(['1 accepted air']);
  });

  test('of a sandbox key is answered as any and goes to the topic that nobody counts', async () => {
    const { result, counted, topics } = await post({ ok: true }, { ...key, sandbox: true });
    const answer = { accepted: 1, duplicates: 0, rejected: [], sandbox: true };
    expect(result).toEqual({ ok: true, status: 202, answer });
    expect(topics).toEqual(['landbridge.sandbox.v1']);
    expect(counted).toEqual([]);
  });

  test.each<[Exclude<WriteResult, { ok: true }>, string, boolean]>([
    [{ ok: false, problem: 'overloaded' }, 'overloaded', true],
    [{ ok: false, problem: 'log_unavailable' }, 'log_unavailable', true],
    [{ ok: false, problem: 'refused', reason: 'MESSAGE_TOO_LARGE' }, 'record_refused', false],
  ])('is answered with a problem and not counted when the log says %j', async (written, code, again) => {
    const { result, counted } = await post(written);
    expect(result).toMatchObject({ ok: false, problem: { code } });
    expect(problems[code as keyof typeof problems].retryable).toBe(again);
    expect(counted).toEqual([]);
  });
});

describe('a message', () => {
  /** Posts one with a good event, or with a bad one beside it; tells in which order the log and the room were asked. */
  async function post(kept: AppendResult, options = proceed, events: readonly unknown[] = [event]) {
    const steps: string[] = [];
    const written: (LogRecord & { readonly partition?: number })[] = [];
    const log = {
      append: (record: LogRecord & { readonly partition: number }) => {
        steps.push('original');
        written.push(record);
        return Promise.resolve(kept);
      },
      write: (records: readonly LogRecord[]): Promise<WriteResult> => {
        steps.push('events');
        written.push(...records);
        return Promise.resolve({ ok: true });
      },
    };
    const message = {
      format: 'cargo-imp',
      bytes: Buffer.from([0xff, 0x00, 0x41]),
      contentType: 'text/plain',
      release: () => void steps.push('room given back'),
    };
    const paths = events.map((_, at) => `line ${at + 1}, column 1`);
    const handler = new EventsHandler(log, silent, silent, limits, new Turns());
    const result = await handler.post(key, { events, receivedAtMs, paths }, options, message);
    return { result, steps, written };
  }

  test('is on the log before its events, which say where', async () => {
    const { result, steps, written } = await post({ ok: true, offset: 128n });
    expect(steps).toEqual(['original', 'room given back', 'events']);
    const [original, first] = written;
    expect(original).toMatchObject({ topic: 'landbridge.originals.v1', value: Buffer.from([0xff, 0x00, 0x41]) });
    expect(JSON.parse(String(first?.value))).toMatchObject({
      data: { original: { format: 'cargo-imp', digest: original?.key, at: `${original?.partition}/128` } },
    });
    expect(result).toMatchObject({ ok: true, status: 202, original: `${original?.partition}-128` });
  });

  test('that the log does not confirm leaves no event on it', async () => {
    const { result, steps } = await post({ ok: false, problem: 'log_unavailable' });
    expect(steps).toEqual(['original']);
    expect(result).toMatchObject({ ok: false, problem: { code: 'log_unavailable' } });
  });

  test.each([
    ['a dry run', { ...proceed, dryRun: true }, [event], 202],
    ['a rollback', { ...proceed, rollback: true }, [event, 42], 422],
    ['a message without a good event', proceed, [42], 422],
  ])('is not kept by %s', async (_name, options, events, status) => {
    const { result, steps } = await post({ ok: true, offset: 1n }, options, events);
    expect(steps).toEqual([]);
    expect(result).toMatchObject({ ok: true, status });
    expect(result).not.toHaveProperty('original');
  });
});

describe('a dry run', () => {
  test('tells what each accepted event would add, and why one adds nothing', async () => {
    const log = { write: () => Promise.reject(new Error('written')), append: () => Promise.reject(new Error('kept')) };
    const planned = { ...event, id: 'e-2', data: { ...event.data, classifier: 'planned' } };
    const gone = { ...event, id: 'e-3', retracted: true };
    const result = await new EventsHandler(log, silent, silent, limits, new Turns()).post(
      key,
      { events: [event, 42, planned, gone], receivedAtMs },
      {
        rollback: false,
        dryRun: true,
      },
    );
    expect(result).toMatchObject({
      status: 207,
      answer: {
        dryRun: true,
        counted: [
          {
            index: 0,
            id: 'e-1',
            subject: 'CV9721-20200304',
            measures: [
              { measure: 'air.weight', value: 1.2, unit: 't', period: { day: '2020-03-04', hour: 5 } },
              { measure: 'air.pieces', value: 3 },
            ],
          },
          { index: 2, id: 'e-2', measures: [], reason: expect.stringContaining('planned') },
          { index: 3, id: 'e-3', measures: [], reason: expect.stringContaining('takes') },
        ],
      },
    });
  });
});

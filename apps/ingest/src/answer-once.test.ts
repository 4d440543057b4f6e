import { describe, expect, test } from '@jest/globals';
import type { Claim, NamedRequest } from '@landbridge/redis';
import { AnswerOnce, namedRequest, type PostAnswer } from './answer-once.js';

const carrier = { tenant: 'zzh', carrier: 'demo', source: '/demo/cgo' };
const content = { url: '/v1/events', headers: { 'content-type': 'application/x-ndjson' }, body: Buffer.from('{}') };
const named = namedRequest(carrier, 'k-1', content);
const accepted: PostAnswer = { ok: true, status: 202, answer: { accepted: 1, duplicates: 0, rejected: [] } };
const away: PostAnswer = { ok: false, problem: { code: 'log_unavailable', detail: 'later' } };
const unreadable: PostAnswer = { ok: false, problem: { code: 'unreadable', detail: 'no JSON' } };

/** Answers one request with a memory that says `claim` of it, and tells the steps in order. */
async function answer(claim: Claim, work: () => Promise<PostAnswer>) {
  const steps: string[] = [];
  const memory = {
    claim: () => (steps.push('claimed'), Promise.resolve(claim)),
    keep: (_request: NamedRequest, token: string, text: string) => (
      steps.push(`kept ${token} ${text}`),
      Promise.resolve()
    ),
    free: (_request: NamedRequest, token: string) => (steps.push(`freed ${token}`), Promise.resolve()),
  };
  const worked = () => (steps.push('worked'), work());
  const outcome = await new AnswerOnce(memory).answer(named, worked).catch((error: unknown) => error);
  return { outcome, steps };
}

describe('a named request', () => {
  test('is answered once, and its answer is kept when it is there', async () => {
    const { outcome, steps } = await answer({ kind: 'mine', token: 't' }, () => Promise.resolve(accepted));
    expect(outcome).toEqual({ result: accepted, replayed: false });
    expect(steps).toEqual(['claimed', 'worked', `kept t ${JSON.stringify(accepted)}`]);
  });

  test('that was answered before gets that answer, without work', async () => {
    const { outcome, steps } = await answer({ kind: 'done', answer: JSON.stringify(unreadable) }, () =>
      Promise.resolve(accepted),
    );
    expect(outcome).toEqual({ result: unreadable, replayed: true });
    expect(steps).toEqual(['claimed']);
  });

  test('keeps an answer that stands, and not one that says to send it again', async () => {
    const kept = await answer({ kind: 'mine', token: 't' }, () => Promise.resolve(unreadable));
    expect(kept.steps.at(-1)).toBe(`kept t ${JSON.stringify(unreadable)}`);
    const freed = await answer({ kind: 'mine', token: 't' }, () => Promise.resolve(away));
    expect(freed.steps.at(-1)).toBe('freed t');
  });

  test('is free again when its work broke', async () => {
    const { outcome, steps } = await answer({ kind: 'mine', token: 't' }, () => Promise.reject(new Error('a bug')));
    expect(outcome).toEqual(new Error('a bug'));
    expect(steps).toEqual(['claimed', 'worked', 'freed t']);
  });

  test.each([
    ['busy', 'request_in_progress'],
    ['other', 'idempotency_key_reused'],
  ] as const)('is refused without work when its name is %s', async (kind, code) => {
    const { outcome, steps } = await answer({ kind }, () => Promise.resolve(accepted));
    expect(outcome).toMatchObject({ result: { ok: false, problem: { code } }, replayed: false });
    expect(steps).toEqual(['claimed']);
  });

  test('is answered as any other when the memory is away', async () => {
    const { outcome, steps } = await answer({ kind: 'unreachable' }, () => Promise.resolve(accepted));
    expect(outcome).toEqual({ result: accepted, replayed: false });
    expect(steps).toEqual(['claimed', 'worked']);
  });

  test('ends a claim that a memory which answers too late may still make', async () => {
    const stands = await answer({ kind: 'unreachable', token: 't' }, () => Promise.resolve(accepted));
    expect(stands.outcome).toEqual({ result: accepted, replayed: false });
    expect(stands.steps.at(-1)).toBe(`kept t ${JSON.stringify(accepted)}`);
    const passes = await answer({ kind: 'unreachable', token: 't' }, () => Promise.resolve(away));
    expect(passes.steps.at(-1)).toBe('freed t');
  });

  test.each([
    '',
    'null',
    '{}',
    '{"ok":tr',
    '{"ok":true,"status":202}',
    '{"ok":true,"status":202,"answer":null}',
    '{"ok":false,"problem":{"code":"of another release","detail":""}}',
  ])('is worked on again when what was kept is no answer: %j', async (kept) => {
    const { outcome, steps } = await answer({ kind: 'done', answer: kept }, () => Promise.resolve(accepted));
    expect(outcome).toEqual({ result: accepted, replayed: false });
    expect(steps).toEqual(['claimed', 'worked']);
  });
});

describe('what makes a request the same', () => {
  const other = (change: Partial<typeof content>) => namedRequest(carrier, 'k-1', { ...content, ...change });

  test('is its address, its body and what its headers say', () => {
    expect(namedRequest(carrier, 'k-1', { ...content, body: Buffer.from('{}') })).toEqual(named);
    const changes = [
      { url: '/v1/events?dryRun=true' },
      { body: Buffer.from('{ }') },
      { headers: { ...content.headers, 'ce-id': '1' } },
      { headers: { 'content-type': 'application/json' } },
      { headers: { ...content.headers, 'landbridge-batch': 'rollback' } },
    ];
    for (const change of changes) {
      expect(other(change).fingerprint).not.toBe(named.fingerprint);
      expect(other(change).nameHash).toBe(named.nameHash);
    }
  });

  test('is not how it was sent', () => {
    const headers = { ...content.headers, 'content-length': '2', 'content-encoding': 'gzip', traceparent: '00-1' };
    expect(other({ headers })).toEqual(named);
  });

  test('is also the key that it came with: neither a sandbox nor another source answers for it', () => {
    const others = [
      { ...carrier, sandbox: true },
      { ...carrier, source: '/demo/lux' },
      { ...carrier, source: '/demo/lux', sandbox: true },
    ];
    const names = [carrier, ...others].map((key) => namedRequest(key, 'k-1', content).nameHash);
    expect(new Set(names).size).toBe(names.length);
  });
});

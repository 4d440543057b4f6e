import { describe, expect, test } from '@jest/globals';
import type { CarrierKey } from '@landbridge/contracts';
import type { TokenLease, TokenLimits } from '@landbridge/redis';
import { CarrierBudget, hubDate } from './carrier-budget.js';
import { CarrierBudgets, limitsOf } from './carrier-budgets.js';

const key: CarrierKey = {
  keyHash: 'a'.repeat(64),
  hint: 'lb_abc',
  tenant: 'zzh',
  carrier: 'demo',
  source: 'urn:carrier:demo',
  createdAt: '2020-01-01T00:00:00Z',
};
const off: TokenLimits = { ratePerSecond: 0, burst: 1, quotaPerDay: 0 };

/** A budget over the bucket in memory that stands in while Redis is away: the same arithmetic, no server. */
function open(limits: TokenLimits, awayMs = Infinity) {
  const state = { nowMs: 1_772_600_767_000, calls: 0, outages: 0, returns: 0, answers: false, subject: {} };
  const budgets = new CarrierBudgets({
    defaults: limits,
    reads: limits,
    leases: {
      lease: (subject, { burst }, _date, _needed, wanted) => {
        state.calls++;
        state.subject = subject;
        return state.answers
          ? Promise.resolve<TokenLease>({ granted: wanted, left: burst - wanted, waitMs: 0, quotaLeft: -1 })
          : Promise.reject(new Error('away'));
      },
    },
    clock: () => state.nowMs,
    onOutage: () => state.outages++,
    onReturn: () => state.returns++,
  });
  return { state, budgets, budget: budgets.of(key)!, awayMs };
}

/** Posts a request of so many events as the routes do; 'taken', or the code of the refusal. */
async function post(budget: CarrierBudget, events: number): Promise<string> {
  const paid = budget.enter();
  if (typeof paid !== 'number') return `${paid.problem.code} before the body`;
  return (await budget.spend(events, paid))?.problem.code ?? 'taken';
}

const settled = () => new Promise(setImmediate);

describe('a budget', () => {
  test('lets a burst through and then what the rate gives', async () => {
    const { state, budget } = open({ ratePerSecond: 10, burst: 30, quotaPerDay: 0 });
    expect(await post(budget, 30)).toBe('taken');
    expect(await post(budget, 1)).toBe('rate_limited before the body');
    state.nowMs += 1_000;
    expect(await post(budget, 10)).toBe('taken');
    expect(await post(budget, 1)).toMatch(/^rate_limited/);
  });

  test('loses nothing by what it refuses', async () => {
    const { budget } = open({ ratePerSecond: 10, burst: 30, quotaPerDay: 0 });
    expect(await post(budget, 15)).toBe('taken');
    for (let n = 0; n < 5; n++) expect(await post(budget, 20)).toBe('rate_limited');
    expect(await post(budget, 15)).toBe('taken');
  });

  test('counts events and not requests', async () => {
    const { budget } = open({ ratePerSecond: 1, burst: 30, quotaPerDay: 0 });
    let taken = 0;
    while ((await post(budget, 5)) === 'taken') taken += 5;
    // A lease may lie in between.
    expect(taken).toBeGreaterThanOrEqual(25);
    expect(taken).toBeLessThanOrEqual(30);
  });

  test('says when to come again, and where the carrier stands', async () => {
    const { budget } = open({ ratePerSecond: 2, burst: 10, quotaPerDay: 0 });
    await post(budget, 10);
    const refusal = budget.peek();
    expect(refusal?.headers).toEqual({
      'ratelimit-policy': '"rate";q=10;w=5',
      ratelimit: '"rate";r=0;t=5',
      'retry-after': '1',
    });
    const later = await budget.spend(8, 0);
    expect(later?.headers['retry-after']).toBe('4');
  });

  test('refuses what never fits with another code, because no waiting helps', async () => {
    const { budget } = open({ ratePerSecond: 10, burst: 30, quotaPerDay: 0 });
    expect(await post(budget, 31)).toBe('too_many_events');
    expect(await post(budget, 29)).toBe('taken');
  });

  test('gives back what it held for a request that it refuses', async () => {
    const { budget } = open({ ratePerSecond: 100, burst: 100, quotaPerDay: 0 });
    expect(await post(budget, 60)).toBe('taken');
    expect(await post(budget, 60)).toBe('rate_limited');
    // One was paid at the door by the refused request.
    expect(await post(budget, 39)).toBe('taken');
  });

  test('takes no token of a carrier for a sender that has not proved to be it', async () => {
    const { budget } = open({ ratePerSecond: 10, burst: 30, quotaPerDay: 0 });
    for (let n = 0; n < 100; n++) expect(budget.peek()).toBeUndefined();
    expect(await post(budget, 30)).toBe('taken');
  });

  test('spends a lease without asking, and fetches the next before it is used up', async () => {
    const { state, budget } = open({ ratePerSecond: 1_000, burst: 1_000, quotaPerDay: 0 });
    state.answers = true;
    expect(await post(budget, 1)).toBe('taken');
    expect(state.calls).toBe(1);
    for (let n = 0; n < 51; n++) expect(budget.enter()).toBe(1);
    await settled();
    expect(state.calls).toBe(2);
    for (let n = 0; n < 60; n++) expect(budget.enter()).toBe(1);
  });

  test('tells a day that is used up until the hub’s midnight', async () => {
    let left = 5;
    const take = (needed: number, wanted: number) => {
      const granted = left < needed ? 0 : Math.min(left, wanted);
      left -= granted;
      return Promise.resolve({ granted, left: -1, waitMs: 0, quotaLeft: left });
    };
    const nowMs = Date.parse('2026-03-04T23:00:00+08:00');
    const budget = new CarrierBudget({ ...off, quotaPerDay: 5 }, { policy: 'rate', said: String }, take, () => nowMs);
    expect(await post(budget, 5)).toBe('taken');
    expect(await post(budget, 1)).toBe('quota_exceeded before the body');
    expect(budget.peek()?.headers).toEqual({
      'ratelimit-policy': '"day";q=5;w=86400',
      ratelimit: '"day";r=0;t=3600',
      'retry-after': '3600',
    });
  });
});

describe('reading', () => {
  test('has a bucket of its own, which the sandbox shares, and takes nothing from posting', async () => {
    const { state, budgets, budget } = open({ ratePerSecond: 1, burst: 3, quotaPerDay: 0 });
    const reading = budgets.readsOf({ ...key, sandbox: true })!;
    for (let n = 0; n < 3; n++) expect(await post(reading, 1)).toBe('taken');
    expect(state.subject).toEqual({ tenant: 'zzh', carrier: 'demo', purse: 'reads' });
    const refusal = reading.peek();
    expect([refusal?.problem.detail, refusal?.headers['ratelimit-policy']]).toEqual([
      'this carrier may read 1 times a second; nothing of this request was taken',
      '"reads";q=3;w=3',
    ]);
    expect(await post(budget, 3)).toBe('taken');
    expect(open(off).budgets.readsOf(key)).toBeUndefined();
  });
});

describe('limits', () => {
  test('are those of the key, else those of the hub; and none is none', () => {
    const hub = { ratePerSecond: 100, burst: 500, quotaPerDay: 0 };
    expect(limitsOf({}, hub)).toEqual(hub);
    expect(limitsOf({ limits: { quotaPerDay: 9 } }, hub)).toEqual({ ...hub, quotaPerDay: 9 });
    expect(limitsOf({ limits: { ratePerSecond: 7 } }, hub)).toEqual({ ratePerSecond: 7, burst: 14, quotaPerDay: 0 });
    expect(limitsOf({ limits: { burst: 50 } }, hub)).toEqual({ ratePerSecond: 100, burst: 100, quotaPerDay: 0 });
    const none = open(off).budgets;
    expect(none.of(key)).toBeUndefined();
    expect(none.of({ ...key, limits: { ratePerSecond: 1 } })).toBeDefined();
  });

  test('are held by the process alone while Redis is away, which is told once', async () => {
    const { state, budget } = open({ ratePerSecond: 10, burst: 20, quotaPerDay: 0 });
    expect(await post(budget, 20)).toBe('taken');
    expect(await post(budget, 1)).toMatch(/^rate_limited/);
    for (let n = 0; n < 20; n++) {
      state.nowMs += 500;
      await post(budget, 5);
    }
    expect(state.outages).toBe(1);
    expect(state.calls).toBeLessThanOrEqual(12);
    state.answers = true;
    state.nowMs += 1_001;
    expect(await post(budget, 20)).toBe('taken');
    expect(state.returns).toBe(1);
  });

  test('of a day belong to the hub’s date', () => {
    expect(hubDate(Date.parse('2026-03-04T15:59:59.999Z'))).toBe('2026-03-04');
    expect(hubDate(Date.parse('2026-03-04T16:00:00Z'))).toBe('2026-03-05');
  });
});

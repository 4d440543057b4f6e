import { describe, expect, test } from '@jest/globals';
import type { EventFacts } from '@landbridge/domain';
import { airLoad, FakeSource, railContainer, type Movement } from './fake-source.js';
import { groupsMax, questionsInFlightMax, StatisticsHandler } from './statistics.handler.js';
import { readsInFlightMax } from './view-pass.js';

const nowMs = Date.UTC(2020, 6, 1);

function handlerOf(source: FakeSource): { handler: StatisticsHandler; causes: unknown[] } {
  const causes: unknown[] = [];
  return {
    handler: new StatisticsHandler(
      source,
      () => nowMs,
      (cause) => causes.push(cause),
    ),
    causes,
  };
}

/** The answer's body, as it is sent. */
async function bodyOf(movements: readonly Movement[], parameters: Record<string, string>): Promise<string> {
  const result = await handlerOf(new FakeSource(movements)).handler.answer(parameters);
  if (!result.ok) throw new Error(result.problem.detail);
  return JSON.stringify(result.answer);
}

const answerOf = async (movements: readonly Movement[], parameters: Record<string, string>): Promise<unknown> =>
  JSON.parse(await bodyOf(movements, parameters));

describe('an answer', () => {
  const halves = [
    airLoad('2019-01-01T00:00:00+08:00', 200_000_000_000, { partner: 'LU' }),
    airLoad('2019-07-01T00:00:00+08:00', 7, { partner: 'LU' }),
    airLoad('2020-01-01T00:00:00+08:00', 143_000_000_000, { partner: 'LU' }),
    airLoad('2020-06-30T23:59:59+08:00', 100_000_000_000, { partner: 'CN' }),
    airLoad('2019-12-31T23:59:59+08:00', 5),
    airLoad('2020-06-30T16:00:00Z', 6),
  ];

  test('holds the figure, last year and the growth, cut on the clock of the hub', async () => {
    expect(await answerOf(halves, { measure: 'air.weight', period: '2020-H1', compare: 'previous-year' })).toEqual({
      measure: 'air.weight',
      unit: 't',
      period: '2020-H1',
      filters: {},
      value: 243_000,
      previous: 200_000,
      growth: 0.215,
      asOf: '2020-07-01T00:00:00.000Z',
    });
  });

  test('repeats its filters, and has no comparison that was not asked', async () => {
    const answer = await answerOf(halves, { measure: 'air.weight', period: '2020-H1', flow: 'domestic', hub: 'CGO' });
    expect(answer).toEqual({
      measure: 'air.weight',
      unit: 't',
      period: '2020-H1',
      filters: { hub: 'CGO', flow: 'domestic' },
      value: 100_000,
      asOf: '2020-07-01T00:00:00.000Z',
    });
  });

  test('without a base has no growth, and is zero where nothing was counted', async () => {
    const answer = await answerOf(halves, { measure: 'air.weight', period: '2001', compare: 'previous-year' });
    expect(answer).toMatchObject({ value: 0, previous: 0, growth: null });
    expect(await answerOf([], { measure: 'partners.count', period: '2000', compare: 'previous-year' })).toMatchObject({
      value: 0,
      growth: null,
    });
  });

  test('reads the hours of a day', async () => {
    expect(await answerOf(halves, { measure: 'air.weight', period: '2020-06-30' })).toMatchObject({ value: 100_000 });
    expect(await answerOf(halves, { measure: 'air.weight', period: '2020-06-30T22' })).toMatchObject({ value: 0 });
    expect(await answerOf(halves, { measure: 'air.weight', period: '2020-06-30T23' })).toMatchObject({
      value: 100_000,
    });
  });

  test('keeps every digit above 2^53', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const loads = [
      airLoad('2020-01-01T00:00:00Z', most),
      airLoad('2020-01-01T00:00:00Z', most),
      airLoad('2020-02-01T00:00:00Z', 3),
    ];
    expect(await bodyOf(loads, { measure: 'air.weight', period: '2020' })).toContain('"value":18014398509.481985,');
    const many = Array.from({ length: 2_000 }, () => loads[0]!);
    expect(await bodyOf(many, { measure: 'air.weight', period: '2020' })).toContain('"value":18014398509481.982,');
    const odd = [...many, airLoad('2020-01-01T00:00:00Z', 1_234_567)];
    expect(await bodyOf(odd, { measure: 'air.weight', period: '2020' })).toContain('"value":18014398509483.216567,');
  });

  test('counts partners over all systems', async () => {
    const movements = [...halves, railContainer('2020-03-01T00:00:00Z')];
    expect(
      await answerOf(movements, { measure: 'partners.count', period: '2020', compare: 'previous-year' }),
    ).toMatchObject({
      unit: 'countries and regions',
      value: 2,
      previous: 1,
      growth: 1,
    });
  });

  test('splits largest first, with the groups of either year, and names what no cell says null', async () => {
    const answer = await answerOf(
      [
        ...halves,
        airLoad('2020-02-01T00:00:00Z', 1, { partner: 'US' }),
        airLoad('2019-02-01T00:00:00Z', 9_000_000, { partner: 'JP' }),
      ],
      { measure: 'air.weight', period: '2020', by: 'partner', compare: 'previous-year' },
    );
    expect(answer).toMatchObject({
      groups: [
        {
          key: 'LU',
          value: 143_000,
          previous: 200_000.000007,
          growth: (143_000_000_000 - 200_000_000_007) / 200_000_000_007,
        },
        { key: 'CN', value: 100_000, previous: 0, growth: null },
        { key: null, value: 0.000006, previous: 0.000005, growth: 0.2 },
        { key: 'US', value: 0.000001, previous: 0, growth: null },
        { key: 'JP', value: 0, previous: 9, growth: -1 },
      ],
    });
  });

  test('leaves out groups in which nothing was counted', async () => {
    const movements = [
      airLoad('2020-02-01T00:00:00Z', 0, { partner: 'US' }),
      airLoad('2020-02-01T00:00:00Z', 1, { partner: 'JP' }),
    ];
    expect(await answerOf(movements, { measure: 'air.weight', period: '2020', by: 'partner' })).toMatchObject({
      groups: [{ key: 'JP', value: 0.000001 }],
    });
  });

  test('lists the largest groups where there are too many, and its total has all of them', async () => {
    const carrier = (i: number): Partial<EventFacts> => ({ transport: { carrier: `C${i}` } });
    const loads = Array.from({ length: groupsMax + 20 }, (_, i) =>
      airLoad('2020-02-01T00:00:00Z', (i + 1) * 1_000_000, carrier(i)),
    );
    const answer = (await answerOf(loads, { measure: 'air.weight', period: '2020', by: 'carrier' })) as {
      value: number;
      groups: { key: string; value: number }[];
    };
    expect(answer.groups).toHaveLength(groupsMax);
    expect(answer.groups[0]).toEqual({ key: `C${groupsMax + 19}`, value: groupsMax + 20 });
    expect(answer.groups.at(-1)!.value).toBe(21);
    expect(answer.value).toBe(((groupsMax + 20) * (groupsMax + 21)) / 2);
  });
});

describe('reads', () => {
  test('are shared by a period and the year before it, and bounded at a time', async () => {
    const source = new FakeSource([]);
    await handlerOf(source).handler.answer({
      measure: 'air.weight',
      period: '2000-01/2099-12',
      compare: 'previous-year',
    });
    expect(source.reads).toHaveLength(101);
    expect(new Set(source.reads).size).toBe(101);
    expect(source.inFlightMost).toBe(readsInFlightMax);
  });

  test('of a refused question are never made', async () => {
    const source = new FakeSource([]);
    const result = await handlerOf(source).handler.answer({ measure: 'air.weight', period: '2020', hub: 'nowhere' });
    expect(result).toMatchObject({ ok: false, problem: { code: 'invalid_parameter', path: 'hub' } });
    expect(source.reads).toEqual([]);
  });
});

describe('a view that cannot be read', () => {
  const question = { measure: 'air.weight', period: '2000-01/2020-12' };

  test('because it is lost, is told without the cause, and the reads not yet made are not made', async () => {
    const source = new FakeSource([]);
    const lost = new Error('connection to 10.0.0.7 refused');
    source.gate = Promise.reject(lost);
    const { handler, causes } = handlerOf(source);
    const result = await handler.answer(question);
    expect(result).toMatchObject({ ok: false, problem: { code: 'view_unavailable' } });
    expect(JSON.stringify(result)).not.toContain('10.0.0.7');
    expect(causes).toEqual([lost]);
    expect(source.reads).toHaveLength(readsInFlightMax);
  });

  test('because it is silent, is told within two seconds, and questions beyond the bound at once', async () => {
    const source = new FakeSource([]);
    source.gate = new Promise<never>(() => {});
    const { handler, causes } = handlerOf(source);
    const begin = performance.now();
    let told = 0;
    const waiting = Array.from({ length: questionsInFlightMax }, () => handler.answer(question).finally(() => told++));
    expect(await handler.answer(question)).toMatchObject({ ok: false, problem: { code: 'view_unavailable' } });
    expect(told).toBe(0);
    for (const result of await Promise.all(waiting))
      expect(result).toMatchObject({ ok: false, problem: { code: 'view_unavailable' } });
    // The rest is for a machine that is busy with other suites.
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(causes).toHaveLength(questionsInFlightMax);

    source.gate = Promise.resolve();
    expect(await handler.answer(question)).toMatchObject({ ok: true });
  });

  test('because it holds what is not ours, is not answered with a part', async () => {
    const source = new FakeSource([airLoad('2020-01-01T00:00:00Z', 1)]);
    const { handler, causes } = handlerOf(source);
    source.yearCells = async () => [{ series: 'other|x', slot: 1, amounts: [1] }];
    expect(await handler.answer(question)).toMatchObject({ ok: false, problem: { code: 'view_unavailable' } });
    expect(String(causes[0])).toContain('not a series');
  });
});

import { describe, expect, test } from '@jest/globals';
import { measures } from '@landbridge/domain';
import { parseQuestion } from './question.js';

const asked = { measure: 'air.weight', period: '2020-H1' };

describe('a question', () => {
  test('needs a measure and a period, and nothing else', () => {
    expect(parseQuestion(asked)).toEqual({
      ok: true,
      question: { measure: 'air.weight', period: { kind: 'half', year: 2020, half: 1 }, filters: {}, compare: false },
    });
  });

  test('takes every filter, a split and the comparison', () => {
    const filters = {
      hub: 'CGO',
      direction: 'inbound',
      corridor: 'sea',
      partner: 'DE',
      flow: 'international',
      portOfEntry: 'meat',
      tradeMode: '0110',
    };
    const result = parseQuestion({
      measure: 'port.value',
      period: '2020',
      by: 'flow',
      compare: 'previous-year',
      ...filters,
    });
    expect(result).toMatchObject({ ok: true, question: { filters, by: 'flow', compare: true } });
    expect(parseQuestion({ ...asked, carrier: 'CZ', partner: 'CN' })).toMatchObject({ ok: true });
    expect(parseQuestion({ measure: 'rail.teu', period: '2020', brand: 'cainiao' })).toMatchObject({ ok: true });
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no measure', { period: '2020' }, 'measure', 'clearance.declarations'],
    ['an unknown measure', { ...asked, measure: 'air.tonnes' }, 'measure', 'air.weight'],
    ['a measure named like a property of every object', { ...asked, measure: 'constructor' }, 'measure', 'air.weight'],
    ['no period', { measure: 'air.weight' }, 'period', '2020-H1'],
    ['a malformed period', { ...asked, period: '2020-13' }, 'period', 'a month is 01 to 12'],
    ['an unknown parameter', { ...asked, hubs: 'CGO' }, 'hubs', 'portOfEntry'],
    ['a parameter in other letters', { ...asked, Hub: 'CGO' }, 'Hub', 'hub'],
    ['a repeated parameter', { ...asked, hub: ['CGO', 'XIY'] }, 'hub', 'more than once'],
    ['an empty parameter', { ...asked, partner: '' }, 'partner', 'empty'],
    ['another comparison', { ...asked, compare: 'previous-month' }, 'compare', 'previous-year'],
    ['an unknown split', { ...asked, by: 'month' }, 'by', 'hub, direction, corridor, partner, carrier, flow'],
    ['a split that the measure is not kept by', { ...asked, by: 'brand' }, 'by', 'air.weight'],
    ['a filter that the measure is not kept by', { ...asked, brand: 'cainiao' }, 'brand', 'does not apply'],
    ['an unknown hub', { ...asked, hub: 'LAX' }, 'hub', 'CGO'],
    ['an unknown direction', { ...asked, direction: 'up' }, 'direction', 'inbound, outbound, transit'],
    ['an unknown corridor', { ...asked, corridor: 'silk' }, 'corridor', 'air, land, online, sea'],
    ['an unknown flow', { ...asked, flow: 'foreign' }, 'flow', 'domestic, international'],
    ['an unknown partner', { ...asked, partner: 'XX' }, 'partner', 'ISO 3166-1'],
    ['a partner in small letters', { ...asked, partner: 'de' }, 'partner', 'capital letters'],
    ['a malformed carrier', { ...asked, carrier: 'China Southern' }, 'carrier', 'capital letters or digits'],
    ['a malformed brand', { measure: 'rail.teu', period: '2020', brand: '-' }, 'brand', 'like cainiao'],
    ['an unknown trade mode', { measure: 'cbec.value', period: '2020', tradeMode: '9999' }, 'tradeMode', '1210'],
    ['an unknown port of entry', { measure: 'port.value', period: '2020', portOfEntry: 'x' }, 'portOfEntry', 'airport'],
    ['a moment of knowledge', { ...asked, asOf: '2020-07-01T00:00:00Z' }, 'asOf', 'as they are now'],
  ])('with %s is refused, naming it and what it takes', (_what, given, path, told) => {
    const result = parseQuestion(given);
    expect(result).toMatchObject({ ok: false, problem: { code: 'invalid_parameter', path } });
    if (!result.ok) expect(result.problem.detail).toContain(told);
  });

  test('can be asked of every measure, split by flow and filtered by hub', () => {
    for (const measure of Object.keys(measures))
      expect(parseQuestion({ measure, period: '2020', by: 'flow', hub: 'CGO' })).toMatchObject({ ok: true });
  });

  test('does not repeat an endless parameter name', () => {
    const result = parseQuestion({ ...asked, ['x'.repeat(5_000)]: '1' });
    if (result.ok) throw new Error('it was taken');
    expect(result.problem.path).toHaveLength(60);
    expect(result.problem.detail.length).toBeLessThan(300);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Comparison } from '@landbridge/view';
import { comparisonJson, tellComparison } from './comparison-table.js';
import { recordedTerminal } from './recorded-terminal.js';

const comparison: Comparison = {
  measures: [
    { measure: 'air.weight', view: 255_000_000_500_000n, recounted: 255_000_000_500_001n, difference: 1n },
    { measure: 'rail.trains', view: 12n, recounted: 12n, difference: 0n },
    { measure: 'air-mail[0]', view: 4n, recounted: 0n, difference: 4n },
  ],
  cells: 1_234,
  differingCells: 11,
  examples: Array.from({ length: 11 }, (_, partition) => ({
    topic: 'landbridge.air.v1',
    partition,
    time: '2020-06',
    series: 'air-cargo|CGO|outbound|air|LU|CV',
    view: [1, 2, 3],
    recounted: [],
  })),
};
const sides = { view: 'view', recounted: 'recount' };

describe('a comparison', () => {
  test('is a table in the units of the public answers, with the first cells that differ', () => {
    const { terminal, stdout } = recordedTerminal();
    tellComparison(comparison, sides, terminal);
    const lines = stdout().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/^ {2}measure +view +recount +difference$/),
      expect.stringMatching(/^ {2}air\.weight +255000000\.5 +255000000\.500001 +0\.000001 {2}t$/),
      expect.stringMatching(/^ {2}rail\.trains +12 +12 +0 {2}trains$/),
      expect.stringMatching(/^ {2}air-mail\[0\] +4 +0 +4$/),
    ]);
    expect(lines[4]).toBe('1,234 cells compared, 11 differ');
    expect(lines[5]).toBe(
      '  landbridge.air.v1:0 2020-06 air-cargo|CGO|outbound|air|LU|CV: view 1,2,3, recount nothing',
    );
    expect(lines[15]).toBe('  and 1 more');
  });

  test('is only a line where there is nothing to tell', () => {
    const { terminal, stdout } = recordedTerminal();
    tellComparison({ measures: [], cells: 0, differingCells: 0, examples: [] }, sides, terminal);
    expect(stdout()).toBe('0 cells compared, none differs\n');
  });

  test('is exact for a program', () => {
    expect(JSON.parse(JSON.stringify(comparisonJson(comparison)))).toMatchObject({
      measures: [{ measure: 'air.weight', recounted: '255000000500001', difference: '1' }, {}, {}],
      cells: 1_234,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { classifiers, corridors, directions, milestones, systems, unitTypes, type EventFacts } from './event.js';
import { explainCount } from './explain-count.js';
import { contributionsOf } from './fold.js';

const landing: EventFacts = {
  classifier: 'actual',
  milestone: 'arrived',
  hub: 'CGO',
  place: 'CNCGO',
  corridor: 'air',
  direction: 'inbound',
  partner: 'LU',
  transport: { carrier: 'CV' },
  unit: { type: 'flight' },
  quantities: { pieces: 812, weightGrams: 98_400_000 },
};
/** 00:30 on 1 July in Zhengzhou. */
const timeMs = Date.UTC(2020, 5, 30, 16, 30);
const reasonOf = (change: Partial<EventFacts>) => explainCount('air', timeMs, { ...landing, ...change }).reason;

describe('what an event adds', () => {
  it('is told by measure, in its unit, with the hour of the hub and the dimensions', () => {
    const where = {
      period: { day: '2020-07-01', hour: 0 },
      dimensions: { hub: 'CGO', direction: 'inbound', corridor: 'air', partner: 'LU', carrier: 'CV' },
    };
    expect(explainCount('air', timeMs, landing)).toEqual({
      measures: [
        { measure: 'air.weight', value: 98.4, unit: 't', ...where },
        { measure: 'air.pieces', value: 812, unit: 'pieces', ...where },
      ],
    });
  });

  it('names no measure to which it adds nothing', () => {
    const { measures } = explainCount('air', timeMs, { ...landing, quantities: { pieces: 2 } });
    expect(measures.map(({ measure, value }) => [measure, value])).toEqual([['air.pieces', 2]]);
  });

  it.each([
    [{ classifier: 'planned' }, 'it is planned: only what happened counts'],
    [{ unit: { type: 'uld' } }, 'no measure counts a uld in air events'],
    [{ direction: 'transit' }, 'transit events count nowhere: only what begins or ends at the hub does'],
    [{ milestone: 'departed' }, 'the inbound flight counts at arrived, not at departed'],
    [{ place: 'LULUX' }, 'it happened at LULUX, which is no place of CGO'],
    [{ quantities: {} }, 'it says no quantity that a measure sums'],
  ] satisfies [Partial<EventFacts>, string][])('is nothing for %j, and the reason is said', (change, reason) => {
    expect(reasonOf(change)).toBe(reason);
  });

  it('is what the fold adds: there is a reason exactly when no measured amount is', () => {
    const facts = fc.record({
      classifier: fc.constantFrom(...classifiers),
      milestone: fc.constantFrom(...milestones, 'teleported'),
      hub: fc.constant('CGO'),
      place: fc.constantFrom('CNCGO', 'LULUX'),
      corridor: fc.constantFrom(...corridors),
      direction: fc.constantFrom(...directions),
      unit: fc.record({ type: fc.constantFrom(...unitTypes) }),
      quantities: fc.record({ pieces: fc.nat(2), weightGrams: fc.nat(2), parcels: fc.nat(2), valueFen: fc.nat(2) }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...systems), facts, (system, one) => {
        const { measures, reason } = explainCount(system, timeMs, one);
        const added = contributionsOf(system, timeMs, one);
        expect(reason === undefined).toBe(measures.length > 0);
        if (added.length === 0) expect(measures).toEqual([]);
        const quantities = added.flatMap(({ amounts }) => amounts).filter((amount) => amount > 0);
        if (measures.length > 0) expect(quantities.length).toBeGreaterThanOrEqual(measures.length);
      }),
    );
  });
});

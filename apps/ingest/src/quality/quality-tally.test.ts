import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { milestoneBit } from '@landbridge/domain';
import { unitsPerChangeMax, type QualityChange } from '@landbridge/redis';
import { lastDates, QualityTally, type QualityFacts } from './quality-tally.js';

const nowMs = Date.parse('2026-03-02T12:00:00+08:00');
const owner = { tenant: 'demo', carrier: 'cargolux' };

function checked(id: number, change: Partial<CanonicalEvent> = {}, milestone = 'departed'): QualityFacts {
  const check = checkEvent({
    specversion: '1.0',
    id: `e-${id}`,
    source: 'urn:carrier:demo',
    type: 'landbridge.rail.event.v1',
    subject: `train-${id}`,
    time: '2026-03-02T11:30:00+08:00',
    data: {
      classifier: 'actual',
      milestone,
      hub: 'CGO',
      corridor: 'land',
      direction: 'outbound',
      unit: { type: 'train', id: `train-${id}` },
    },
    ...change,
  });
  if (!check.ok) throw new Error(check.problem.detail);
  return { ...check, unit: check.event.data?.unit };
}

const series = { late: () => undefined, accepted: () => undefined, rejected: () => undefined };

interface Written {
  readonly owner: object;
  readonly date: string;
  readonly change: QualityChange;
}

/** A tally over a store that fails as often as it is told. */
function started(failures = 0) {
  const written: Written[] = [];
  const errors: unknown[] = [];
  let left = failures;
  const tally = new QualityTally({
    store: {
      add: async (carrier, date, change) => {
        if (left-- > 0) throw new Error('away');
        written.push({ owner: carrier, date, change });
      },
    },
    writer: 'w',
    nowMs: () => nowMs,
    metrics: { of: () => series },
    onFailure: (error) => errors.push(error),
  });
  return { tally, written, errors };
}

describe('the tally of data quality', () => {
  it('keeps of a body no more than the id of its unit', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { tally } = started();
    const facts = checked(1);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let body = 0; body < 100; body++) {
      const text = Buffer.alloc(500_000, `unit-of-body-${body} `).toString('latin1');
      tally.accepted(owner, [{ ...facts, unit: { type: 'train', id: text.slice(0, 15) } }]);
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(25_000_000);
  });

  it('writes one change a carrier, with its lateness, codes and milestones', async () => {
    const { tally, written } = started();
    tally.accepted(owner, [checked(1)]);
    tally.accepted(owner, [checked(1, { id: 'e-9' }, 'arrived')]);
    tally.rejected(owner, 'unknown_hub');
    tally.rejected({ ...owner, carrier: 'other' }, 'check_digit');
    await tally.flush();
    expect(written).toHaveLength(2);
    expect(written[0]).toEqual({
      owner,
      date: '2026-03-02',
      change: {
        writer: 'w',
        sequence: 1,
        accepted: 2,
        corrected: 0,
        rejectedByCode: new Map([['unknown_hub', 1]]),
        lateness: [0, 0, 2, 0, 0, 0, 0],
        units: [{ type: 'train', id: 'train-1', bits: milestoneBit('departed') + milestoneBit('arrived') }],
      },
    });
    await tally.flush();
    expect(written).toHaveLength(2);
  });

  it('counts a correction as such, and not as late', async () => {
    const { tally, written } = started();
    tally.accepted(owner, [checked(1, { revision: 1 })]);
    tally.accepted(owner, [checked(2, { retracted: true })]);
    await tally.flush();
    expect(written[0]!.change).toMatchObject({ accepted: 2, corrected: 2, lateness: [0, 0, 0, 0, 0, 0, 0] });
  });

  it('sends what failed again under its number, before what came since', async () => {
    const { tally, written, errors } = started(2);
    tally.accepted(owner, [checked(1)]);
    await tally.flush();
    tally.accepted(owner, [checked(2)]);
    await tally.flush();
    expect(written).toEqual([]);
    expect(errors).toHaveLength(2);
    await tally.flush();
    await tally.flush();
    expect(written.map(({ change }) => [change.sequence, change.accepted])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('keeps its bounds while the store is away', async () => {
    const { tally, written } = started(1);
    for (let id = 0; id < 3 * unitsPerChangeMax; id++) tally.accepted(owner, [checked(id)]);
    await tally.flush();
    await tally.flush();
    expect(written[0]!.change.units).toHaveLength(unitsPerChangeMax);
    expect(written[0]!.change.accepted).toBe(3 * unitsPerChangeMax);
  });
});

describe('the days of receipt', () => {
  it('are cut on the clock of the hub', () => {
    expect(lastDates(1, Date.parse('2026-03-01T15:59:59Z'))).toEqual(['2026-03-01']);
    expect(lastDates(3, Date.parse('2026-03-01T16:00:00Z'))).toEqual(['2026-03-02', '2026-03-01', '2026-02-28']);
  });
});

/**
 * Events for the benchmarks, as ingest writes them to the log. Pure and seeded: every run folds the same log.
 *
 * Dense is a live hub: one day in order, some 1,800 cells. Sparse is history in random order: 182 days, more than 300,000 possible cells.
 * One in a hundred is a re-post of an earlier event.
 */
import { eventTypes } from '@landbridge/contracts';

export type BenchShape = 'dense' | 'sparse';

const hubs = ['CGO', 'XIY', 'CTU'] as const;
const partners = ['LU', 'DE', 'CN', 'US', 'JP', 'KR'] as const;
const carriers = ['CV', 'CZ'] as const;
const dayMs = 86_400_000;
const firstMs = Date.UTC(2026, 0, 1) - 8 * 3_600_000;
const subjectsMax = 5_000;
const sparseDays = 182;

/** Small and fast, and the same everywhere (a linear congruence, as in Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface BenchEvent {
  readonly key: string;
  readonly value: string;
}

/** What the totals must be when each event counts once. */
export interface BenchTotals {
  events: number;
  grams: number;
}

/** Yields `count` records; `totals` is complete when it has ended. */
export function* benchEvents(shape: BenchShape, count: number, totals: BenchTotals): Generator<BenchEvent> {
  const next = random(7);
  const recent: BenchEvent[] = [];
  for (let n = 0; n < count; n++) {
    if (n > 1_000 && next() < 0.01) {
      yield recent[Math.floor(next() * recent.length)]!;
      continue;
    }
    const grams = 1_000 + (n % 9_999);
    const event = benchEvent(shape, n, count, grams, next);
    totals.events += 1;
    totals.grams += grams;
    const record = { key: event.subject, value: JSON.stringify(event) };
    recent[n % 1_000] = record;
    yield record;
  }
}

/** With the order of keys that ingest writes. */
function benchEvent(shape: BenchShape, n: number, count: number, weightGrams: number, next: () => number) {
  const at = shape === 'dense' ? Math.floor((n / count) * dayMs) : Math.floor(next() * sparseDays * dayMs);
  const subject = `CV${n % subjectsMax}`;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const inbound = next() < 0.5;
  return {
    specversion: '1.0',
    id: `bench-${n}`,
    source: '/demo/bench/CV',
    tenant: 'demo',
    subject,
    time: `${new Date(firstMs + at + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`,
    data: {
      quantities: { pieces: 1, weightGrams },
      unit: { id: subject, type: 'flight' },
      classifier: 'actual',
      milestone: inbound ? 'arrived' : 'departed',
      hub: pick(hubs),
      corridor: 'air',
      direction: inbound ? 'inbound' : 'outbound',
      partner: pick(partners),
      transport: { mode: 'air', carrier: pick(carriers) },
    },
    type: eventTypes.air,
  };
}

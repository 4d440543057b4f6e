/**
 * How rough a simulation is: what a seed lets happen, and how often. Each kind of trouble is left out of some seeds, because a fault often
 * needs one kind without another (a crash hides what only a long life brings out).
 */
import { defaultCellsMax, defaultMemoryLimits, defaultSeriesMax, type ViewLimits } from '@landbridge/domain';
import type { SeededRandom } from '../chaos/seeded-random.js';
import type { Fate } from './gates.js';

export interface Weather {
  readonly records: number;
  readonly processes: number;
  /** Steps of the scheduler before the troubles end. */
  readonly steps: number;
  readonly batchRecordsMax: number;
  readonly runRecordsMax: number;
  /** Whether a process takes up its new partitions while batches of before the rebalance are still at work. kafkajs waits for these. */
  readonly hastyJoins: boolean;
  readonly limits: ViewLimits;
  /** The chance of each fate of a command; otherwise it is done. */
  readonly fates: readonly (readonly [Fate, number])[];
  /** How often each trouble is chosen, beside 100 for what goes on as it should. */
  readonly troubles: Readonly<Record<Trouble, number>>;
}

export type Trouble =
  | 'crash'
  | 'rebalance'
  | 'pause'
  | 'resume'
  | 'redeliver'
  | 'late arrival'
  | 'snapshot'
  | 'roll back'
  | 'wipe'
  | 'rebuild';

export function weatherOf(random: SeededRandom): Weather {
  const sometimes = (most: number): number => (random.chance(0.6) ? random.next() * most : 0);
  const redisFails = random.chance(0.6);
  return {
    records: random.integer(20, 70),
    processes: random.integer(1, 3),
    steps: random.integer(50, 180),
    batchRecordsMax: random.pick([3, 15, 60]),
    runRecordsMax: random.pick([2, 7, 1_000]),
    hastyJoins: random.chance(0.2),
    limits: {
      ...defaultMemoryLimits,
      seriesMax: random.chance(0.2) ? random.integer(1, 6) : defaultSeriesMax,
      cellsMax: random.chance(0.4) ? random.integer(0, 20) : defaultCellsMax,
    },
    fates: [
      ['not sent', sometimes(0.05)],
      ['answer lost', sometimes(0.05)],
      ['sent twice', sometimes(0.05)],
      ['arrives late', sometimes(0.05)],
    ],
    troubles: {
      crash: sometimes(3),
      rebalance: sometimes(6),
      pause: sometimes(5),
      resume: 5,
      redeliver: sometimes(4),
      'late arrival': 5,
      snapshot: redisFails ? 8 : 0,
      'roll back': redisFails ? 1 + random.next() * 6 : 0,
      wipe: redisFails ? sometimes(2) : 0,
      rebuild: sometimes(2),
    },
  };
}

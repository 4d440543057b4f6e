/**
 * Plays many seeds side by side over one connection, each lane in generations of its own, so that the round trips of one seed are filled
 * with the work of the others. Seeds do not see each other, so a seed plays alone as it plays among many.
 */
import type { Redis } from 'ioredis';
import { simulate, type PlantedFault, type Report } from './hub-simulation.js';
import { clear, generationsEach } from './live-view.js';

const lanes = 16;
/** Far above the generations of a hub; below the nine digits that a key may have. */
const firstSimulatedGeneration = 100_000_000;

/**
 * Plays the seeds in their order and hands over each report; stops early when `onReport` says so.
 * @param onReport false when no further seed is wanted
 */
export async function playSeeds(
  redis: Redis,
  seeds: Iterable<number>,
  onReport: (report: Report) => boolean,
  planted?: PlantedFault,
): Promise<void> {
  const ahead = seeds[Symbol.iterator]();
  let wanted = true;
  const play = async (lane: number) => {
    // By the process, because several may use one Redis at the same time.
    const generation = firstSimulatedGeneration + ((process.pid % 10_000_000) * lanes + lane) * generationsEach;
    await clear({ redis, generation });
    for (let seed = ahead.next(); wanted && !seed.done; seed = ahead.next())
      wanted = onReport(await simulate(seed.value, { redis, generation }, planted)) && wanted;
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => play(lane)));
}

/** The seeds from one number on. */
export function* seedsFrom(first: number, count: number): Generator<number> {
  for (let seed = first; seed < first + count; seed++) yield seed;
}

/** What a person needs of a failed seed: the first faults, and the command that plays it again. */
export function failureText({ seed, records, faults }: Report): string {
  const shown = faults.slice(0, 5).map((fault) => `  ${fault}`);
  const more = faults.length > shown.length ? [`  and ${faults.length - shown.length} more`] : [];
  return [`seed ${seed} (${records} records): npm run test:sim -- --seed ${seed}`, ...shown, ...more].join('\n');
}

/** The view is the count of the log, under a thousand schedules of all that may go wrong. `npm run test:sim` plays more. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { sharedRedis } from '../harness/shared-servers.js';
import type { Report } from './hub-simulation.js';
import { failureText, playSeeds, seedsFrom } from './seed-runner.js';

const seeds = 1_000;
/** Some 25 s on two quiet cores. No seed begins after it, or it would meet those of the next case in Redis. */
const deadlineMs = 480_000;
const failuresMax = 3;

let redis: Redis;
beforeAll(() => {
  redis = new Redis(`redis://${sharedRedis()}`);
});
afterAll(() => redis.disconnect());

/** Every line of what happened in the first seeds. */
const happened: string[] = [];
const happenedSeeds = 200;

it(
  `counts every log exactly, over ${seeds} seeds`,
  async () => {
    const failures: string[] = [];
    const records: number[] = [];
    const endMs = performance.now() + deadlineMs;
    await playSeeds(redis, seedsFrom(1, seeds), (report) => {
      records.push(report.records);
      if (report.seed <= happenedSeeds) happened.push(...report.trace);
      if (report.faults.length > 0) failures.push(failureText(report));
      return failures.length < failuresMax && performance.now() < endMs;
    });
    expect(failures).toEqual([]);
    expect(records).toHaveLength(seeds);
    expect(Math.min(...records)).toBeGreaterThanOrEqual(20);
  },
  deadlineMs + 30_000,
);

it('plays a seed the same way each time, whatever plays beside it', async () => {
  const play = async (numbers: readonly number[]) => {
    const reports = new Map<number, Report>();
    await playSeeds(redis, numbers, (report) => Boolean(reports.set(report.seed, report)));
    return reports;
  };
  const together = await play([...seedsFrom(1, 24)]);
  for (const seed of [1, 7, 20]) expect((await play([seed])).get(seed)).toEqual(together.get(seed));
}, 60_000);

it('let all kinds of trouble happen', () => {
  const kinds = [
    /crashes/,
    /: pause/,
    /gets records again/,
    /redis goes back$/,
    /redis goes back in/,
    /redis loses everything/,
    /made live/,
    /landbridgeApply .* answer lost/,
    /landbridgeApply .* sent twice/,
    /late from .* landbridgeApply/,
    /multi not sent/,
    /dead letters answer lost/,
    /landbridgeLoadBuffer .* answer lost/,
  ];
  for (const kind of kinds) expect(happened.filter((line) => kind.test(line)).length).toBeGreaterThan(0);
});

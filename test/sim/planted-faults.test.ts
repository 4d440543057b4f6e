/** The simulation can fail: each planted fault is found within a few seeds. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { sharedRedis } from '../harness/shared-servers.js';
import type { Report } from './hub-simulation.js';
import { plantedFaults } from './planted-faults.js';
import { playSeeds, seedsFrom } from './seed-runner.js';

/** The rarest need two kinds of trouble in one moment; most are found by the first seeds. */
const seedsMax = 120;
const deadlineMs = 120_000;

let redis: Redis;
beforeAll(() => {
  redis = new Redis(`redis://${sharedRedis()}`);
});
afterAll(() => redis.disconnect());

it.each(Object.entries(plantedFaults))(
  'finds %s',
  async (_name, planted) => {
    const found: Report[] = [];
    const stopAtFirst = (report: Report) => {
      if (report.faults.length > 0) found.push(report);
      return found.length === 0;
    };
    await playSeeds(redis, seedsFrom(1, seedsMax), stopAtFirst, planted);
    expect(found).not.toEqual([]);
  },
  deadlineMs,
);

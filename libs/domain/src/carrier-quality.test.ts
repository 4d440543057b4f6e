import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  expectationBits,
  latenessBoundsSeconds,
  latenessBucket,
  milestoneBit,
  milestoneExpectations,
  qualityScore,
  qualityWeights,
  type QualityCounts,
} from './carrier-quality.js';
import { milestones, type UnitType } from './event.js';

const nothing: QualityCounts = { accepted: 0, corrected: 0, rejected: 0, lateness: [], expected: 0, missing: 0 };

describe('the score of a carrier', () => {
  it('is 100 for one that sends everything right and in time', () => {
    const counts = { ...nothing, accepted: 10, lateness: [10, 0, 0, 0, 0, 0, 0], expected: 4 };
    expect(qualityScore(counts)).toEqual({ score: 100, acceptance: 1, timeliness: 1, completeness: 1, stability: 1 });
  });

  it('is the weighted mean that its documentation says', () => {
    const counts = {
      accepted: 80,
      corrected: 8,
      rejected: 20,
      lateness: [10, 10, 20, 30, 5, 5, 0],
      expected: 10,
      missing: 4,
    };
    // 0.4 x 0.8 + 0.3 x 0.5 + 0.2 x 0.6 + 0.1 x 0.9
    expect(qualityScore(counts)).toEqual({
      score: 68,
      acceptance: 0.8,
      timeliness: 0.5,
      completeness: 0.6,
      stability: 0.9,
    });
  });

  it('is none where nothing was sent, and leaves a part out that has nothing to measure', () => {
    expect(qualityScore(nothing).score).toBeNull();
    expect(qualityScore({ ...nothing, rejected: 5 })).toMatchObject({ score: 0, acceptance: 0, timeliness: null });
    expect(qualityScore({ ...nothing, accepted: 3, rejected: 1 })).toMatchObject({ completeness: null, score: 80 });
  });

  it('stays between 0 and 100, whatever was counted', () => {
    const count = fc.integer({ min: -3, max: 1_000_000 });
    const counts = fc.record({
      accepted: count,
      corrected: count,
      rejected: count,
      lateness: fc.array(fc.nat(1_000), { maxLength: 7 }),
      expected: count,
      missing: count,
    });
    fc.assert(
      fc.property(counts, (given) => {
        for (const part of Object.values(qualityScore(given)))
          expect(part === null || (part >= 0 && part <= 100)).toBe(true);
      }),
    );
  });

  it('has weights that add up to one', () => {
    expect(Object.values(qualityWeights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });
});

describe('lateness', () => {
  it.each([
    [-5, 0],
    [60, 0],
    [60.1, 1],
    [3_600, 2],
    [604_800, 5],
    [604_801, 6],
  ])('of %d seconds falls into bucket %d', (seconds, bucket) => {
    expect(latenessBucket(seconds)).toBe(bucket);
    expect(bucket).toBeLessThanOrEqual(latenessBoundsSeconds.length);
  });
});

describe('milestones', () => {
  it('have a bit each, and unknown ones none', () => {
    expect(new Set(milestones.map(milestoneBit)).size).toBe(milestones.length);
    expect(milestoneBit('fsu-xyz')).toBe(0);
  });

  it('are never expected before themselves', () => {
    for (const type of Object.keys(milestoneExpectations) as UnitType[])
      for (const [milestone, oneOf] of expectationBits(type)) {
        expect(oneOf).toBeGreaterThan(0);
        expect(oneOf & milestone).toBe(0);
      }
    expect(expectationBits('flight')).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { paceOf } from './record-pace.js';

describe('paceOf', () => {
  const clock = () => {
    let now = 1_000;
    const slept: number[] = [];
    return {
      slept,
      pass: (ms: number) => (now += ms),
      pace: paceOf(
        100,
        () => now,
        async (ms) => {
          slept.push(ms);
          now += ms;
        },
      ),
    };
  };

  it('lets so many records a second pass, evenly', async () => {
    const { slept, pace } = clock();
    for (let i = 0; i < 4; i++) await pace(50);
    expect(slept).toEqual([500, 500, 500]);
  });

  it('counts the time of the work itself', async () => {
    const { slept, pass, pace } = clock();
    await pace(50);
    pass(200);
    await pace(50);
    expect(slept).toEqual([300]);
  });

  it('does not make up for a pause by a burst', async () => {
    const { slept, pass, pace } = clock();
    await pace(50);
    pass(60_000);
    await pace(50);
    await pace(50);
    expect(slept).toEqual([500]);
  });
});

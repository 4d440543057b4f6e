import { describe, expect, it } from '@jest/globals';
import { HealthBoard, type Check } from './health-board.js';

const fine: Check = { ok: true, detail: 'connected' };

describe('HealthBoard', () => {
  it('is ready when every check is fine, and when there is none', async () => {
    const board = new HealthBoard();
    expect(await board.report()).toEqual({ ready: true, checks: {} });
    board.add('log', () => fine);
    board.add('view', () => Promise.resolve(fine));
    expect(await board.report()).toEqual({ ready: true, checks: { log: fine, view: fine } });
  });

  it('is not ready when one check is not fine, and shows all', async () => {
    const board = new HealthBoard();
    board.add('log', () => fine);
    board.add('view', () => ({ ok: false, detail: 'no connection for 3 s' }));
    expect(await board.report()).toEqual({
      ready: false,
      checks: { log: fine, view: { ok: false, detail: 'no connection for 3 s' } },
    });
  });

  it('counts a check that throws or rejects as failed, without its words', async () => {
    const board = new HealthBoard();
    board.add('throws', () => {
      throw new Error('redis://:password@host');
    });
    board.add('rejects', () => Promise.reject(new Error('redis://:password@host')));
    const failed = { ok: false, detail: 'the check failed' };
    expect(await board.report()).toEqual({ ready: false, checks: { throws: failed, rejects: failed } });
  });

  it('answers in time when a check hangs, and does not start it again until it has ended', async () => {
    const board = new HealthBoard(5);
    let started = 0;
    const { promise, resolve } = Promise.withResolvers<Check>();
    board.add('log', () => {
      started++;
      return promise;
    });
    const overdue = { ready: false, checks: { log: { ok: false, detail: 'no answer within 5 ms' } } };
    expect(await board.report()).toEqual(overdue);
    expect(await board.report()).toEqual(overdue);
    expect(started).toBe(1);
    resolve(fine);
    await promise;
    expect((await board.report()).ready).toBe(true);
    await board.report();
    expect(started).toBeGreaterThan(1);
  });

  it('is not ready any more once the shutdown has begun', async () => {
    const board = new HealthBoard();
    board.add('log', () => fine);
    board.stop();
    const { ready, checks } = await board.report();
    expect(ready).toBe(false);
    expect(checks['log']).toEqual(fine);
    expect(checks['shutdown']).toEqual({ ok: false, detail: 'the process is shutting down' });
  });

  it('refuses a second check of the same name', () => {
    const board = new HealthBoard();
    board.add('log', () => fine);
    expect(() => board.add('log', () => fine)).toThrow('named log already');
  });
});

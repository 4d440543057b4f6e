import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@landbridge/telemetry';
import { EventEmitter, once } from 'node:events';
import { exitOnSignals } from './shutdown.js';

/** A process that can be told to stop and that tells with what code it would have ended. */
class RecordedProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
    this.emit('exit');
  }
}

const logger = createLogger({ service: 'test', level: 'silent' });

function watched(stop: () => Promise<void>, totalMs = 10_000) {
  const target = new RecordedProcess();
  exitOnSignals(stop, { totalMs, logger }, target);
  return { target, exited: once(target, 'exit') };
}

describe('exitOnSignals', () => {
  it.each(['SIGTERM', 'SIGINT'])('stops on %s and exits 0', async (signal) => {
    let stops = 0;
    const { target, exited } = watched(() => Promise.resolve(void stops++));
    target.emit(signal, signal);
    await exited;
    expect([stops, target.codes]).toEqual([1, [0]]);
  });

  it('exits 1 when stopping fails', async () => {
    const { target, exited } = watched(() => Promise.reject(new Error('store does not close')));
    target.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(target.codes).toEqual([1]);
  });

  it('exits 1 when stopping takes longer than the deadline', async () => {
    const { target, exited } = watched(() => new Promise(() => undefined), 5);
    target.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(target.codes).toEqual([1]);
  });

  it('exits 1 at once on a second signal, without stopping twice', () => {
    let stops = 0;
    const { target } = watched(() => {
      stops++;
      return new Promise(() => undefined);
    });
    target.emit('SIGINT', 'SIGINT');
    expect(target.codes).toEqual([]);
    target.emit('SIGTERM', 'SIGTERM');
    expect([stops, target.codes]).toEqual([1, [1]]);
  });
});

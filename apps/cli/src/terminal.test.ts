import { describe, expect, test } from '@jest/globals';
import { recordedTerminal } from './recorded-terminal.js';
import { progressLine } from './terminal.js';

describe('Terminal', () => {
  test('writes colour and moving lines only to a terminal', () => {
    const piped = recordedTerminal(false);
    piped.terminal.print(piped.terminal.style('red', 'bad'));
    const progress = piped.terminal.progress('posting', 10);
    progress.update(5);
    progress.end();
    expect(piped.stdout()).toBe('bad\n');
    for (const control of ['\r', '\x1b']) expect(piped.stderr()).not.toContain(control);

    const shown = recordedTerminal(true);
    shown.terminal.print(shown.terminal.style('red', 'bad'));
    shown.terminal.progress('posting', 10).update(5);
    expect(shown.stdout()).toContain('\x1b[');
    expect(shown.stderr()).toMatch(/^\r/);
  });

  test('draws progress with a bar, the count, the rate and the time left', () => {
    expect(progressLine('scenario', 50_000, 100_000, 10_000, true)).toBe(
      'scenario ############............ 50,000 / 100,000 (50 %), 10,000/s, 5 s left',
    );
    expect(progressLine('scenario', 50_000, 100_000, 10_000, false)).toBe(
      'scenario 50,000 / 100,000 (50 %), 10,000/s, 5 s left',
    );
    expect(progressLine('stdin', 7, undefined, 7, true)).toBe('stdin 7, 7/s');
    expect(progressLine('nothing', 0, 0, 0, true)).toBe('nothing ######################## 0 / 0 (100 %)');
  });

  test.each([
    [99, 1, 1, '1 s left'],
    [1, 99, 1, '99 s left'],
    [0, 100, 1, '2 min left'],
    [0, 3_600, 1, '1 h 0 min left'],
    [0, 11_100, 1, '3 h 5 min left'],
  ])('tells after %d of %d more at %d a second: %s', (done, more, rate, text) => {
    expect(progressLine('rebuild', done, done + more, rate, false)).toContain(text);
  });

  test('tells no time of what stands still, and none when all is done', () => {
    expect(progressLine('rebuild', 5, 10, 0, false)).toBe('rebuild 5 / 10 (50 %)');
    expect(progressLine('rebuild', 10, 10, 3, false)).toBe('rebuild 10 / 10 (100 %), 3/s');
  });

  test('counts into the rate only what this run has done', () => {
    const piped = recordedTerminal(false);
    const progress = piped.terminal.progress('rebuild', 1_000, 900);
    progress.update(900);
    expect(piped.stderr()).toBe('rebuild 900 / 1,000 (90 %)\n');
  });
});

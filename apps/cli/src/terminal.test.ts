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

  test('draws progress with a bar, the count and the rate', () => {
    expect(progressLine('scenario', 50_000, 100_000, 5, true)).toBe(
      'scenario ############............ 50,000 / 100,000, 10,000/s',
    );
    expect(progressLine('scenario', 50_000, 100_000, 5, false)).toBe('scenario 50,000 / 100,000, 10,000/s');
    expect(progressLine('stdin', 7, undefined, 1, true)).toBe('stdin 7, 7/s');
    expect(progressLine('nothing', 0, 0, 0, true)).toBe('nothing ######################## 0 / 0');
  });
});

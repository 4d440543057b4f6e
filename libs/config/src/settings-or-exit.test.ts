import { describe, expect, it } from '@jest/globals';
import { settingsOrExit, type Terminal } from './settings-or-exit.js';
import { httpSlice, logSlice } from './slices.js';

/** A terminal on which `exit` ends the call, as it would end the process. */
class RecordedTerminal implements Terminal {
  out = '';
  err = '';
  readonly stdout = { write: (text: string) => (this.out += text) };
  readonly stderr = { write: (text: string) => (this.err += text) };
  exit(code: number): never {
    throw new Error(`exit ${code}`);
  }
}

const noRule = (): undefined => undefined;

describe('settingsOrExit', () => {
  it('gives the settings and says nothing', () => {
    const terminal = new RecordedTerminal();
    const settings = settingsOrExit(
      { LANDBRIDGE_LOG_LEVEL: 'debug' },
      ['node', 'main.js'],
      [logSlice],
      noRule,
      terminal,
    );
    expect(settings.log.level).toBe('debug');
    expect(terminal.out + terminal.err).toBe('');
  });

  it('prints every fault and exits 2, checking or not', () => {
    const env = { LANDBRIDGE_LOG_LEVEL: 'loud', LANDBRIDGE_HTTP_PORT: 'x' };
    for (const argv of [[], ['--check-config']]) {
      const terminal = new RecordedTerminal();
      expect(() => settingsOrExit(env, argv, [logSlice, httpSlice(1)], noRule, terminal)).toThrow('exit 2');
      expect(terminal.err).toContain('LANDBRIDGE_LOG_LEVEL: must be');
      expect(terminal.err).toContain('LANDBRIDGE_HTTP_PORT: must be');
      expect(terminal.out).toBe('');
    }
  });

  it('exits 0 on --check-config when there is no fault', () => {
    const terminal = new RecordedTerminal();
    expect(() => settingsOrExit({}, ['--check-config'], [logSlice], noRule, terminal)).toThrow('exit 0');
    expect(terminal.out).toBe('The configuration is valid.\n');
  });

  it("holds the settings to the app's own rule, checking or not", () => {
    const rule = ({ log }: { readonly log: { readonly level: string } }) =>
      log.level === 'trace' ? 'the log would be too long: say less' : undefined;
    for (const argv of [[], ['--check-config']]) {
      const terminal = new RecordedTerminal();
      expect(() => settingsOrExit({ LANDBRIDGE_LOG_LEVEL: 'trace' }, argv, [logSlice], rule, terminal)).toThrow(
        'exit 2',
      );
      expect(terminal.err).toBe('The configuration has faults:\n  the log would be too long: say less\n');
    }
    expect(settingsOrExit({}, [], [logSlice], rule, new RecordedTerminal()).log.level).toBe('info');
  });
});

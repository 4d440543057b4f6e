/** A terminal for this room's tests: it keeps what was written. */
import { Terminal, type Output } from './terminal.js';

export interface RecordedTerminal {
  readonly terminal: Terminal;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export function recordedTerminal(isTTY = false): RecordedTerminal {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written): Output => ({
    isTTY,
    write: (text: string | Uint8Array) => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
      return true;
    },
  });
  const terminal = new Terminal(output('stdout'), output('stderr'));
  return { terminal, stdout: () => written.stdout, stderr: () => written.stderr };
}

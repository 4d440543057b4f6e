/** The oracle as seen by the run: started as a process of its own, which shares nothing with it but the carrier's log. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../harness/repository-root.js';

export interface OracleVerdict {
  readonly ok: boolean;
  readonly seconds: number;
  /** Acknowledged events in the log, and different ids among them. */
  readonly lines: number;
  readonly ids: number;
  readonly cells: number;
  /** Units missing from cells of hours, and units too many in them. */
  readonly events: { readonly short: number; readonly over: number };
  readonly differences: Readonly<Record<'redis' | 'statistics' | 'prometheus', Differences>>;
}

interface Differences {
  readonly count: number;
  /** The first of them, in words. */
  readonly first: readonly string[];
}

export interface OracleQuestion {
  readonly logFile: string;
  readonly redis: string;
  readonly statistics: string;
  readonly prometheus: string;
  readonly periods: readonly string[];
  /** How long the system may take to agree. With 0 it is read once. */
  readonly deadlineMs: number;
}

/** Asks the oracle, which must have been built. Throws when it cannot tell. */
export async function askOracle(question: OracleQuestion): Promise<OracleVerdict> {
  const { logFile, redis, statistics, prometheus, periods, deadlineMs } = question;
  const program = join(repositoryRoot, 'test', 'dist', 'chaos', 'oracle.js');
  const words = [program, logFile, '--redis', redis, '--statistics', statistics, '--prometheus', prometheus];
  const child = spawn(process.execPath, [...words, '--periods', periods.join(), '--deadline', String(deadlineMs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0 && child.exitCode !== 1) throw new Error(`the oracle cannot tell: ${complained}`);
  return JSON.parse(said) as OracleVerdict;
}

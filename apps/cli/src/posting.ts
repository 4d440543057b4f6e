/**
 * Posting with a progress line, and the result told to a person or to a program: what `scenario` and `send` share.
 */
import { LandbridgeClient, type PostResult } from '@landbridge/client';
import type { CanonicalEvent } from '@landbridge/contracts';
import { exitCodes, type ExitCode } from './command.js';
import { count, type Terminal } from './terminal.js';

export interface Posting {
  readonly url: string;
  readonly key: string;
  readonly what: string;
  readonly events: Iterable<CanonicalEvent> | AsyncIterable<CanonicalEvent>;
  /** How many events there are, where it is known. */
  readonly total?: number;
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

/** Rejections shown to a person; `--json` gives all that the client keeps. */
const rejectedShownMax = 20;

/** Posts and tells how far it is on stderr. Throws what the input throws. */
export async function postWithProgress(
  posting: Posting,
  terminal: Terminal,
): Promise<{ result: PostResult; seconds: number }> {
  const { url, key, what, events, total, dryRun, signal } = posting;
  const progress = terminal.progress(what, total);
  const startMs = performance.now();
  const client = new LandbridgeClient({ url, key });
  try {
    const result = await client.post(events, {
      signal,
      ...(dryRun === undefined ? {} : { dryRun }),
      onProgress: ({ answered }) => progress.update(answered),
    });
    return { result, seconds: (performance.now() - startMs) / 1_000 };
  } finally {
    progress.end();
  }
}

/** Tells the result and gives the exit code: 0 only when every event was accepted. */
export function tellResult(result: PostResult, seconds: number, json: boolean, terminal: Terminal): ExitCode {
  if (json) terminal.printJson({ ...result, seconds: Number(seconds.toFixed(3)) });
  else {
    const { accepted, duplicates, rejectedTotal } = result;
    const rate = seconds > 0 ? `, ${count(Math.round((accepted + duplicates) / seconds))} events/s` : '';
    terminal.print(
      `${count(accepted)} accepted, ${count(duplicates)} repeated, ${count(rejectedTotal)} rejected in ${seconds.toFixed(1)} s${rate}`,
    );
    for (const { index, id, code, path, detail } of result.rejected.slice(0, rejectedShownMax))
      terminal.print(`  ${terminal.style('red', code)} event ${index} (${id ?? 'no id'}) ${path}: ${detail}`);
    if (rejectedTotal > rejectedShownMax) terminal.print(`  and ${count(rejectedTotal - rejectedShownMax)} more`);
    for (const failure of result.failures) terminal.note(failureLine(failure));
  }
  return result.ok ? exitCodes.ok : exitCodes.failed;
}

/** One line on a batch that was not taken, with what to do about it. */
export function failureLine({ from, count: events, problem }: PostResult['failures'][number]): string {
  const advice = problem.code === 'unauthenticated' ? ': is the key right, and of this hub?' : '';
  return `events ${from} to ${from + events - 1} were not taken: ${problem.code}: ${problem.detail}${advice}`;
}

/**
 * Holds a reader to so many records a second, evenly: no burst after a pause, so that a background reader is never felt.
 *
 * @param nowMs a clock, milliseconds
 * @param sleep waits for so many milliseconds
 */
export function paceOf(
  recordsPerSecond: number,
  nowMs: () => number,
  sleep: (milliseconds: number) => Promise<void>,
): (records: number) => Promise<void> {
  let freeAtMs = 0;
  return async (records) => {
    const now = nowMs();
    const beginMs = Math.max(now, freeAtMs);
    freeAtMs = beginMs + (records / recordsPerSecond) * 1_000;
    if (beginMs > now) await sleep(beginMs - now);
  };
}

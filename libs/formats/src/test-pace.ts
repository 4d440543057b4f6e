/**
 * For tests that something does not hang. A hostile message should hold the door up for less than 100 ms; a test only tells linear work
 * from quadratic, which takes many seconds, so its bounds are ten times that and hold on a busy machine too.
 */
export const hangMs = 1_000;

/** How much processor time a piece of work takes, milliseconds: the least of a few runs, because others slow any single one. */
export function fastestMs(work: () => void, runs = 4): number {
  let fastest = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    fastest = Math.min(fastest, (user + system) / 1_000);
  }
  return fastest;
}

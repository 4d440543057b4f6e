/** How long a piece of work takes: the fastest of a few runs, because a busy machine slows any single one. */
export function fastestMs(work: () => void, runs = 4): number {
  let fastest = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

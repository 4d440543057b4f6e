/**
 * The flags that every service process is started with, wherever it is started (`infra/docker/Dockerfile` repeats them).
 *
 * Left to itself on a large machine, V8 lets garbage grow to hundreds of megabytes before it looks: an aggregator that needs 250 took 560.
 * A young generation of 16 MiB halves holds a batch of records; the old one has room for two million remembered ids and their cells.
 */
export const serviceNodeFlags = [
  '--enable-source-maps',
  '--max-semi-space-size=16',
  '--max-old-space-size=320',
] as const;

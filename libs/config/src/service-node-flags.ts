/**
 * The flags that every service process is started with, wherever it is started (`infra/docker/Dockerfile` repeats them).
 *
 * Left to itself on a large machine, V8 lets garbage grow to hundreds of megabytes before it looks: an aggregator that needs 250 took 560.
 * A young generation of 32 MiB halves holds what a fetch leaves until it is folded: with 16, the collector takes a quarter more of the
 * fold's time. The old one has room for two million remembered ids and their cells.
 */
export const serviceNodeFlags = [
  '--enable-source-maps',
  '--max-semi-space-size=32',
  '--max-old-space-size=320',
] as const;

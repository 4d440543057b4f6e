/**
 * The flags that every service process is started with, wherever it is started (`infra/docker/Dockerfile` repeats them).
 *
 * Left to itself on a large machine, V8 lets garbage grow to hundreds of megabytes before it looks: an aggregator that needs 250 took 560.
 * A young generation of 32 MiB halves holds what a fetch leaves until it is folded: with 16, the collector takes a quarter more of the
 * fold's time. The old one has room for two million remembered ids and their cells.
 *
 * It also begins large: V8 raises a small one step by step, each time with a collection of everything, and the bodies outside of the
 * heap drive it to that eight times a second. From 192 MiB on it waits until there is something to collect: a loaded ingest takes half
 * the processor time for an event, for 40 MiB more.
 */
export const serviceNodeFlags = [
  '--enable-source-maps',
  '--max-semi-space-size=32',
  '--initial-old-space-size=192',
  '--max-old-space-size=320',
] as const;

/**
 * Reconciliation that never ends: partition after partition, slowly, in the background of a process that folds.
 *
 * It looks at the partitions that the process holds itself, so several processes share the work as they share the folding. One partition
 * at a time and one slice of its ids at a time bound the memory; the pace bounds the load. It must never harm the fold: whatever fails is
 * told and tried again later, with a new reader of the log.
 */
import type { Generations, SnapshotSource } from '@landbridge/domain';
import { reconcileShard, type RecountLimits, type RecountLog, type ShardReconciliation } from './reconciliation.js';
import { paceOf } from './record-pace.js';

export interface ContinuousOptions {
  /** Opens a reader of the log; it is closed after a failure and at the end. */
  readonly openLog: () => Promise<RecountLog & { stop(): Promise<void> }>;
  readonly generations: Pick<Generations, 'live'>;
  readonly snapshots: SnapshotSource;
  /** The partitions that this process holds now. */
  readonly partitions: () => readonly { readonly topic: string; readonly partition: number }[];
  readonly limits: Omit<RecountLimits, 'pace'>;
  readonly recordsPerSecond: number;
  /** Between the end of a pass and the next one: what an idle hub costs. */
  readonly passPauseMs: number;
  /** After a failure. */
  readonly retryPauseMs: number;
  readonly onShard: (result: ShardReconciliation) => void;
  readonly onFailure: (error: unknown) => void;
  readonly nowMs: () => number;
}

export class ContinuousReconciliation {
  /** By `topic:partition`; at most the partitions that this process holds. */
  private readonly newest = new Map<string, ShardReconciliation>();
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;
  private lastPassMs: number | undefined;
  private readonly limits: RecountLimits;

  constructor(private readonly options: ContinuousOptions) {
    const { limits, recordsPerSecond, nowMs } = options;
    this.limits = { ...limits, pace: paceOf(recordsPerSecond, nowMs, (ms) => pause(ms, this.ending.signal)) };
  }

  /** The newest result of each partition that the process holds and has been compared. */
  get results(): readonly ShardReconciliation[] {
    const held = new Set(this.options.partitions().map(keyOf));
    return [...this.newest].flatMap(([key, result]) => (held.has(key) ? [result] : []));
  }

  /** When every partition that was held had been compared, epoch milliseconds; undefined before the first such pass. */
  get lastPassEndedMs(): number | undefined {
    return this.lastPassMs;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the record in hand. Never rejects. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      let pauseMs = this.options.passPauseMs;
      try {
        await this.passes();
      } catch (error) {
        if (!signal.aborted) this.options.onFailure(error);
        pauseMs = this.options.retryPauseMs;
      }
      await pause(pauseMs, signal);
    }
  }

  /** Pass after pass with one reader, until something fails or the end. */
  private async passes(): Promise<void> {
    const { signal } = this.ending;
    const log = await this.options.openLog();
    // A read that waits for records ends with its reader.
    const stopLog = () => void log.stop();
    signal.addEventListener('abort', stopLog);
    try {
      while (!signal.aborted) {
        await this.pass(log);
        await pause(this.options.passPauseMs, signal);
      }
    } finally {
      signal.removeEventListener('abort', stopLog);
      await log.stop();
    }
  }

  private async pass(log: RecountLog): Promise<void> {
    const { generations, snapshots, partitions, onShard, nowMs } = this.options;
    const held = partitions();
    const keys = new Set(held.map(keyOf));
    for (const key of this.newest.keys()) if (!keys.has(key)) this.newest.delete(key);
    for (const { topic, partition } of held) {
      if (this.ending.signal.aborted) return;
      const generation = await generations.live();
      const result = await reconcileShard({ generation, topic, partition }, log, snapshots, this.limits);
      this.newest.set(keyOf({ topic, partition }), result);
      onShard(result);
    }
    if (held.length > 0) this.lastPassMs = nowMs();
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}:${partition}`;
}

/** Waits, or returns at once when the signal comes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

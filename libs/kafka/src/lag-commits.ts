/**
 * Commits offsets to Kafka for lag tools, and for nothing else: the position is the view's own. So commits are rare, the newest of a
 * partition replaces the older, and a failure is a line in the log.
 */
import type { Logger } from 'pino';

export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export class LagCommits {
  /** By `topic:partition`; bounded by the partitions assigned. */
  readonly #pending = new Map<string, OffsetToCommit>();
  #timer: NodeJS.Timeout | undefined;
  #flushing = false;

  constructor(
    private readonly commit: (offsets: OffsetToCommit[]) => Promise<void>,
    private readonly intervalMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.flush(), this.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  note(topic: string, partition: number, offset: bigint): void {
    this.#pending.set(`${topic}:${partition}`, { topic, partition, offset: String(offset) });
  }

  /** For a new assignment: another member commits for the old one. */
  forget(): void {
    this.#pending.clear();
  }

  /** Commits what was noted, unless a commit is still under way. Never rejects. */
  async flush(): Promise<void> {
    if (this.#flushing || this.#pending.size === 0) return;
    this.#flushing = true;
    const offsets = [...this.#pending.values()];
    this.#pending.clear();
    try {
      await this.commit(offsets);
    } catch (error) {
      this.logger.info(
        { err: error, partitions: offsets.length },
        'the lag was not reported to Kafka; it will be later',
      );
    } finally {
      this.#flushing = false;
    }
  }
}

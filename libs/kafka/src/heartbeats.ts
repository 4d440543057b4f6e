/**
 * Keeps the membership alive while a handler works. kafkajs sends heartbeats only between batches, so a store that is slow for longer
 * than the session would lose the partition in the middle of a batch.
 */
import type { EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';

/** Kafka's words for "the partition is being given to somebody else"; everything else may pass by itself. */
const membershipLost = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

export class Heartbeats {
  /** Resolves when the group no longer counts on this member. */
  readonly lost: Promise<void>;
  #isLost = false;
  readonly #tellLost: () => void;
  #pending: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly payload: Pick<EachBatchPayload, 'heartbeat'>,
    intervalMs: number,
    private readonly logger: Logger,
  ) {
    const lost = Promise.withResolvers<void>();
    this.lost = lost.promise;
    this.#tellLost = lost.resolve;
    this.#timer = setInterval(() => void this.beat(), intervalMs);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** One heartbeat at a time; kafkajs itself leaves out those that come too early. Never rejects. */
  beat(): Promise<void> {
    this.#pending ??= this.payload
      .heartbeat()
      .catch((error: unknown) => {
        const type = error instanceof Error ? (error as { readonly type?: unknown }).type : undefined;
        if (typeof type === 'string' && membershipLost.has(type)) {
          this.#isLost = true;
          this.#tellLost();
        }
        this.logger.debug({ err: error }, 'a heartbeat failed while a batch was handled');
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

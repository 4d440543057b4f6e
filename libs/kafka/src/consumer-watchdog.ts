/**
 * Notices a consumer that has gone quiet. kafkajs retries a timed-out request on the same dead socket (tulios/kafkajs#1163: no records for
 * 38 s, or never), and some rebalances leave a consumer idle for good (#1720). The one sign of life is a heartbeat that the
 * group's coordinator has answered; fetches alone can go on while membership is long lost.
 *
 * First the connections are cut, which heals a dead socket in about a second; if that does not help, the process should end, and whoever
 * runs it starts it again.
 */
export interface WatchdogActions {
  cutConnections(reason: string): void;
  onFatal(error: Error): void;
}

/** In session timeouts. A join may be silent for one whole session while the other members come; half more is for a loaded machine. */
const cutAfterSessions = 1.5;
/** As long again after the cut: reconnecting and joining take a second or two. */
const fatalAfterSessions = 3;

export class ConsumerWatchdog {
  #lastSignAt: number;
  #lastAnswerAt = -Infinity;
  #cut = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessionTimeoutMs: number,
    private readonly actions: WatchdogActions,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#lastSignAt = now();
  }

  /** Looks four times per session until stopped. */
  start(): void {
    this.alive();
    this.#timer = setInterval(() => this.check(), this.sessionTimeoutMs / 4);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Call on every answered heartbeat, on joining the group, and when kafkajs restarts the consumer by itself. */
  alive(): void {
    this.#lastSignAt = this.now();
    this.#cut = false;
  }

  /**
   * Call on every answered request of a join. The connection works then, and a cut would throw the join away that waits for the members
   * of before: they would be ghosts once more, for a session. It does not put off the end, or a consumer that never joins would live.
   */
  answered(): void {
    this.#lastAnswerAt = this.now();
  }

  /** Acts once per silence: cuts the connections, later ends the watch with `onFatal`. */
  check(): void {
    const silentMs = this.now() - this.#lastSignAt;
    const unansweredMs = this.now() - Math.max(this.#lastSignAt, this.#lastAnswerAt);
    if (silentMs >= this.sessionTimeoutMs * fatalAfterSessions) {
      this.stop();
      this.actions.onFatal(new Error(`the consumer got no answer from its group for ${Math.round(silentMs)} ms`));
    } else if (unansweredMs >= this.sessionTimeoutMs * cutAfterSessions && !this.#cut) {
      this.#cut = true;
      this.actions.cutConnections(`no heartbeat was answered for ${Math.round(silentMs)} ms`);
    }
  }
}

/**
 * Notices a consumer that has gone quiet. kafkajs retries a timed-out request on the same dead socket (tulios/kafkajs#1163: no records for
 * 38 s, or never), and some rebalances leave a consumer idle for good (#1720). The one sign of life is a heartbeat that the
 * group's coordinator has answered; fetches alone can go on while membership is long lost.
 *
 * First the connections are cut, which heals a dead socket in about a second; if that does not help, the process should end, and whoever
 * runs it starts it again. But not while the consumer goes on opening connections that nobody answers: then it is the broker that is away,
 * which a new process cannot mend. It would only be later than this one when the broker is back, a member of its group by then.
 */
export interface WatchdogActions {
  cutConnections(reason: string): void;
  onFatal(error: Error): void;
}

/** In session timeouts. A join may be silent for one whole session while the other members come; half more is for a loaded machine. */
const cutAfterSessions = 1.5;
/** As long again after the cut: reconnecting and joining take a second or two. */
const fatalAfterSessions = 3;
/** A consumer that can work opens a connection well within this time after it has lost one. */
const triesWithinSessions = 2;

export class ConsumerWatchdog {
  #lastSignAt: number;
  #lastAnswerAt = -Infinity;
  #lastTryAt = -Infinity;
  #lastCutAt = -Infinity;
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
  }

  /**
   * Call on every answered request of a join. The connection works then, and a cut would throw the join away that waits for the members
   * of before: they would be ghosts once more, for a session. It does not put off the end, or a consumer that never joins would live.
   */
  answered(): void {
    this.#lastAnswerAt = this.now();
  }

  /** Call whenever the consumer opens a connection. */
  tries(): void {
    this.#lastTryAt = this.now();
  }

  /** Cuts the connections after each session and a half without an answer, and ends the watch with `onFatal` when that is of no use. */
  check(): void {
    const now = this.now();
    const silentMs = now - this.#lastSignAt;
    const unansweredMs = now - Math.max(this.#lastSignAt, this.#lastAnswerAt, this.#lastCutAt);
    const isBrokerAway =
      this.#lastTryAt > this.#lastAnswerAt && now - this.#lastTryAt <= this.sessionTimeoutMs * triesWithinSessions;
    if (silentMs >= this.sessionTimeoutMs * fatalAfterSessions && !isBrokerAway) {
      this.stop();
      this.actions.onFatal(new Error(`the consumer got no answer from its group for ${Math.round(silentMs)} ms`));
    } else if (unansweredMs >= this.sessionTimeoutMs * cutAfterSessions) {
      this.#lastCutAt = now;
      this.actions.cutConnections(`no heartbeat was answered for ${Math.round(silentMs)} ms`);
    }
  }
}

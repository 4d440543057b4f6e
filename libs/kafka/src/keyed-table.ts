/**
 * Follows a compacted topic of one partition from its beginning into memory: every process has all of it, and
 * learns of a change within a fetch.
 *
 * Each process is a group of its own (kafkajs has no other way to read). Offsets that were applied are never applied again: after a crash
 * a re-read from the beginning would otherwise bring an old value back for a moment, a revoked key for instance. A consumer that
 * crashes for good or goes silent is replaced in place and goes on where it was.
 */
import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { ConsumerWatchdog } from './consumer-watchdog.js';
import { backoffMs, within } from './deadline.js';
import { askOfFreshTopic } from './kafka-answers.js';
import { openConsumer, openKafka, type KafkaSettings, type OpenedKafka } from './kafka-client.js';
import { TableProgress } from './table-progress.js';

export interface KeyedTableOptions {
  readonly settings: KafkaSettings;
  readonly clientId: string;
  readonly logger: Logger;
  readonly topic: string;
  /** The group's name is this and a random id. */
  readonly groupIdPrefix: string;
  /** The newest value of a key, in the log's order within a key; null when it was deleted. Must not throw. */
  readonly onEntry: (key: string, value: string | null) => void;
}

interface Follower {
  readonly client: OpenedKafka;
  readonly consumer: Consumer;
  readonly watchdog: ConsumerWatchdog;
}

const restartBackoff = { firstMs: 200, maxMs: 5_000 };
const stopMs = 3_000;

export class KeyedTable {
  readonly #groupId: string;
  readonly #logger: Logger;
  readonly #progress = new TableProgress();
  readonly #ready = Promise.withResolvers<void>();
  #follower: Follower | undefined;
  #failures = 0;
  #stopped = false;

  constructor(private readonly options: KeyedTableOptions) {
    this.#groupId = `${options.groupIdPrefix}-${randomUUID()}`;
    this.#logger = options.logger;
  }

  /** True once everything that stood in the topic at the start has been handed over; it stays true. */
  get caughtUp(): boolean {
    return this.#progress.caughtUp;
  }

  /**
   * Resolves when the table has caught up. Rejects when Kafka cannot be reached at first or has no such topic, and may then be called
   * again; after that it is tried for ever.
   */
  async start(): Promise<void> {
    await this.#readEnds();
    void this.#follow();
    await this.#ready.promise;
  }

  /** Leaves and deletes the group, as far as that takes no longer than three seconds. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const follower = this.#follower;
    this.#follower = undefined;
    // A start that still waits would wait for ever.
    this.#ready.resolve();
    if (follower === undefined) return;
    follower.watchdog.stop();
    const leave = async () => {
      await follower.consumer.disconnect();
      const admin = follower.client.kafka.admin();
      await admin.connect();
      await admin.deleteGroups([this.#groupId]);
      await admin.disconnect();
    };
    await within(stopMs, 'leaving the group', leave()).catch((error: unknown) =>
      this.#logger.debug({ err: error }, 'the group of a table was left to expire'),
    );
    follower.client.destroy();
  }

  async #readEnds(): Promise<void> {
    const { settings, clientId, topic, logger } = this.options;
    const client = openKafka(settings, clientId, logger);
    const admin = client.kafka.admin();
    try {
      await admin.connect();
      const [only, ...others] = await askOfFreshTopic(() => admin.fetchTopicOffsets(topic));
      // One partition gives all entries one order, and one place to look at for the end.
      if (only === undefined || others.length > 0)
        throw new Error(`${topic} must have one partition to be read as a table`);
      this.#progress.target(BigInt(only.low), BigInt(only.high));
      await admin.disconnect();
    } finally {
      client.destroy();
    }
    this.#settleIfCaughtUp();
  }

  /** Connects a consumer and lets it run; tries again until it runs or the table is stopped. */
  async #follow(): Promise<void> {
    while (!this.#stopped) {
      const follower = this.#open();
      this.#follower = follower;
      try {
        await follower.consumer.connect();
        await follower.consumer.subscribe({ topic: this.options.topic, fromBeginning: true });
        follower.watchdog.start();
        await follower.consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: true,
          eachBatch: (payload) => this.#apply(payload),
        });
        return;
      } catch (error) {
        follower.watchdog.stop();
        follower.client.destroy();
        await this.#pauseAfter(error);
      }
    }
  }

  #open(): Follower {
    const { settings, clientId, topic, logger } = this.options;
    const client = openKafka(settings, clientId, logger, {
      onOffsetOutOfRange: () => {
        logger.error({ topic }, 'the topic was made again: the table is read from its beginning');
        this.#progress.startOver();
      },
    });
    const consumer = openConsumer(client, settings, this.#groupId);
    const watchdog = new ConsumerWatchdog(settings.sessionTimeoutMs, {
      cutConnections: (reason) => client.cutConnections(reason),
      onFatal: (error) => void this.#replace(follower, error),
    });
    const follower = { client, consumer, watchdog };
    const { HEARTBEAT, GROUP_JOIN, CRASH, REQUEST, FETCH, END_BATCH_PROCESS } = consumer.events;
    consumer.on(HEARTBEAT, () => watchdog.alive());
    consumer.on(GROUP_JOIN, () => {
      watchdog.alive();
      this.#failures = 0;
      this.#progress.joined();
      const { next } = this.#progress;
      if (next !== undefined) consumer.seek({ topic, partition: 0, offset: String(next) });
    });
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (restart) watchdog.alive();
      else void this.#replace(follower, error);
    });
    consumer.on(REQUEST, ({ payload: { apiName } }) => {
      if (apiName === 'Fetch') this.#progress.fetchAnswered();
    });
    consumer.on(FETCH, () => {
      this.#progress.fetchEnded();
      this.#settleIfCaughtUp();
    });
    consumer.on(END_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
      this.#progress.applied(BigInt(lastOffset));
      this.#settleIfCaughtUp();
    });
    return follower;
  }

  async #replace(follower: Follower, error: Error): Promise<void> {
    if (this.#stopped || this.#follower !== follower) return;
    this.#follower = undefined;
    follower.watchdog.stop();
    follower.client.destroy();
    await this.#pauseAfter(error);
    await this.#follow();
  }

  async #pauseAfter(error: unknown): Promise<void> {
    this.#failures += 1;
    const { topic } = this.options;
    this.#logger.warn({ err: error, topic, failures: this.#failures }, 'the reader of a table is replaced');
    await new Promise((resolve) => setTimeout(resolve, backoffMs(restartBackoff, this.#failures)));
  }

  async #apply({ batch }: EachBatchPayload): Promise<void> {
    const next = this.#progress.next ?? 0n;
    for (const message of batch.messages) if (BigInt(message.offset) >= next) this.#hand(message);
    // Noted here and not only at the end of the batch, so that nothing is handed over twice when the rest fails.
    this.#progress.applied(BigInt(batch.lastOffset()));
  }

  #hand({ key, value, offset }: KafkaMessage): void {
    if (key === null) return;
    try {
      this.options.onEntry(key.toString(), value === null ? null : value.toString());
    } catch (error) {
      // One entry that nobody can read must not hold up those behind it.
      this.#logger.error({ err: error, topic: this.options.topic, offset }, 'an entry of a table was left out');
    }
  }

  #settleIfCaughtUp(): void {
    if (this.#progress.caughtUp) this.#ready.resolve();
  }
}

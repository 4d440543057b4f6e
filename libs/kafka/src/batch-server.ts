/**
 * Nest's transport for the hot path: handlers by `@EventPattern<string>(topic)` get whole batches of one partition.
 *
 * Nest's own Kafka server hands over single messages, appends `-server` to the group's name, and commits what no handler took. Here the
 * position belongs to the handler (it seeks; Kafka's committed offset is for lag tools), nothing is skipped and nothing crashes:
 * - a handler that throws gets the same records again after a pause; only its partition waits;
 * - no batch is handled before `onAssigned` has put the positions right;
 * - a fetch that does not begin where it should stops its partition and is told (`onLogGap`);
 * - a broker that is away is waited for, at the start too;
 * - a consumer that kafkajs gives up, or that goes silent, is fatal (`onFatal`): the process should end and be started again.
 */
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Admin, Consumer, ConsumerCrashEvent, ConsumerEndBatchProcessEvent, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import { isObservable, lastValueFrom } from 'rxjs';
import { ConsumerWatchdog } from './consumer-watchdog.js';
import { backoffMs, within } from './deadline.js';
import { Heartbeats } from './heartbeats.js';
import { openConsumer, openKafka, type KafkaSettings, type OpenedKafka } from './kafka-client.js';
import { LagCommits } from './lag-commits.js';
import { fetchedFrom, PartitionBatch } from './partition-batch.js';
import { LogGapError, PartitionPositions, type LogGap } from './partition-positions.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface BatchServerOptions {
  readonly settings: KafkaSettings & { readonly groupId: string };
  readonly clientId: string;
  readonly logger: Logger;
  /** Batches handled at the same time, each of another partition. */
  readonly partitionsConsumedConcurrently?: number;
  readonly commitIntervalMs?: number;
  /** How long `close` waits for handlers. */
  readonly drainMs?: number;
  /**
   * Partitions were assigned, all of them anew: seek each to where it must go on (`BatchServer.seek`). No batch is handled before it
   * resolves; when it rejects it is called again.
   */
  readonly onAssigned?: (partitions: readonly TopicPartition[]) => Promise<void> | void;
  /** The log held nothing for handlers (control records only) up to this offset, and the position went on there. */
  readonly onPassedOver?: (topic: string, partition: number, next: bigint) => void;
  /** All partitions are about to be given away. */
  readonly onRevoked?: () => void;
  /** The partition has been stopped until the next assignment. */
  readonly onLogGap: (gap: LogGapError) => void;
  /** Called once; the consumer does not come back. */
  readonly onFatal: (error: Error) => void;
}

/** More than the cores of one process can use for folding; enough that a slow store call of one partition does not idle the others. */
const partitionsConcurrently = 4;
/** Lag tools sample every ten seconds or more. */
const commitIntervalDefaultMs = 5_000;
const drainDefaultMs = 10_000;
/** What a consumer asks on its way into the group, by kafkajs' names. */
const joinRequests: ReadonlySet<string> = new Set(['Metadata', 'GroupCoordinator', 'JoinGroup', 'SyncGroup']);
/** A handler fails because its store is away or because of a bug: soon enough for the first, not a busy loop for the second. */
const retryBackoff = { firstMs: 200, maxMs: 5_000 };

export class BatchServer extends Server implements CustomTransportStrategy {
  /** Nest leaves a failed event to us instead of logging it. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #client: OpenedKafka;
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #logger: Logger;
  readonly #watchdog: ConsumerWatchdog;
  readonly #commits: LagCommits;
  readonly #positions = new PartitionPositions();
  /** Both by `topic:partition`, and bounded by the partitions assigned. */
  readonly #failures = new Map<string, number>();
  readonly #stopped = new Map<string, TopicPartition>();
  #adminConnected: Promise<void> | undefined;
  #joins = 0;
  /** Settles when `onAssigned` has dealt with the newest assignment. */
  #assignment: Promise<void> = Promise.resolve();
  #ending = false;

  constructor(private readonly options: BatchServerOptions) {
    super();
    const { settings, clientId, logger } = options;
    this.#logger = logger;
    this.#client = openKafka(settings, clientId, logger, {
      onOffsetOutOfRange: (topic, partition) =>
        this.#stopPartition({ topic, partition, wanted: this.#positions.wanted(topic, partition), found: undefined }),
      onConnecting: () => this.#watchdog.tries(),
    });
    this.#consumer = openConsumer(this.#client, settings, settings.groupId);
    this.#admin = this.#client.kafka.admin();
    this.#watchdog = new ConsumerWatchdog(settings.sessionTimeoutMs, {
      cutConnections: (reason) => {
        logger.warn({ reason }, 'the connections of the consumer are cut');
        this.#client.cutConnections(reason);
      },
      onFatal: (error) => this.#fatal(error),
    });
    this.#commits = new LagCommits(
      (offsets) => this.#consumer.commitOffsets(offsets),
      options.commitIntervalMs ?? commitIntervalDefaultMs,
      logger,
    );
  }

  /** Begins, and calls back when Kafka was reached, however long that takes; with an error when the consumer cannot be set up. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const topics = [...this.messageHandlers.keys()];
    try {
      if (topics.length === 0) throw new Error('no handler names a topic');
      this.#listenToConsumer();
      await this.#connect();
      if (this.#ending) return callback();
      await this.#consumer.subscribe({ topics, fromBeginning: true });
      this.#watchdog.start();
      this.#commits.start();
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.options.partitionsConsumedConcurrently ?? partitionsConcurrently,
        eachBatch: (payload) => this.#onBatch(payload),
      });
    } catch (error) {
      await this.close();
      callback(error);
      return;
    }
    callback();
  }

  /** Lets handlers finish for at most `drainMs`, leaves the group and disconnects. Never rejects. */
  async close(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#watchdog.stop();
    this.#commits.stop();
    const ending = this.#commits
      .flush()
      .then(() => this.#consumer.disconnect())
      .then(() => this.#admin.disconnect());
    await within(this.options.drainMs ?? drainDefaultMs, 'stopping the consumer', ending).catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'the consumer was cut off'),
    );
    this.#client.destroy();
  }

  /** Makes the next fetch of a partition begin at this offset; a batch of it that is being handled becomes stale. */
  seek(topic: string, partition: number, offset: bigint): void {
    this.#positions.expect(topic, partition, offset);
    try {
      this.#consumer.seek({ topic, partition, offset: String(offset) });
    } catch (error) {
      // Between a crash and the next join kafkajs has no group; the next assignment seeks anew.
      this.#logger.debug({ err: error, topic, partition }, 'a seek had no consumer to go to');
    }
  }

  /** There is nothing to subscribe to beyond the hooks of the options. */
  on(): never {
    throw new Error('BatchServer has hooks in its options, and no events');
  }

  /** The kafkajs consumer. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Nest's signature
  unwrap<T>(): T {
    return this.#consumer as T;
  }

  /** Tries until Kafka is there or `close` is called: nobody is helped by a process that ends because its broker is away. */
  async #connect(): Promise<void> {
    for (let failures = 0; !this.#ending;) {
      try {
        return await this.#consumer.connect();
      } catch (error) {
        failures += 1;
        const waitMs = backoffMs(retryBackoff, failures);
        this.#logger.warn({ err: error, failures, waitMs: Math.round(waitMs) }, 'Kafka cannot be reached yet');
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  #listenToConsumer(): void {
    const { HEARTBEAT, GROUP_JOIN, REBALANCING, CRASH, END_BATCH_PROCESS, REQUEST } = this.#consumer.events;
    this.#consumer.on(HEARTBEAT, () => this.#watchdog.alive());
    this.#consumer.on(REQUEST, ({ payload }) => {
      if (joinRequests.has(payload.apiName)) this.#watchdog.answered();
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#watchdog.alive();
      this.#onJoin(payload.memberAssignment);
    });
    this.#consumer.on(REBALANCING, () => this.options.onRevoked?.());
    this.#consumer.on(CRASH, (event) => this.#onCrash(event));
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => this.#onBatchEnd(payload));
  }

  #onCrash({ payload: { error, restart } }: ConsumerCrashEvent): void {
    if (this.#ending) return;
    this.options.onRevoked?.();
    if (!restart) {
      this.#fatal(error);
      return;
    }
    this.#watchdog.alive();
    this.#logger.warn({ err: error }, 'the consumer crashed and is started again');
  }

  /** kafkajs steps over a fetch of nothing but control records without asking: the position moves along. */
  #onBatchEnd({ topic, partition, batchSize, lastOffset }: ConsumerEndBatchProcessEvent['payload']): void {
    if (batchSize > 0) return;
    const next = BigInt(lastOffset) + 1n;
    this.#positions.expect(topic, partition, next);
    this.options.onPassedOver?.(topic, partition, next);
  }

  #onJoin(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#joins += 1;
    this.#positions.forget();
    this.#commits.forget();
    this.#failures.clear();
    // A gap is looked for again: the view may have been rebuilt elsewhere in the meantime.
    for (const { topic, partition } of this.#stopped.values())
      this.#consumer.resume([{ topic, partitions: [partition] }]);
    this.#stopped.clear();
    const partitions = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    this.#logger.info({ partitions: partitions.length }, 'the consumer has joined its group');
    this.#assignment = this.#assign(partitions, this.#joins);
  }

  /** Calls the hook until it succeeds or the assignment is no longer the newest. Never rejects. */
  async #assign(partitions: readonly TopicPartition[], join: number): Promise<void> {
    for (let failures = 0; join === this.#joins && !this.#ending;) {
      try {
        await this.options.onAssigned?.(partitions);
        return;
      } catch (error) {
        failures += 1;
        this.#logger.error({ err: error, failures }, 'the positions of the assigned partitions are not known yet');
        await new Promise((resolve) => setTimeout(resolve, backoffMs(retryBackoff, failures)));
      }
    }
  }

  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const key = `${topic}:${partition}`;
    const beats = new Heartbeats(payload, this.options.settings.heartbeatIntervalMs, this.#logger);
    const isStale = () => payload.isStale() || !payload.isRunning() || beats.isLost;
    try {
      await Promise.race([this.#assignment, beats.lost]);
      if (isStale()) return;
      if (this.#stopped.has(key)) {
        payload.pause();
        return;
      }
      const gap = this.#positions.gapBefore(topic, partition, fetchedFrom(payload.batch));
      if (gap !== undefined) {
        this.#stopPartition(gap);
        return;
      }
      const batch = new PartitionBatch(payload.batch, {
        heartbeat: () => beats.beat(),
        isStale,
        seek: (...place) => this.seek(...place),
        commit: (...place) => this.#commits.note(...place),
        logStart: (...place) => this.#logStart(...place),
      });
      await this.#handle(batch);
      this.#failures.delete(key);
      // A handler that saw the batch go stale has left records out.
      if (batch.isStale()) return;
      this.#positions.expect(topic, partition, batch.lastOffset + 1n);
      payload.resolveOffset(String(batch.lastOffset));
    } catch (error) {
      this.#retryLater(payload, key, error);
    } finally {
      beats.stop();
    }
  }

  async #handle(batch: PartitionBatch): Promise<void> {
    const handler: MessageHandler | null = this.getHandlerByPattern(batch.topic);
    if (handler === null) throw new Error(`no handler takes ${batch.topic}`);
    const result: unknown = await handler(batch);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }

  /**
   * Nothing was resolved, so the next fetch brings the same records. The error does not reach kafkajs, which would count it as one of the
   * few failures of a consumer's life, or crash for a TypeError; and the pause lets the other partitions go on.
   */
  #retryLater(payload: EachBatchPayload, key: string, error: unknown): void {
    const { topic, partition } = payload.batch;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const waitMs = backoffMs(retryBackoff, failures);
    const err = error instanceof Error ? error : new Error('a handler failed', { cause: error });
    this.#logger.error(
      { err, topic, partition, failures, waitMs: Math.round(waitMs) },
      'a batch failed and comes again',
    );
    const resume = payload.pause();
    setTimeout(() => {
      if (!this.#stopped.has(key)) resume();
    }, waitMs).unref();
  }

  #stopPartition(gap: LogGap): void {
    const { topic, partition } = gap;
    this.#consumer.pause([{ topic, partitions: [partition] }]);
    if (this.#stopped.has(`${topic}:${partition}`)) return;
    this.#stopped.set(`${topic}:${partition}`, { topic, partition });
    const err = new LogGapError(gap);
    this.#logger.error(
      { err, topic, partition },
      'the partition is stopped: records that come next are not in the log',
    );
    this.options.onLogGap(err);
  }

  async #logStart(topic: string, partition: number): Promise<bigint> {
    const { requestTimeoutMs } = this.options.settings;
    this.#adminConnected ??= this.#admin.connect();
    try {
      await within(requestTimeoutMs, 'connecting to ask for the log start', this.#adminConnected);
      const offsets = await within(requestTimeoutMs, 'the log start', this.#admin.fetchTopicOffsets(topic));
      const own = offsets.find((row) => row.partition === partition);
      if (own === undefined) throw new Error(`${topic} has no partition ${partition}`);
      return BigInt(own.low);
    } catch (error) {
      this.#adminConnected = undefined;
      throw error;
    }
  }

  #fatal(error: Error): void {
    if (this.#ending) return;
    this.#watchdog.stop();
    this.#logger.fatal({ err: error }, 'the consumer has ended for good');
    this.#client.destroy();
    this.options.onFatal(error);
  }
}

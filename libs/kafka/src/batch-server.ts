/**
 * Nest's transport for the hot path: handlers by `@EventPattern<string>(topic)` get whole batches of one partition.
 *
 * Nest's own Kafka server hands over single messages, appends `-server` to the group's name, and commits what no handler took. Here the
 * position belongs to the handler (it seeks; Kafka's committed offset is for lag tools), nothing is skipped and nothing crashes:
 * - a handler that throws gets the same records again after a pause; only its partition waits;
 * - a handler that takes long is not waited for by the others: kafkajs fetches nothing before all batches of the last fetch are done, so
 *   after a moment its partition is paused and its batch goes on beside the fetches;
 * - no batch is handled before its partition was put to its position (`positionOf`), and never two of one partition at a time;
 * - a fetch that does not begin where it should is made again from there; where the log does not hold that place, the partition stops, and
 *   it is told (`onLogGap`), until the partition is moved elsewhere or assigned anew;
 * - a broker that is away is waited for, at the start too;
 * - a consumer that kafkajs gives up, or that goes silent, is fatal (`onFatal`): the process should end and be started again.
 *
 * It is written to Nest's interface and not on top of its class: who only reads the log (the command line, a test) loads no Nest, whose
 * seven hundred modules take longer than many a command.
 */
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Admin, Consumer, ConsumerCrashEvent, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import { Assignment, keyOf, retryBackoff, type TopicPartition } from './assignment.js';
import { ConsumerWatchdog } from './consumer-watchdog.js';
import { handled, type BatchHandler } from './batch-handler.js';
import { backoffMs, endsWithin, within } from './deadline.js';
import { openConsumer, openKafka, type KafkaSettings, type OpenedKafka } from './kafka-client.js';
import { isCoordinatorUnfound } from './kafka-answers.js';
import { LagCommits } from './lag-commits.js';
import { LogExtents } from './log-extents.js';
import { fetchedFrom, PartitionBatch } from './partition-batch.js';
import { LogGapError } from './partition-positions.js';

export interface BatchServerOptions {
  readonly settings: KafkaSettings & { readonly groupId: string };
  readonly clientId: string;
  readonly logger: Logger;
  /** Batches that are begun at the same time, each of another partition. */
  readonly partitionsConsumedConcurrently?: number;
  readonly commitIntervalMs?: number;
  /** How long `close` waits for handlers. */
  readonly drainMs?: number;
  /** Partitions were assigned, all of them anew. Called before anything of them is fetched; must not throw. */
  readonly onAssigned?: (partitions: readonly TopicPartition[]) => void;
  /**
   * Where an assigned partition must go on; asked for all of them at once. No batch of it is handled before it resolves, while the others
   * go on; when it rejects it is asked again. Without it the positions are those that `onAssigned` seeks, or those committed in Kafka.
   */
  readonly positionOf?: (topic: string, partition: number) => Promise<bigint>;
  /** All partitions are about to be given away. */
  readonly onRevoked?: () => void;
  /** The partition has been stopped until it is sought elsewhere, or the next assignment. */
  readonly onLogGap?: (gap: LogGapError) => void;
  /** Called once; the consumer does not come back. */
  readonly onFatal: (error: Error) => void;
}

/** More than the cores of one process can use for folding; enough that a slow store call of one partition does not idle the others. */
const partitionsConcurrently = 4;
/** Lag tools sample every ten seconds or more. */
const commitIntervalDefaultMs = 5_000;
const drainDefaultMs = 10_000;
/**
 * How long the fetches wait for a batch: many times what one takes, and little enough that even a first fetch of 32 batches that all hang
 * (four at a time) is over within a session.
 */
const patienceMs = 500;
/** What a consumer asks on its way into the group, by kafkajs' names. */
const joinRequests: ReadonlySet<string> = new Set(['Metadata', 'GroupCoordinator', 'JoinGroup', 'SyncGroup']);

export class BatchServer implements CustomTransportStrategy {
  /** Nest leaves a failed event to us instead of logging it. */
  readonly propagatesEventHandlerErrors = true;
  readonly #handlers = new Map<string, BatchHandler>();
  readonly #client: OpenedKafka;
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #logger: Logger;
  readonly #watchdog: ConsumerWatchdog;
  readonly #commits: LagCommits;
  /** The batches that are handled now, by `topic:partition`. */
  readonly #atWork = new Map<string, Promise<void>>();
  readonly #extents: LogExtents;
  #assignment: Assignment;
  /** Since it last joined. */
  #crashes = 0;
  #ending = false;

  constructor(private readonly options: BatchServerOptions) {
    const { settings, clientId, logger } = options;
    this.#logger = logger;
    this.#client = openKafka(settings, clientId, logger, {
      onOffsetOutOfRange: (topic, partition) => void this.#lookIntoLog({ topic, partition }),
      onConnecting: () => this.#watchdog.tries(),
    });
    this.#consumer = openConsumer(this.#client, settings, settings.groupId);
    this.#assignment = new Assignment(this.#consumer, logger, []);
    this.#admin = this.#client.kafka.admin();
    this.#extents = new LogExtents(this.#admin, settings.requestTimeoutMs);
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

  /** Nest calls it for each `@EventPattern<string>(topic)`. Throws on a second handler of a topic: a batch has one. */
  addHandler(topic: string, handler: BatchHandler): void {
    if (this.#handlers.has(topic)) throw new Error(`${topic} has a handler already`);
    this.#handlers.set(topic, handler);
  }

  /** Begins, and calls back when Kafka was reached, however long that takes; with an error when the consumer cannot be set up. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const topics = [...this.#handlers.keys()];
    try {
      if (topics.length === 0) throw new Error('no handler names a topic');
      this.#listenToConsumer();
      await this.#connect();
      if (this.#ending) return callback();
      await this.#consumer.subscribe({ topics, fromBeginning: true });
      this.#watchdog.start();
      this.#commits.start();
      await this.#run();
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
    this.#assignment.end();
    this.#watchdog.stop();
    this.#commits.stop();
    const ending = this.#commits
      .flush()
      .then(() => this.#consumer.disconnect())
      .then(() => Promise.all(this.#atWork.values()))
      .then(() => this.#admin.disconnect());
    await within(this.options.drainMs ?? drainDefaultMs, 'stopping the consumer', ending).catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'the consumer was cut off'),
    );
    this.#client.destroy();
  }

  /** Makes the next fetch of a partition begin at this offset; a batch of it that is being handled becomes stale. */
  seek(topic: string, partition: number, offset: bigint): void {
    const place = { topic, partition };
    this.#assignment.positions.seek(topic, partition, offset);
    if (this.#assignment.gaps.delete(keyOf(place))) this.#assignment.release(place, 'gap');
    try {
      this.#consumer.seek({ topic, partition, offset: String(offset) });
    } catch (error) {
      // Between a crash and the next join kafkajs has no group; the next assignment seeks anew.
      this.#logger.debug({ err: error, topic, partition }, 'a seek had no consumer to go to');
    }
  }

  /** Stops fetching a partition until `resume` or the next assignment; what was fetched of it may still come. */
  pause(topic: string, partition: number): void {
    this.#assignment.hold({ topic, partition }, 'unwanted');
  }

  resume(topic: string, partition: number): void {
    this.#assignment.release({ topic, partition }, 'unwanted');
  }

  /** Assigned partitions whose positions are not known yet. */
  get unplaced(): number {
    return this.#assignment.unplaced;
  }

  /** Why partitions are stopped now: the log does not hold what comes next in them. */
  get gaps(): readonly LogGapError[] {
    return [...this.#assignment.gaps.values()];
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

  #run(): Promise<void> {
    return this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.partitionsConsumedConcurrently ?? partitionsConcurrently,
      eachBatch: (payload) => this.#onBatch(payload),
    });
  }

  /** What kafkajs does by itself after other faults; it has disconnected, and knows its topics still. */
  async #runAgain(): Promise<void> {
    try {
      await new Promise((resolve) => setTimeout(resolve, backoffMs(retryBackoff, this.#crashes)));
      await this.#connect();
      if (!this.#ending) await this.#run();
    } catch (error) {
      this.#fatal(error instanceof Error ? error : new Error('the consumer cannot be run again', { cause: error }));
    }
  }

  #listenToConsumer(): void {
    const { HEARTBEAT, GROUP_JOIN, REBALANCING, CRASH, REQUEST } = this.#consumer.events;
    this.#consumer.on(HEARTBEAT, () => this.#watchdog.alive());
    this.#consumer.on(REQUEST, ({ payload }) => {
      if (joinRequests.has(payload.apiName)) this.#watchdog.answered();
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#watchdog.alive();
      this.#onJoin(payload.memberAssignment);
    });
    this.#consumer.on(REBALANCING, () => this.#onRevoked());
    this.#consumer.on(CRASH, (event) => this.#onCrash(event));
  }

  #onCrash({ payload: { error, restart } }: ConsumerCrashEvent): void {
    if (this.#ending) return;
    this.#onRevoked();
    if (!restart && !isCoordinatorUnfound(error)) {
      this.#fatal(error);
      return;
    }
    this.#watchdog.alive();
    this.#crashes += 1;
    this.#logger.warn({ err: error }, 'the consumer crashed and is started again');
    if (!restart) void this.#runAgain();
  }

  #onRevoked(): void {
    this.#assignment.end();
    this.options.onRevoked?.();
  }

  #onJoin(partitionsByTopic: Readonly<Record<string, readonly number[]>>): void {
    if (this.#ending) return;
    this.#crashes = 0;
    this.#assignment.end();
    this.#commits.forget();
    const partitions = Object.entries(partitionsByTopic).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    this.#logger.info({ partitions: partitions.length }, 'the consumer has joined its group');
    const assignment = new Assignment(this.#consumer, this.#logger, partitions);
    this.#assignment = assignment;
    this.options.onAssigned?.(partitions);
    const { positionOf } = this.options;
    for (const place of positionOf ? partitions : []) {
      const { topic, partition } = place;
      assignment.place(
        place,
        () => positionOf!(topic, partition),
        (position) => this.seek(topic, partition, position),
      );
    }
  }

  /** Returns when the batch is done, or when the others have waited for it for long enough; its partition is paused then. */
  async #onBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const place = { topic, partition };
    const key = keyOf(place);
    const assignment = this.#assignment;
    const before = this.#atWork.get(key);
    const work = this.#workOn(payload, assignment, before)
      // A batch whose assignment is over does not wait for its turn, but the next one must.
      .then(() => before)
      .finally(() => {
        if (this.#atWork.get(key) === work) this.#atWork.delete(key);
        assignment.release(place, 'slow');
      });
    this.#atWork.set(key, work);
    if (!(await endsWithin(patienceMs, work)) && this.#atWork.get(key) === work) assignment.hold(place, 'slow');
  }

  /** @param before the batch of the partition that came before, of an earlier assignment, when it is still at work. Never rejects. */
  async #workOn(payload: EachBatchPayload, assignment: Assignment, before: Promise<void> | undefined): Promise<void> {
    const { topic, partition } = payload.batch;
    const place = { topic, partition };
    const { positions } = assignment;
    const seeks = positions.seeks(topic, partition);
    // kafkajs forgets a seek with the next fetch, which a batch that takes long sees come and go.
    const isStale = () =>
      assignment.isOver || positions.seeks(topic, partition) !== seeks || payload.isStale() || !payload.isRunning();
    try {
      await assignment.placed(place, before);
      if (isStale() || assignment.isHeld(place, 'gap')) return;
      const fetched = fetchedFrom(payload.batch);
      const wanted = positions.insteadOf(topic, partition, fetched);
      if (wanted !== undefined) {
        this.#logger.info({ ...place, wanted, fetched }, 'a fetch began elsewhere: it is made again');
        this.seek(topic, partition, wanted);
        return;
      }
      const batch = new PartitionBatch(payload.batch, {
        isStale,
        seek: (...to) => {
          if (!assignment.isOver) this.seek(...to);
        },
        commit: (...to) => {
          if (!assignment.isOver) this.#commits.note(...to);
        },
      });
      await handled(this.#handlers.get(topic)!, batch);
      assignment.succeeded(place);
      // A handler that saw the batch go stale has left records out.
      if (batch.isStale()) return;
      positions.expect(topic, partition, batch.lastOffset + 1n);
      payload.resolveOffset(String(batch.lastOffset));
    } catch (error) {
      this.#retryLater(place, assignment, error);
    }
  }

  /**
   * Nothing was resolved, so the next fetch brings the same records. The error does not reach kafkajs, which would count it as one of the
   * few failures of a consumer's life, or crash for a TypeError; and the pause lets the other partitions go on.
   */
  #retryLater(place: TopicPartition, assignment: Assignment, error: unknown): void {
    const failures = assignment.failed(place);
    const waitMs = backoffMs(retryBackoff, failures);
    const err = error instanceof Error ? error : new Error('a handler failed', { cause: error });
    this.#logger.error(
      { err, ...place, failures, waitMs: Math.round(waitMs) },
      assignment.isOver ? 'a batch failed whose partition was given away' : 'a batch failed and comes again',
    );
    assignment.hold(place, 'failed');
    setTimeout(() => assignment.release(place, 'failed'), waitMs).unref();
  }

  /**
   * kafkajs was refused an offset and goes on at the log's start. That need not be the wanted one: before a position is known kafkajs asks
   * for an offset committed long ago, and a fetch of before a seek may be answered after it. So the log is asked, for as long as it takes
   * (its leader may be moving), and the partition stops only when the log does not hold the wanted one.
   */
  async #lookIntoLog(place: TopicPartition): Promise<void> {
    const { topic, partition } = place;
    const assignment = this.#assignment;
    // The seek to its position is still to come, and is looked at by itself.
    if (assignment.isPlacing(place) || !assignment.hold(place, 'doubted')) return;
    for (let failures = 0; !assignment.isOver;) {
      const seeks = assignment.positions.seeks(topic, partition);
      try {
        const { start, end } = (await this.#extents.of(topic)).find((extent) => extent.partition === partition)!;
        const wanted = assignment.positions.wanted(topic, partition);
        if (assignment.isOver || assignment.positions.seeks(topic, partition) !== seeks) continue;
        if (wanted !== undefined && wanted >= start && wanted <= end) this.seek(topic, partition, wanted);
        else this.#stopPartition(assignment, new LogGapError({ topic, partition, wanted, start, end }));
        break;
      } catch (error) {
        failures += 1;
        this.#logger.warn({ err: error, ...place, failures }, 'the log does not tell yet what it holds of a partition');
        await new Promise((resolve) => setTimeout(resolve, backoffMs(retryBackoff, failures)));
      }
    }
    assignment.release(place, 'doubted');
  }

  #stopPartition(assignment: Assignment, gap: LogGapError): void {
    const place = { topic: gap.topic, partition: gap.partition };
    if (!assignment.hold(place, 'gap')) return;
    assignment.gaps.set(keyOf(place), gap);
    this.#logger.error({ err: gap, ...place }, 'the partition is stopped: records that come next are not in the log');
    this.options.onLogGap?.(gap);
  }

  #fatal(error: Error): void {
    if (this.#ending) return;
    this.#watchdog.stop();
    this.#logger.fatal({ err: error }, 'the consumer has ended for good');
    this.#client.destroy();
    this.options.onFatal(error);
  }
}

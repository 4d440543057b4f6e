/**
 * The guarded producer: a bounded lane in front of exactly one send in flight.
 *
 * kafkajs' idempotent producer loses acknowledged records when sends overlap and one answer is lost, and never recovers from a sequence
 * error or a silent socket (tulios/kafkajs#1005, #598, #1163). So: 1 one send at a time, 2 a send that is rejected or overdue destroys the
 * client together with its producer id, 3 only then the same batch is sent again by a new one. Between 1 and 3 a batch may stand in the
 * log twice (its answer was lost): repeats are taken out downstream by event id. Nothing leaves the lane unconfirmed while the
 * process lives. What was refused: transactions, which would fence the old producer but not reach Redis.
 */
import type { Producer, TopicMessages } from 'kafkajs';
import type { Logger } from 'pino';
import { backoffMs, within } from './deadline.js';
import { answerAmong } from './kafka-answers.js';
import { keyPartitioner } from './key-partition.js';
import { openKafka, type KafkaSettings, type OpenedKafka } from './kafka-client.js';
import {
  halve,
  Lane,
  type LaneBatch,
  type LaneLimits,
  type LogRecord,
  type RecordPlace,
  type WriteResult,
} from './lane.js';
import { placesOf } from './record-places.js';
import { TopicRecords } from './topic-records.js';

export interface LogWriterOptions {
  readonly settings: KafkaSettings;
  readonly lane: LaneLimits;
  readonly clientId: string;
  readonly logger: Logger;
  /** Counters of the metric catalogue: batches confirmed, producers thrown away. */
  readonly counters?: { readonly batches: Count; readonly replacements: Count };
}

interface Count {
  inc(): void;
}

/** For gauges and health. */
export interface LogWriterState {
  /** False from a failed send or connect until a producer is connected again. */
  readonly connected: boolean;
  readonly laneEvents: number;
  readonly laneBytes: number;
}

export type AppendResult = { readonly ok: true; readonly offset: bigint } | Exclude<WriteResult, { readonly ok: true }>;

type SendOutcome =
  | { readonly kind: 'confirmed'; readonly places: ReadonlyMap<LogRecord, RecordPlace> | undefined }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: unknown };

interface OpenProducer {
  readonly client: OpenedKafka;
  readonly producer: Producer;
}

/**
 * Kafka's answers that will be the same for the same record for ever. Authorization is not among them: it is a fault of the
 * set-up, which a person mends while the lane waits.
 */
const refusals = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'POLICY_VIOLATION',
]);

/** The first is short because a broker that reset a connection is usually there; two seconds keep a returned broker waiting little. */
const replacementBackoff = { firstMs: 100, maxMs: 2_000 };
/** More tries than fit into the send deadline, so that the deadline decides and the bound still is one. */
const producerRetries = 20;
/** How late a writer may learn that its deadline has passed. */
const expiryTickMs = 50;
const disconnectMs = 1_000;

export class LogWriter {
  readonly #lane: Lane;
  readonly #logger: Logger;
  #phase: 'new' | 'running' | 'draining' | 'ended' = 'new';
  #current: OpenProducer | undefined;
  #connected = false;
  #loop: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  /** Ends the loop's pause. */
  #wake: () => void = () => undefined;

  constructor(private readonly options: LogWriterOptions) {
    this.#lane = new Lane(options.lane);
    this.#logger = options.logger;
  }

  get state(): LogWriterState {
    return { connected: this.#connected, laneEvents: this.#lane.events, laneBytes: this.#lane.bytes };
  }

  /** Starts sending. Returns when connected, or after the send deadline when Kafka is away: it is then tried for as long as it takes. */
  async start(): Promise<void> {
    if (this.#phase !== 'new') throw new Error('a LogWriter starts once');
    this.#phase = 'running';
    this.#expiry = setInterval(() => this.#lane.expire(Date.now()), expiryTickMs);
    const firstTry = Promise.withResolvers<void>();
    this.#loop = this.#run(firstTry.resolve);
    await firstTry.promise;
  }

  /** Whether a body of this many bytes may be read: false means overloaded. */
  hasRoom(bytes: number): boolean {
    return this.#phase === 'running' && this.#lane.hasRoom(bytes);
  }

  /**
   * Sets bytes aside while a body is being read; undefined means overloaded. Call the answer to give them back, before `write`; calls after
   * the first one are ignored.
   */
  reserve(bytes: number): (() => void) | undefined {
    return this.#phase === 'running' ? this.#lane.reserve(bytes) : undefined;
  }

  /**
   * Resolves `ok` when all records are in the log (acks=all). Otherwise `overloaded` at once, `log_unavailable` after `deadlineMs`, or
   * `refused`; see `WriteResult` for what each says about the records. Records of one key keep their order. Do not change the array
   * afterwards. Throws for a record that is not one, which is a bug of the caller.
   */
  write(records: readonly LogRecord[], deadlineMs: number): Promise<WriteResult> {
    if (records.length === 0) return Promise.resolve({ ok: true });
    // Looked at here because kafkajs would reject the whole shared batch for one bad record, again and again.
    for (const record of records) assertRecord(record);
    if (this.#phase !== 'running') return Promise.resolve({ ok: false, problem: 'log_unavailable' });
    return new Promise((resolve) => {
      const now = Date.now();
      if (!this.#lane.offer(records, now, now + deadlineMs, resolve)) {
        resolve({ ok: false, problem: 'overloaded' });
        return;
      }
      // The loop sleeps until the lane's due time; it must look again when the lane was empty or has become full.
      if (this.#lane.dueInMs(now) === 0 || this.#lane.events === records.length) this.#wake();
    });
  }

  /**
   * Writes one record that names its partition, and tells at which offset the log confirmed it. Where an answer was lost the record may
   * stand there twice; the offset is that of one of them. Fails as `write` does.
   */
  async append(record: LogRecord & { readonly partition: number }, deadlineMs: number): Promise<AppendResult> {
    const result = await this.write([record], deadlineMs);
    if (!result.ok) return result;
    const place = result.places?.get(record);
    if (place === undefined) throw new Error('the log confirmed a record and did not say where it is');
    return { ok: true, offset: place.offset };
  }

  /**
   * Takes no more writes, sends what waits for at most `drainMs` milliseconds, then disconnects. Writers that are left are told
   * `log_unavailable`.
   */
  async stop(drainMs: number): Promise<void> {
    if (this.#phase === 'running') {
      this.#phase = 'draining';
      this.#wake();
      await within(drainMs, 'draining the lane', this.#loop!).catch((error: unknown) => {
        this.#logger.error({ err: error, events: this.#lane.events }, 'records were left in the lane');
      });
    }
    this.#phase = 'ended';
    clearInterval(this.#expiry);
    this.#lane.abandon();
    const { producer, client } = this.#current ?? {};
    await within(disconnectMs, 'disconnecting the producer', producer?.disconnect() ?? Promise.resolve()).catch(
      (error: unknown) => this.#logger.warn({ err: error }, 'the producer was cut off'),
    );
    client?.destroy();
    this.#connected = false;
    // Ends the pause of a loop that was still trying.
    this.#wake();
  }

  async #run(firstTryDone: () => void): Promise<void> {
    let failures = 0;
    while (this.#phase === 'running' || this.#lane.events > 0) {
      if (this.#phase === 'ended') return;
      // Connected before there is something to send: readiness shows it, and the first writer does not pay for it.
      const connected = this.#current !== undefined || (await this.#connect());
      firstTryDone();
      if (!connected) {
        failures += 1;
        await this.#pause(backoffMs(replacementBackoff, failures), 'to the end');
        continue;
      }
      failures = 0;
      const batch = await this.#nextBatch();
      if (batch === undefined) return;
      await this.#deliver(batch);
    }
  }

  /** Waits until a batch is due; undefined when the lane is drained. */
  async #nextBatch(): Promise<LaneBatch | undefined> {
    while (this.#phase === 'running') {
      const dueInMs = this.#lane.dueInMs(Date.now());
      if (dueInMs === 0) break;
      await this.#pause(dueInMs);
    }
    return this.#lane.take();
  }

  /** Sends one batch until every record of it is confirmed or refused. Parts keep the order of the records. */
  async #deliver(batch: LaneBatch): Promise<void> {
    const parts = [batch];
    let failures = 0;
    while (parts.length > 0 && this.#isAlive()) {
      const part = parts[0]!;
      const outcome = await this.#send(part);
      switch (outcome.kind) {
        case 'confirmed':
          this.#lane.confirm(part, outcome.places);
          this.options.counters?.batches.inc();
          parts.shift();
          failures = 0;
          break;
        case 'refused':
          // The same request may have been taken for other partitions, and kafkajs has rolled their sequence numbers back.
          this.#replace(outcome.reason);
          if (part.events > 1) parts.splice(0, 1, ...halve(part));
          else {
            this.#lane.refuse(part, outcome.reason);
            parts.shift();
          }
          break;
        case 'failed':
          this.#replace(outcome.error);
          failures += 1;
          await this.#pause(backoffMs(replacementBackoff, failures), 'to the end');
          break;
      }
    }
  }

  async #send(batch: LaneBatch): Promise<SendOutcome> {
    if (this.#current === undefined && !(await this.#connect()))
      return { kind: 'failed', error: new Error('Kafka cannot be reached') };
    const { sendDeadlineMs, requestTimeoutMs } = this.options.settings;
    const topicMessages = toTopicMessages(batch);
    try {
      const sending = this.#current!.producer.sendBatch({ topicMessages, acks: -1, timeout: requestTimeoutMs });
      const answer = await within(sendDeadlineMs, 'a send', sending);
      return { kind: 'confirmed', places: placesOf(topicMessages, answer) };
    } catch (error) {
      const reason = answerAmong(error, refusals);
      return reason === undefined ? { kind: 'failed', error } : { kind: 'refused', reason };
    }
  }

  async #connect(): Promise<boolean> {
    const { settings, clientId } = this.options;
    const client = openKafka(settings, clientId, this.#logger);
    const producer = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: keyPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2, retries: producerRetries },
    });
    // Known before it is connected, so that `stop` can end a connect that hangs.
    this.#current = { client, producer };
    try {
      await within(settings.sendDeadlineMs, 'connecting a producer', producer.connect());
      this.#connected = true;
      return true;
    } catch (error) {
      this.#discard();
      this.#logger.warn({ err: error, events: this.#lane.events }, 'no producer can be connected; trying again');
      return false;
    }
  }

  #replace(reason: unknown): void {
    if (this.#current === undefined) return;
    this.#discard();
    this.options.counters?.replacements.inc();
    const why = reason instanceof Error ? reason.message : String(reason);
    this.#logger.warn({ why, events: this.#lane.events }, 'the producer is replaced and its batch sent again');
  }

  /**
   * Throws client and producer away. Its sockets are reset before the batch is sent again: a retry inside the old producer must not
   * write an old record after a newer one of the same key.
   */
  #discard(): void {
    this.#current?.client.destroy();
    this.#current = undefined;
    this.#connected = false;
  }

  #isAlive(): boolean {
    return this.#phase === 'running' || this.#phase === 'draining';
  }

  /** Sleeps for a time or until woken; without a time until woken. A pause `to the end` is cut short by nothing but `stop`. */
  #pause(milliseconds: number | undefined, kind: 'until woken' | 'to the end' = 'until woken'): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
      this.#wake = () => {
        if (kind === 'until woken' || this.#phase !== 'running') done();
      };
      if (this.#phase === 'ended') done();
    });
  }
}

/** Grouped by topic, in order within each. The records themselves are handed over: they have the shape that kafkajs reads. */
function toTopicMessages({ slices }: LaneBatch): TopicMessages[] {
  const byTopic = new Map<string, TopicRecords>();
  for (const { write, from, to } of slices) {
    for (let at = from; at < to; at++) {
      const record = write.records[at]!;
      let records = byTopic.get(record.topic);
      if (records === undefined) byTopic.set(record.topic, (records = new TopicRecords()));
      records.push(record);
    }
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
}

function assertRecord({ topic, key, value, headers, partition }: LogRecord): void {
  if (typeof topic !== 'string' || topic === '' || typeof key !== 'string')
    throw new TypeError('a record needs a topic and a key');
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0))
    throw new TypeError('a partition is a number from 0');
  if (value !== null && typeof value !== 'string' && !Buffer.isBuffer(value))
    throw new TypeError('a value is text, bytes or null');
  for (const name in headers) {
    const header: unknown = headers[name];
    if (typeof header !== 'string' && !Buffer.isBuffer(header)) throw new TypeError('a header is text or bytes');
  }
}

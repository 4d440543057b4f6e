/** What Kafka's own error answers mean to us, found in whatever kafkajs wraps them in. */
import { setTimeout as delay } from 'node:timers/promises';

/** kafkajs wraps an answer once for its retries and once for its consumer; more is not expected and not looked through. */
const wrappingsMax = 5;

/** Kafka's name for the fault, where it is one of these, in the error or in what caused it; undefined for every other fault. */
export function answerAmong(error: unknown, names: ReadonlySet<string>): string | undefined {
  for (const cause of causesOf(error)) {
    const { type } = cause as { readonly type?: unknown };
    if (typeof type === 'string' && names.has(type)) return type;
  }
  return undefined;
}

/**
 * Whether no broker could say who coordinates a group. kafkajs 2.2.4 throws this, as a fault for good, after any failure of that one
 * question at each broker: a connection that was cut, an answer that came late.
 */
export function isCoordinatorUnfound(error: unknown): boolean {
  return causesOf(error).some(({ name }) => name === 'KafkaJSGroupCoordinatorNotFound');
}

/** The error, and what caused it. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; causes.length < wrappingsMax && cause instanceof Error; cause = cause.cause)
    causes.push(cause);
  return causes;
}

/** What a broker answers about a topic that was made this moment and of which it has not heard, or not all. */
const freshTopicAnswers = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);

/** Brokers follow the controller within a second; the rest is for a busy machine. */
const freshTopicMs = 10_000;
const freshTopicPauseMs = 100;

/**
 * Asks Kafka about a topic that may have just been made: again and again while it answers as it does then, ten seconds at most. kafkajs
 * gives up at the first such answer, also where it was told to wait for leaders. Throws the last answer, and every other fault at once.
 */
export async function askOfFreshTopic<T>(ask: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + freshTopicMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (answerAmong(error, freshTopicAnswers) === undefined || performance.now() > endMs) throw error;
      await delay(freshTopicPauseMs);
    }
  }
}

/**
 * Asks kafkajs which topics there are. Where no broker answers any more, 2.2.4 looks for them in null and throws the TypeError of a bug;
 * from here that comes as the fault of a log that is away, with the error as its cause. Throws every other fault as it is.
 */
export async function askOfTopics<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof TypeError && cause.message.includes('topicMetadata'))) throw cause;
    throw new Error('no broker answers any more', { cause });
  }
}

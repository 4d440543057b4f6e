/**
 * The log loses records that the view has not folded yet, as retention below the lag would do. It must be said, and nothing may be
 * skipped: the partition stands where it stood until somebody rebuilds. A run ends with this, because no total can be right afterwards.
 */
import { eventTopics, firstGeneration, stateKey } from '@landbridge/contracts';
import { connectKafka, LogWriter } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '../harness/poll.js';
import { plainKafka, type ChaosStack } from './chaos-stack.js';

const topic = eventTopics.air;
/** Fall into a partition each; the two are found by their offsets. */
const keys = Array.from({ length: 64 }, (_, n) => `lost-${n}`);
const noticeDeadlineMs = 60_000;
/** Long enough for several fetches: a consumer that skips does so with the next one. */
const standsStillMs = 3_000;

/** Returns what was wrong, in words; nothing when the loss was told and nothing was skipped. */
export async function loseLog(stack: ChaosStack): Promise<string[]> {
  const redis = new Redis(`redis://${stack.redisAddress}`);
  const admin = connectKafka(plainKafka(stack.kafkaAddress), 'chaos', silent).admin();
  await admin.connect();
  try {
    for (const aggregator of stack.aggregators) await aggregator.stop();
    const before = await endsOf(admin);
    await appendUnreadable(stack);
    const after = await endsOf(admin);
    const lost = [...after.keys()].find((partition) => after.get(partition)! > before.get(partition)!)!;
    const kept = [...after.keys()].findLast((partition) => after.get(partition)! > before.get(partition)!)!;
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: lost, offset: String(after.get(lost)!) }] });

    for (const aggregator of stack.aggregators) aggregator.start();
    const faults: string[] = [];
    const holder = await eventually(() => whoTells(stack), {
      deadlineMs: noticeDeadlineMs,
      what: 'an aggregator to say that the log lost records',
    }).catch((error: Error) => {
      faults.push(error.message);
      return undefined;
    });
    const isFolded = async () => (await positionOf(redis, kept)) === after.get(kept);
    await eventually(isFolded, { deadlineMs: noticeDeadlineMs, what: 'the other partitions to go on' }).catch(
      (error: Error) => faults.push(error.message),
    );
    await delay(standsStillMs);
    const stands = await positionOf(redis, lost);
    if (stands !== before.get(lost)) faults.push(`the view went from ${before.get(lost)} to ${stands} over the gap`);
    if (holder && !holder.includes(`${topic}:${lost}`)) faults.push(`what is told is not where: ${holder}`);
    return faults;
  } finally {
    redis.disconnect();
    await admin.disconnect();
  }
}

const silent = createLogger({ service: 'chaos', level: 'silent' });

async function whoTells(stack: ChaosStack): Promise<string | null> {
  for (const aggregator of stack.aggregators) {
    const { status, text } = await aggregator.readiness();
    if (status === 503 && text.includes('does not hold offset')) return text;
  }
  return null;
}

/** Dead letters serve as records here: they move the positions and no total. */
async function appendUnreadable(stack: ChaosStack): Promise<void> {
  const writer = new LogWriter({
    settings: plainKafka(stack.kafkaAddress),
    lane: { eventsMax: 1_000, bytesMax: 1_048_576, lingerMs: 0, batchEvents: 100, batchBytes: 65_536 },
    clientId: 'chaos',
    logger: silent,
  });
  await writer.start();
  const written = await writer.write(
    keys.map((key) => ({ topic, key, value: 'not an event' })),
    noticeDeadlineMs,
  );
  await writer.stop(1_000);
  if (!written.ok) throw new Error(`the log took no records: ${written.problem}`);
}

type Admin = ReturnType<ReturnType<typeof connectKafka>['admin']>;

async function endsOf(admin: Admin): Promise<Map<number, number>> {
  const rows = await admin.fetchTopicOffsets(topic);
  return new Map(rows.map(({ partition, high }) => [partition, Number(high)]));
}

async function positionOf(redis: Redis, partition: number): Promise<number> {
  return Number((await redis.hget(stateKey({ generation: firstGeneration, topic, partition }), 'next')) ?? 0);
}

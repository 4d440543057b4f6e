/**
 * `npm run bench -- large`: how long a large body of each kind holds up everybody else. The process tells itself by how much its event loop
 * was late, at most, between two readings of its metrics; a probe that is answered at once says how that looks from outside.
 */
import { openIngestDoor, type IngestDoor } from '../harness/ingest-door.js';
import { largeBodies, postLarge, type LargeBody } from '../harness/large-messages.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';

export interface LargeRow {
  readonly body: string;
  readonly kibibytes: number;
  readonly events: number;
  /** The largest of the rounds, milliseconds; an idle loop shows some 11. */
  readonly heldMs: number;
  /** The slowest answer of `/livez` meanwhile. */
  readonly probeMs: number;
  /** The median of the rounds, from the post to its answer. */
  readonly answerMs: number;
  readonly accepted: boolean;
}

const probePauseMs = 5;
/** The first post of a kind also pays for what is compiled and started once. */
const warmupRounds = 2;

export async function benchLarge(events: number, rounds: number): Promise<readonly LargeRow[]> {
  const [kafka, redis] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  try {
    const door = await openIngestDoor(kafka.address, {
      LANDBRIDGE_REDIS_URL: `redis://${redis.address}`,
      LANDBRIDGE_LOG_LEVEL: 'warn',
    });
    const rows: LargeRow[] = [];
    for (const body of largeBodies(events, door.source)) rows.push(await measure(door, body, rounds));
    await door.service.stop();
    return rows;
  } finally {
    await Promise.all([kafka.dispose(), redis.dispose()]);
  }
}

async function measure(door: IngestDoor, body: LargeBody, rounds: number): Promise<LargeRow> {
  const answers: number[] = [];
  let heldMs = 0;
  let probeMs = 0;
  let accepted = true;
  for (let round = -warmupRounds; round < rounds; round++) {
    await lagMs(door);
    const probes = new AbortController();
    const slowest = slowestProbe(door.url, probes.signal);
    const startMs = performance.now();
    const response = await postLarge(door, body);
    const answerMs = performance.now() - startMs;
    accepted &&= response.status === 202;
    await response.arrayBuffer();
    probes.abort();
    const slowestMs = await slowest;
    const lag = await lagMs(door);
    if (round < 0) continue;
    answers.push(answerMs);
    heldMs = Math.max(heldMs, lag);
    probeMs = Math.max(probeMs, slowestMs);
  }
  const answerMs = answers.toSorted((a, b) => a - b)[answers.length >> 1] ?? 0;
  const kibibytes = Math.round(Buffer.byteLength(body.text) / 1_024);
  return { body: body.name, kibibytes, events: body.events, heldMs, probeMs, answerMs, accepted };
}

/** By how much the loop was late at most since the last reading. */
async function lagMs(door: IngestDoor): Promise<number> {
  return (await door.metric('nodejs_eventloop_lag_max_seconds')) * 1_000;
}

async function slowestProbe(url: string, signal: AbortSignal): Promise<number> {
  let slowestMs = 0;
  while (!signal.aborted) {
    const startMs = performance.now();
    await (await fetch(`${url}/livez`)).arrayBuffer();
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve, probePauseMs));
  }
  return slowestMs;
}

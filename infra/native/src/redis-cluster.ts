/**
 * A Redis Cluster of masters on loopback, without replicas: what the tests of everything that is spread over slots need.
 *
 * It is formed by the commands that `redis-cli --cluster create` would send, because that tool refuses what is half formed already and
 * asks for three nodes; these can be sent again after a start that was broken off.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NativeServer } from './child-server.js';
import { askOnce, LOOPBACK } from './loopback.js';
import { startRedis, type RedisOptions } from './redis-server.js';
import { ServerStartError } from './server-start-error.js';

export interface RedisClusterOptions {
  /** Each master gets a folder of its own in it, named by its port. Kept over restarts, which need the same ports again. */
  readonly dataDir: string;
  /** One for each master. */
  readonly ports: readonly number[];
  /** Where the masters talk to each other, in the same order. By default Redis's own rule: 10,000 above the port. */
  readonly busPorts?: readonly number[];
  readonly appendfsync?: RedisOptions['appendfsync'];
  readonly directives?: RedisOptions['directives'];
}

export interface RedisCluster {
  /** The processes that run now, in the order of the ports; another one after `startMaster`. */
  readonly masters: readonly NativeServer[];
  /** Starts a master again after it was stopped or killed; returns when all masters see a whole cluster again. */
  startMaster(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Redis divides all keys into so many slots. */
const SLOTS = 16_384;
const BUS_PORT_DISTANCE = 10_000;

/** A master that is silent for this long is marked as failed; long enough for a machine that is busy with other suites. */
const NODE_TIMEOUT_MS = 3_000;

/** Half a second when the machine is idle; two seconds more for a master that was away: it waits by itself before it serves. */
const FORM_DEADLINE_MS = 30_000;
const PROBE_INTERVAL_MS = 50;
const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Starts the masters, divides the slots evenly between them and returns when each of them reports a whole cluster.
 * Throws ServerStartError; then no process is left.
 */
export async function startRedisCluster(options: RedisClusterOptions): Promise<RedisCluster> {
  const { ports, busPorts = ports.map((port) => port + BUS_PORT_DISTANCE) } = options;
  if (ports.length < 1 || busPorts.length !== ports.length)
    throw new ServerStartError('a Redis Cluster needs a port for each master, and as many bus ports');
  const start = (index: number) => startRedis(masterOptions(options, ports[index]!, busPorts[index]!));

  const starts = await Promise.allSettled(ports.map((_, index) => start(index)));
  const masters = starts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(masters.map((master) => master.stop()));
  };
  try {
    const failed = starts.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    await form(ports, busPorts);
    await untilWhole(ports);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    masters,
    startMaster: async (index) => {
      await masters[index]!.exited;
      masters[index] = await start(index);
      await untilWhole(ports);
    },
    stop,
  };
}

function masterOptions(
  { dataDir, appendfsync, directives }: RedisClusterOptions,
  port: number,
  busPort: number,
): RedisOptions {
  return {
    dataDir: join(dataDir, String(port)),
    port,
    ...(appendfsync !== undefined && { appendfsync }),
    directives: {
      'cluster-enabled': 'yes',
      'cluster-config-file': 'nodes.conf',
      'cluster-port': String(busPort),
      'cluster-announce-ip': LOOPBACK,
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      // The partitions on the other masters go on while one is away.
      'cluster-require-full-coverage': 'no',
      ...directives,
    },
  };
}

/** Gives each master its slots, where it has none, and makes all of them known to the first. Both may be repeated. */
async function form(ports: readonly number[], busPorts: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const [first, last] = slotRange(index, ports.length);
    const own = await ask(port, ['CLUSTER', 'NODES']);
    if (!ownsSlots(own)) await ask(port, ['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
    if (index > 0) await ask(ports[0]!, ['CLUSTER', 'MEET', LOOPBACK, String(port), String(busPorts[index]!)]);
  }
}

/** The first and the last slot of a master; the ranges of all masters together are all slots. */
export function slotRange(index: number, masters: number): [first: number, last: number] {
  return [Math.ceil((index * SLOTS) / masters), Math.ceil(((index + 1) * SLOTS) / masters) - 1];
}

/** Whether the node that wrote this answer to CLUSTER NODES has slots: they stand from the ninth word of its line on. */
export function ownsSlots(nodes: string): boolean {
  const own = nodes.split('\n').find((line) => /\bmyself\b/.test(line));
  return own !== undefined && own.trim().split(' ').length > 8;
}

async function untilWhole(ports: readonly number[]): Promise<void> {
  const deadline = Date.now() + FORM_DEADLINE_MS;
  let reason = 'it was never asked';
  while (Date.now() < deadline) {
    try {
      const answers = await Promise.all(ports.map((port) => ask(port, ['CLUSTER', 'INFO'])));
      if (answers.every((answer) => isWhole(answer, ports.length))) return;
      reason = 'its masters do not agree yet';
    } catch (error) {
      reason = (error as Error).message;
    }
    await delay(PROBE_INTERVAL_MS);
  }
  throw new ServerStartError(`the Redis Cluster is not whole after ${FORM_DEADLINE_MS / 1000} s (${reason})`);
}

/** Whether a node that gave this answer to CLUSTER INFO sees all masters and all slots served. */
export function isWhole(info: string, masters: number): boolean {
  const fields = new Map(info.split('\r\n').map((line) => line.split(':') as [string, string]));
  return (
    fields.get('cluster_state') === 'ok' &&
    fields.get('cluster_slots_ok') === String(SLOTS) &&
    fields.get('cluster_size') === String(masters)
  );
}

/** Sends one command and gives the text of its answer: a bulk string or a status. Rejects with the text of an error. */
async function ask(port: number, words: readonly string[]): Promise<string> {
  const request = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
  const bytes = Buffer.from(`*${words.length}\r\n${request}`);
  const answer = (await askOnce(port, bytes, isWholeAnswer, ANSWER_TIMEOUT_MS)).toString('utf8');
  if (answer.startsWith('-')) throw new ServerStartError(`${words.join(' ')} was refused: ${answer.slice(1, 200)}`);
  return answer.startsWith('$') ? answer.slice(answer.indexOf('\r\n') + 2, -2) : answer.slice(1, -2);
}

function isWholeAnswer(answer: Buffer): boolean {
  const header = answer.indexOf('\r\n');
  if (header === -1) return false;
  if (answer[0] !== '$'.charCodeAt(0)) return true;
  return answer.length >= header + 2 + Number(answer.subarray(1, header).toString('latin1')) + 2;
}

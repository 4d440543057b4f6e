import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { kafkaSlice, redisAddress, redisSlice, type KafkaSettings, type RedisSettings } from '@landbridge/config';
import { topicContracts } from '@landbridge/contracts';
import { connectRedis, ThroughputReader } from '@landbridge/redis';
import { toolKafka } from '../carrier-key-log.js';
import { exitCodes, type Command } from '../command.js';
import { adminTokenFile, dataFolderOf } from '../data-folder.js';
import { bodyOf, jsonIn, probe } from '../http-probe.js';
import { ingestOption, serviceUrl } from '../service-addresses.js';
import { readToolSettings } from '../tool-settings.js';

export const doctor: Command = {
  description: 'Looks at Kafka, Redis, the services and Prometheus, and says what is wrong and what to do about it.',
  options: {
    ingest: ingestOption,
    statistics: { type: 'string', value: 'URL', help: 'where statistics is (http://127.0.0.1:3003)' },
    aggregator: { type: 'string', value: 'URL', help: 'where the aggregator is (http://127.0.0.1:3004)' },
    prometheus: { type: 'string', value: 'URL', help: 'where Prometheus is (http://127.0.0.1:9090)' },
    admin: { type: 'string', value: 'URL', help: "where ingest's port of administrators is (http://127.0.0.1:3010)" },
    json: { type: 'boolean', help: 'the findings as JSON' },
  },
  async run({ arguments: args, env, terminal }) {
    const { kafka, redis } = readToolSettings(env, [kafkaSlice, redisSlice]);
    const url = (service: 'ingest' | 'statistics' | 'aggregator' | 'prometheus' | 'admin') =>
      serviceUrl(args, service, service, env);
    const findings = await Promise.all([
      kafkaFinding(kafka),
      redisFinding(redis),
      serviceFinding('ingest', url('ingest')),
      // The token is for this machine; it is sent to no address that somebody gives.
      adminFinding(url('admin'), args.text('admin') === undefined ? adminTokenFile(dataFolderOf(env)) : undefined),
      serviceFinding('aggregator', url('aggregator')),
      serviceFinding('statistics', url('statistics')),
      prometheusFinding(url('prometheus')),
    ]);
    if (args.flag('json')) terminal.printJson(findings);
    for (const { what, address, ok, says, advice } of args.flag('json') ? [] : findings) {
      const mark = ok ? terminal.style('green', 'ok  ') : terminal.style('red', 'FAIL');
      terminal.print(`${mark} ${what.padEnd(11)} ${address.padEnd(24)} ${says}`);
      if (advice !== undefined) terminal.print(`     ${advice}`);
    }
    return findings.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed;
  },
};

interface Finding {
  readonly what: string;
  readonly address: string;
  readonly ok: boolean;
  readonly says: string;
  /** What to do, where something is wrong. */
  readonly advice?: string;
}

const startAdvice = 'start everything with `npm start`, or this one alone';

async function kafkaFinding(settings: KafkaSettings): Promise<Finding> {
  const address = settings.brokers.join(',');
  const at = { what: 'kafka', address };
  // kafkajs would try for several seconds what a plain connect tells at once.
  const closed = await Promise.all(settings.brokers.map(connectFault));
  if (closed.every((fault) => fault !== undefined))
    return { ...at, ok: false, says: closed[0]!, advice: `${startAdvice}; LANDBRIDGE_KAFKA_BROKERS says where it is` };
  const admin = toolKafka(settings).admin();
  try {
    await admin.connect();
    const topics = new Set(await admin.listTopics());
    const missing = topicContracts.filter(({ name }) => !topics.has(name));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      return {
        ...at,
        ok: false,
        says: `topics are missing: ${names}`,
        advice: 'run `npx landbridge topics provision`',
      };
    }
    return { ...at, ok: true, says: `all ${topicContracts.length} topics are there` };
  } catch (error) {
    const advice = 'something listens there; is it Kafka, without TLS and passwords?';
    return { ...at, ok: false, says: (error as Error).message, advice };
  } finally {
    await admin.disconnect();
  }
}

async function redisFinding(settings: RedisSettings): Promise<Finding> {
  // The addresses without a user and a password that the URL may hold.
  const addresses = redisAddress(settings.url)!.nodes.map(({ host, port }) => `${host}:${port}`);
  const at = { what: 'redis', address: addresses.join(',') };
  const closed = await Promise.all(addresses.map(connectFault));
  if (closed.every((fault) => fault !== undefined))
    return { ...at, ok: false, says: closed[0]!, advice: `${startAdvice}; LANDBRIDGE_REDIS_URL says where it is` };
  const redis = connectRedis(settings, 'fail-fast', { warn: () => undefined, info: () => undefined });
  try {
    // All partitions are asked, and with them all masters of a cluster.
    await new ThroughputReader(redis).progress();
    return { ...at, ok: true, says: 'it answers' };
  } catch (error) {
    const advice =
      'something listens there; is it Redis, are all masters of a cluster up, does the URL hold its password?';
    return { ...at, ok: false, says: (error as Error).message, advice };
  } finally {
    redis.disconnect();
  }
}

async function serviceFinding(what: string, url: string): Promise<Finding> {
  const at = { what, address: url };
  const answer = await probe(`${url}/readyz`);
  if (!answer.ok) return { ...at, ok: false, says: answer.reason, advice: startAdvice };
  if (answer.status === 200) return { ...at, ok: true, says: 'ready' };
  const advice = 'its log says more; a service without Kafka or Redis waits for them and is ready by itself later';
  return {
    ...at,
    ok: false,
    says: `not ready (${answer.status}): ${failingChecks(answer.text) ?? answer.text.slice(0, 300)}`,
    advice,
  };
}

/** What a `/readyz` names as not right, or undefined where it names nothing. */
function failingChecks(text: string): string | undefined {
  // Something else may listen there, so nothing is taken for granted.
  const body = jsonIn(text) as
    | { checks?: Readonly<Record<string, { ok?: unknown; detail?: unknown } | null>> }
    | undefined
    | null;
  const failing = Object.entries(body?.checks ?? {}).filter(([, check]) => check?.ok === false);
  return failing.length > 0
    ? failing.map(([name, check]) => `${name}: ${String(check?.detail)}`).join('; ')
    : undefined;
}

/** Closed is as good as open: administrators' requests are an option of ingest. An open one must take the data folder's token. */
async function adminFinding(url: string, tokenFile: string | undefined): Promise<Finding> {
  const at = { what: 'admin', address: url };
  const token = tokenFile && existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : undefined;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await probe(`${url}/admin/v1/state`, { headers });
  if (answer.ok && answer.status === 200 && token !== undefined)
    return { ...at, ok: true, says: `open; it takes the token in ${tokenFile}` };
  if (answer.ok && answer.status === 401 && token !== undefined)
    return {
      ...at,
      ok: false,
      says: `open; it refuses the token in ${tokenFile}`,
      advice: 'it was started with another LANDBRIDGE_ADMIN_TOKEN_FILE, or from another data folder',
    };
  if (answer.ok && answer.status === 401)
    return { ...at, ok: true, says: "open; it asks for the administrators' token" };
  if (answer.ok)
    return { ...at, ok: false, says: `status ${answer.status}`, advice: 'something else listens there; see --admin' };
  return { ...at, ok: true, says: `closed (${answer.reason}); LANDBRIDGE_ADMIN_TOKEN_FILE opens it at ingest` };
}

async function prometheusFinding(url: string): Promise<Finding> {
  const at = { what: 'prometheus', address: url };
  const answer = await probe(`${url}/api/v1/targets?state=active`);
  if (!answer.ok) return { ...at, ok: false, says: answer.reason, advice: startAdvice };
  const body = bodyOf(answer) as
    | { data?: { activeTargets?: readonly { health: string; scrapeUrl: string }[] } }
    | undefined;
  const targets = body?.data?.activeTargets;
  if (targets === undefined)
    return { ...at, ok: false, says: `status ${answer.status}`, advice: 'something listens there; is it Prometheus?' };
  const down = targets.filter(({ health }) => health === 'down').map(({ scrapeUrl }) => scrapeUrl);
  if (down.length > 0)
    return { ...at, ok: false, says: `cannot scrape ${down.join(', ')}`, advice: 'are those services running?' };
  return { ...at, ok: true, says: `scrapes ${targets.length} targets` };
}

const connectTimeoutMs = 2_000;

/** Why a TCP connection to `host:port` cannot be made, or undefined. */
function connectFault(address: string): Promise<string | undefined> {
  const colon = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  });
  return new Promise((resolve) => {
    const end = (fault: string | undefined) => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(connectTimeoutMs, () => end(`no connection within ${connectTimeoutMs} ms`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.message || (error.code ?? 'no connection')));
  });
}

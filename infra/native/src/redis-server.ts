import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { mendAppendLog } from './append-log.js';
import { launchServer, type NativeServer } from './child-server.js';
import { requireProgram } from './install.js';
import { askOnce, LOOPBACK } from './loopback.js';

export interface RedisOptions {
  /** Holds the append-only file, the daily copy and the log. Kept over restarts. */
  readonly dataDir: string;
  readonly port: number;
  /**
   * `always` writes to disk before each answer, which batches make cheap (263,000 events/s against 362,000 measured at 500 a
   * call); `everysec` may lose the last second when the machine stops, not when only the process does.
   */
  readonly appendfsync?: 'always' | 'everysec';
  /** 0, the default, is no limit. At the limit writes fail and nothing is evicted: a total must not vanish quietly. */
  readonly maxMemoryMiB?: number;
  /** Directives in place of ours, by their Redis names. */
  readonly directives?: Readonly<Record<string, string>>;
  readonly startDeadlineMs?: number;
}

/** A tenth of a second when empty; loading reads about 100 MB of append-only file a second. */
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;
const PROBE_TIMEOUT_MS = 1_000;

/** Starts redis-server on loopback and returns when it has loaded its data and answers PING. Throws ServerStartError. */
export async function startRedis(options: RedisOptions): Promise<NativeServer> {
  const command = await requireProgram('redis-server');
  const dataDir = resolve(options.dataDir);
  const configFile = join(dataDir, 'redis.conf');
  return launchServer({
    name: 'Redis',
    command,
    args: [configFile],
    cwd: dataDir,
    port: options.port,
    portVariable: 'LANDBRIDGE_REDIS_PORT',
    configFile,
    pidFile: join(dataDir, 'redis.pid'),
    consoleFile: join(dataDir, 'redis.log'),
    prepare: async () => {
      await mendAppendLog(dataDir);
      await writeFile(configFile, renderRedisConfig({ ...options, dataDir }));
    },
    probe: () => probeRedis(options.port),
    startDeadlineMs: options.startDeadlineMs ?? START_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
  });
}

/** The config file: one directive a line, values quoted the way that Redis reads them. */
export function renderRedisConfig(options: RedisOptions): string {
  const directives: Record<string, string> = {
    bind: LOOPBACK,
    port: String(options.port),
    'protected-mode': 'yes',
    daemonize: 'no',
    // With a title of its own Redis hides its arguments, and a server left over could not be told from a stranger's.
    'set-proc-title': 'no',
    dir: options.dataDir,
    appendonly: 'yes',
    appendfsync: options.appendfsync ?? 'always',
    // A torn tail is dropped whole: scripts are one MULTI block in the file, and `mendAppendLog` has taken a cut one out.
    'aof-load-truncated': 'yes',
    save: '86400 1',
    // The append-only file has all of it already; a copy at every stop would grow with the data and pass the stop's deadline.
    'shutdown-on-sigterm': 'nosave',
    maxmemory: `${options.maxMemoryMiB ?? 0}mb`,
    'maxmemory-policy': 'noeviction',
    ...options.directives,
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${name === 'save' ? value : quote(value)}\n`)
    .join('');
}

function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** `-LOADING` is an answer too, and not yet the one that callers need. */
async function probeRedis(port: number): Promise<void> {
  const answer = await askOnce(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'), PROBE_TIMEOUT_MS);
  const text = answer.toString('latin1').trim();
  if (text !== '+PONG') throw new Error(`PING was answered by ${text.slice(0, 80)}`);
}

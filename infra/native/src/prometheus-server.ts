import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launchServer, type NativeServer } from './child-server.js';
import { requireProgram } from './install.js';
import { LOOPBACK } from './loopback.js';

/** One job of services to scrape; addresses are `host:port`, the path is /metrics. */
export interface ScrapeTarget {
  readonly job: string;
  readonly addresses: readonly string[];
}

export interface PrometheusOptions {
  /** Holds the time series. Kept over restarts. */
  readonly dataDir: string;
  readonly port: number;
  readonly targets: readonly ScrapeTarget[];
  /** Files with recording and alerting rules; absolute, or patterns that Prometheus expands. */
  readonly ruleFiles?: readonly string[];
  /** 5 s by default: a demonstration shows its figures within one look. Production scrapes every 15 s. */
  readonly scrapeIntervalSeconds?: number;
  readonly startDeadlineMs?: number;
}

/** Whichever comes first; the truth is in Kafka, so old series are a convenience and not an archive. */
const RETENTION_TIME = '30d';
const RETENTION_SIZE = '2GB';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const PROBE_TIMEOUT_MS = 1_000;

/** Starts Prometheus on loopback and returns when it answers queries. Throws ServerStartError. */
export async function startPrometheus(options: PrometheusOptions): Promise<NativeServer> {
  const command = await requireProgram('prometheus');
  const dataDir = resolve(options.dataDir);
  const configFile = join(dataDir, 'prometheus.yml');
  return launchServer({
    name: 'Prometheus',
    command,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dataDir, 'series')}`,
      `--storage.tsdb.retention.time=${RETENTION_TIME}`,
      `--storage.tsdb.retention.size=${RETENTION_SIZE}`,
      `--web.listen-address=${LOOPBACK}:${options.port}`,
    ],
    cwd: dataDir,
    port: options.port,
    portVariable: 'LANDBRIDGE_PROMETHEUS_PORT',
    configFile,
    pidFile: join(dataDir, 'prometheus.pid'),
    consoleFile: join(dataDir, 'prometheus.log'),
    prepare: () => writeFile(configFile, renderPrometheusConfig(options)),
    probe: () => probePrometheus(options.port),
    startDeadlineMs: options.startDeadlineMs ?? START_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
  });
}

/** The config file, written as JSON: every JSON text is YAML, and no address or path needs quoting rules of its own. */
export function renderPrometheusConfig(options: Omit<PrometheusOptions, 'dataDir' | 'port'>): string {
  const config = {
    global: { scrape_interval: `${options.scrapeIntervalSeconds ?? 5}s`, evaluation_interval: '5s' },
    rule_files: options.ruleFiles ?? [],
    scrape_configs: options.targets.map(({ job, addresses }) => ({
      job_name: job,
      static_configs: [{ targets: addresses }],
    })),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

async function probePrometheus(port: number): Promise<void> {
  const response = await fetch(`http://${LOOPBACK}:${port}/-/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`/-/ready answers ${response.status}`);
}

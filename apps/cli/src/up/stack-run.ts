/**
 * One run of the whole system on this machine: what was started, what may end it, and the order in which it is stopped.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNodeFlags, type Environment } from '@landbridge/config';
import { startStack, type NativeServer, type Stack } from '@landbridge/native';
import { adminTokenFile, ensureAdminToken, logFile, repositoryRoot } from '../data-folder.js';
import { probe } from '../http-probe.js';
import { loopback } from '../service-addresses.js';
import type { Terminal } from '../terminal.js';
import { withoutStackPorts, type Ports } from '../tool-settings.js';
import { ComposeStack } from './compose-stack.js';
import { ServiceProcess } from './service-process.js';

/** The run cannot go on; the message is one line for a person. */
export class RunFault extends Error {
  override readonly name = 'RunFault';
}

/** Somebody asked the run to end. */
export class RunInterrupted extends Error {
  override readonly name = 'RunInterrupted';
}

export interface RunOptions {
  readonly folder: string;
  readonly ports: Ports;
  /** As containers, and not as processes of this machine. */
  readonly compose: boolean;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Ingest first when stopping: nothing new comes in while the aggregator still takes what is there. */
const services = ['ingest', 'aggregator', 'statistics'] as const;
export type ServiceName = (typeof services)[number];

const readyDeadlineMs = 60_000;
const pollMs = 100;

export class StackRun {
  readonly #options: RunOptions;
  readonly #ended = Promise.withResolvers<never>();
  readonly #children: ServiceProcess[] = [];
  readonly #containers: ComposeStack | undefined;
  #stack: Stack | undefined;
  /** Never rejects: what a failed start says is heard where it was awaited. */
  #starting: Promise<Stack | undefined> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: RunOptions) {
    this.#options = options;
    if (options.compose)
      this.#containers = new ComposeStack({
        ...options,
        adminTokenFile: this.#adminTokenFile(),
        logFile: logFile(options.folder, 'compose'),
      });
    // Whoever waits for something in the run is told; when nobody waits, nobody needs to be.
    this.#ended.promise.catch(() => undefined);
    const interrupt = () => this.#ended.reject(new RunInterrupted('stopped'));
    if (options.signal.aborted) interrupt();
    options.signal.addEventListener('abort', interrupt, { once: true });
  }

  url(service: ServiceName | 'prometheus'): string {
    return `http://${loopback}:${this.#options.ports[service]}`;
  }

  /** Aborted when the run is being stopped, for whatever reason: what works beside it has to end then, or the process never does. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Rejects as soon as the run cannot go on (`RunFault`) or is asked to end (`RunInterrupted`). */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Does one step of the start, prints how long it took, and gives it up when the run ends meanwhile. */
  async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const done = await Promise.race([work(), this.ended]);
    this.#options.terminal.print(`${what.padEnd(34)} ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    return done;
  }

  /** Starts Kafka, Redis and Prometheus; containers all at once. Throws native's `ServerStartError`, or a `RunFault`. */
  async startServers(): Promise<void> {
    const { folder, ports, terminal } = this.#options;
    if (this.#containers) {
      const started = await this.#containers.start();
      if (!started.ok) throw new RunFault(started.reason);
      return;
    }
    const starting = startStack({
      dataDir: folder,
      ports,
      prometheus: {
        targets: services.map((job) => ({ job, addresses: [`${loopback}:${ports[job]}`] })),
      },
      report: (line) => terminal.note(line),
    });
    // When the run ends before they are up, they have to be stopped all the same.
    this.#starting = starting.catch(() => undefined);
    const stack = await starting;
    this.#stack = stack;
    for (const server of [stack.kafka, stack.redis, stack.prometheus]) if (server) void this.#watch(server);
  }

  /** Starts the services and returns when all of them say that they are ready. */
  async startServices(): Promise<void> {
    if (!this.#containers) for (const name of services) this.#startService(name);
    await Promise.all(services.map((name) => this.#untilReady(name)));
  }

  #startService(name: ServiceName): void {
    const { folder, ports, env, terminal } = this.#options;
    const admin = {
      LANDBRIDGE_ADMIN_PORT: String(ports.admin),
      LANDBRIDGE_ADMIN_TOKEN_FILE: this.#adminTokenFile(),
    };
    const service = new ServiceProcess({
      name,
      command: [process.execPath, ...serviceNodeFlags, join(repositoryRoot, 'apps', name, 'dist', 'main.js')],
      env: {
        ...withoutStackPorts(env),
        LANDBRIDGE_KAFKA_BROKERS: `${loopback}:${ports.kafka}`,
        LANDBRIDGE_REDIS_URL: `redis://${loopback}:${ports.redis}`,
        LANDBRIDGE_HTTP_HOST: loopback,
        LANDBRIDGE_HTTP_PORT: String(ports[name]),
        ...(name === 'ingest' ? admin : {}),
      },
      logFile: logFile(folder, name),
      onRestart: (line) => terminal.note(line),
    });
    void service.gaveUp.then((reason) => this.#fail(reason));
    this.#children.push(service);
    service.start();
  }

  /** What the environment names, else the data folder's own, which is made when it is needed. */
  #adminTokenFile(): string {
    const { folder, env } = this.#options;
    const named = env['LANDBRIDGE_ADMIN_TOKEN_FILE'];
    if (named !== undefined) return named;
    ensureAdminToken(folder);
    return adminTokenFile(folder);
  }

  /** Returns when `isTrue` answers true. Throws a `RunFault` after the deadline. */
  async until(what: string, deadlineMs: number, isTrue: () => Promise<boolean>): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!(await isTrue())) {
      if (this.stopping.aborted) throw new RunInterrupted('stopped');
      if (performance.now() > endMs) throw new RunFault(`${what} after ${deadlineMs / 1_000} s`);
      await delay(pollMs);
    }
  }

  async #untilReady(name: ServiceName): Promise<void> {
    let says = 'it was never asked';
    await this.until(`${name} is not ready`, readyDeadlineMs, async () => {
      const answer = await probe(`${this.url(name)}/readyz`);
      says = answer.ok ? answer.text.slice(0, 300) : answer.reason;
      return answer.ok && answer.status === 200;
    }).catch((error: unknown) => {
      if (!(error instanceof RunFault)) throw error;
      throw new RunFault(`${error.message} (${says}): see ${logFile(this.#options.folder, name)}`);
    });
  }

  async #watch(server: NativeServer): Promise<void> {
    const { code, signal } = await server.exited;
    this.#fail(`${server.name} ended with ${signal ?? `exit code ${code}`}: see ${server.logFile}`);
  }

  #fail(reason: string): void {
    if (!this.stopping.aborted) this.#ended.reject(new RunFault(reason));
  }

  /** Stops everything in order: services, Prometheus, Redis, Kafka. Resolves when all are gone; never half. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const service of this.#children) await service.stop();
    const stack = this.#stack ?? (await this.#starting);
    await stack?.stop();
    const gone = await this.#containers?.stop();
    if (gone?.ok === false) this.#options.terminal.note(`containers may be left: ${gone.reason}`);
  }
}

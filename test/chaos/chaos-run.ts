/**
 * A chaos run: the system under load, faults by a schedule, and an oracle that has the last word.
 *
 * In between the load rests now and then, and the oracle is asked: a fault of ours is then known to the few faults since.
 */
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { CarrierClient, type CarrierCounts } from './carrier-client.js';
import { CarrierEvents } from './carrier-events.js';
import { carrierSource, ChaosStack, publishedPeriods } from './chaos-stack.js';
import { copyRedis, faults, type Fault, type FaultName, type Stage } from './faults.js';
import { LagWatch } from './lag-watch.js';
import { askOracle, type OracleVerdict } from './oracle-verdict.js';
import type { PlannedFault } from './schedule.js';
import { SeededRandom } from './seeded-random.js';

export interface RunOptions {
  readonly seed: number;
  /** Events a second. */
  readonly rate: number;
  readonly aggregators: number;
  readonly schedule: readonly PlannedFault[];
  /** No fault begins later than this after the begin of the load, milliseconds: planned times are the earliest. */
  readonly faultsEndMs: number;
  readonly long: boolean;
  readonly sizedFolders: boolean;
  /** The oracle is asked after so many faults, besides at the end. */
  readonly faultsPerCheck: number;
  readonly print: (line: string) => void;
}

export interface FaultReport {
  readonly name: FaultName;
  /** Seconds after the begin of the load. */
  readonly at: number;
  /** From the begin of the fault to the end of its cause. */
  readonly lastedSeconds: number;
  /** From the begin of the fault to the first acknowledgement after it, and to a view without lag; null when not in time. */
  readonly acceptingSeconds: number | null;
  readonly levelSeconds: number | null;
  /** The machine's load average over the last minute. */
  readonly load: number;
}

export interface RunReport {
  readonly seed: number;
  readonly seconds: number;
  readonly faults: readonly FaultReport[];
  readonly kills: number;
  readonly carrier: CarrierCounts;
  readonly checks: readonly OracleVerdict[];
  /** Peaks of resident memory, MiB. */
  readonly memory: Readonly<Record<string, number>>;
  /** By service: ends that no fault asked for. */
  readonly crashes: Readonly<Record<string, readonly string[]>>;
  readonly deadLetters: number;
}

/**
 * Not a target but the bound after which a run calls it never: a wipe has the whole log folded again, and two aggregators that share two
 * cores with eight other busy processes were seen to fold 9,000 records a second beside a load of 6,000.
 */
const recoveryDeadlineMs = 180_000;
const foldedAtLeastPerMs = 8;
/** The target for an aggregator is 450 MB, on a machine whose collectors get their time of the processor. */
const aggregatorMemoryMaxMiB = 429;
const oracleDeadlineMs = 180_000;
const pollMs = 50;
/** Answers that were under way when a fault began still arrive; after this they are not. */
const underWayMs = 300;
/** What the log holds this long after a fault began was written under the fault. */
const underFaultMs = 1_000;

export class ChaosRun {
  readonly stack: ChaosStack;
  readonly logFile: string;
  readonly #options: RunOptions;
  readonly #client: CarrierClient;
  readonly #watch: LagWatch;
  readonly #stage: Stage;
  readonly #reports: FaultReport[] = [];
  readonly #checks: OracleVerdict[] = [];
  #begunMs = 0;

  private constructor(options: RunOptions, stack: ChaosStack) {
    this.#options = options;
    this.stack = stack;
    this.logFile = join(stack.folder, 'acknowledged.ndjson');
    this.#client = new CarrierClient({
      url: stack.service('ingest').url,
      secret: stack.secret,
      rate: options.rate,
      events: new CarrierEvents(options.seed, carrierSource),
      logFile: this.logFile,
    });
    this.#watch = new LagWatch(stack.kafkaAddress, stack.redisAddress);
    this.#stage = { stack, random: new SeededRandom(options.seed + 1), long: options.long };
  }

  /** Starts the system; the caller stops it. */
  static async start(options: RunOptions): Promise<ChaosRun> {
    const { seed, aggregators, long, sizedFolders, print } = options;
    const begunMs = performance.now();
    const appendfsync = seed % 2 === 0 ? 'everysec' : 'always';
    const stack = await ChaosStack.start({ aggregators, appendfsync, long, sizedFolders });
    print(`started in ${seconds(performance.now() - begunMs)} s in ${stack.folder}, appendfsync ${appendfsync}`);
    return new ChaosRun(options, stack);
  }

  /** Runs the schedule and asks the oracle. A verdict that is not ok, or a fault without recovery, ends the run. */
  async run(): Promise<RunReport> {
    this.#begunMs = performance.now();
    this.#watch.start();
    this.#client.start();
    try {
      await this.#followSchedule();
    } finally {
      await this.#watch.stop();
      await this.#client.abandon();
    }
    return this.#report();
  }

  /** Asks the oracle about the log as it is, or another one. */
  ask(deadlineMs: number, logFile = this.logFile): Promise<OracleVerdict> {
    const { stack } = this;
    return askOracle({
      logFile,
      redis: stack.redisAddress,
      statistics: stack.service('statistics').url,
      prometheus: stack.prometheusUrl,
      periods: publishedPeriods,
      deadlineMs,
    });
  }

  async #followSchedule(): Promise<void> {
    const { schedule, faultsPerCheck, faultsEndMs } = this.#options;
    let copied = false;
    for (const [at, planned] of schedule.entries()) {
      await delay(Math.max(0, this.#begunMs + planned.atMs - performance.now()));
      if (performance.now() - this.#begunMs > faultsEndMs) break;
      if (!copied) await copyRedis(this.stack);
      copied = true;
      const report = await this.#have(planned.name);
      this.#reports.push(report);
      // Slow, or stuck, or wrong: with the load at rest the oracle tells which.
      if (report.acceptingSeconds === null || report.levelSeconds === null) break;
      const isLast = at === schedule.length - 1;
      if (!isLast && (at + 1) % faultsPerCheck === 0) {
        if (!(await this.#check())) return;
        this.#client.start();
      }
    }
    await this.#check();
  }

  async #have(name: FaultName): Promise<FaultReport> {
    const fault: Fault = faults[name];
    const beganMs = performance.now();
    const at = (beganMs - this.#begunMs) / 1_000;
    this.#options.print(`${at.toFixed(1).padStart(7)} s  ${name}`);
    const failure = await fault.inject(this.#stage).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (failure !== undefined) {
      this.#options.print(`           could not be repaired: ${failure}`);
      return { name, at, lastedSeconds: (performance.now() - beganMs) / 1_000, ...neverRecovered, load: loadavg()[0]! };
    }
    const repairedMs = performance.now();
    const sinceMs = Math.max(repairedMs, beganMs + underWayMs);
    const [acceptingSeconds, levelSeconds] = await Promise.all([
      this.#when(() => this.#client.lastAckMs >= sinceMs, beganMs),
      this.#when(() => this.#watch.hasReached(Math.max(repairedMs, beganMs + underFaultMs)), beganMs),
    ]);
    const load = Math.round(loadavg()[0]! * 10) / 10;
    const lastedSeconds = Math.round((repairedMs - beganMs) / 100) / 10;
    this.#options.print(
      `           lasted ${lastedSeconds} s, accepting after ${acceptingSeconds ?? 'never'} s, ` +
        `no lag after ${levelSeconds ?? 'never'} s, load ${load}`,
    );
    if (levelSeconds === null) this.#options.print(`           behind: ${await this.#watch.behind()}`);
    return { name, at: Math.round(at * 10) / 10, lastedSeconds, acceptingSeconds, levelSeconds, load };
  }

  /** Seconds from `sinceMs` until something holds, or null at the deadline. */
  async #when(holds: () => boolean, sinceMs: number): Promise<number | null> {
    const endMs = performance.now() + recoveryDeadlineMs + this.#client.counts.acknowledged / foldedAtLeastPerMs;
    while (!holds()) {
      if (performance.now() > endMs) return null;
      await delay(pollMs);
    }
    return Math.round((performance.now() - sinceMs) / 100) / 10;
  }

  /** Lets the load rest, so that all of it is acknowledged, and asks. */
  async #check(): Promise<boolean> {
    await this.#client.rest();
    const verdict = await this.ask(oracleDeadlineMs);
    this.#checks.push(verdict);
    const { ok, lines, ids, events, differences } = verdict;
    this.#options.print(
      `           oracle: ${ok ? 'all equal' : 'DIFFERENT'} after ${verdict.seconds.toFixed(1)} s; ${lines} acknowledged, ` +
        `${ids} ids, ${events.short} units short, ${events.over} over`,
    );
    for (const [source, { count, first }] of Object.entries(differences))
      if (count > 0) this.#options.print(`           ${source}: ${count} differences: ${first.join('; ')}`);
    return ok;
  }

  async #report(): Promise<RunReport> {
    const { services } = this.stack;
    return {
      seed: this.#options.seed,
      seconds: Math.round((performance.now() - this.#begunMs) / 1_000),
      faults: this.#reports,
      kills: this.#reports.reduce((sum, { name }) => sum + faults[name].kills, 0),
      carrier: this.#client.counts,
      checks: this.#checks,
      memory: this.stack.memory(),
      crashes: Object.fromEntries(services.map(({ name, crashes }) => [name, crashes])),
      deadLetters: await this.stack.deadLetters(),
    };
  }
}

const neverRecovered = { acceptingSeconds: null, levelSeconds: null } as const;

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}

/** Whether the run showed what it must: every fault healed, every check equal, no valid event put aside, memory bounded. */
export function runHeld(report: RunReport, memoryMaxMiB = aggregatorMemoryMaxMiB): boolean {
  return (
    report.checks.length > 0 &&
    report.checks.every(({ ok }) => ok) &&
    report.faults.every(({ acceptingSeconds, levelSeconds }) => acceptingSeconds !== null && levelSeconds !== null) &&
    report.deadLetters === 0 &&
    Object.entries(report.memory).every(([name, peak]) => !name.startsWith('aggregator') || peak <= memoryMaxMiB)
  );
}

/**
 * One seed: a planned log, one to three consumers, one Redis, and a scheduler that lets everything happen in an order of the seed's.
 *
 * After its steps the troubles end, and the schedule drains: every process runs, hears of the last rebalance, and takes what comes. Then
 * the stored view must be the recount of the log, cell by cell. The same must hold at every moment for the log up to the stored position,
 * because a change and its position are one: it is looked at wherever Redis goes back.
 */
import { RedisShardStore } from '@landbridge/redis';
import type { DeadRecord, FoldObserver } from '@landbridge/view';
import type { ShardStore } from '@landbridge/domain';
import { SeededRandom } from '../chaos/seeded-random.js';
import { ConsumerProcess, type Assignment } from './consumer-process.js';
import { gatedRedis } from './gated-redis.js';
import { Gates, settled, type Fate } from './gates.js';
import { clear, LiveView, type Ground } from './live-view.js';
import { planLog, type LogEntry, type PlannedPartition } from './planned-log.js';
import { weatherOf, type Trouble, type Weather } from './weather.js';
import { Verdict } from './verdict.js';

/** A fault that is planted to see whether the simulation notices. */
export interface PlantedFault {
  /** Stands between the folder and the real store. */
  readonly store?: (store: ShardStore, random: SeededRandom) => ShardStore;
  /** Changes the records of a batch before the folder gets them. */
  readonly records?: (entries: readonly LogEntry[], random: SeededRandom) => readonly LogEntry[];
  /** Stands between the folder and the dead-letter topic. */
  readonly losesDeadLetters?: boolean;
}

export interface Report {
  readonly seed: number;
  readonly records: number;
  readonly faults: readonly string[];
  readonly trace: readonly string[];
}

/** Steps after the troubles; a schedule that drains needs a few hundred. */
const drainStepsMax = 5_000;

/** Plays a seed to its end and cleans up after itself. Rejects only when the simulation itself is broken or Redis is away. */
export async function simulate(seed: number, ground: Ground, planted: PlantedFault = {}): Promise<Report> {
  const simulation = new HubSimulation(seed, ground, planted);
  try {
    return await simulation.play();
  } finally {
    await clear(ground);
  }
}

class HubSimulation {
  private readonly random: SeededRandom;
  private readonly faultRandom: SeededRandom;
  private readonly weather: Weather;
  private readonly log: readonly PlannedPartition[];
  /** How far each partition has been written, by index. */
  private readonly ends: number[];
  private readonly gates = new Gates();
  private processes: ConsumerProcess[] = [];
  private processesEver = 0;
  private epoch = 0;
  /** What the members of the group are to hear, by process. */
  private assignments = new Map<ConsumerProcess, Assignment>();
  private readonly view: LiveView;
  private readonly verdict: Verdict;
  private readonly trace: string[] = [];

  constructor(
    private readonly seed: number,
    private readonly ground: Ground,
    private readonly planted: PlantedFault,
  ) {
    // The log, the weather and the schedule draw from streams of their own, so that a change of one leaves the others as they were.
    const stream = (n: number) => new SeededRandom(Math.imul(seed, 0x9e3779b1) + n);
    this.weather = weatherOf(stream(1));
    this.log = planLog(stream(2), this.weather.records);
    this.random = stream(3);
    this.faultRandom = stream(4);
    this.ends = this.log.map(() => 0);
    const { limits } = this.weather;
    this.verdict = new Verdict(this.log, limits.seriesMax);
    this.view = new LiveView(ground, this.random, this.log, limits, (dead) => this.verdict.noteDead(dead));
  }

  async play(): Promise<Report> {
    for (let n = 0; n < this.weather.processes; n++) this.startProcess();
    this.rebalance();
    for (let n = 0; n < this.weather.steps; n++) await this.step();
    if (await this.drain()) {
      const content = await this.view.content();
      this.verdict.judge(content);
      this.verdict.judgeSame(content, await this.view.straightContent());
    }
    const records = this.log.reduce((sum, { entries }) => sum + entries.length, 0);
    return { seed: this.seed, records, faults: this.verdict.faults, trace: this.trace };
  }

  private async step(): Promise<void> {
    const { random } = this;
    const works = this.works();
    const troubles = Object.entries(this.weather.troubles) as [Trouble, number][];
    const sum = troubles.reduce((sum, [, weight]) => sum + weight, 0);
    let dice = random.next() * (sum + 100);
    if (dice >= sum) {
      if (works.length > 0) await random.pick(works)();
      return;
    }
    for (const [trouble, weight] of troubles) {
      if (dice < weight) return this.trouble(trouble);
      dice -= weight;
    }
  }

  /** All that may happen next as it should: each open gate, batch, join, check, and the log's growth. */
  private works(): (() => Promise<void>)[] {
    const { random } = this;
    const works: (() => Promise<void>)[] = [];
    const running = this.processes.filter(({ paused }) => !paused);
    for (const gate of this.gates.waiting((owner) => running.some(({ id }) => id === owner)))
      works.push(() => this.open(gate, this.fate()));
    for (const process of running) {
      const assignment = this.assignments.get(process);
      if (assignment && assignment.epoch !== process.epoch)
        works.push(() => this.act(process, `hears of epoch ${assignment.epoch}`, () => process.hear(assignment)));
      if (process.mayJoin) works.push(() => this.act(process, 'joins', () => process.join()));
      works.push(...process.deliverable(this.ends).map((partition) => () => this.deliver(process, partition)));
      if (random.chance(0.1)) works.push(() => this.check(process));
    }
    if (this.log.some(({ shard, end }) => this.ends[shard.index]! < end)) works.push(() => this.write());
    return works;
  }

  private async trouble(trouble: Trouble): Promise<void> {
    const { random } = this;
    const process = random.pick(this.processes);
    switch (trouble) {
      case 'crash':
        return this.crash(process);
      case 'rebalance':
        this.rebalance();
        return;
      case 'pause':
      case 'resume':
        process.paused = trouble === 'pause';
        this.note(`process ${process.id}: ${trouble}`);
        return;
      case 'redeliver':
        return this.act(process, 'gets records again', () =>
          process.redeliver(random.pick(this.log), random.integer(1, 20)),
        );
      case 'late arrival': {
        if (this.gates.late.length > 0) await this.arrive();
        return;
      }
      case 'snapshot':
        this.note('redis is kept as it is');
        return this.view.keep();
      case 'roll back': {
        if (!this.view.mayGoBack) return;
        const only = random.chance(0.5) ? random.pick(this.log).shard : undefined;
        this.note(`redis goes back${only ? ` in ${only.topic}:${only.partition}` : ''}`);
        this.verdict.judgeMoment(await this.view.content());
        return this.view.goBack(only);
      }
      case 'wipe':
        this.note('redis loses everything');
        this.verdict.judgeMoment(await this.view.content());
        return this.view.loseEverything();
      case 'rebuild': {
        const ends = this.ends.map((end) => (random.chance(0.5) ? end : random.integer(0, end)));
        this.note(`another generation is folded up to ${ends.join(' ')} and made live`);
        return this.view.rebuild(ends);
      }
    }
  }

  /** Lets all that is under way end well. False when it does not: then records would wait for ever. */
  private async drain(): Promise<boolean> {
    this.note('the troubles end');
    this.log.forEach(({ shard, end }) => (this.ends[shard.index] = end));
    for (const process of this.processes) process.paused = false;
    this.rebalance();
    let checked = false;
    for (let n = 0; n < drainStepsMax; n++) {
      const gates = this.gates.waiting(() => true);
      const waiting = this.processes.filter((process) => this.assignments.get(process)!.epoch !== process.epoch);
      const joining = this.processes.filter((process) => process.mayJoin);
      const batches = this.processes.flatMap((process) =>
        process.deliverable(this.ends).map((partition) => [process, partition] as const),
      );
      if (gates.length > 0) await this.open(this.random.pick(gates), 'done');
      else if (this.gates.late.length > 0) await this.arrive();
      else if (waiting.length > 0) waiting[0]!.hear(this.assignments.get(waiting[0]!)!);
      else if (joining.length > 0) await this.act(joining[0]!, 'joins', () => joining[0]!.join());
      else if (batches.length > 0) await this.deliver(...batches[0]!);
      else if (!checked) {
        // The last check may send partitions back, and only one that finds nothing ends the schedule.
        checked = true;
        for (const process of this.processes) await this.check(process);
      } else if (this.processes.every(({ idle }) => idle)) return true;
      if (batches.length > 0) checked = false;
    }
    this.verdict.fault(`it did not drain in ${drainStepsMax} steps`);
    return false;
  }

  private startProcess(): void {
    const id = ++this.processesEver;
    const store = new RedisShardStore(gatedRedis(this.ground.redis, this.gates, id));
    this.processes.push(
      new ConsumerProcess(id, {
        store: this.planted.store?.(store, this.faultRandom) ?? store,
        liveGeneration: () => this.gates.pass(id, 'get lb:live', async () => this.view.generation),
        limits: this.weather.limits,
        runRecordsMax: this.weather.runRecordsMax,
        hastyJoins: this.weather.hastyJoins,
        publishDead: (dead) => this.publishDead(id, dead),
        observer: this.observer,
        onFault: (error) => this.verdict.fault(`process ${id} threw ${String(error)}`),
      }),
    );
  }

  private readonly observer: FoldObserver = {
    folded: (_topic, { offsets, receivedMs, outcomes }) =>
      outcomes.forEach((outcome, i) => this.verdict.noteOutcome(offsets[i]!, receivedMs[i]!, outcome)),
    added: () => undefined,
    sought: () => undefined,
    applied: () => undefined,
  };

  private publishDead(owner: number, dead: readonly DeadRecord[]): Promise<void> {
    return this.gates.pass(owner, 'dead letters', async () => {
      if (!this.planted.losesDeadLetters) this.verdict.noteDead(dead);
    });
  }

  /** The process ends where it is; what it had sent may have arrived. Another one begins, and the group notices sooner or later. */
  private async crash(process: ConsumerProcess): Promise<void> {
    this.note(`process ${process.id} crashes`);
    this.gates.abandon(process.id, () => this.random.chance(0.5));
    this.processes = this.processes.filter((other) => other !== process);
    this.assignments.delete(process);
    this.startProcess();
    if (this.random.chance(0.5)) this.rebalance();
    await settled();
  }

  /** Gives each partition to a process. One that stands still is often counted out: it goes on as a zombie. */
  private rebalance(): void {
    const { random } = this;
    const alive = this.processes.filter(({ paused }) => !paused || random.chance(0.3));
    const members = alive.length > 0 ? alive : this.processes;
    this.epoch++;
    const owners = this.log.map(() => random.pick(members));
    for (const process of this.processes)
      this.assignments.set(process, {
        epoch: this.epoch,
        partitions: this.log.filter((_, i) => owners[i] === process),
      });
    this.note(`epoch ${this.epoch}: ${owners.map(({ id }) => id).join(' ')}`);
  }

  private async write(): Promise<void> {
    const open = this.log.filter(({ shard, end }) => this.ends[shard.index]! < end);
    const { shard, end } = this.random.pick(open);
    this.ends[shard.index] = Math.min(end, this.ends[shard.index]! + this.random.integer(1, 30));
    this.note(`${shard.topic}:${shard.partition} is written up to ${this.ends[shard.index]}`);
  }

  private deliver(process: ConsumerProcess, partition: PlannedPartition): Promise<void> {
    const { topic, partition: number, index } = partition.shard;
    const change = (entries: readonly LogEntry[]) => this.planted.records?.(entries, this.faultRandom) ?? entries;
    const recordsMax = this.random.integer(1, this.weather.batchRecordsMax);
    return this.act(process, `gets ${topic}:${number}`, () =>
      process.deliver(partition, this.ends[index]!, recordsMax, change),
    );
  }

  private check(process: ConsumerProcess): Promise<void> {
    return this.act(process, 'checks positions', () =>
      process.check((topic, number) =>
        this.log.find(({ shard }) => shard.topic === topic && shard.partition === number)!,
      ),
    );
  }

  private async act(process: ConsumerProcess, what: string, action: () => void): Promise<void> {
    this.note(`process ${process.id} ${what}`);
    action();
    await settled();
  }

  private open(gate: Parameters<Gates['open']>[0], fate: Fate): Promise<void> {
    this.note(`process ${gate.owner}: ${gate.what} ${fate}`);
    return this.gates.open(gate, fate);
  }

  private arrive(): Promise<void> {
    const gate = this.random.pick(this.gates.late);
    this.note(`late from process ${gate.owner}: ${gate.what}`);
    return this.gates.arrive(gate);
  }

  private fate(): Fate {
    for (const [fate, chance] of this.weather.fates) if (this.random.chance(chance)) return fate;
    return 'done';
  }

  private note(line: string): void {
    this.trace.push(line);
  }
}

/**
 * One run of a rebuild: fold each partition, compare it, catch up, and make the new generation live. See `rebuild.ts` for the order.
 */
import {
  defaultCellsMax,
  defaultMemoryLimits,
  defaultSeriesMax,
  type Generations,
  type ShardId,
  type ShardStore,
  type SnapshotSource,
  type ViewLimits,
} from '@landbridge/domain';
import { compareCells, mergeComparisons, type Comparison } from './cell-comparison.js';
import { PartitionFolder, type DeadRecord, type PartitionRecords } from './partition-folder.js';

/** What a rebuild needs of the log; `LogReader` of `@landbridge/kafka` is one. */
export interface RebuildLog {
  extents(topic: string): Promise<readonly RebuildExtent[]>;
  read(
    range: { readonly topic: string; readonly partition: number; readonly from: bigint; readonly to: bigint },
    onBatch: (batch: PartitionRecords) => Promise<void>,
  ): Promise<void>;
}

interface RebuildExtent extends Place {
  readonly start: bigint;
  readonly end: bigint;
}

export interface RebuildParts {
  readonly log: RebuildLog;
  readonly store: ShardStore;
  readonly generations: Generations;
  readonly snapshots: SnapshotSource;
  readonly topics: readonly string[];
  /** Puts records aside that the live view has not met yet. Resolves when the log has confirmed them. */
  readonly publishDead: (dead: readonly DeadRecord[]) => Promise<void>;
  /** Records folded since the log's start, and those that the log held when it was last asked. */
  readonly onProgress: (done: number, total: number) => void;
  /** What is being done now, in words. */
  readonly onStep: (step: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** How long requests that began before the flip may still read the old generation. */
  readonly readersDoneMs: number;
  /** How long a live view that is behind and does not move is waited for. */
  readonly liveStandsMs: number;
}

export interface RebuildOptions {
  /** How long ids are remembered; undefined: as the unfinished rebuild was begun, or `defaultWindowDays`. */
  readonly windowDays?: number;
  readonly acceptDifferences: boolean;
  /** Begin where the log begins, although it no longer holds its first records. */
  readonly acceptGap: boolean;
  readonly keepOld: boolean;
  /** Leave an unfinished rebuild and begin another one. */
  readonly restart: boolean;
}

/** `behind`: the live view never came to where the new one is. `empty`: there is no live view of the partition. */
export interface PartitionVerdict {
  readonly topic: string;
  readonly partition: number;
  readonly compared: 'at-equal-position' | 'empty' | 'behind';
}

export interface RebuildReport {
  /**
   * `differs`: not flipped, because the comparison was not even; the new generation stays and can be accepted by another run.
   * `log-cut`: the log no longer holds its beginning. `other-window`: the unfinished rebuild remembers ids for another time.
   * `lost`: Redis went back, or was taken by another rebuild, before the flip; run it again.
   */
  readonly outcome: 'flipped' | 'differs' | 'log-cut' | 'other-window' | 'lost';
  readonly generation: number;
  readonly previousGeneration: number;
  readonly windowDays: number;
  /** Records folded by this run. */
  readonly records: number;
  readonly comparison: Comparison;
  readonly verdicts: readonly PartitionVerdict[];
  /** Records that were no events by today's rules, by problem code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly removedKeys: number;
}

/** Views in memory at a time, with their ids: some 100 MiB each at the limit. */
const partitionsConcurrently = 4;
/** A lag that the aggregator folds within the blink in which it learns of the flip. */
const caughtUpRecords = 10_000;
/** Rounds of catching up; each is shorter than the last unless the log grows faster than it is folded. */
const roundsMax = 20;
const livePollMs = 250;

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A partition, and where the new generation stands in it. */
interface Part extends Place {
  readonly began: number;
  /** What the log held when it was last asked. */
  start: number;
  end: number;
  next: number;
  verdict: PartitionVerdict['compared'];
}

export class RebuildRun {
  private readonly folder: PartitionFolder;
  private readonly comparisons: Comparison[] = [];
  private readonly refused: Record<string, number> = {};
  private partitions: Part[] = [];

  constructor(
    private readonly parts: RebuildParts,
    private readonly options: RebuildOptions,
    private readonly building: { readonly generation: number; readonly windowDays: number },
    private readonly live: number,
  ) {
    this.folder = new PartitionFolder(
      parts.store,
      building.generation,
      limitsOf(building.windowDays),
      (dead) => this.putAside(dead),
      { folded: () => undefined, added: () => undefined, sought: () => undefined, applied: () => undefined },
      () => 0,
    );
  }

  async run(): Promise<RebuildReport> {
    const { generations, onStep, sleep, readersDoneMs } = this.parts;
    await this.openPartitions();
    const cut = this.partitions.filter(({ next, start }) => next < start);
    if (cut.some(({ next }) => next > 0 || !this.options.acceptGap)) return this.report('log-cut');
    for (const part of cut) await this.beginAt(part);

    await this.each(this.partitions, (part) => this.foldAndCompare(part)); // 2
    await this.catchUp(); // 3
    await this.compareLate();
    const comparison = mergeComparisons(this.comparisons);
    const even = comparison.differingCells === 0 && this.partitions.every(({ verdict }) => verdict !== 'behind');
    if (!even && !this.options.acceptDifferences) return this.report('differs');
    if (!(await this.isWhole())) return this.report('lost');

    await generations.flip(this.building.generation); // 4
    onStep(`generation ${this.building.generation} is live`);
    if (this.options.keepOld) return this.report('flipped');
    onStep('removing the old generation');
    await sleep(readersDoneMs);
    return this.report('flipped', await generations.removeOthers([this.building.generation])); // 5
  }

  private async openPartitions(): Promise<void> {
    const extents = (await Promise.all(this.parts.topics.map((topic) => this.parts.log.extents(topic)))).flat();
    const positions = await this.parts.store.positions(extents.map((extent) => this.shard(extent)));
    this.partitions = extents.map(({ topic, partition, start, end }, i) => ({
      topic,
      partition,
      began: Math.max(positions[i]!, Number(start)),
      start: Number(start),
      end: Number(end),
      next: positions[i]!,
      verdict: 'behind',
    }));
  }

  /** Puts the position of an empty shard to where the log begins. */
  private async beginAt(part: Part): Promise<void> {
    const empty = { newestReceivedMs: 0, newSeries: [], idAppends: [], droppedSegments: [], segments: [], cells: [] };
    await this.parts.store.apply(this.shard(part), { expectedNext: 0, next: part.start, ...empty });
    part.next = part.start;
  }

  private async foldAndCompare(part: Part): Promise<void> {
    const [livePosition] = await this.parts.store.positions([this.liveShard(part)]);
    await this.foldTo(part, Math.min(livePosition!, part.end));
    part.verdict = await this.compare(part);
    await this.foldTo(part, part.end);
    // Its ids are of no use until the partition is caught up, and then they are loaded again.
    this.folder.release(part.topic, part.partition);
  }

  /**
   * Compares at one position: the live shard is read, the new one is folded up to there and read, too. Under another rebuild that fills the
   * same generation the new one may be further; it then never stands where the live one was read, and is left to `compareLate`.
   */
  private async compare(part: Part): Promise<PartitionVerdict['compared']> {
    const { snapshots } = this.parts;
    const live = await snapshots.cells(this.liveShard(part));
    if (live.next === undefined) return 'empty';
    if (live.next > part.end) await this.askForEnds(part.topic);
    if (live.next < part.next || live.next > part.end) return 'behind';
    await this.foldTo(part, live.next);
    const rebuilt = await snapshots.cells(this.shard(part));
    if (rebuilt.next !== live.next) return 'behind';
    this.comparisons.push(compareCells(part, live.cells, rebuilt.cells));
    return 'at-equal-position';
  }

  /** The live view may have lost its place (wiped, and folded again by the aggregator): it is waited for while it moves. */
  private async compareLate(): Promise<void> {
    const behind = this.partitions.filter(({ verdict }) => verdict === 'behind');
    if (behind.length === 0) return;
    this.parts.onStep(`waiting for the live view in ${behind.length} partitions, to compare at equal positions`);
    await this.untilLiveIsThere(behind);
    await this.each(behind, async (part) => {
      part.verdict = await this.compare(part);
      this.folder.release(part.topic, part.partition);
    });
    await this.catchUp();
  }

  private async untilLiveIsThere(behind: readonly Part[]): Promise<void> {
    const { store, sleep, liveStandsMs } = this.parts;
    let seen = -1;
    for (let stoodMs = 0; stoodMs < liveStandsMs; stoodMs += livePollMs) {
      const positions = await store.positions(behind.map((part) => this.liveShard(part)));
      if (positions.every((position, i) => position >= behind[i]!.next)) return;
      const sum = positions.reduce((total, position) => total + position, 0);
      if (sum !== seen) stoodMs = 0;
      seen = sum;
      await sleep(livePollMs);
    }
  }

  /** Folds what came in meanwhile, until a round began with little of it. */
  private async catchUp(): Promise<void> {
    for (let round = 0; round < roundsMax; round++) {
      await Promise.all(this.parts.topics.map((topic) => this.askForEnds(topic)));
      const behind = this.partitions.filter(({ next, end }) => next < end);
      const records = behind.reduce((sum, { next, end }) => sum + end - next, 0);
      await this.each(behind, async (part) => {
        await this.foldTo(part, part.end);
        this.folder.release(part.topic, part.partition);
      });
      if (records <= caughtUpRecords) return;
    }
  }

  /** Whether the new generation is still what this run has folded: Redis may have gone back, or another rebuild may have begun anew. */
  private async isWhole(): Promise<boolean> {
    const { generations, store } = this.parts;
    const building = await generations.building();
    const live = await generations.live();
    if (live === this.building.generation) return true;
    if (live !== this.live || building?.generation !== this.building.generation) return false;
    const positions = await store.positions(this.partitions.map((part) => this.shard(part)));
    return positions.every((position, i) => position >= this.partitions[i]!.next);
  }

  private async foldTo(part: Part, to: number): Promise<void> {
    const { topic, partition } = part;
    part.next = Number(await this.folder.assign(topic, partition));
    if (part.next >= to) return;
    await this.parts.log.read({ topic, partition, from: BigInt(part.next), to: BigInt(to) }, async (batch) => {
      await this.folder.fold(batch);
      const last = batch.records.at(-1);
      if (last) this.tellProgress(part, Number(last.offset) + 1);
    });
    part.next = Number(await this.folder.assign(topic, partition));
    this.tellProgress(part, part.next);
  }

  /**
   * All of one partition. Below the live position the aggregator has put them aside when it met them. What stands beyond it nobody has:
   * after the flip the aggregator goes on behind it. A letter that both write is one, by its key.
   */
  private async putAside(dead: readonly DeadRecord[]): Promise<void> {
    const [live] = await this.parts.store.positions([this.liveShard(dead[0]!)]);
    const unmet = dead.filter(({ message }) => Number(message.offset) >= live!);
    if (unmet.length > 0) await this.parts.publishDead(unmet);
    for (const { problem } of dead) this.refused[problem.code] = (this.refused[problem.code] ?? 0) + 1;
  }

  private tellProgress(part: Part, next: number): void {
    part.next = next;
    const sum = (of: (part: Part) => number): number => this.partitions.reduce((total, one) => total + of(one), 0);
    this.parts.onProgress(
      sum(({ next, start }) => Math.max(0, next - start)),
      sum(({ start, end, next }) => Math.max(end, next) - start),
    );
  }

  /** Works on some partitions at a time. The first failure ends all. */
  private async each(partitions: readonly Part[], work: (part: Part) => Promise<void>): Promise<void> {
    const waiting = [...partitions];
    const worker = async (): Promise<void> => {
      for (let part = waiting.shift(); part; part = waiting.shift()) await work(part);
    };
    await Promise.all(Array.from({ length: partitionsConcurrently }, worker));
  }

  private async askForEnds(topic: string): Promise<void> {
    for (const extent of await this.parts.log.extents(topic)) {
      const part = this.partitions.find((one) => one.topic === topic && one.partition === extent.partition);
      if (part) part.end = Number(extent.end);
    }
  }

  private shard({ topic, partition }: Place): ShardId {
    return { generation: this.building.generation, topic, partition };
  }

  private liveShard({ topic, partition }: Place): ShardId {
    return { generation: this.live, topic, partition };
  }

  private report(outcome: RebuildReport['outcome'], removedKeys = 0): RebuildReport {
    return {
      outcome,
      generation: this.building.generation,
      previousGeneration: this.live,
      windowDays: this.building.windowDays,
      records: this.partitions.reduce((sum, { next, began }) => sum + Math.max(0, next - began), 0),
      comparison: mergeComparisons(this.comparisons),
      verdicts: this.partitions.map(({ topic, partition, verdict }) => ({ topic, partition, compared: verdict })),
      refused: this.refused,
      removedKeys,
    };
  }
}

/** The aggregator's limits, and as many more segments as the window is longer; beyond the most that there can be, the oldest ids leave. */
function limitsOf(windowDays: number): ViewLimits {
  const windowMs = windowDays * dayMs;
  const wanted = Math.ceil((defaultMemoryLimits.segmentsMax * windowMs) / defaultMemoryLimits.windowMs);
  const segmentsMax = Math.min(segmentsLimit, Math.max(defaultMemoryLimits.segmentsMax, wanted));
  return { windowMs, segmentsMax, seriesMax: defaultSeriesMax, cellsMax: defaultCellsMax };
}

const dayMs = 86_400_000;
/** The most that `VersionMemory` can number: four GiB of ids a partition. */
const segmentsLimit = 4_095;

/** The report of a rebuild that had nothing to fold. */
export function emptyReport(
  generation: number,
  previousGeneration: number,
  windowDays: number,
): Omit<RebuildReport, 'outcome'> {
  return {
    generation,
    previousGeneration,
    windowDays,
    records: 0,
    comparison: mergeComparisons([]),
    verdicts: [],
    refused: {},
    removedKeys: 0,
  };
}

/**
 * What a played schedule is held against: the recount of its log, and the same log folded straight through.
 */
import type { DeadRecord } from '@landbridge/view';
import type { TakeOutcome } from '@landbridge/domain';
import { shardOfReceipt, type PlannedPartition } from './planned-log.js';
import { recount, type Recount } from './recount.js';
import { storedView, type ViewContent } from './view-content.js';

export class Verdict {
  readonly faults: string[] = [];
  private readonly expected: readonly Recount[];
  private readonly deadSeen: Set<number>[];

  constructor(
    private readonly log: readonly PlannedPartition[],
    private readonly seriesMax: number,
  ) {
    this.expected = log.map(({ entries }) => recount(entries, seriesMax));
    this.deadSeen = log.map(() => new Set());
  }

  fault(what: string): void {
    this.faults.push(what);
  }

  /** A record was folded: what that did is a matter of the log alone, whoever folds it and how often. */
  noteOutcome(offset: number, receivedMs: number, outcome: TakeOutcome): void {
    const index = shardOfReceipt(receivedMs);
    const expected = this.expected[index]?.outcomes.get(offset);
    if (outcome !== expected) this.fault(`${this.name(index)} offset ${offset}: ${outcome}, expected ${expected}`);
  }

  noteDead(dead: readonly DeadRecord[]): void {
    for (const { message, problem } of dead) {
      const index = shardOfReceipt(Number(message.timestamp));
      const offset = Number(message.offset);
      const expected = this.expected[index]?.dead.get(offset);
      if (problem.code !== expected)
        this.fault(`${this.name(index)} offset ${offset} is a dead letter by ${problem.code}, expected ${expected}`);
      this.deadSeen[index]?.add(offset);
    }
  }

  /** At any moment the view is the count of the log up to the stored position. */
  judgeMoment(content: ViewContent): void {
    for (const { shard, entries } of this.log) {
      const { next } = storedView(content, shard);
      const behind = entries.filter(({ offset }) => offset < next);
      this.compare(content, shard.index, { ...recount(behind, this.seriesMax), next });
    }
  }

  /** At the end it is the count of the whole log, and no dead letter is missing. */
  judge(content: ViewContent): void {
    for (const [index, expected] of this.expected.entries()) {
      this.compare(content, index, expected);
      for (const offset of expected.dead.keys())
        if (!this.deadSeen[index]!.has(offset)) this.fault(`${this.name(index)} offset ${offset}: no dead letter`);
    }
  }

  /** One log gives one content: not only the totals, also the remembered ids and the numbers of the series. */
  judgeSame(content: ViewContent, straight: ViewContent): void {
    for (const key of new Set([...content.keys(), ...straight.keys()])) {
      const [one, other] = [JSON.stringify(content.get(key)), JSON.stringify(straight.get(key))];
      if (one !== other) this.fault(`${key} is ${quoted(one)}, folded straight through ${quoted(other)}`);
    }
  }

  private compare(content: ViewContent, index: number, expected: Recount): void {
    const stored = storedView(content, this.log[index]!.shard);
    const check = (what: string, found: unknown, wanted: unknown) => {
      if (found !== wanted)
        this.fault(`${this.name(index)} at ${stored.next}: ${what} is ${String(found)}, expected ${String(wanted)}`);
    };
    check('position', stored.next, expected.next);
    check('newest receipt', stored.newestReceivedMs, expected.newestReceivedMs);
    check('list of series', stored.series.join(), expected.series.join());
    for (const key of new Set([...stored.cells.keys(), ...expected.cells.keys()]))
      check(key, stored.cells.get(key), expected.cells.get(key));
  }

  private name(index: number): string {
    const shard = this.log[index]?.shard;
    return shard ? `${shard.topic}:${shard.partition}` : `partition ${index}`;
  }
}

function quoted(text: string | undefined): string {
  return (text ?? 'absent').slice(0, 200);
}

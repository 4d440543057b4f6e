/**
 * Counts the quality of carriers' data while it comes in, and hands the counts to the store once a second.
 *
 * In: every event that was accepted or rejected, with its carrier. Out: one change a carrier and second, numbered, so that sending it
 * again counts nothing twice. What cannot be written waits and grows by counts, not by events; units beyond the bound are left out. The
 * door never waits for this and never fails by it.
 */
import type { CarrierKey, ProblemCode } from '@landbridge/contracts';
import {
  dayName,
  dayNumberOf,
  dayOfNumber,
  latenessBoundsSeconds,
  latenessBucket,
  localDayHour,
  milestoneBit,
  type EventFacts,
  type UnitType,
} from '@landbridge/domain';
import { carrierId } from '../carrier-id.js';
import type { CarrierSeries, QualityMetrics } from './quality-metrics.js';
import { unitsPerChangeMax, type QualityChange, type RedisQualityStore } from '@landbridge/redis';

/** Who counts: the carrier that a key stands for. */
export type Owner = Pick<CarrierKey, 'tenant' | 'carrier'>;

/** What is counted of an event: a part of what the check finds out, so that events which were not checked one by one have it too. */
export interface QualityFacts {
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  readonly rank: number;
  readonly facts: Pick<EventFacts, 'classifier' | 'milestone'> | undefined;
  readonly unit: { readonly type: UnitType; readonly id: string } | undefined;
}

/** Carriers counted between two writes; more at once than any hub has. */
const carriersMax = 2_000;

export interface QualityTallyOptions {
  readonly store: Pick<RedisQualityStore, 'add'>;
  /** Of this start of this process. */
  readonly writer: string;
  readonly nowMs: () => number;
  readonly metrics: Pick<QualityMetrics, 'of'>;
  /** A change could not be written; it is tried again with the next. */
  readonly onFailure: (error: unknown) => void;
}

interface Pending {
  readonly owner: Owner;
  readonly series: CarrierSeries;
  accepted: number;
  corrected: number;
  rejectedByCode: Map<string, number>;
  lateness: number[];
  units: Map<string, { readonly type: UnitType; readonly id: string; bits: number }>;
}

export class QualityTally {
  #pending = new Map<string, Pending>();
  /** What was taken out of `#pending` and is not confirmed yet. */
  readonly #unwritten: { readonly owner: Owner; readonly date: string; readonly change: QualityChange }[] = [];
  #sequence = 0;
  #writing: Promise<void> | undefined;

  constructor(private readonly options: QualityTallyOptions) {}

  /** Counts events that the log has confirmed just now. */
  accepted(owner: Owner, events: readonly QualityFacts[]): void {
    if (events.length === 0) return;
    const pending = this.#of(owner);
    if (pending === undefined) return;
    const nowMs = this.options.nowMs();
    let corrected = 0;
    for (const event of events) {
      // The rank of a first version is 0: no revision, not a retraction.
      if (event.rank > 0) corrected++;
      this.#countActual(pending, event, nowMs);
    }
    pending.accepted += events.length;
    pending.corrected += corrected;
    pending.series.accepted(events.length - corrected, corrected);
  }

  #countActual(pending: Pending, { facts, rank, timeMs, unit: reported }: QualityFacts, nowMs: number): void {
    if (facts?.classifier !== 'actual') return;
    // How late a correction is says nothing of how late the report was.
    if (rank === 0) {
      const seconds = (nowMs - timeMs) / 1_000;
      pending.lateness[latenessBucket(seconds)]!++;
      pending.series.late(seconds);
    }
    const bits = milestoneBit(facts.milestone);
    if (bits === 0 || reported === undefined) return;
    const { type, id } = reported;
    const unit = pending.units.get(id);
    if (unit !== undefined) unit.bits |= bits;
    else if (pending.units.size < unitsPerChangeMax) {
      const kept = copyOf(id);
      pending.units.set(kept, { type, id: kept, bits });
    }
  }

  rejected(owner: Owner, code: ProblemCode): void {
    const pending = this.#of(owner);
    if (pending === undefined) return;
    pending.rejectedByCode.set(code, (pending.rejectedByCode.get(code) ?? 0) + 1);
    pending.series.rejected(code);
  }

  /** Writes what was counted until now. Never rejects; a second call while one is under way waits for it. */
  async flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    // While the store is away one round waits, unchanged; what comes in meanwhile adds up in `#pending`.
    if (this.#unwritten.length === 0) this.#take();
    try {
      for (let next = this.#unwritten[0]; next !== undefined; next = this.#unwritten[0]) {
        await this.options.store.add(next.owner, next.date, next.change);
        this.#unwritten.shift();
      }
    } catch (error) {
      this.options.onFailure(error);
    }
  }

  #take(): void {
    const [date = ''] = lastDates(1, this.options.nowMs());
    for (const { owner, series: _, units, ...counts } of this.#pending.values()) {
      const change = { ...counts, writer: this.options.writer, sequence: ++this.#sequence, units: [...units.values()] };
      this.#unwritten.push({ owner, date, change });
    }
    this.#pending = new Map();
  }

  #of({ tenant, carrier }: Owner): Pending | undefined {
    const name = carrierId({ tenant, carrier });
    let pending = this.#pending.get(name);
    if (pending === undefined && this.#pending.size < carriersMax) {
      pending = {
        owner: { tenant, carrier },
        series: this.options.metrics.of({ tenant, carrier }),
        accepted: 0,
        corrected: 0,
        rejectedByCode: new Map(),
        lateness: Array.from({ length: latenessBoundsSeconds.length + 1 }, () => 0),
        units: new Map(),
      };
      this.#pending.set(name, pending);
    }
    return pending;
  }
}

/** A text that was cut out of a body keeps all of that body in memory, and units are kept for as long as the store is away. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

/** The last days on the hub's clock, `YYYY-MM-DD`, the day of `epochMs` first. */
export function lastDates(days: number, epochMs: number): string[] {
  const { year, month, day } = localDayHour(epochMs);
  const last = dayNumberOf(year, month, day);
  return Array.from({ length: days }, (_, back) => dayName(dayOfNumber(last - back)));
}

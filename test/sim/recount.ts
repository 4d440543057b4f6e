/**
 * The oracle: counts a partition's records by itself, in plain maps.
 *
 * Nothing of the fold is called here, and the counting rules are written out once more, so that a fault there cannot repeat itself here.
 */
import { systemOfType, type CanonicalEvent, type EventData, type ProblemCode } from '@landbridge/contracts';
import type { TakeOutcome } from '@landbridge/domain';
import type { LogEntry } from './planned-log.js';

export interface Recount {
  readonly next: number;
  readonly newestReceivedMs: number;
  readonly series: readonly string[];
  /** Amounts by `2020-01-01 13 <series>` and `2020 1 <series>`: hour of the day, month of the year, on the hub's clock. Without zeros. */
  readonly cells: ReadonlyMap<string, string>;
  readonly outcomes: ReadonlyMap<number, TakeOutcome>;
  readonly dead: ReadonlyMap<number, ProblemCode>;
}

interface Standing {
  readonly rank: number;
  readonly adds: Adds | undefined;
}

interface Adds {
  readonly series: string;
  readonly timeMs: number;
  readonly amounts: readonly number[];
}

/** Counts the records of one partition, given in their order. */
export function recount(entries: readonly LogEntry[], seriesMax: number): Recount {
  const standing = new Map<string, Standing>();
  const series: string[] = [];
  const outcomes = new Map<number, TakeOutcome>();
  const dead = new Map<number, ProblemCode>();
  for (const { offset, meaning } of entries) {
    if ('poison' in meaning) {
      dead.set(offset, meaning.poison);
      continue;
    }
    const { event } = meaning;
    const identity = JSON.stringify([event.tenant ?? '', event.source, event.id]);
    const rank = 2 * (event.revision ?? 0) + (event.retracted ? 1 : 0);
    const found = addsOf(event);
    const adds = found && { ...found, series: nameOf(found.series, series, seriesMax) };
    const known = standing.get(identity);
    outcomes.set(offset, outcomeOf(known, { rank, adds }));
    if (known && known.rank >= rank) continue;
    standing.set(identity, { rank, adds });
    if (adds && !series.includes(adds.series)) series.push(adds.series);
  }
  return {
    next: (entries.at(-1)?.offset ?? -1) + 1,
    newestReceivedMs: Math.max(0, ...entries.map(({ receivedMs }) => receivedMs)),
    series,
    cells: cellsOf([...standing.values()].flatMap(({ adds }) => adds ?? [])),
    outcomes,
    dead,
  };
}

function outcomeOf(known: Standing | undefined, { rank, adds }: Standing): TakeOutcome {
  if (known && known.rank > rank) return 'stale';
  if (known?.rank === rank) return sumKey(known.adds) === sumKey(adds) ? 'duplicate' : 'conflict';
  if (rank % 2 === 1) return 'retracted';
  return known ? 'replaced' : 'applied';
}

/** Two versions contribute the same when they add the same to the same hour. */
function sumKey(adds: Adds | undefined): string {
  return adds ? `${hourOf(adds)} ${adds.amounts.join()}` : '';
}

/** Past the limit a new series counts under its meter's series without dimensions. */
function nameOf(name: string, series: readonly string[], seriesMax: number): string {
  return series.includes(name) || series.length < seriesMax ? name : name.replaceAll(/\|[^|]*/g, '|');
}

function cellsOf(counted: readonly Adds[]): Map<string, string> {
  const sums = new Map<string, number[]>();
  for (const adds of counted) {
    const hour = hourOf(adds);
    for (const key of [hour, `${hour.slice(0, 4)} ${Number(hour.slice(5, 7))}${hour.slice(13)}`]) {
      const sum = sums.get(key);
      sums.set(key, sum ? sum.map((amount, column) => amount + adds.amounts[column]!) : [...adds.amounts]);
    }
  }
  return new Map([...sums].filter(([, sum]) => sum.some(Boolean)).map(([key, sum]) => [key, sum.join()]));
}

/** `2020-01-01 13 <series>`: the hour on a clock that is eight hours ahead of UTC. */
function hourOf({ timeMs, series }: Adds): string {
  const local = new Date(timeMs + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 13)} ${series}`;
}

function addsOf(event: CanonicalEvent): Adds | undefined {
  const { data, time, type } = event;
  if (!data || event.retracted || data.classifier !== 'actual') return undefined;
  const found = countedAs(`${systemOfType(type)} ${data.unit.type}`, data);
  return found && { ...found, timeMs: Date.parse(time) };
}

function countedAs(kind: string, data: EventData): Omit<Adds, 'timeMs'> | undefined {
  const { direction, milestone, hub, corridor, partner, transport, brand, tradeMode, portOfEntry, quantities } = data;
  const moves = (direction === 'outbound' ? 'departed' : 'arrived') === milestone;
  const released = milestone === 'released';
  const { pieces = 0, weightGrams = 0, valueFen = 0, parcels = 0, teuHundredths = 0 } = quantities ?? {};
  const row = (meter: string, counts: boolean, further: readonly (string | undefined)[], amounts: number[]) =>
    counts && direction !== 'transit'
      ? { series: [meter, hub, direction, corridor, partner, ...further].map((part) => part ?? '').join('|'), amounts }
      : undefined;
  switch (kind) {
    case 'air flight':
      return row('air-cargo', moves, [transport?.carrier], [weightGrams, pieces, 1]);
    case 'rail train':
      return row('rail-trains', moves, [brand], [1]);
    case 'rail container':
      return row('rail-containers', moves, [brand], [1, teuHundredths, weightGrams]);
    case 'port consignment':
      return row('port-cargo', released, [portOfEntry, tradeMode], [1, weightGrams, valueFen]);
    case 'cbec manifest':
    case 'cbec parcel':
      return row('cbec-retail', released, [tradeMode], [parcels, valueFen]);
    case 'cbec declaration':
      return row('declarations', released, [tradeMode], [1]);
    default:
      return undefined;
  }
}

/**
 * The oracle's own count: from the carrier's log of acknowledged events to what every cell and every figure must be.
 *
 * Written from the public contract and not from our code: nothing of the fold, the view or the queries is imported, so that a fault in
 * them cannot repeat itself here. It is naive on purpose: the newest version of each id counts, in one hour and one month of its cell.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One summed thing: `system|bucket|slot|series` to its amounts. Buckets are days (`2020-06-30`) and years (`2020`). */
export type Cells = ReadonlyMap<string, readonly number[]>;

export interface Count {
  readonly lines: number;
  readonly ids: number;
  readonly cells: Cells;
}

interface Kept {
  readonly rank: number;
  /** Undefined when this version does not count. */
  readonly counted: Counted | undefined;
}

interface Counted {
  readonly system: string;
  readonly series: string;
  readonly timeMs: number;
  readonly amounts: readonly number[];
}

interface Attributes {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly revision?: number;
  readonly retracted?: boolean;
  readonly data?: {
    readonly classifier: string;
    readonly milestone: string;
    readonly direction: string;
    readonly unit: { readonly type: string };
    readonly quantities?: Readonly<Record<string, number>>;
    readonly transport?: { readonly carrier?: string };
    readonly hub: string;
    readonly corridor: string;
    readonly partner?: string;
    readonly brand?: string;
    readonly tradeMode?: string;
    readonly portOfEntry?: string;
  };
}

type Dimension = 'hub' | 'direction' | 'corridor' | 'partner' | 'carrier' | 'brand' | 'tradeMode' | 'portOfEntry';

/** Which unit counts, at which milestone each way, under which dimensions, and what is summed. */
const rules: readonly {
  readonly unit: string;
  readonly system: string;
  readonly meter: string;
  readonly inbound: string;
  readonly outbound: string;
  readonly dimensions: readonly Dimension[];
  readonly sums: readonly string[];
}[] = [
  {
    unit: 'flight',
    system: 'air',
    meter: 'air-cargo',
    inbound: 'arrived',
    outbound: 'departed',
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'carrier'],
    sums: ['weightGrams', 'pieces', 'one'],
  },
  {
    unit: 'train',
    system: 'rail',
    meter: 'rail-trains',
    inbound: 'arrived',
    outbound: 'departed',
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'brand'],
    sums: ['one'],
  },
  {
    unit: 'consignment',
    system: 'port',
    meter: 'port-cargo',
    inbound: 'released',
    outbound: 'released',
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'portOfEntry', 'tradeMode'],
    sums: ['one', 'weightGrams', 'valueFen'],
  },
  {
    unit: 'manifest',
    system: 'cbec',
    meter: 'cbec-retail',
    inbound: 'released',
    outbound: 'released',
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'tradeMode'],
    sums: ['parcels', 'valueFen'],
  },
  {
    unit: 'declaration',
    system: 'cbec',
    meter: 'declarations',
    inbound: 'released',
    outbound: 'released',
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'tradeMode'],
    sums: ['one'],
  },
];

/** Reads the log of acknowledged events, one JSON event a line, and counts it. Throws on a line that is not one. */
export async function countLog(logFile: string): Promise<Count> {
  const newest = new Map<string, Kept>();
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(logFile), crlfDelay: Infinity })) {
    if (line === '') continue;
    lines += 1;
    const event = JSON.parse(line) as Attributes;
    const rank = 2 * (event.revision ?? 0) + (event.retracted ? 1 : 0);
    const known = newest.get(event.id);
    if (known && known.rank >= rank) continue;
    newest.set(event.id, { rank, counted: event.retracted ? undefined : countedOf(event) });
  }
  const cells = new Map<string, number[]>();
  for (const { counted } of newest.values()) if (counted) addTo(cells, counted);
  return { lines, ids: newest.size, cells };
}

function countedOf({ type, time, data }: Attributes): Counted | undefined {
  const rule = rules.find(({ unit, system }) => unit === data?.unit.type && type === `landbridge.${system}.event.v1`);
  if (!data || !rule || data.classifier !== 'actual') return undefined;
  if (data.direction !== 'inbound' && data.direction !== 'outbound') return undefined;
  if (data.milestone !== rule[data.direction]) return undefined;
  const said = { ...data, carrier: data.transport?.carrier };
  const values = rule.dimensions.map((name) => said[name] ?? '');
  return {
    system: rule.system,
    series: [rule.meter, ...values].join('|'),
    timeMs: Date.parse(time),
    amounts: rule.sums.map((name) => (name === 'one' ? 1 : (data.quantities?.[name] ?? 0))),
  };
}

/** The hub's clock has been eight hours ahead of UTC since 1991. */
const hubAheadMs = 8 * 3_600_000;

function addTo(cells: Map<string, number[]>, { system, series, timeMs, amounts }: Counted): void {
  const local = new Date(timeMs + hubAheadMs);
  const date = local.toISOString().slice(0, 10);
  for (const key of [
    `${system}|${date}|${local.getUTCHours()}|${series}`,
    `${system}|${date.slice(0, 4)}|${local.getUTCMonth() + 1}|${series}`,
  ]) {
    const sum = cells.get(key);
    if (sum) amounts.forEach((amount, column) => (sum[column]! += amount));
    else cells.set(key, [...amounts]);
  }
}

/** A figure that is asked for: a measure over months of years or one day, filtered by dimensions or the flow. */
export interface Figure {
  readonly measure: string;
  /** As the public contract writes it: `2020`, `2020-H1`, `2020-01/2020-08`, `2024-06-05`. */
  readonly period: string;
  readonly filters: Readonly<Record<string, string>>;
}

const measures: Readonly<
  Record<string, { readonly meter: string; readonly column: number; readonly decimals: number }>
> = {
  'air.weight': { meter: 'air-cargo', column: 0, decimals: 6 },
  'air.pieces': { meter: 'air-cargo', column: 1, decimals: 0 },
  'rail.trains': { meter: 'rail-trains', column: 0, decimals: 0 },
  'rail.containers': { meter: 'rail-containers', column: 0, decimals: 0 },
  'port.consignments': { meter: 'port-cargo', column: 0, decimals: 0 },
  'port.weight': { meter: 'port-cargo', column: 1, decimals: 6 },
  'port.value': { meter: 'port-cargo', column: 2, decimals: 2 },
  'cbec.parcels': { meter: 'cbec-retail', column: 0, decimals: 0 },
  'cbec.value': { meter: 'cbec-retail', column: 1, decimals: 2 },
  'clearance.declarations': { meter: 'declarations', column: 0, decimals: 0 },
};
/** The measures that the oracle can count. */
export const countedMeasures = [...Object.keys(measures), 'partners.count'];

/** A cell with its key taken apart. */
interface ParsedCell {
  readonly bucket: string;
  /** `YYYY-MM` of a month's cell. */
  readonly month: string;
  readonly meter: string;
  readonly dimensions: readonly string[];
  readonly values: readonly string[];
  readonly partner: string;
  readonly amounts: readonly number[];
}

/** Answers what a figure must be, as the number that its decimal text reads as. Keys are taken apart once for all figures. */
export function figuresOf(cells: Cells): (figure: Figure) => number {
  const byBucket = Map.groupBy(
    Array.from(cells, ([key, amounts]) => parseCell(key, amounts)),
    ({ bucket }) => bucket,
  );
  return ({ measure: name, period, filters }) => {
    const measure = measures[name];
    const wanted = Object.entries(filters);
    let sum = 0n;
    const partners = new Set<string>();
    for (const cell of cellsOfPeriod(byBucket, period)) {
      if (measure && cell.meter !== measure.meter) continue;
      if (!wanted.every(([dimension, value]) => valueOf(cell, dimension) === value)) continue;
      if (measure) sum += BigInt(cell.amounts[measure.column]!);
      else if (cell.amounts[0]! > 0 && cell.partner !== '' && cell.partner !== 'CN') partners.add(cell.partner);
    }
    return measure ? Number(`${sum}e-${measure.decimals}`) : partners.size;
  };
}

function parseCell(key: string, amounts: readonly number[]): ParsedCell {
  const [, bucket = '', slot = '', meter = '', ...values] = key.split('|');
  const dimensions: readonly string[] = rules.find((rule) => rule.meter === meter)!.dimensions;
  const partner = values[dimensions.indexOf('partner')]!;
  return { bucket, month: `${bucket}-${slot.padStart(2, '0')}`, meter, dimensions, values, partner, amounts };
}

/** A day answers from its hours, everything else from the months of years. */
function cellsOfPeriod(byBucket: ReadonlyMap<string, readonly ParsedCell[]>, period: string): readonly ParsedCell[] {
  if (/^\d{4}-\d\d-\d\d$/.test(period)) return byBucket.get(period) ?? [];
  const [from, to] = monthsOf(period);
  return [...byBucket]
    .filter(([bucket]) => bucket.length === 4 && bucket >= from.slice(0, 4) && bucket <= to.slice(0, 4))
    .flatMap(([, cells]) => cells.filter(({ month }) => month >= from && month <= to));
}

function valueOf({ dimensions, values, partner }: ParsedCell, name: string): string {
  if (name !== 'flow') return values[dimensions.indexOf(name)] ?? '';
  if (partner === '') return '';
  return partner === 'CN' ? 'domestic' : 'international';
}

function monthsOf(period: string): readonly [string, string] {
  const [from = '', to = from] = period.split('/');
  const year = from.slice(0, 4);
  if (period.length === 4) return [`${year}-01`, `${year}-12`];
  if (period.endsWith('-H1')) return [`${year}-01`, `${year}-06`];
  if (period.endsWith('-H2')) return [`${year}-07`, `${year}-12`];
  return [from, to];
}

/**
 * The counting rules, as one table.
 *
 * A meter says which events count (system, unit, milestone per direction), which dimensions its series carry and which columns it
 * sums. A measure is one column of one meter in the unit that the public answers use. A new rule is a new row; totals under a changed
 * rule come from a rebuild of the log, never from patching cells.
 *
 * Counted once: cargo is counted where it enters or leaves the hub (departure outbound, arrival inbound), never at bookings, manifests
 * or documents, so one movement reported through all its statuses adds up once. What a carrier reports from elsewhere on the way (the
 * same consignment departs again at every transit airport) does not count: an event that names a place counts only at a place of the
 * hub. A flight's load report (`flight`) and an air waybill (`awb`) are two reports of the same cargo, so a carrier sends tonnage on one
 * of them only.
 */
import type { Direction, EventFacts, QuantityName, System, UnitType } from './event.js';
import { isPlaceOfHub } from './reference/hubs.js';

export const dimensions = [
  'hub',
  'direction',
  'corridor',
  'partner',
  'carrier',
  'brand',
  'tradeMode',
  'portOfEntry',
] as const;
export type Dimension = (typeof dimensions)[number];

/** A column sums a quantity of the event, or counts the event itself as one unit. */
export type Column = QuantityName | 'units';

export interface Meter {
  readonly name: string;
  readonly system: System;
  readonly units: readonly UnitType[];
  /** The milestone at which a unit counts, by direction; a direction that is not named does not count. */
  readonly countsAt: Partial<Readonly<Record<Direction, readonly string[]>>>;
  readonly dimensions: readonly Dimension[];
  readonly columns: readonly Column[];
}

export const meters = [
  {
    name: 'air-cargo',
    system: 'air',
    units: ['flight', 'awb'],
    countsAt: { outbound: ['departed'], inbound: ['arrived'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'carrier'],
    columns: ['weightGrams', 'pieces', 'units'],
  },
  {
    name: 'rail-trains',
    system: 'rail',
    units: ['train'],
    countsAt: { outbound: ['departed'], inbound: ['arrived'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'brand'],
    columns: ['units'],
  },
  {
    name: 'rail-containers',
    system: 'rail',
    units: ['container'],
    countsAt: { outbound: ['departed'], inbound: ['arrived'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'brand'],
    columns: ['units', 'teuHundredths', 'weightGrams'],
  },
  {
    name: 'port-cargo',
    system: 'port',
    units: ['consignment'],
    countsAt: { outbound: ['released'], inbound: ['released'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'portOfEntry', 'tradeMode'],
    columns: ['units', 'weightGrams', 'valueFen'],
  },
  {
    name: 'cbec-retail',
    system: 'cbec',
    units: ['manifest', 'parcel'],
    countsAt: { outbound: ['released'], inbound: ['released'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'tradeMode'],
    columns: ['parcels', 'valueFen'],
  },
  {
    name: 'declarations',
    system: 'cbec',
    units: ['declaration'],
    countsAt: { outbound: ['released'], inbound: ['released'] },
    dimensions: ['hub', 'direction', 'corridor', 'partner', 'tradeMode'],
    columns: ['units'],
  },
] as const satisfies readonly Meter[];
export type MeterName = (typeof meters)[number]['name'];

/** The most columns a meter has: the width of a cell in packed forms. */
export const columnsMax = 3;

/**
 * The version of the counting rules above. It is stored beside the totals: a process with other rules refuses to add to them, and an
 * operator rebuilds instead. Raise it with every change of `meters`.
 */
export const countingRulesVersion = 2;

interface ColumnMeasure {
  readonly kind: 'sum';
  readonly meter: MeterName;
  readonly column: Column;
  readonly unit: string;
  /** Answers are the integer sum divided by 10^decimals. */
  readonly decimals: number;
}
interface DistinctMeasure {
  readonly kind: 'distinct';
  /** The number of different values of this dimension, over all meters, with something counted in the period. */
  readonly dimension: Dimension;
  readonly unit: string;
}
export type Measure = ColumnMeasure | DistinctMeasure;

const sum = (meter: MeterName, column: Column, unit: string, decimals = 0): ColumnMeasure => ({
  kind: 'sum',
  meter,
  column,
  unit,
  decimals,
});

/** The measures of the public contract, by name. */
export const measures = {
  'air.weight': sum('air-cargo', 'weightGrams', 't', 6),
  'air.pieces': sum('air-cargo', 'pieces', 'pieces'),
  'rail.trains': sum('rail-trains', 'units', 'trains'),
  'rail.containers': sum('rail-containers', 'units', 'containers'),
  'rail.teu': sum('rail-containers', 'teuHundredths', 'TEU', 2),
  'rail.weight': sum('rail-containers', 'weightGrams', 't', 6),
  'port.consignments': sum('port-cargo', 'units', 'consignments'),
  'port.weight': sum('port-cargo', 'weightGrams', 't', 6),
  'port.value': sum('port-cargo', 'valueFen', 'CNY', 2),
  'cbec.parcels': sum('cbec-retail', 'parcels', 'parcels'),
  'cbec.value': sum('cbec-retail', 'valueFen', 'CNY', 2),
  'clearance.declarations': sum('declarations', 'units', 'declarations'),
  'partners.count': { kind: 'distinct', dimension: 'partner', unit: 'countries and regions' },
} as const satisfies Record<string, Measure>;
export type MeasureName = keyof typeof measures;

/** The value of one dimension of an event, or undefined where the event does not say. */
export function dimensionOf(facts: EventFacts, dimension: Dimension): string | undefined {
  switch (dimension) {
    case 'hub':
      return facts.hub;
    case 'direction':
      return facts.direction;
    case 'corridor':
      return facts.corridor;
    case 'partner':
      return facts.partner;
    case 'carrier':
      return facts.transport?.carrier;
    case 'brand':
      return facts.brand;
    case 'tradeMode':
      return facts.tradeMode;
    case 'portOfEntry':
      return facts.portOfEntry;
  }
}

/** Whether a meter counts an event of this system. */
export function counts(meter: Meter, system: System, facts: EventFacts): boolean {
  return (
    meter.system === system &&
    facts.classifier === 'actual' &&
    meter.units.includes(facts.unit.type) &&
    (meter.countsAt[facts.direction]?.includes(facts.milestone) ?? false) &&
    (facts.place === undefined || isPlaceOfHub(facts.hub, facts.place))
  );
}

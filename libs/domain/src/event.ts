/**
 * What the counting rules, and later the journeys and delays, read of a canonical event.
 *
 * The wire form (CloudEvents JSON) is `CanonicalEvent` in `@landbridge/contracts`; its `data` satisfies `EventFacts`, and a type test
 * there keeps the two together. The domain states what it needs and imports nothing.
 */

/** The four event systems of the hub; each has one topic and one CloudEvents type. */
export const systems = ['air', 'rail', 'port', 'cbec'] as const;
export type System = (typeof systems)[number];

/** Only `actual` counts in throughput; the other two feed estimates and delays. */
export const classifiers = ['planned', 'estimated', 'actual'] as const;
export type Classifier = (typeof classifiers)[number];

export const directions = ['inbound', 'outbound', 'transit'] as const;
export type Direction = (typeof directions)[number];

/** The four Silk Roads that the hub coordinates. */
export const corridors = ['air', 'land', 'online', 'sea'] as const;
export type Corridor = (typeof corridors)[number];

export const unitTypes = [
  'flight',
  'awb',
  'uld',
  'train',
  'wagon',
  'container',
  'consignment',
  'manifest',
  'parcel',
  'declaration',
] as const;
export type UnitType = (typeof unitTypes)[number];

/**
 * Milestones that rules know. The wire accepts any kebab-case milestone, because an unknown status is kept and counted as unknown,
 * never rejected.
 */
export const milestones = [
  'booked',
  'received',
  'manifested',
  'loaded',
  'departed',
  'border-crossed',
  'arrived',
  'unloaded',
  'discharged',
  'gate-in',
  'gate-out',
  'declared',
  'held',
  'released',
  'delivered',
] as const;
export type Milestone = (typeof milestones)[number];

/** Quantities are integers in base units, so that sums are exact: grams, fen (1/100 yuan), TEU in hundredths. */
export const quantityNames = ['pieces', 'weightGrams', 'valueFen', 'parcels', 'teuHundredths'] as const;
export type QuantityName = (typeof quantityNames)[number];

export interface EventFacts {
  readonly classifier: Classifier;
  readonly milestone: string;
  readonly hub: string;
  /** UN/LOCODE of where it happened. */
  readonly place?: string;
  readonly direction: Direction;
  readonly corridor: Corridor;
  /** ISO 3166-1 alpha-2 of the country or region at the other end; `CN` is domestic. */
  readonly partner?: string;
  readonly brand?: string;
  readonly tradeMode?: string;
  readonly portOfEntry?: string;
  readonly transport?: { readonly carrier?: string };
  readonly unit: { readonly type: UnitType };
  readonly quantities?: { readonly [name in QuantityName]?: number };
}

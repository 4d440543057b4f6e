/**
 * What a message is about: containers, wagons and ULDs of EQD, consignments and air waybills of references; and what one weighs.
 *
 * Gross mass is taken, never tare or net, and nothing is added up: a container's messages give its gross and its tare side by side.
 * A verified gross mass (VGM) stands above a declared one.
 */
import { linksMax, unitIdRule, type CanonicalEvent } from '@landbridge/contracts';
import { teuHundredthsOf } from '../container-size.js';
import { exactQuantity, kilogram, pound, type UnitFactor } from '../exact-quantity.js';
import type { FormatFault } from '../message-format.js';
import type { Segment } from './segments.js';

type EventData = NonNullable<CanonicalEvent['data']>;
export type Unit = EventData['unit'];
export type Quantities = NonNullable<EventData['quantities']>;

export type UnitReading =
  | { readonly ok: true; readonly unit: Unit }
  | { readonly ok: false; readonly fault: FormatFault };

/** EQD 8053 to unit types; SW is a swap body, which carries a container's number. */
const unitTypesByEquipment: ReadonlyMap<string, Unit['type']> = new Map<string, Unit['type']>([
  ['CN', 'container'],
  ['SW', 'container'],
  ['RR', 'wagon'],
  ['UL', 'uld'],
]);

/** The unit of an EQD, by its check digit a real one. */
export function unitOfEquipment(equipment: Segment): UnitReading {
  const type = unitTypesByEquipment.get(equipment.text(1));
  if (type === undefined)
    return {
      ok: false,
      fault: {
        code: 'unsupported_message',
        detail: `equipment ${JSON.stringify(equipment.text(1).slice(0, 40))} is no unit that moves through the hub`,
        path: equipment.path(1),
        rule: 'EQD 8053, equipment qualifier',
        expected: 'CN (container), SW (swap body), RR (wagon) or UL (ULD)',
      },
    };
  return checkedUnit(type, equipment.text(2), equipment.path(2));
}

/** The container of a reference RFF+EQ. */
export function unitOfReference(reference: Segment): UnitReading {
  return checkedUnit('container', reference.text(1, 1), reference.path(1, 1));
}

const rules: Readonly<Partial<Record<Unit['type'], string>>> = {
  container: 'ISO 6346, check digit',
  wagon: 'UIC 438-2, check digit',
  uld: 'IATA ULD identification',
};

function checkedUnit(type: Unit['type'], written: string, path: string): UnitReading {
  const id = canonicalId(written);
  if (id.length > 0 && id.length <= 80 && (unitIdRule(type)?.(id) ?? true)) return { ok: true, unit: { type, id } };
  const fault: FormatFault = {
    code: 'check_digit',
    detail: `${JSON.stringify(written.slice(0, 40))} is not a valid ${type} number`,
    path,
    ...(rules[type] ? { rule: rules[type] } : {}),
    expected: type === 'container' ? 'four letters and seven digits, such as CSQU3054383' : `the number of a ${type}`,
  };
  return { ok: false, fault };
}

/** Blanks, points and dashes are how people group digits; the canonical spelling has none. */
function canonicalId(written: string): string {
  return written.toUpperCase().replace(/[\s.\-/]/g, '');
}

const printable = /^[\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]{1,80}$/;

/** RFF qualifiers of transport documents, the one that names the consignment best first. */
const consignmentQualifiers = ['BM', 'AAS', 'UCN', 'CU', 'BN'];
const airWaybillQualifiers = new Set(['AWB', 'MWB']);

/** The air waybill or consignment that references name, or undefined. `number` is that of CNI, which comes before bills and bookings. */
export function unitOfReferences(references: readonly Segment[], number: string): Unit | undefined {
  for (const reference of references)
    if (airWaybillQualifiers.has(reference.text(1, 0))) {
      const unit = airWaybill(reference.text(1, 1));
      if (unit) return unit;
    }
  if (printable.test(number)) return airWaybill(number) ?? { type: 'consignment', id: number };
  for (const qualifier of consignmentQualifiers) {
    const id = references.find((reference) => reference.text(1, 0) === qualifier)?.text(1, 1) ?? '';
    if (printable.test(id)) return { type: 'consignment', id };
  }
  return undefined;
}

/** `020-12345675` for that, `02012345675` and `020 12345675`, or undefined. */
function airWaybill(written: string): Unit | undefined {
  const [, prefix, serial] = /^(\d{3})[\s-]?(\d{8})$/.exec(written) ?? [];
  const id = `${prefix}-${serial}`;
  return prefix !== undefined && unitIdRule('awb')?.(id) ? { type: 'awb', id } : undefined;
}

/** What the unit is linked to: consignment, air waybill, declaration, the wagon that it stands on. Each once, and no wrong ids. */
export function linksOf(segments: readonly Segment[], unit: Unit): readonly Unit[] {
  const links = new Map<string, Unit>();
  for (const segment of segments) {
    if (links.size >= linksMax) break;
    const link = linkOf(segment);
    if (link && !(link.type === unit.type && link.id === unit.id)) links.set(`${link.type} ${link.id}`, link);
  }
  return [...links.values()];
}

function linkOf(segment: Segment): Unit | undefined {
  if (segment.tag === 'EQA') {
    const reading = unitOfEquipment(segment);
    return reading.ok ? reading.unit : undefined;
  }
  if (segment.tag !== 'RFF') return undefined;
  const [qualifier, id] = [segment.text(1, 0), segment.text(1, 1)];
  if (airWaybillQualifiers.has(qualifier)) return airWaybill(id);
  if (!printable.test(id)) return undefined;
  if (qualifier === 'BM') return { type: 'consignment', id };
  return qualifier === 'ABT' ? { type: 'declaration', id } : undefined;
}

export type QuantitiesReading =
  | { readonly ok: true; readonly quantities: Quantities }
  | { readonly ok: false; readonly fault: FormatFault };

/** TEU by the size and type of the container, and the gross mass of its measurements. */
export function quantitiesOf(
  unit: Unit,
  equipment: Segment | undefined,
  segments: readonly Segment[],
): QuantitiesReading {
  const teuHundredths =
    unit.type === 'container' && equipment !== undefined ? teuHundredthsOf(equipment.text(3)) : undefined;
  const measurement = grossMass(segments);
  if (measurement === undefined) return { ok: true, quantities: teuHundredths === undefined ? {} : { teuHundredths } };
  const weightGrams = gramsOf(measurement, measurement.text(3, 1), measurement.text(3, 0));
  if (weightGrams === undefined) return { ok: false, fault: massFault(measurement) };
  return { ok: true, quantities: { weightGrams, ...(teuHundredths === undefined ? {} : { teuHundredths }) } };
}

/** MEA 6313, the best statement of a unit's gross mass first. */
const massQualifiers = ['VGM', 'G', 'EGW', 'WT'];
/** MEA 6311 of weights. */
const massPurposes = new Set(['AAE', 'WT', 'VGM']);

function grossMass(segments: readonly Segment[]): Segment | undefined {
  let best: Segment | undefined;
  let bestRank = massQualifiers.length;
  for (const segment of segments) {
    if (segment.tag !== 'MEA' || !massPurposes.has(segment.text(1))) continue;
    const rank = massQualifiers.indexOf(segment.text(1) === 'VGM' ? 'VGM' : segment.text(2, 0));
    if (rank < 0 || rank >= bestRank || segment.text(3, 1) === '') continue;
    best = segment;
    bestRank = rank;
  }
  return best;
}

const massUnits: ReadonlyMap<string, UnitFactor> = new Map([
  ['', kilogram],
  ['KGM', kilogram],
  ['KG', kilogram],
  ['TNE', { numerator: 1_000_000n, denominator: 1n }],
  ['LBR', pound],
  ['GRM', { numerator: 1n, denominator: 1n }],
]);

/** Grams of a value in a unit of measure; the decimal mark is a point, a comma, or what UNA says. */
export function gramsOf(segment: Segment, value: string, unit: string): number | undefined {
  const factor = massUnits.get(unit);
  return factor && exactQuantity(value.replace(segment.delimiters.decimal, '.').replace(',', '.'), factor);
}

function massFault(measurement: Segment): FormatFault {
  return {
    code: 'quantity_out_of_range',
    detail: `${JSON.stringify(measurement.text(3, 1).slice(0, 40))} ${measurement.text(3, 0).slice(0, 3)} is no mass`,
    path: measurement.path(3, 1),
    rule: 'MEA 6314, measurement value',
    expected: 'a decimal number in KGM, TNE, LBR or GRM',
  };
}

/** Where, when and how much of an EPCIS event. */
import { quantityMax } from '@landbridge/contracts';
import { isUnLocode } from '@landbridge/domain';
import { exactQuantity, kilogram, piece, pound, type UnitFactor } from '../exact-quantity.js';
import { readTime, timeWithOffset, type TimeRead } from '../json/json-times.js';
import {
  bad,
  childPath,
  good,
  isObject,
  listOf,
  own,
  ownText,
  shown,
  type JsonObject,
  type Read,
} from '../json/json-values.js';
import type { MovementEnds } from '../movement-direction.js';
import { placeOfIata, placeOfLocode } from '../places/places.js';
import { epcisRule } from './epcis-units.js';

/** The time of an event, told in its own offset: `eventTime` may be in UTC, and `eventTimeZoneOffset` says what clocks showed. */
export function readEventTime(event: JsonObject, path: string): Read<TimeRead> {
  const time = readTime(own(event, 'eventTime'), `${path}.eventTime`, epcisRule);
  if (!time.ok) return time;
  const offset = ownText(event, 'eventTimeZoneOffset');
  if (offset === undefined || !/^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/.test(offset))
    return bad({
      code: offset === undefined ? 'invalid_message' : 'invalid_time',
      detail: `${shown(offset)} is no offset from UTC`,
      path: `${path}.eventTimeZoneOffset`,
      rule: epcisRule,
      expected: 'hours and minutes with a sign, such as +08:00',
    });
  return good({ timeMs: time.value.timeMs, text: timeWithOffset(time.value.timeMs, offset) });
}

/**
 * The UN/LOCODE of a location's URI that says of itself that it holds one, or an airport's IATA code: `urn:un:unece:locode:CNCGO`,
 * `https://vocabulary.uncefact.org/unlocode#CNCGO`, `https://example.com/iata/CGO`. GLNs and coordinates name no place that a rule knows.
 */
function locodeOf(uri: string): string | undefined {
  const [, list = '', code = ''] = /^(.*)[/#:=]([A-Z0-9]{3}|[A-Z0-9]{5})$/s.exec(uri.slice(-200)) ?? [];
  if (code.length === 5)
    return /locode/i.test(list) && isUnLocode(code) ? (placeOfLocode(code)?.locode ?? code) : undefined;
  return /iata|airport/i.test(list) ? placeOfIata(code)?.locode : undefined;
}

function locodeOfHolder(holder: unknown): string | undefined {
  const id = isObject(holder) ? ownText(holder, 'id') : typeof holder === 'string' ? holder : undefined;
  return id === undefined ? undefined : locodeOf(id);
}

/** Where it happened: the read point, else the business location. */
export function placeOf(event: JsonObject): string | undefined {
  return locodeOfHolder(own(event, 'readPoint')) ?? locodeOfHolder(own(event, 'bizLocation'));
}

/** Where the whole movement leads, where its source and destination are places. */
export function endsOf(event: JsonObject): MovementEnds {
  const end = (list: string, name: string): string | undefined => {
    for (const entry of listOf(own(event, list))) {
      const locode = locodeOf(ownText(entry, name) ?? '');
      if (locode !== undefined) return locode;
    }
    return undefined;
  };
  return { origin: end('sourceList', 'source'), destination: end('destinationList', 'destination') };
}

const tonne: UnitFactor = { numerator: 1_000_000n, denominator: 1n };
/** Units of mass of UN/ECE recommendation 20. Other units measure nothing that is counted. */
const massUnits: ReadonlyMap<string, UnitFactor> = new Map([
  ['KGM', kilogram],
  ['GRM', piece],
  ['LBR', pound],
  ['TNE', tonne],
]);

export interface EpcisQuantities {
  pieces?: number;
  weightGrams?: number;
}

/** What goes out of a transformation is what there is; its inputs are no more. */
const lists = ['quantityList', 'childQuantityList', 'outputQuantityList'] as const;

/** Pieces are quantities without a unit, weights those with a unit of mass. Problems: quantity_out_of_range. */
export function readQuantities(event: JsonObject, path: string): Read<EpcisQuantities> {
  const sums: EpcisQuantities = {};
  for (const name of lists)
    for (const [index, element] of listOf(own(event, name)).entries()) {
      const quantity = own(element, 'quantity');
      if (quantity === undefined) continue;
      const uom = ownText(element, 'uom');
      const unit = uom === undefined ? piece : massUnits.get(uom);
      if (unit === undefined) continue;
      const column = uom === undefined ? 'pieces' : 'weightGrams';
      const amount = amountOf(quantity, unit, uom === undefined);
      const sum = (sums[column] ?? 0) + (amount ?? Number.NaN);
      if (!(sum <= quantityMax))
        return bad({
          code: 'quantity_out_of_range',
          detail: `${shown(quantity)} is no quantity that can be counted`,
          path: `${childPath(`${path}.${name}`, index)}.quantity`,
          rule: `${epcisRule}, QuantityElement`,
          expected:
            uom === undefined ? 'a whole number of pieces, or a uom such as KGM' : 'a number that is not negative',
        });
      sums[column] = sum;
    }
  return good(sums);
}

function amountOf(quantity: unknown, unit: UnitFactor, mustBeWhole: boolean): number | undefined {
  if (typeof quantity !== 'number' && typeof quantity !== 'string') return undefined;
  const text = String(quantity).trim();
  return mustBeWhole && !/^\d+(?:\.0*)?$/.test(text) ? undefined : exactQuantity(text, unit);
}

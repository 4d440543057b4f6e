/**
 * The grammar of the Redis keys that hold what is known of carriers' data quality. All keys of one carrier share a hash tag.
 *
 *   lb:{quality:<tenant>/<carrier>}:day:<date>   hash: counts of one local day of receipt
 *   lb:{quality:<tenant>/<carrier>}:unit:<id>    string: the milestones that the carrier has reported of a unit, as bits
 */
export interface CarrierName {
  readonly tenant: string;
  readonly carrier: string;
}

const name = '[a-z0-9][a-z0-9-]{0,31}';
const owner = new RegExp(`^${name}$`);

function qualityKey({ tenant, carrier }: CarrierName, part: string): string {
  if (!owner.test(tenant) || !owner.test(carrier))
    throw new Error(`not a carrier: ${JSON.stringify({ tenant, carrier })}`);
  return `lb:{quality:${tenant}/${carrier}}:${part}`;
}

/** @param date local date of receipt, `YYYY-MM-DD` */
export const qualityDayKey = (carrier: CarrierName, date: string): string => qualityKey(carrier, `day:${date}`);
/** @param unit 16 hexadecimal digits, the beginning of the hash of the unit's type and id */
export const qualityUnitKey = (carrier: CarrierName, unit: string): string => qualityKey(carrier, `unit:${unit}`);

const grammar = new RegExp(`^lb:\\{quality:(${name})/(${name})\\}:(?:day:(\\d{4}-\\d\\d-\\d\\d)|unit:([0-9a-f]{16}))$`);

export type QualityKey = { readonly carrier: CarrierName } & (
  | { readonly part: 'day'; readonly date: string }
  | { readonly part: 'unit'; readonly unit: string }
);

/** Reads a key back, or undefined where it is none of these. */
export function parseQualityKey(key: string): QualityKey | undefined {
  const [, tenant, carrier, date, unit] = grammar.exec(key) ?? [];
  if (tenant === undefined || carrier === undefined) return undefined;
  if (date !== undefined) return { carrier: { tenant, carrier }, part: 'day', date };
  return { carrier: { tenant, carrier }, part: 'unit', unit: unit! };
}

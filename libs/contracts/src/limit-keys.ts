/**
 * The grammar of the Redis keys that hold what a carrier may still post and read. All keys of one carrier share a hash tag; its sandbox
 * and its reading have tokens of their own, so that neither takes anything away from posting.
 *
 *   lb:{limit:<tenant>/<carrier>}:<live|sandbox|reads>:bucket      hash: millionths of tokens, and when they were counted
 *   lb:{limit:<tenant>/<carrier>}:<live|sandbox|reads>:day:<date>  string: tokens taken on one local day
 */
export const purses = ['live', 'sandbox', 'reads'] as const;
export type Purse = (typeof purses)[number];

export interface LimitSubject {
  readonly tenant: string;
  readonly carrier: string;
  readonly purse: Purse;
}

const name = '[a-z0-9][a-z0-9-]{0,31}';
const owner = new RegExp(`^${name}$`);

function limitKey({ tenant, carrier, purse }: LimitSubject, part: string): string {
  if (!owner.test(tenant) || !owner.test(carrier))
    throw new Error(`not a carrier: ${JSON.stringify({ tenant, carrier })}`);
  return `lb:{limit:${tenant}/${carrier}}:${purse}:${part}`;
}

export const limitBucketKey = (subject: LimitSubject): string => limitKey(subject, 'bucket');
/** @param date local date `YYYY-MM-DD` */
export const limitDayKey = (subject: LimitSubject, date: string): string => limitKey(subject, `day:${date}`);

const grammar = new RegExp(
  `^lb:\\{limit:(${name})/(${name})\\}:(${purses.join('|')}):(?:bucket|day:(\\d{4}-\\d\\d-\\d\\d))$`,
);

export type LimitKey = { readonly subject: LimitSubject } & (
  | { readonly part: 'bucket' }
  | { readonly part: 'day'; readonly date: string }
);

/** Reads a key back, or undefined where it is none of these. */
export function parseLimitKey(key: string): LimitKey | undefined {
  const [, tenant, carrier, purse, date] = grammar.exec(key) ?? [];
  if (tenant === undefined || carrier === undefined) return undefined;
  const subject = { tenant, carrier, purse: purse as Purse };
  return date === undefined ? { subject, part: 'bucket' } : { subject, part: 'day', date };
}

/**
 * The grammar of the Redis keys that hold what a carrier may still post. All keys of one carrier share a hash tag; its sandbox has
 * tokens of its own, so that trying out takes nothing away.
 *
 *   lb:{limit:<tenant>/<carrier>}:<live|sandbox>:bucket      hash: millionths of tokens, and when they were counted
 *   lb:{limit:<tenant>/<carrier>}:<live|sandbox>:day:<date>  string: tokens taken on one local day
 */
export interface LimitSubject {
  readonly tenant: string;
  readonly carrier: string;
  readonly sandbox: boolean;
}

const name = '[a-z0-9][a-z0-9-]{0,31}';
const owner = new RegExp(`^${name}$`);

function limitKey({ tenant, carrier, sandbox }: LimitSubject, part: string): string {
  if (!owner.test(tenant) || !owner.test(carrier))
    throw new Error(`not a carrier: ${JSON.stringify({ tenant, carrier })}`);
  return `lb:{limit:${tenant}/${carrier}}:${sandbox ? 'sandbox' : 'live'}:${part}`;
}

export const limitBucketKey = (subject: LimitSubject): string => limitKey(subject, 'bucket');
/** @param date local date `YYYY-MM-DD` */
export const limitDayKey = (subject: LimitSubject, date: string): string => limitKey(subject, `day:${date}`);

const grammar = new RegExp(`^lb:\\{limit:(${name})/(${name})\\}:(live|sandbox):(?:bucket|day:(\\d{4}-\\d\\d-\\d\\d))$`);

export type LimitKey = { readonly subject: LimitSubject } & (
  | { readonly part: 'bucket' }
  | { readonly part: 'day'; readonly date: string }
);

/** Reads a key back, or undefined where it is none of these. */
export function parseLimitKey(key: string): LimitKey | undefined {
  const [, tenant, carrier, mode, date] = grammar.exec(key) ?? [];
  if (tenant === undefined || carrier === undefined) return undefined;
  const subject = { tenant, carrier, sandbox: mode === 'sandbox' };
  return date === undefined ? { subject, part: 'bucket' } : { subject, part: 'day', date };
}

/**
 * One variable of the environment, and the kinds of values that ours have.
 *
 * A kind turns text into a value or refuses it; it never says what the text was, because a refused value may hold a password. Defaults
 * are texts that go through the same reading, so a default cannot break its own rule unseen.
 */
import { BlockList, isIP } from 'node:net';
import { parsePeriod, type Period } from '@landbridge/domain';
import { redisAddress } from './redis-address.js';

export type VariableName = `${typeof variablePrefix}${string}`;

export const variablePrefix = 'LANDBRIDGE_';

export interface Variable<T> {
  readonly name: VariableName;
  /** What stands for the variable when it is not set. */
  readonly defaultText: string;
  /** What a value must be; completes "NAME: must be ...". */
  readonly rule: string;
  readonly example: string;
  /** The value, or undefined when the text breaks the rule. */
  readonly read: (text: string) => T | undefined;
}

/** A whole number in the unit that the name ends in, both bounds included. */
export function integer(
  name: VariableName,
  defaultValue: number,
  { min, max }: { readonly min: number; readonly max: number },
): Variable<number> {
  return {
    name,
    defaultText: String(defaultValue),
    rule: `an integer from ${min} to ${max}`,
    example: String(defaultValue),
    read: (text) => {
      if (!/^\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of a few words. */
export function choice<const Word extends string>(
  name: VariableName,
  defaultWord: Word,
  words: readonly Word[],
): Variable<Word> {
  return {
    name,
    defaultText: defaultWord,
    rule: `one of ${words.join(', ')}`,
    example: defaultWord,
    read: (text) => words.find((word) => word === text),
  };
}

/** Any text that is not blank. */
export function text(name: VariableName, defaultText: string, rule: string, form: RegExp): Variable<string> {
  return { name, defaultText, rule, example: defaultText, read: (text) => (form.test(text) ? text : undefined) };
}

/** A Redis address, read by `redisAddress`. The user and the password in it are never repeated in a fault. */
export function redisUrl(name: VariableName, defaultText: string): Variable<string> {
  return {
    name,
    defaultText,
    rule: 'a redis:// or rediss:// URL with a host, or redis+cluster:// with masters and commas between them',
    example: 'redis://127.0.0.1:6379/0 or redis+cluster://127.0.0.1:7001,127.0.0.1:7002',
    read: (text) => (redisAddress(text) ? text : undefined),
  };
}

/** More brokers than this are never needed to find a cluster, and longer lists of periods or brands make too many series. */
const listItemsMax = 20;

/** `host:port`, the host being a name, an IPv4 address or an IPv6 address in brackets. */
const addressForm = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5})$/;

export function addresses(name: VariableName, defaultText: string): Variable<readonly string[]> {
  return {
    name,
    defaultText,
    rule: `1 to ${listItemsMax} addresses host:port with commas between them`,
    example: '127.0.0.1:9092,127.0.0.1:9093',
    read: (text) => {
      const list = listOf(text, (item) => {
        const port = Number(addressForm.exec(item)?.[2] ?? 0);
        return port >= 1 && port <= 65_535 ? item : undefined;
      });
      return list?.length === 0 ? undefined : list;
    },
  };
}

/** Periods of the public contract; an empty list is a list. */
export function periods(name: VariableName, defaultText: string): Variable<readonly Period[]> {
  return {
    name,
    defaultText,
    rule: `at most ${listItemsMax} periods with commas between them, or empty`,
    example: '2020-H1,2020-01/2020-08,2020',
    read: (text) =>
      listOf(text, (item) => {
        const result = parsePeriod(item);
        return result.ok ? result.period : undefined;
      }),
  };
}

/** Words such as brands; an empty list is a list. */
export function words(
  name: VariableName,
  defaultText: string,
  form: RegExp,
  rule: string,
): Variable<readonly string[]> {
  return {
    name,
    defaultText,
    rule: `at most ${listItemsMax} words with commas between them, or empty; ${rule}`,
    example: defaultText,
    read: (text) => listOf(text, (item) => (form.test(item) ? item : undefined)),
  };
}

/** Some of a few words. */
export function choices<const Word extends string>(
  name: VariableName,
  defaultText: string,
  known: readonly Word[],
): Variable<readonly Word[]> {
  return {
    name,
    defaultText,
    rule: `one or more of ${known.join(', ')} with commas between them`,
    example: defaultText,
    read: (text) => {
      const list = listOf(text, (item) => known.find((word) => word === item));
      return list?.length === 0 ? undefined : list;
    },
  };
}

/** An http or https URL without a password in it, or empty. */
export function optionalUrl(name: VariableName): Variable<string> {
  return {
    name,
    defaultText: '',
    rule: 'an http or https URL without user and password, or empty',
    example: 'https://login.example.org/jwks.json',
    read: (text) => {
      if (text === '') return '';
      if (!URL.canParse(text)) return undefined;
      const { protocol, username, password } = new URL(text);
      return /^https?:$/.test(protocol) && username === '' && password === '' ? text : undefined;
    },
  };
}

/** Networks as `10.0.0.0/8`, or single addresses; an empty list is a list. `blockListOf` makes them something to ask. */
export function networks(name: VariableName): Variable<readonly string[]> {
  return {
    name,
    defaultText: '',
    rule: `at most ${listItemsMax} IP addresses or networks (address/bits) with commas between them, or empty`,
    example: '127.0.0.1,10.0.0.0/8,fd00::/8',
    read: (text) => listOf(text, (item) => (networkOf(item) ? item : undefined)),
  };
}

/** The networks of such a variable, to be asked with `check(address, family)`. */
export function blockListOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const network = networkOf(text);
    if (network) list.addSubnet(network.address, network.bits, network.family);
  }
  return list;
}

function networkOf(text: string) {
  const [address = '', bitsText, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const bitsMax = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? bitsMax : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN;
  return bits <= bitsMax ? { address, bits, family: version === 4 ? ('ipv4' as const) : ('ipv6' as const) } : undefined;
}

/** The items of a comma list, blanks around them left out; undefined when one is refused, doubled, or there are too many. */
function listOf<T>(text: string, read: (item: string) => T | undefined): readonly T[] | undefined {
  if (text.trim() === '') return [];
  const items = text.split(',').map((item) => item.trim());
  if (items.length > listItemsMax || new Set(items).size < items.length) return undefined;
  const values = items.map(read);
  return values.includes(undefined) ? undefined : (values as T[]);
}

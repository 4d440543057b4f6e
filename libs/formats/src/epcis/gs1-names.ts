/**
 * One name for each GS1 key, whether it is written as an EPC URN or as a GS1 Digital Link: the canonical Digital Link at id.gs1.org.
 *
 * A URN can be turned into a link, which only puts its digits together and adds the check digit; the other way needs the length of the
 * company prefix, which a link does not tell. So links are the names, as in the event hash of CBV 2.0.
 * @see GS1 EPC Tag Data Standard, pure identities; GS1 Digital Link URI Syntax, section 4.11; CBV 2.0 section 8.9
 */
const domain = 'https://id.gs1.org';

/** The canonical link of a key, class or pattern, or undefined for texts that are no GS1 key. */
export function gs1LinkOf(uri: string): string | undefined {
  if (uri.length > uriMax) return undefined;
  return uri.startsWith('urn:epc:') ? linkOfUrn(uri) : canonicalLink(uri);
}

/** Longer than any key with its domain and qualifiers; it bounds what the patterns below look at. */
const uriMax = 400;

/** How the digits of a scheme make a key: its application identifier, and the digits of prefix and reference together. */
interface Scheme {
  readonly key: string;
  readonly digits: number;
  /** A digit before the company prefix: taken from the reference (indicator, extension), or a constant. */
  readonly lead?: 'indicator' | '0';
  /** What the last part of the URN is: a qualifier of its own, or the end of the key. */
  readonly serial?: string;
  /** The serial `0` of a location says that there is none. */
  readonly zeroIsNone?: boolean;
}

const schemes: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['id:sgtin', { key: '01', digits: 13, lead: 'indicator', serial: '/21/' }],
  ['id:upui', { key: '01', digits: 13, lead: 'indicator', serial: '/235/' }],
  ['class:lgtin', { key: '01', digits: 13, lead: 'indicator', serial: '/10/' }],
  ['idpat:sgtin', { key: '01', digits: 13, lead: 'indicator' }],
  ['idpat:upui', { key: '01', digits: 13, lead: 'indicator' }],
  ['id:sscc', { key: '00', digits: 17, lead: 'indicator' }],
  ['id:sgln', { key: '414', digits: 12, serial: '/254/', zeroIsNone: true }],
  ['id:pgln', { key: '417', digits: 12 }],
  ['id:grai', { key: '8003', digits: 12, lead: '0', serial: '' }],
  ['idpat:grai', { key: '8003', digits: 12, lead: '0' }],
  ['id:gdti', { key: '253', digits: 12, serial: '' }],
  ['idpat:gdti', { key: '253', digits: 12 }],
  ['id:sgcn', { key: '255', digits: 12, serial: '' }],
  ['idpat:sgcn', { key: '255', digits: 12 }],
  ['id:gsrn', { key: '8018', digits: 17 }],
  ['id:gsrnp', { key: '8017', digits: 17 }],
  ['id:gsin', { key: '402', digits: 16 }],
]);

function linkOfUrn(urn: string): string | undefined {
  const [, scheme = '', body = ''] = /^urn:epc:((?:id|class|idpat):[a-z]+):(.+)$/.exec(urn) ?? [];
  const dots = body.split('.');
  const [prefix = '', reference = '', ...rest] = dots;
  if (!/^\d{6,12}$/.test(prefix)) return undefined;
  const known = schemes.get(scheme);
  if (known !== undefined) return digitsLink(known, prefix, reference, rest.join('.'));
  switch (scheme) {
    case 'id:giai':
      return `${domain}/8004/${prefix}${encoded(dots.slice(1).join('.'))}`;
    case 'id:ginc':
      return `${domain}/401/${prefix}${encoded(dots.slice(1).join('.'))}`;
    case 'id:cpi':
      return `${domain}/8010/${encoded(prefix + dots.slice(1, -1).join('.'))}/8011/${dots.at(-1)}`;
    case 'idpat:cpi':
      return `${domain}/8010/${encoded(prefix + dots.slice(1, -1).join('.'))}`;
    case 'id:itip':
    case 'idpat:itip': {
      const trade = digitsLink({ key: '8006', digits: 13, lead: 'indicator' }, prefix, reference, '');
      const [piece = '', total = '', ...serial] = rest;
      if (trade === undefined || !/^\d\d$/.test(piece) || !/^\d\d$/.test(total)) return undefined;
      return `${trade}${piece}${total}${scheme === 'id:itip' ? `/21/${encoded(serial.join('.'))}` : ''}`;
    }
    default:
      return undefined;
  }
}

function digitsLink(scheme: Scheme, prefix: string, reference: string, serial: string): string | undefined {
  if (prefix.length + reference.length !== scheme.digits || !/^\d*$/.test(reference)) return undefined;
  const digits =
    scheme.lead === 'indicator'
      ? reference.charAt(0) + prefix + reference.slice(1)
      : `${scheme.lead ?? ''}${prefix}${reference}`;
  const key = `${domain}/${scheme.key}/${digits}${checkDigit(digits)}`;
  if (scheme.serial === undefined || (scheme.zeroIsNone && serial === '0')) return key;
  return serial === '' ? undefined : key + scheme.serial + encoded(serial);
}

/** The check digit of GTIN, SSCC, GLN and the other keys of digits: weights 3 and 1 from the right, filled up to the next ten. */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight;
  return (10 - (sum % 10)) % 10;
}

/** Characters of serials that a URN writes plainly and a path of a link does not. */
function encoded(serial: string): string {
  return serial.replace(/[!()*+,:]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

const shortNames: ReadonlyMap<string, string> = new Map([
  ['gtin', '01'],
  ['itip', '8006'],
  ['cpid', '8010'],
  ['gln', '414'],
  ['party', '417'],
  ['gsrnp', '8017'],
  ['gsrn', '8018'],
  ['gcn', '255'],
  ['sscc', '00'],
  ['gdti', '253'],
  ['ginc', '401'],
  ['gsin', '402'],
  ['grai', '8003'],
  ['giai', '8004'],
  ['cpv', '22'],
  ['lot', '10'],
  ['ser', '21'],
]);

/** The form of each key, and its qualifiers with the finest one first: only that one stays. */
const keys: ReadonlyMap<string, readonly [form: RegExp, ...qualifiers: string[]]> = new Map<
  string,
  readonly [RegExp, ...string[]]
>([
  ['00', [/^\d{18}$/]],
  ['01', [/^(?:\d{8}|\d{12,14})$/, '21', '235', '10']],
  ['253', [/^\d{13}.{0,17}$/]],
  ['255', [/^\d{13,25}$/]],
  ['401', [/^.{4,30}$/]],
  ['402', [/^\d{17}$/]],
  ['414', [/^\d{13}$/, '254']],
  ['417', [/^\d{13}$/]],
  ['8003', [/^\d{14}.{0,16}$/]],
  ['8004', [/^.{4,30}$/]],
  ['8006', [/^\d{18}$/, '21', '10']],
  ['8010', [/^.{4,30}$/, '8011']],
  ['8017', [/^\d{18}$/]],
  ['8018', [/^\d{18}$/]],
]);

/** A Digital Link of any domain, with short names or numbers, with qualifiers and a query, in its canonical form. */
function canonicalLink(uri: string): string | undefined {
  const path = /^https?:\/\/[^/?#]+\/([^?#]+)/.exec(uri)?.[1];
  if (path === undefined) return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  const numbers = parts.map((part) => shortNames.get(part) ?? part);
  for (let at = 0; at + 1 < parts.length; at++) {
    const key = keys.get(numbers[at]!);
    if (key === undefined || !key[0].test(parts[at + 1]!)) continue;
    const [, ...finest] = key;
    const value = numbers[at] === '01' ? parts[at + 1]!.padStart(14, '0') : parts[at + 1]!;
    const found = new Map<string, string>();
    for (let next = at + 2; next + 1 < parts.length; next += 2) found.set(numbers[next]!, parts[next + 1]!);
    const qualifier = finest.find((name) => found.has(name));
    return `${domain}/${numbers[at]}/${value}${qualifier === undefined ? '' : `/${qualifier}/${found.get(qualifier)}`}`;
  }
  return undefined;
}

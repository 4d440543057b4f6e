import { describe, expect, it } from '@jest/globals';
import { exampleEvents } from './subscriber-document.js';
import { checkEvent } from './event-check.js';
import { toJsonPath } from './event-faults.js';
import { CanonicalEvent } from './event-schema.js';

const event = exampleEvents.air;
const withData = (change: object) => ({ ...event, data: { ...event.data, ...change } });
const withoutHub = { ...event, data: { ...event.data, hub: undefined } };

function faultOf(value: unknown) {
  const check = checkEvent(JSON.parse(JSON.stringify(value)));
  if (check.ok) throw new Error('the event was accepted');
  return check.problem;
}

describe('a fault of the schema', () => {
  it.each([
    [
      'a hub in small letters',
      withData({ hub: 'cgo' }),
      {
        path: '$.data.hub',
        detail: '"cgo" is not written in the form that is expected',
        rule: 'Landbridge event v1, data.hub, pattern',
        expected:
          'The hub that this movement belongs to, by its IATA airport code of three capital letters, such as CGO.',
      },
    ],
    [
      'a hub that is a number',
      withData({ hub: 7 }),
      {
        detail: '7 is no text',
        rule: 'Landbridge event v1, data.hub, type',
        expected: /IATA .*, such as CGO\.$/,
      },
    ],
    ['a quantity as text', withData({ quantities: { pieces: '812' } }), { detail: '"812" is no integer' }],
    ['a retraction in words', { ...event, retracted: 'yes' }, { detail: '"yes" is neither true nor false' }],
    ['data that is text', { ...event, data: 'DEP' }, { path: '$.data', detail: '"DEP" is no object' }],
    ['links that are no list', withData({ links: {} }), { detail: 'an object is no list' }],
    [
      'no hub',
      withoutHub,
      {
        path: '$.data',
        detail: 'hub must be there',
        rule: 'Landbridge event v1, data, required',
        expected: /^hub: The hub .*, such as CGO\.$/,
      },
    ],
    [
      'no type',
      { ...event, type: undefined },
      { path: '$', rule: 'Landbridge event v1, required', expected: /^type: one of landbridge\.air\.event\.v1, / },
    ],
    [
      'a direction that is none',
      withData({ direction: 'up' }),
      { rule: 'Landbridge event v1, data.direction, enum', expected: 'one of inbound, outbound, transit' },
    ],
    ['another version of CloudEvents', { ...event, specversion: '0.3' }, { detail: /"0\.3"/, expected: '1.0' }],
    [
      'a type that is none',
      { ...event, type: 'landbridge.sea.event.v1' },
      { code: 'unknown_type', detail: /landbridge\.sea/, expected: /one of landbridge\.air\.event\.v1, / },
    ],
    [
      'a link without a name',
      withData({ links: [{ type: 'awb', id: '' }] }),
      {
        path: '$.data.links[0].id',
        detail: 'the text is empty',
        rule: 'Landbridge event v1, data.links[].id, minLength',
      },
    ],
    [
      'too many links',
      withData({ links: Array(201).fill(event.data!.unit) }),
      { detail: 'the list has more than 200 items', expected: /a list of at most 200 things/ },
    ],
    [
      'a negative quantity',
      withData({ quantities: { pieces: -1 } }),
      { code: 'quantity_out_of_range', detail: '-1 is less than 0', expected: /^An integer from 0 to 1000000000000 / },
    ],
    [
      'a member that there is not',
      withData({ bogus: 1 }),
      { path: '$.data', detail: /"bogus"/, expected: /^none but classifier, milestone, hub, / },
    ],
    [
      'an attribute in capitals',
      { ...event, Extra: 'x' },
      {
        path: '$.Extra',
        detail: '"Extra" is no name of an attribute',
        rule: 'Landbridge event v1, names of attributes, pattern',
        expected: 'Name of an attribute: 1 to 20 small letters and digits, such as traceparent.',
      },
    ],
    [
      'an attribute that is an object',
      { ...event, constructor: {} },
      {
        path: '$.constructor',
        detail: 'an object is of another type',
        rule: 'Landbridge event v1, extension attributes, type',
        expected: 'An extension attribute: a text of at most 1024 characters, true or false, or an integer.',
      },
    ],
    [
      'a time without a zone',
      { ...event, time: '2020-03-04T05:06:07' },
      {
        code: 'invalid_time',
        rule: 'RFC 3339 section 5.6',
        expected:
          'When it happened, RFC 3339 with an offset or Z, from 2000 to 2100, such as 2020-03-04T05:06:07+08:00.',
      },
    ],
    ['no event at all', [event], { detail: 'a list is no event', rule: 'Landbridge event v1, type' }],
  ])('tells %s in words', (_what, value, said) => {
    const fault: object = faultOf(value);
    for (const [name, words] of Object.entries(said))
      expect(fault).toHaveProperty(name, words instanceof RegExp ? expect.stringMatching(words) : words);
  });

  it.each(['', 'x'.repeat(200_000), 'line\nfeed', 7, null, true, [], {}, -1, 1e300])(
    'has a rule and what is expected, and no regular expression, for %.20j wherever it stands',
    (value) => {
      for (const place of placesOf(CanonicalEvent as Part)) {
        const bad = structuredClone(event) as object;
        place.reduce(
          (at: Bag, name, index) => (at[name] = index === place.length - 1 ? value : (at[name] ?? {})) as Bag,
          bad as Bag,
        );
        const check = checkEvent(bad);
        if (check.ok) continue;
        const { code, detail, rule, expected } = check.problem;
        expect(`${detail} ${rule} ${expected}`).not.toMatch(/\^|\\[xu]|undefined|must match/);
        if (['invalid_event', 'unknown_type', 'invalid_time', 'quantity_out_of_range'].includes(code))
          expect([rule, expected]).toEqual([expect.any(String), expect.any(String)]);
      }
    },
  );
});

describe('the schema', () => {
  it('says in words what each pattern means, with an example that it takes', () => {
    const patterns = partsOf(CanonicalEvent as Part).filter(({ pattern }) => pattern !== undefined);
    expect(patterns.length).toBeGreaterThan(15);
    for (const { pattern, description, examples } of patterns) {
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(examples![0]).toMatch(new RegExp(pattern!));
    }
  });
});

type Bag = Record<string, unknown>;
interface Part {
  readonly pattern?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
  readonly properties?: { readonly [name: string]: Part };
  readonly items?: Part;
  readonly propertyNames?: Part;
}

function partsOf(part: Part): Part[] {
  const below = [...Object.values(part.properties ?? {}), part.items, part.propertyNames];
  return [part, ...below.flatMap((member) => (member === undefined ? [] : partsOf(member)))];
}

/** The path of every member that the schema knows. */
function placesOf(part: Part): string[][] {
  return Object.entries(part.properties ?? {}).flatMap(([name, member]) => [
    [name],
    ...placesOf(member).map((path) => [name, ...path]),
  ]);
}

describe('toJsonPath', () => {
  it.each([
    ['', '$'],
    ['/data/links/0/id', '$.data.links[0].id'],
    ['/a~1b', '$["a/b"]'],
    ['/a-b', '$["a-b"]'],
  ])('writes %j as %s', (pointer, path) => {
    expect(toJsonPath(pointer)).toBe(path);
  });
});

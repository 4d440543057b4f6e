/**
 * Why a value does not match the schema of an event, in words that its sender can act on.
 *
 * The schema says with each rule what it means (`description`) and shows one value that passes (`examples`); a fault tells these, and names
 * the rule by member and JSON Schema keyword. Only refused events pay for it: some 10 µs a name.
 */
import { CanonicalEvent } from './event-schema.js';
import type { Problem } from './problems.js';

/** What the compiled schema says of a value that it refuses: the part of a TypeBox error that is used here. */
export interface SchemaError {
  readonly keyword: string;
  /** JSON Pointer into the event. */
  readonly instancePath: string;
  /** Into the schema: `#/properties/data/properties/hub`. */
  readonly schemaPath: string;
  readonly params: object;
}

/**
 * The first fault of a value that the schema refuses. Problems: invalid_event, unknown_type, invalid_time, quantity_out_of_range.
 * @param errorsOf the errors of the compiled schema
 */
export function schemaFault(value: unknown, errorsOf: (value: object) => readonly SchemaError[]): Problem {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      code: 'invalid_event',
      detail: `${kindOf(value)} is no event`,
      path: '$',
      rule: ruleOf('type', []),
      expected: 'a JSON object with the attributes of a CloudEvent',
    };
  const errors = errorsOf(firstNames(value));
  // An error of a parent only repeats what its child says; the deepest one that names the field comes first.
  const first = errors.find(({ keyword }) => keyword !== 'boolean' && keyword !== 'anyOf') ?? errors[0] ?? fartherFault;
  const path = toJsonPath(first.instancePath);
  const at = valueAt(value, first.instancePath);
  if (path === '$.time') return invalidTime(at);
  const { part, names } = schemaPartAt(first.schemaPath);
  return {
    code: codeOf(path, at),
    detail: detailOf(first, at),
    path,
    rule: ruleOf(first.keyword, names),
    ...expectedOf(first, part),
  };
}

/** One of the names that were not explained has it. */
const fartherFault: SchemaError = {
  keyword: 'anyOf',
  instancePath: '',
  schemaPath: '#/additionalProperties',
  params: {},
};

/** The fault of an event's `time`, which RFC 3339 and the range of years decide, and no pattern. */
export function invalidTime(time: unknown): Problem {
  const part = CanonicalEvent.properties.time as SchemaPart;
  const detail = `${shown(time)} is not an RFC 3339 time with an offset, from 2000 to 2100`;
  return { code: 'invalid_time', detail, path: '$.time', rule: 'RFC 3339 section 5.6', ...expectedOf(undefined, part) };
}

function codeOf(path: string, at: unknown): Problem['code'] {
  if (path === '$.type' && typeof at === 'string') return 'unknown_type';
  return path.startsWith('$.data.quantities.') ? 'quantity_out_of_range' : 'invalid_event';
}

/** What is wrong with the value at the place of an error; the keywords are all that the schema of an event uses. */
function detailOf({ keyword, instancePath, schemaPath, params }: SchemaError, at: unknown): string {
  const { limit, requiredProperties, additionalProperties, type } = params as ErrorParams;
  switch (keyword) {
    case 'required':
      return `${requiredProperties!.join(', ')} must be there`;
    case 'additionalProperties':
      return `there is no member of this name: ${namesShown(additionalProperties!)}`;
    case 'type':
      return at === undefined ? 'a value must be there' : `${shown(at)} ${otherTypeThan(schemaPath, type)}`;
    case 'minLength':
      return 'the text is empty';
    case 'maxLength':
      return `the text has more than ${limit} characters`;
    case 'maxItems':
      return `the list has more than ${limit} items`;
    case 'minimum':
      return `${shown(at)} is less than ${limit}`;
    case 'maximum':
      return `${shown(at)} is more than ${limit}`;
    case 'enum':
    case 'const':
      return `${shown(at)} is no value that is known here`;
    case 'anyOf':
      return `one of its attributes after the first ${namesExplainedMax} is none that an event may have`;
    default:
      // A pattern. That of names judges the last part of the path, and not what stands there.
      return schemaPath === '#/propertyNames'
        ? `${shown(pointerNames(instancePath)[0])} is no name of an attribute`
        : `${shown(at)} is not written in the form that is expected`;
  }
}

/** Of the types that the schema of an event uses. An extension attribute may be of several, which `expected` lists. */
function otherTypeThan(schemaPath: string, type: string | undefined): string {
  if (schemaPath.includes('/anyOf/') || type === undefined) return 'is of another type';
  return notOfType[type] ?? 'is of another type';
}

const notOfType: { readonly [type: string]: string } = {
  string: 'is no text',
  integer: 'is no integer',
  boolean: 'is neither true nor false',
  object: 'is no object',
  array: 'is no list',
};

interface ErrorParams {
  readonly type?: string;
  readonly limit?: number;
  readonly requiredProperties?: readonly string[];
  readonly additionalProperties?: readonly string[];
  readonly allowedValues?: readonly string[];
  readonly allowedValue?: string;
}

/** What would have been right: the values of a list, the members of an object, else the schema's own words and its example. */
function expectedOf(error: SchemaError | undefined, part: SchemaPart): { readonly expected?: string } {
  const { allowedValues, allowedValue, requiredProperties } = (error?.params ?? {}) as ErrorParams;
  if (allowedValues !== undefined) return { expected: `one of ${allowedValues.join(', ')}` };
  if (allowedValue !== undefined) return { expected: allowedValue };
  if (requiredProperties !== undefined) {
    const [name] = requiredProperties as [string];
    const { expected } = expectedOf(undefined, part.properties![name]!);
    return expected === undefined ? {} : { expected: `${name}: ${expected}` };
  }
  if (error?.keyword === 'additionalProperties')
    return { expected: `none but ${Object.keys(part.properties!).join(', ')}` };
  if (part.enum !== undefined) return { expected: `one of ${part.enum.join(', ')}` };
  if (part.const !== undefined) return { expected: part.const };
  if (part.description === undefined) return {};
  const [example] = part.examples ?? [];
  return {
    expected: example === undefined ? part.description : `${part.description.slice(0, -1)}, such as ${example}.`,
  };
}

interface SchemaPart {
  readonly description?: string;
  readonly examples?: readonly (string | number)[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly properties?: { readonly [name: string]: SchemaPart };
  readonly items?: SchemaPart;
  readonly propertyNames?: SchemaPart;
  readonly additionalProperties?: SchemaPart | false;
}

/** The rule by its place in the contract: `Landbridge event v1, data.hub, pattern`. */
function ruleOf(keyword: string, names: readonly string[]): string {
  return ['Landbridge event v1', ...(names.length > 0 ? [names.join('.')] : []), keyword].join(', ');
}

/** The part of the schema at a pointer into it, and the names of members on the way; the pointer is the schema's, not the sender's. */
function schemaPartAt(pointer: string): { readonly part: SchemaPart; readonly names: readonly string[] } {
  let part = CanonicalEvent as SchemaPart;
  const names: string[] = [];
  const steps = pointer.split('/').slice(1);
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (step === 'properties') {
      const name = steps.shift()!;
      names.push(name);
      part = part.properties![name]!;
    } else if (step === 'items') {
      names.push(`${names.pop()!}[]`);
      part = part.items!;
    } else if (step === 'propertyNames') {
      names.push('names of attributes');
      part = part.propertyNames!;
    } else {
      // Further attributes: their alternatives have one description together.
      names.push('extension attributes');
      return { part: part.additionalProperties as SchemaPart, names };
    }
  }
  return { part, names };
}

function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const name of pointerNames(pointer)) at = (at as Readonly<Record<string, unknown>> | undefined)?.[name];
  return at;
}

/** A value as a fault shows it: a text or a number itself, of anything else what it is. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, shownCharactersMax));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

const shownCharactersMax = 80;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}

function namesShown(names: readonly string[]): string {
  return names
    .map((name) => JSON.stringify(name.slice(0, 40)))
    .join(', ')
    .slice(0, 200);
}

/** A sender has learned enough from the first ones. */
const namesExplainedMax = 200;

/** The event with the attributes that we know and as many others; the same value where it has no more. */
function firstNames(value: object): object {
  const names = Object.keys(value);
  if (names.length <= namesExplainedMax) return value;
  const known = names.filter((name) => Object.hasOwn(CanonicalEvent.properties, name));
  const kept = new Set([...known, ...names.slice(0, namesExplainedMax)]);
  return Object.fromEntries(Object.entries(value).filter(([name]) => kept.has(name)));
}

/** The names of a JSON Pointer (RFC 6901). */
function pointerNames(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A JSON Pointer as the JSONPath (RFC 9535) that carriers see. */
export function toJsonPath(pointer: string): string {
  return pointerNames(pointer).reduce((path, part) => {
    if (/^\d+$/.test(part)) return `${path}[${part}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? `${path}.${part}` : `${path}[${JSON.stringify(part)}]`;
  }, '$');
}

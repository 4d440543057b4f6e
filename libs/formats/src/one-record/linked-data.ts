/**
 * ONE Record's JSON-LD as nodes whose properties are asked for by their plain names, however the sender spelled them.
 *
 * Goal: `cargo:eventDate`, `eventDate` under a vocabulary, the full IRI and a term of the sender's own are the same property. Choice:
 * names are expanded with the contexts that stand in the message itself. Contexts elsewhere are never fetched, because what a message
 * says must not depend on a server, nor a server be called for every message; without one, the ontology's own prefixes and vocabulary
 * are assumed. A JSON-LD processor was refused: it builds three more trees of the message to answer the same questions.
 * @see https://www.w3.org/TR/json-ld11/#the-context
 */
import { childPath, isObject, listOf, own, type JsonObject } from '../json/json-values.js';

const cargoNamespace = 'https://onerecord.iata.org/ns/cargo#';

interface Context {
  readonly vocabulary: string;
  /** Its own prefixes and terms to what they stand for; those of `outer` hold beside them. Copies would grow with the square. */
  readonly terms: ReadonlyMap<string, string>;
  readonly outer?: Context;
  /** Names that were expanded once. */
  readonly names: Map<string, string | undefined>;
}

/** What is assumed where the message has no context of its own. */
const assumedTerms: ReadonlyMap<string, string> = new Map([
  ['cargo', cargoNamespace],
  ['api', 'https://onerecord.iata.org/ns/api#'],
]);

/** One value of a property: a node, a text, a number; with its JSONPath. */
export interface LdValue {
  readonly value: unknown;
  readonly path: string;
  readonly context: Context;
}

/** A node of the message. */
export class LdNode {
  readonly path: string;
  readonly #properties = new Map<string, LdValue[]>();

  constructor({ value, path, context: outer }: LdValue) {
    this.path = path;
    if (!isObject(value)) return;
    const context = contextOf(value, outer);
    for (const key of Object.keys(value)) {
      const name = nameOf(key, context);
      if (name === undefined) continue;
      const values = valuesOf(value[key], childPath(path, key), context);
      const known = this.#properties.get(name);
      if (known === undefined) this.#properties.set(name, values);
      else known.push(...values);
    }
  }

  /** All values of a property, in the order of the message. */
  all(name: string): readonly LdValue[] {
    return this.#properties.get(name) ?? [];
  }

  /** The first value among several properties, in the order asked for. */
  first(...names: readonly string[]): LdValue | undefined {
    for (const name of names) {
      const value = this.all(name)[0];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The text, number or truth value of a property as text. */
  text(...names: readonly string[]): string | undefined {
    const value = this.first(...names);
    return value === undefined ? undefined : textOf(value);
  }

  get id(): string | undefined {
    return this.text('@id');
  }

  /** Plain names of its types: `LogisticsEvent`. */
  get types(): readonly string[] {
    return this.all('@type').flatMap((type) => lastPartOf(textOf(type) ?? '') ?? []);
  }

  /** Whether it says nothing but which node it is. */
  get isReference(): boolean {
    return [...this.#properties.keys()].every((name) => name === '@id' || name === '@type');
  }
}

/** The root of a message. */
export function rootValue(value: unknown): LdValue {
  return { value, path: '$', context: { vocabulary: cargoNamespace, terms: assumedTerms, names: new Map() } };
}

/** The text of a value: itself, or what a typed literal or a reference holds. */
export function textOf({ value }: LdValue): string | undefined {
  const held = own(value, '@value') ?? own(value, '@id') ?? value;
  if (typeof held === 'string') return held.trim() === '' ? undefined : held.trim();
  return typeof held === 'number' || typeof held === 'boolean' ? String(held) : undefined;
}

/** What an IRI or a short name ends with: `DEP` of `https://…/StatusCode#DEP`, of `cargo:DEP` and of `DEP`. */
export function lastPartOf(text: string): string | undefined {
  return /[^#/:]+$/.exec(text.slice(-200))?.[0];
}

function valuesOf(value: unknown, path: string, context: Context): LdValue[] {
  const wrapped = isObject(value) ? (own(value, '@list') ?? own(value, '@set')) : undefined;
  const inner = wrapped ?? value;
  if (!Array.isArray(inner)) return inner === null ? [] : [{ value: inner, path, context }];
  return inner.map((item, index) => ({ value: item as unknown, path: childPath(path, index), context }));
}

/** A node's own context over that of the node around it. */
function contextOf(node: JsonObject, outer: Context): Context {
  const written = own(node, '@context');
  if (written === undefined) return outer;
  let { vocabulary } = outer;
  const terms = new Map<string, string>();
  for (const part of listOf(written)) {
    if (!isObject(part)) continue;
    for (const [term, meaning] of Object.entries(part)) {
      const iri = typeof meaning === 'string' ? meaning : own(meaning, '@id');
      if (typeof iri !== 'string') continue;
      if (term === '@vocab') vocabulary = iri;
      else if (!term.startsWith('@')) terms.set(term, iri);
    }
  }
  return { vocabulary, terms, outer, names: new Map() };
}

/** A term may stand for a term, which may stand for another; more steps than these are a circle. */
const expansionsMax = 4;
const ontologyName = /^https?:\/\/onerecord\.iata\.org\/(?:ns\/)?(?:cargo|api)(?:\/[\d.]{1,12})?[#/]([A-Za-z0-9]+)$/;

/** The plain name of a property: the keyword, or the name in the ontology; undefined for properties of others. */
function nameOf(key: string, context: Context): string | undefined {
  const known = context.names.get(key);
  if (known !== undefined || context.names.has(key)) return known;
  let iri = key;
  for (let step = 0; step < expansionsMax && !iri.startsWith('@'); step++) {
    const colon = iri.indexOf(':');
    const meaning = termOf(iri, context) ?? (colon < 0 ? undefined : withPrefix(iri, colon, context));
    if (meaning === undefined) {
      if (colon < 0) iri = context.vocabulary + iri;
      break;
    }
    iri = meaning;
  }
  const name = iri.startsWith('@') ? iri : ontologyName.exec(iri)?.[1];
  context.names.set(key, name);
  return name;
}

/** Of the innermost context that has the term; they are nested as deep as the message at most. */
function termOf(term: string, context: Context): string | undefined {
  for (let one: Context | undefined = context; one !== undefined; one = one.outer) {
    const meaning = one.terms.get(term);
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}

function withPrefix(iri: string, colon: number, context: Context): string | undefined {
  const meaning = termOf(iri.slice(0, colon), context);
  return meaning === undefined ? undefined : meaning + iri.slice(colon + 1);
}

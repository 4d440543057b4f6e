/**
 * A question to `GET /v1/statistics`, read from its query parameters.
 *
 * A misspelt filter that is silently dropped gives a larger figure that looks right, so everything unknown, repeated, empty or malformed
 * is refused, with the parameter's name and what it takes. So is a filter that the measure is not kept by: it could only find zero.
 */
import { EventData, type Problem } from '@landbridge/contracts';
import {
  corridors,
  dimensions,
  directions,
  flows,
  groupings,
  groupingsOf,
  hubs,
  isPartner,
  measures,
  parsePeriod,
  portsOfEntry,
  tradeModes,
  type Filters,
  type Grouping,
  type MeasureName,
  type Period,
} from '@landbridge/domain';

export interface Question {
  readonly measure: MeasureName;
  readonly period: Period;
  readonly filters: Filters;
  readonly by?: Grouping;
  /** Whether the same period a year earlier is asked for too. */
  readonly compare: boolean;
}

export type QuestionResult =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly problem: Problem };

const parameters = ['measure', 'period', 'by', 'compare', ...dimensions, 'flow'];

/** Reads a question, or refuses it with `invalid_parameter`, the path being the name of the first parameter at fault. */
export function parseQuestion(given: Readonly<Record<string, unknown>>): QuestionResult {
  for (const [name, value] of Object.entries(given)) {
    if (name === 'asOf')
      return refused(name, 'is not taken: figures are answered as they are now, and the answer says when that was');
    if (!parameters.includes(name))
      return refused(name.slice(0, nameShownMax), `is not known; known are ${parameters.join(', ')}`);
    if (typeof value !== 'string') return refused(name, 'stands more than once; give it once');
    if (value === '') return refused(name, 'is empty; give it a value or leave it out');
  }
  const { measure, period: periodText, by, compare } = given as Readonly<Record<string, string | undefined>>;

  if (measure === undefined) return refused('measure', `is missing; it is one of ${measureNames.join(', ')}`);
  if (!isOneOf(measureNames, measure)) return refused('measure', `is one of ${measureNames.join(', ')}`);
  if (periodText === undefined)
    return refused('period', 'is missing; it is written like 2020, 2020-H1, 2020-06 or 2020-01/2020-08');
  const parsed = parsePeriod(periodText);
  if (!parsed.ok) return refused('period', `is not valid: ${parsed.reason}`);
  if (compare !== undefined && compare !== 'previous-year') return refused('compare', 'is previous-year, or left out');

  const kept = groupingsOf(measure);
  if (by !== undefined && !isOneOf(kept, by)) return refused('by', `is, for ${measure}, one of ${kept.join(', ')}`);
  const filters: Partial<Record<Grouping, string>> = {};
  for (const name of groupings) {
    const value = given[name] as string | undefined;
    if (value === undefined) continue;
    if (!kept.includes(name)) return refused(name, `does not apply: ${measure} is kept by ${kept.join(', ')}`);
    const rule = filterRules[name];
    if (!rule.takes(value)) return refused(name, `is ${rule.taken}`);
    filters[name] = value;
  }
  return {
    ok: true,
    question: {
      measure,
      period: parsed.period,
      filters: filters as Filters,
      ...(by === undefined ? {} : { by }),
      compare: compare !== undefined,
    },
  };
}

/** How much of an unknown parameter's name is repeated in the answer. */
const nameShownMax = 60;

const measureNames = Object.keys(measures) as MeasureName[];

function isOneOf<T extends string>(values: readonly T[], text: string): text is T {
  return (values as readonly string[]).includes(text);
}

function refused(parameter: string, reason: string): QuestionResult {
  return { ok: false, problem: { code: 'invalid_parameter', detail: `${parameter} ${reason}`, path: parameter } };
}

interface FilterRule {
  takes(value: string): boolean;
  /** The same for readers of the API document, as far as JSON Schema can say it. */
  readonly schema: object;
  /** Continues the sentence "hub is ...". */
  readonly taken: string;
}

const oneOf = (values: readonly string[]): FilterRule => ({
  takes: (value) => values.includes(value),
  schema: { enum: values },
  taken: `one of ${values.join(', ')}`,
});

/** Text that an event could carry, by the pattern of the event schema: no other value can be in a cell. */
const likeField = (field: object, taken: string): FilterRule => {
  const { pattern } = field as { readonly pattern?: string };
  if (pattern === undefined) throw new Error('a field of the event schema lost its pattern');
  const form = new RegExp(pattern);
  return { takes: (value) => form.test(value), schema: { type: 'string', pattern }, taken };
};

/** What each filter takes, whatever the measure. */
export const filterRules: Readonly<Record<Grouping, FilterRule>> = {
  hub: oneOf(hubs.map(({ code }) => code)),
  direction: oneOf(directions),
  corridor: oneOf(corridors),
  partner: {
    takes: (value) => value === 'CN' || isPartner(value),
    schema: { type: 'string', pattern: '^[A-Z]{2}$' },
    taken: 'CN or the ISO 3166-1 alpha-2 code of a partner, in capital letters, like DE',
  },
  carrier: likeField(EventData.properties.transport.properties.carrier, '2 to 4 capital letters or digits, like CZ'),
  brand: likeField(EventData.properties.brand, '1 to 40 letters, digits, dots, underscores or hyphens, like cainiao'),
  tradeMode: oneOf(tradeModes.map(({ code }) => code)),
  portOfEntry: oneOf(portsOfEntry.map(({ code }) => code)),
  flow: oneOf(flows),
};

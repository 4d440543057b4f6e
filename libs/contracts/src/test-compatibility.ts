/**
 * Where a newer JSON Schema breaks with a released one, for the test that guards released event schemas.
 *
 * Two promises are held. Whoever writes by the released schema is still understood: the newer one takes all that the released one took.
 * Whoever reads by it still finds what was always there: nothing that was required has become optional. Keywords that this does not know
 * must stay as they are, so a new kind of rule is a break until somebody has thought about it.
 */
export type Schema = { readonly [keyword: string]: unknown };

/** The breaks, each with the JSON Pointer of its place; none where the newer schema keeps both promises. */
export function breaksBetween(released: Schema, newer: Schema, at = ''): string[] {
  const breaks: string[] = [];
  for (const keyword of new Set([...Object.keys(released), ...Object.keys(newer)])) {
    if (annotations.has(keyword)) continue;
    const [before, after] = [released[keyword], newer[keyword]];
    const rule = rules[keyword] ?? sameRule;
    breaks.push(...rule(before, after, `${at}/${keyword}`, released));
  }
  return breaks;
}

const annotations: ReadonlySet<string> = new Set(['$id', 'title', 'description', 'examples', 'default']);

type Rule = (before: unknown, after: unknown, at: string, released: Schema) => string[];

const sameRule: Rule = (before, after, at) =>
  JSON.stringify(before) === JSON.stringify(after) ? [] : [`${at} is not what it was`];

/** A bound may go away or grow, never come or shrink. @param grown whether `after` takes at least what `before` took */
const bound =
  (grown: (before: number, after: number) => boolean): Rule =>
  (before, after, at) => {
    if (after === undefined) return [];
    if (before === undefined) return [`${at} is new`];
    return grown(before as number, after as number) ? [] : [`${at} is tighter than it was`];
  };
const upper = bound((before, after) => after >= before);
const lower = bound((before, after) => after <= before);

const rules: { readonly [keyword: string]: Rule } = {
  maximum: upper,
  maxLength: upper,
  maxItems: upper,
  minimum: lower,
  minLength: lower,
  minItems: lower,
  enum: (before, after, at) => {
    if (after === undefined) return [];
    if (before === undefined) return [`${at} is new`];
    return (before as unknown[])
      .filter((value) => !(after as unknown[]).includes(value))
      .map((value) => `${at} lost ${JSON.stringify(value)}`);
  },
  required: (before = [], after = [], at) => [
    ...(after as string[])
      .filter((name) => !(before as string[]).includes(name))
      .map((name) => `${at} asks for ${name}`),
    ...(before as string[]).filter((name) => !(after as string[]).includes(name)).map((name) => `${at} lost ${name}`),
  ],
  properties: (before = {}, after = {}, at, released) => {
    const [old, now] = [before as Record<string, Schema>, after as Record<string, Schema>];
    const free = released['additionalProperties'];
    return [
      ...Object.keys(old).flatMap((name) =>
        now[name] === undefined ? [`${at}/${name} is gone`] : breaksBetween(old[name]!, now[name], `${at}/${name}`),
      ),
      // Where other properties were free, a name that gets a meaning takes less than before.
      ...Object.keys(now).flatMap((name) =>
        old[name] === undefined && free !== false ? [`${at}/${name} was free for others to use`] : [],
      ),
    ];
  },
  additionalProperties: (before = true, after = true, at) => {
    if (before === false || after === true) return [];
    if (after === false) return [`${at} are shut out`];
    return before === true ? [`${at} are restricted`] : breaksBetween(before as Schema, after as Schema, at);
  },
  propertyNames: (before, after, at) => breaksBetween((before ?? {}) as Schema, (after ?? {}) as Schema, at),
  items: (before, after, at) => breaksBetween((before ?? {}) as Schema, (after ?? {}) as Schema, at),
  anyOf: (before = [], after = [], at) =>
    (before as Schema[]).flatMap((alternative, index) =>
      (after as Schema[]).some((other) => breaksBetween(alternative, other).length === 0)
        ? []
        : [`${at}/${index} is not taken any more`],
    ),
};

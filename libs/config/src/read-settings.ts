/**
 * From the environment to settings: everything is checked once, before anything starts, and all faults are told at once.
 * No fault repeats a value, because values hold passwords.
 */
import type { Settings, Slice } from './slice.js';
import { allSlices } from './slices.js';
import { variablePrefix } from './variable.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Reading<S extends readonly Slice[]> =
  | { readonly ok: true; readonly settings: Settings<S> }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The system tests hand the addresses of their servers to each other under these names; no process of ours reads them. */
const testPrefix = `${variablePrefix}TEST_`;

/**
 * The settings of the slices, frozen to the bottom, or every fault: variable, rule, example.
 * A variable of ours that no slice of the library knows is a fault, used or not: it is a typing error that would leave a default in force.
 */
export function readSettings<const S extends readonly Slice[]>(env: Environment, slices: S): Reading<S> {
  const faults = unknownVariables(env);
  const settings: Record<string, unknown> = {};
  for (const slice of slices) {
    const { values, faults: sliceFaults } = readSlice(env, slice);
    settings[slice.name] = values;
    faults.push(...sliceFaults);
  }
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, settings: deepFreeze(settings) as Settings<S> };
}

function readSlice(env: Environment, { variables, relations }: Slice): { values: object; faults: string[] } {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [property, { name, defaultText, rule, example, read }] of Object.entries(variables)) {
    const value = read(env[name] ?? defaultText);
    if (value === undefined) faults.push(`${name}: must be ${rule}, for example ${example}`);
    values[property] = value;
  }
  // Relations between values that are wrong by themselves would only repeat the fault.
  if (faults.length === 0)
    for (const relation of relations)
      if (!relation.holds(values))
        faults.push(`${relation.between.join(', ')}: ${relation.rule}, for example ${relation.example}`);
  return { values, faults };
}

const knownNames = new Set<string>(
  allSlices.flatMap(({ variables }) => Object.values(variables).map(({ name }) => name)),
);

function unknownVariables(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(variablePrefix) && !name.startsWith(testPrefix) && !knownNames.has(name))
    .toSorted()
    .map((name) => `${name}: no such variable, nearest is ${nearestName(name)}`);
}

function nearestName(name: string): string {
  const byDistance = [...knownNames].map((known) => ({ known, distance: editDistance(name, known) }));
  return byDistance.toSorted((a, b) => a.distance - b.distance)[0]!.known;
}

/** Levenshtein's distance, row by row. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const swap = row[column - 1]! + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(swap, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

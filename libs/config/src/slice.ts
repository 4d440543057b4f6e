/** A slice: the settings of one concern, as a table of variables and the relations between them. */
import type { Variable, VariableName } from './variable.js';

export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** Something that must hold between variables of a slice, each of which is fine by itself. */
export interface Relation<V extends Variables = Variables> {
  readonly between: readonly VariableName[];
  readonly rule: string;
  readonly example: string;
  /** A method, not a function property: only so may a slice of any variables stand in a list of slices. */
  holds(values: ValuesOf<V>): boolean;
}

export interface Slice<Name extends string = string, V extends Variables = Variables> {
  /** The property of the settings under which the slice's values stand. */
  readonly name: Name;
  readonly variables: V;
  readonly relations: readonly Relation<V>[];
}

export type ValuesOf<V extends Variables> = {
  readonly [Property in keyof V]: V[Property] extends Variable<infer T> ? T : never;
};

/** The values of one slice, for the type of what a library asks for. */
export type SliceSettings<S extends Slice> = ValuesOf<S['variables']>;

/** The settings of a composition of slices: one property for each. */
export type Settings<S extends readonly Slice[]> = {
  readonly [One in S[number] as One['name']]: SliceSettings<One>;
};

export function slice<const Name extends string, V extends Variables>(
  name: Name,
  variables: V,
  relations: readonly Relation<V>[] = [],
): Slice<Name, V> {
  return { name, variables, relations };
}

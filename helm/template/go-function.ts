import type { GoMap, GoObject, GoValue } from "./go-value.ts";
import type { Scope } from "./scope.ts";

/** What each declared parameter type is in JavaScript. Integers come as numbers, `int64` as `bigint`. */
export interface ParamTypes {
  string: string;
  int: number;
  int64: bigint;
  uint32: number;
  float64: number;
  bool: boolean;
  /** `interface{}`: nil is `null`, never `undefined`. */
  any: GoValue;
  /** `map[string]interface{}`; a nil map when there was no value. */
  map: GoMap;
  /** `[]interface{}`. */
  list: GoValue[];
  /** `reflect.Value`: as `any`, but no value is `undefined`. */
  value: GoValue;
  time: GoObject;
  certificate: GoObject;
}

/** The name of a parameter's Go type. */
export type ParamType = keyof ParamTypes;

/** A function that templates can call; the evaluator checks and converts the arguments first, as Go does. */
export interface GoFunction {
  /** Types of the parameters; of a variadic function the last one may come any number of times. */
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
  /** Whether the scope is passed as first argument. */
  readonly scoped: boolean;
  /** Whether it is Go's short-circuiting `and` or `or`. */
  readonly shortCircuit?: "and" | "or";
  /** Whether it gives the same for the same arguments although it is handed the scope. */
  readonly steady?: true;
  /** Whether it changes a map that it is given; `deep` when maps within that one, too. */
  readonly changesMaps?: "flat" | "deep";
  readonly run: (...args: unknown[]) => GoValue;
}

type Args<P extends readonly ParamType[]> = { -readonly [K in keyof P]: ParamTypes[P[K]] };
type VariadicArgs<P extends readonly ParamType[]> = P extends readonly [
  ...infer Fixed extends readonly ParamType[],
  infer Last extends ParamType,
]
  ? [...Args<Fixed>, ...ParamTypes[Last][]]
  : never;

/** The evaluator checks arguments against `params` before each call: the one place where their types are taken on trust. */
function checked<A extends unknown[]>(run: (...args: A) => GoValue): (...args: unknown[]) => GoValue {
  return run as (...args: unknown[]) => GoValue;
}

/** Returns a function of fixed parameters. It throws `GoPanic` for what Go reports as an error. */
export function fn<const P extends readonly ParamType[]>(params: P, run: (...args: Args<P>) => GoValue): GoFunction {
  return { params, variadic: false, scoped: false, run: checked(run) };
}

/** Returns a function whose last parameter may come any number of times. */
export function variadic<const P extends readonly ParamType[]>(
  params: P,
  run: (...args: VariadicArgs<P>) => GoValue,
): GoFunction {
  return { params, variadic: true, scoped: false, run: checked(run) };
}

/** Returns a function of fixed parameters that needs the scope it is called in: templates, random source, limits. */
export function scoped<const P extends readonly ParamType[]>(
  params: P,
  run: (scope: Scope, ...args: Args<P>) => GoValue,
): GoFunction {
  return { params, variadic: false, scoped: true, run: checked(run) };
}

/** Returns a function that changes the map that it is given first; `deep` when maps within it, too. */
export function changing(made: GoFunction, changesMaps: "flat" | "deep"): GoFunction {
  return { ...made, changesMaps };
}

/** Returns a function that is handed the scope, but gives the same for the same arguments. */
export function steady(made: GoFunction): GoFunction {
  return { ...made, steady: true };
}

/** The functions of a template set by name. */
export type FunctionTable = ReadonlyMap<string, GoFunction>;

/** The names of parameter types as Go prints them. */
export const paramTypeNames: Readonly<Record<ParamType, string>> = {
  string: "string",
  int: "int",
  int64: "int64",
  uint32: "uint32",
  float64: "float64",
  bool: "bool",
  any: "interface {}",
  map: "map[string]interface {}",
  list: "[]interface {}",
  value: "reflect.Value",
  time: "time.Time",
  certificate: "sprig.certificate",
};

/** Types that take Go's nil. */
export const nilableParams: ReadonlySet<ParamType> = new Set<ParamType>(["any", "map", "list", "value"]);

import { fn, type GoFunction, variadic } from "../template/go-function.ts";
import { deepEqual, kindName, typeName } from "../template/go-type.ts";
import type { GoValue } from "../template/go-value.ts";
import { isEmpty } from "./cast-value.ts";

function withDefault(fallback: GoValue, given: readonly GoValue[]): GoValue {
  const [first] = given;
  return isEmpty(first) ? fallback : first;
}

/** Defaults and types of values; see sprig's `defaults.go` and `reflect.go`. */
export const valueFunctions: Readonly<Record<string, GoFunction>> = {
  default: variadic(["any", "any"], (fallback, ...given) => withDefault(fallback, given)),
  empty: fn(["any"], isEmpty),
  coalesce: variadic(["any"], (...values) => values.find((value) => !isEmpty(value)) ?? null),
  all: variadic(["any"], (...values) => values.every((value) => !isEmpty(value))),
  any: variadic(["any"], (...values) => values.some((value) => !isEmpty(value))),
  ternary: fn(["any", "any", "bool"], (whenTrue, whenFalse, condition) => (condition ? whenTrue : whenFalse)),
  typeOf: fn(["any"], typeName),
  typeIs: fn(["string", "any"], (type, value) => typeName(value) === type),
  typeIsLike: fn(["string", "any"], (type, value) => typeName(value) === type || typeName(value) === `*${type}`),
  kindOf: fn(["any"], kindName),
  kindIs: fn(["string", "any"], (kind, value) => kindName(value) === kind),
  deepEqual: fn(["any", "any"], deepEqual),
};

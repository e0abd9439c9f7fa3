import { equalsAny, isLess } from "./compare-values.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape-text.ts";
import { noFlags } from "./format-flags.ts";
import { formatValue, sprint } from "./format-value.ts";
import { fn, type GoFunction, variadic } from "./go-function.ts";
import { isTrue, lengthOf, typeName } from "./go-type.ts";
import { GoPanic, type GoValue, goInt } from "./go-value.ts";
import { indexValue, sliceValue } from "./index-value.ts";
import { sprintf } from "./printf.ts";

function length(value: GoValue): GoValue {
  if (value === undefined) throw new GoPanic("reflect: call of reflect.Value.Type on zero Value");
  if (value === null) throw new GoPanic("len of nil pointer");
  const found = lengthOf(value);
  if (found === undefined) throw new GoPanic(`len of type ${typeName(value)}`);
  return goInt(found);
}

/** `print` of one string is that string, so that the common case costs nothing. */
function printed(values: readonly GoValue[]): string {
  const [first] = values;
  return typeof first === "string" && values.length === 1 ? first : sprint(values);
}

/** As what `print` prints, but nil as `{{ }}` shows it. */
function shown(values: readonly GoValue[]): string {
  return printed(values.map((value) => (value === null ? "<no value>" : value)));
}

const shortCircuit = (word: "and" | "or"): GoFunction => ({
  params: ["value", "value"],
  variadic: true,
  scoped: false,
  shortCircuit: word,
  run: () => null,
});

/** The functions that Go's text/template has by itself. */
export const builtinFunctions: Readonly<Record<string, GoFunction>> = {
  and: shortCircuit("and"),
  or: shortCircuit("or"),
  not: fn(["value"], (value) => !isTrue(value)),
  len: fn(["value"], length),
  index: variadic(["value", "value"], (item, ...indexes) => indexValue(item, indexes)),
  slice: variadic(["value", "value"], (item, ...indexes) => sliceValue(item, indexes)),
  /** Handled by the compiler, which knows how its argument is written. */
  call: variadic(["value", "value"], () => null),
  print: variadic(["any"], (...values) => printed(values)),
  printf: variadic(["string", "any"], (format, ...values) => sprintf(format, values)),
  println: variadic(["any"], (...values) => `${values.map((value) => formatValue(value, "v", noFlags)).join(" ")}\n`),
  html: variadic(["any"], (...values) => escapeHtml(shown(values))),
  js: variadic(["any"], (...values) => escapeJs(shown(values))),
  urlquery: variadic(["any"], (...values) => escapeQuery(shown(values))),
  eq: variadic(["value", "value"], (first, ...others) => equalsAny(first, others)),
  ne: fn(["value", "value"], (a, b) => !equalsAny(a, [b])),
  lt: fn(["value", "value"], (a, b) => isLess(a, b)),
  le: fn(["value", "value"], (a, b) => isLess(a, b) || equalsAny(a, [b])),
  gt: fn(["value", "value"], (a, b) => !(isLess(a, b) || equalsAny(a, [b]))),
  ge: fn(["value", "value"], (a, b) => !isLess(a, b)),
};

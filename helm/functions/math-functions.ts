import { fn, type GoFunction, scoped, variadic } from "../template/go-function.ts";
import { GoPanic, type GoValue, goInt, goInt64, typedSlice } from "../template/go-value.ts";
import { parseGoInt } from "../template/parse-number.ts";
import { printValue } from "../template/print-value.ts";
import { drawRandom } from "../template/scope.ts";
import { toFloat64, toInt64 } from "./cast-value.ts";
import { decimalOperation } from "./decimal.ts";
import { randomBelow } from "./random-text.ts";

/** More elements than any template can use. */
const maxCount = 10_000_000;

function divide(a: GoValue, b: GoValue): GoValue {
  const divisor = toInt64(b);
  if (divisor === 0n) throw new GoPanic("runtime error: integer divide by zero");
  return goInt64(toInt64(a) / divisor);
}

function modulo(a: GoValue, b: GoValue): GoValue {
  const divisor = toInt64(b);
  if (divisor === 0n) throw new GoPanic("runtime error: integer divide by zero");
  return goInt64(toInt64(a) % divisor);
}

function counted(...[start, stop, step]: [number, number, number]): number[] {
  if (stop < start ? step >= 0 : step <= 0) return [];
  const count = Math.ceil((stop - start) / step);
  if (count > maxCount) throw new RangeError(`a list of ${count} numbers`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function untilStep(...[start, stop, step]: [number, number, number]): GoValue {
  return typedSlice(
    "[]int",
    counted(start, stop, step).map((number) => goInt(number)),
  );
}

function until(count: number): GoValue {
  return untilStep(0, count, count < 0 ? -1 : 1);
}

function seq(params: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = params;
  switch (params.length) {
    case 1: {
      const step = first < 1 ? -1 : 1;
      return counted(1, first + step, step).join(" ");
    }
    case 2: {
      const step = second < first ? -1 : 1;
      return counted(first, second + step, step).join(" ");
    }
    case 3: {
      const increment = third < first ? -1 : 1;
      if (third < first && second > 0) return "";
      return counted(first, third + increment, second).join(" ");
    }
    default:
      return "";
  }
}

function round(value: GoValue, places: number, options: readonly number[]): number {
  const roundOn = options[0] ?? 0.5;
  const power = 10 ** places;
  const digit = power * toFloat64(value);
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function octal(value: GoValue): GoValue {
  const text = printValue(value);
  if (!/^[+-]?[0-7]+$/.test(text)) return goInt64(0);
  const digits = text.replace(/^[+-]/, "");
  const size = parseGoInt(`0o${digits}`) ?? 0n;
  if (size > 2n ** 63n - 1n) return goInt64(0);
  return goInt64(text.startsWith("-") ? -size : size);
}

/** Go's `math.Max` and `math.Min` know what JavaScript's do not: nothing; NaN wins in both. */
function extreme(values: readonly GoValue[], choose: (a: number, b: number) => number): number {
  return values.map((value) => toFloat64(value)).reduce((a, b) => choose(a, b));
}

function extremeInt(values: readonly GoValue[], isBetter: (a: bigint, b: bigint) => boolean): GoValue {
  return goInt64(values.map((value) => toInt64(value)).reduce((best, value) => (isBetter(value, best) ? value : best)));
}

const largest = variadic(["any", "any"], (...values) => extremeInt(values, (a, b) => a > b));

/** Arithmetic; see sprig's `numeric.go`. Integers are `int64`, the functions that end in `f` count in decimals. */
export const mathFunctions: Readonly<Record<string, GoFunction>> = {
  atoi: fn(["string"], (text) => {
    const found = /^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : 0n;
    if (found > 2n ** 63n - 1n) return goInt(2n ** 63n - 1n);
    return goInt(found < -(2n ** 63n) ? -(2n ** 63n) : found);
  }),
  int: fn(["any"], (value) => goInt(toInt64(value))),
  int64: fn(["any"], (value) => goInt64(toInt64(value))),
  float64: fn(["any"], toFloat64),
  toDecimal: fn(["any"], octal),
  add1: fn(["any"], (value) => goInt64(toInt64(value) + 1n)),
  add: variadic(["any"], (...values) => goInt64(values.reduce((sum: bigint, value) => sum + toInt64(value), 0n))),
  sub: fn(["any", "any"], (a, b) => goInt64(toInt64(a) - toInt64(b))),
  div: fn(["any", "any"], divide),
  mod: fn(["any", "any"], modulo),
  mul: variadic(["any", "any"], (first, ...rest) =>
    goInt64(rest.reduce((product: bigint, value) => BigInt.asIntN(64, product * toInt64(value)), toInt64(first))),
  ),
  add1f: fn(["any"], (value) => decimalOperation("add", [value, 1])),
  addf: variadic(["any"], (...values) => decimalOperation("add", [0, ...values])),
  subf: variadic(["any", "any"], (...values) => decimalOperation("sub", values)),
  mulf: variadic(["any", "any"], (...values) => decimalOperation("mul", values)),
  divf: variadic(["any", "any"], (...values) => decimalOperation("div", values)),
  biggest: largest,
  max: largest,
  min: variadic(["any", "any"], (...values) => extremeInt(values, (a, b) => a < b)),
  maxf: variadic(["any", "any"], (...values) => extreme(values, Math.max)),
  minf: variadic(["any", "any"], (...values) => extreme(values, Math.min)),
  ceil: fn(["any"], (value) => Math.ceil(toFloat64(value))),
  floor: fn(["any"], (value) => Math.floor(toFloat64(value))),
  round: variadic(["any", "int", "float64"], (value, places, ...options) => round(value, places, options)),
  until: fn(["int"], until),
  untilStep: fn(["int", "int", "int"], untilStep),
  seq: variadic(["int"], (...params) => seq(params)),
  randInt: scoped(["int", "int"], (scope, min, max) => {
    if (max <= min) throw new GoPanic("invalid argument to Intn");
    const args = [String(min), String(max)];
    return goInt(BigInt(drawRandom(scope, { name: "randInt", args }, () => String(min + randomBelow(max - min)))));
  }),
};

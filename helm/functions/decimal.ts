import { GoPanic, type GoValue } from "../template/go-value.ts";
import { toFloat64 } from "./cast-value.ts";

/** A decimal number: `digits × 10^exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** `shopspring/decimal` divides to this many places. */
const divisionPlaces = 16;

function fromFloat(value: number): Decimal {
  if (!Number.isFinite(value))
    throw new GoPanic(`Cannot create a Decimal from ${value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN"}`);
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function toFloat(value: Decimal): number {
  return Number(`${value.digits}e${value.exponent}`);
}

function align(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (value: Decimal): bigint => value.digits * 10n ** BigInt(value.exponent - exponent);
  return [scaled(a), scaled(b), exponent];
}

function divide(a: Decimal, b: Decimal): Decimal {
  if (b.digits === 0n) throw new GoPanic("decimal division by 0");
  const shift = a.exponent - b.exponent + divisionPlaces;
  const numerator = shift >= 0 ? a.digits * 10n ** BigInt(shift) : a.digits;
  const denominator = shift >= 0 ? b.digits : b.digits * 10n ** BigInt(-shift);
  let quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  if (twice >= size) quotient += numerator < 0n === denominator < 0n ? 1n : -1n;
  return { digits: quotient, exponent: -divisionPlaces };
}

const operations = {
  add: (a: Decimal, b: Decimal): Decimal => {
    const [left, right, exponent] = align(a, b);
    return { digits: left + right, exponent };
  },
  sub: (a: Decimal, b: Decimal): Decimal => {
    const [left, right, exponent] = align(a, b);
    return { digits: left - right, exponent };
  },
  mul: (a: Decimal, b: Decimal): Decimal => ({ digits: a.digits * b.digits, exponent: a.exponent + b.exponent }),
  div: divide,
} as const;

/** Returns the values joined by an operation from left to right, counted in decimals as sprig's `addf` and its like. */
export function decimalOperation(name: keyof typeof operations, values: readonly GoValue[]): number {
  return toFloat(values.map((value) => fromFloat(toFloat64(value))).reduce((a, b) => operations[name](a, b)));
}

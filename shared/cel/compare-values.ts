import type { CelBudget } from "./cel-budget.ts";
import { textCost } from "./cel-budget.ts";
import { noOverload } from "./cel-fault.ts";
import {
  CelDuration,
  type CelKey,
  CelOptional,
  CelQuantity,
  CelTimestamp,
  CelType,
  CelUint,
  type CelMap,
  type CelValue,
  isCelList,
  isCelMap,
} from "./cel-value.ts";

/** Returns whether values are equal: numbers of all types by what they count, lists and maps by what is in them. */
export function equalValues(left: CelValue, right: CelValue, budget: CelBudget): boolean {
  budget.spend(1);
  const [a, b] = [numberOf(left), numberOf(right)];
  // bigint and number compare by value in JavaScript.
  // oxlint-disable-next-line eslint/eqeqeq
  if (a !== undefined && b !== undefined) return a == b;
  if (typeof left === "string" && typeof right === "string") {
    budget.spend(textCost(left.length));
    return left === right;
  }
  if (isCelList(left) && isCelList(right)) {
    return left.length === right.length && left.every((item, index) => equalValues(item, right[index] ?? null, budget));
  }
  if (isCelMap(left) && isCelMap(right)) return equalMaps(left, right, budget);
  if (left instanceof CelOptional && right instanceof CelOptional) return equalOptionals(left, right, budget);
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    budget.spend(textCost(left.length));
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
  }
  return (
    sameNanos(left, right) ??
    (left instanceof CelType && right instanceof CelType ? left.name === right.name : left === right)
  );
}

function equalMaps(left: CelMap, right: CelMap, budget: CelBudget): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !equalValues(value, other, budget)) return false;
  }
  return true;
}

function equalOptionals(left: CelOptional, right: CelOptional, budget: CelBudget): boolean {
  if (left.value === undefined || right.value === undefined) return left.value === right.value;
  return equalValues(left.value, right.value, budget);
}

function sameNanos(left: CelValue, right: CelValue): boolean | undefined {
  for (const type of [CelTimestamp, CelDuration, CelQuantity]) {
    if (left instanceof type && right instanceof type) return left.nanos === right.nanos;
  }
  return undefined;
}

/** Returns the number that a value is, undefined for others. */
export function numberOf(value: CelValue): number | bigint | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return value instanceof CelUint ? value.value : undefined;
}

/**
 * Returns less than, more than or 0 as `left` is smaller, larger or equal, NaN where neither is so. Throws `CelFault` where
 * there is no order between values of their types.
 */
export function orderValues(left: CelValue, right: CelValue, budget: CelBudget): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined)
    return a < b ? -1 : a > b ? 1 : Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (typeof left === "string" && typeof right === "string") return orderTexts(left, right, budget);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  for (const type of [CelTimestamp, CelDuration]) {
    if (left instanceof type && right instanceof type) return Number(left.nanos - right.nanos);
  }
  throw noOverload();
}

/** By code points, as Go compares strings; JavaScript's order differs beyond U+FFFF. */
function orderTexts(left: string, right: string, budget: CelBudget): number {
  budget.spend(textCost(Math.min(left.length, right.length)));
  if (left === right) return 0;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  if (at > 0 && /[\uDC00-\uDFFF]/u.test(`${left[at] ?? ""}${right[at] ?? ""}`)) at--;
  return (left.codePointAt(at) ?? -1) - (right.codePointAt(at) ?? -1);
}

/** Returns a value as a key of maps, undefined where it can be none. */
export function keyOf(value: CelValue): CelKey | undefined {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value;
  if (value instanceof CelUint) return value.value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}

import { fromBytes } from "../template/go-string.ts";
import { isTrue, kindName, sliceItems } from "../template/go-type.ts";
import { GoInt, GoObject, GoPanic, type GoValue } from "../template/go-value.ts";
import { parseGoFloat, parseGoInt } from "../template/parse-number.ts";
import { printValue } from "../template/print-value.ts";

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** What Go says when it follows a pointer that is nil; many functions do for nil arguments. */
export const nilDereference = "runtime error: invalid memory address or nil pointer dereference";

/** Returns an integer as `cast.ToInt64`: 0 for what cannot be read, strings in any base that Go knows. */
export function toInt64(value: GoValue): bigint {
  if (value instanceof GoInt) return BigInt.asIntN(64, value.value);
  if (typeof value === "number") return truncate(value);
  if (typeof value === "string") {
    const found = parseGoInt(withoutZeroDecimals(value));
    return found === undefined || found < minInt64 || found > maxInt64 ? 0n : found;
  }
  return value === true ? 1n : 0n;
}

/** Go's conversion on amd64: what does not fit becomes the smallest integer. */
function truncate(value: number): bigint {
  if (!Number.isFinite(value) || value >= 2 ** 63 || value < -(2 ** 63)) return minInt64;
  return BigInt(Math.trunc(value));
}

function withoutZeroDecimals(text: string): string {
  return text.includes(".") ? text.replace(/\.0+$/, "") : text;
}

/** Returns a number as `cast.ToFloat64`: 0 for what cannot be read. */
export function toFloat64(value: GoValue): number {
  if (typeof value === "number") return value;
  if (value instanceof GoInt) return Number(value.value);
  if (typeof value === "string") return parseGoFloat(value) ?? 0;
  return value === true ? 1 : 0;
}

/** Returns a value as sprig's `toString`. */
export function toText(value: GoValue): string {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? fromBytes(value) : printValue(value);
}

/** Returns whether sprig takes a value for unset: as Go's `if`, the other way round. */
export function isEmpty(value: GoValue): boolean {
  return !isTrue(value);
}

/** Returns the elements of a list of any type; for all else throws `GoPanic` with the words of the function. */
export function listItems(value: GoValue, words: string): readonly GoValue[] {
  const items = sliceItems(value);
  if (items !== undefined) return items;
  if (value === null || value === undefined) throw new GoPanic(nilDereference);
  throw new GoPanic(`${words} ${value instanceof GoObject ? value.kind : kindName(value)}`);
}

/** Returns the strings of a list as sprig's `toStrings`: nil left out, one value as a list of one. */
export function toTexts(value: GoValue): string[] {
  const items = sliceItems(value);
  if (items === undefined) return value === null || value === undefined ? [] : [toText(value)];
  return items.filter((item) => item !== null && item !== undefined).map((item) => toText(item));
}

import { sliceBytes, toBytes } from "./go-string.ts";
import { lengthOf, typeName } from "./go-type.ts";
import { GoInt, GoPanic, type GoValue, isGoMap, typedSlice, TypedMap, TypedSlice } from "./go-value.ts";

function isNone(value: GoValue): boolean {
  return value === null || value === undefined;
}

function position(index: GoValue, length: number): number {
  if (isNone(index)) throw new GoPanic("cannot index slice/array with nil");
  if (!(index instanceof GoInt)) throw new GoPanic(`cannot index slice/array with type ${typeName(index)}`);
  if (index.value < 0n || index.value > BigInt(length)) throw new GoPanic(`index out of range: ${index.value}`);
  return Number(index.value);
}

/** Returns what Go's `index` finds by following the indexes one after the other. Throws `GoPanic`. */
export function indexValue(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isNone(item)) throw new GoPanic("index of untyped nil");
  let current = item;
  for (const index of indexes) current = indexOnce(current, index);
  return current;
}

function indexOnce(item: GoValue, index: GoValue): GoValue {
  if (isNone(item)) throw new GoPanic("index of nil pointer");
  if (isGoMap(item)) {
    if (isNone(index)) throw new GoPanic("value is nil; should be of type string");
    if (typeof index !== "string") throw new GoPanic(`value has type ${typeName(index)}; should be string`);
    const found = item.get(index);
    return found === undefined ? (item instanceof TypedMap ? item.zero : null) : found;
  }
  if (typeof item === "string" || item instanceof Uint8Array) {
    const bytes = typeof item === "string" ? toBytes(item) : item;
    const at = position(index, bytes.length);
    const byte = bytes[at];
    if (byte === undefined) throw outOfRange(typeof item === "string" ? "string" : "slice");
    return new GoInt(BigInt(byte), "uint8");
  }
  if (Array.isArray(item)) {
    const at = position(index, item.length);
    if (at >= item.length) throw outOfRange("slice");
    return item[at];
  }
  throw new GoPanic(`can't index item of type ${typeName(item)}`);
}

function outOfRange(what: string): GoPanic {
  return new GoPanic(`reflect: ${what} index out of range`);
}

/** Returns what Go's `slice` cuts out of a string or list. Throws `GoPanic`. */
export function sliceValue(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (isNone(item)) throw new GoPanic("slice of untyped nil");
  if (indexes.length > 3) throw new GoPanic(`too many slice indexes: ${indexes.length}`);
  const isList = Array.isArray(item) || item instanceof Uint8Array;
  if (typeof item === "string" && indexes.length === 3) throw new GoPanic("cannot 3-index slice a string");
  if (typeof item !== "string" && !isList) throw new GoPanic(`can't slice item of type ${typeName(item)}`);
  const length = lengthOf(item) ?? 0;
  const [start = 0, end = length, max = length] = indexes.map((index) => position(index, length));
  if (start > end) throw new GoPanic(`invalid slice index: ${start} > ${end}`);
  if (end > max) throw new GoPanic(`invalid slice index: ${end} > ${max}`);
  if (typeof item === "string") return sliceBytes(item, start, end);
  return cutList(item, start, end);
}

/** Returns the elements from `start` to `end` as a slice of the same type. */
export function cutList(list: GoValue, start: number, end: number): GoValue {
  if (list instanceof Uint8Array) return list.subarray(start, end);
  if (list instanceof TypedSlice) return typedSlice(list.goType, list.slice(start, end));
  return Array.isArray(list) ? list.slice(start, end) : null;
}

import { GoInt, type GoValue, TypedMap, TypedSlice } from "./go-value.ts";

/** Returns whether two values are alike in all that a template can see of them, the order of keys included. */
export function isSameValue(a: GoValue, b: GoValue): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof GoInt) return b instanceof GoInt && a.kind === b.kind && a.value === b.value;
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  return false;
}

function isSameMap(a: ReadonlyMap<string, GoValue>, b: ReadonlyMap<string, GoValue>): boolean {
  if (a.constructor !== b.constructor || a.size !== b.size) return false;
  if (a instanceof TypedMap && b instanceof TypedMap && (a.goType !== b.goType || a.isNil !== b.isNil)) return false;
  const others = b.entries();
  for (const [key, value] of a) {
    const [otherKey, other] = others.next().value ?? [];
    if (key !== otherKey || !isSameValue(value, other)) return false;
  }
  return true;
}

function isSameList(a: readonly GoValue[], b: readonly GoValue[]): boolean {
  if (a.constructor !== b.constructor || a.length !== b.length) return false;
  if (a instanceof TypedSlice && b instanceof TypedSlice && (a.goType !== b.goType || a.isNil !== b.isNil))
    return false;
  return a.every((value, index) => isSameValue(value, b[index]));
}

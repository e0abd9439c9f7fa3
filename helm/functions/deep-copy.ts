import { GoPanic, type GoValue, isGoMap, typedSlice, TypedMap, TypedSlice } from "../template/go-value.ts";
import { spendValues } from "../template/run-cost.ts";
import { typeName } from "../template/go-type.ts";

const maxDepth = 1000;

/** Returns a copy that shares no map and no list with the value; strings, numbers and structs are shared. Throws `GoPanic` for nil. */
export function deepCopy(value: GoValue): GoValue {
  if (value === null || value === undefined) {
    throw new GoPanic("reflect: call of reflect.Value.Type on zero Value");
  }
  return copy(value, 0);
}

function copy(value: GoValue, depth: number): GoValue {
  if (typeof value !== "object" || value === null) return value;
  spendValues(Array.isArray(value) ? value.length + 1 : 8);
  if (depth > maxDepth) throw new GoPanic(`cannot copy a value nested deeper than ${maxDepth} levels`);
  if (isGoMap(value)) return copyMap(value, depth);
  if (!Array.isArray(value) || (value instanceof TypedSlice && value.isNil)) return value;
  const items = value.map((item) => copy(item, depth + 1));
  return value instanceof TypedSlice ? typedSlice(value.goType, items) : items;
}

function copyMap(map: Map<string, GoValue>, depth: number): GoValue {
  if (map instanceof TypedMap && map.isNil) return map;
  const entries = [...map].map(([key, item]): [string, GoValue] => [key, copy(item, depth + 1)]);
  if (!(map instanceof TypedMap)) return new Map(entries);
  return new TypedMap({ goType: typeName(map), zero: map.zero, assignable: map.assignable, entries });
}

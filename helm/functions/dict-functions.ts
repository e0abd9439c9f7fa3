import { changing, fn, type GoFunction, variadic } from "../template/go-function.ts";
import { sortedKeys } from "../template/go-string.ts";
import { typeName } from "../template/go-type.ts";
import { type GoMap, GoPanic, type GoValue, isStringAnyMap, typedSlice } from "../template/go-value.ts";
import { toText } from "./cast-value.ts";
import { deepCopy } from "./deep-copy.ts";
import { mergeMaps } from "./merge-maps.ts";

function dict(values: readonly GoValue[]): GoMap {
  const map: GoMap = new Map();
  for (let index = 0; index < values.length; index += 2) {
    const value = values[index + 1];
    map.set(toText(values[index]), value === undefined ? "" : value);
  }
  return map;
}

function pick(map: GoMap, keys: readonly string[]): GoMap {
  const picked: GoMap = new Map();
  for (const key of keys) {
    if (map.has(key)) picked.set(key, map.get(key));
  }
  return picked;
}

function omit(map: GoMap, keys: readonly string[]): GoMap {
  const rest: GoMap = new Map(map);
  for (const key of keys) rest.delete(key);
  return rest;
}

function mergeAll(target: GoMap, sources: readonly GoMap[], overwrite: boolean): GoMap {
  let merged = target;
  for (const source of sources) merged = mergeMaps(merged, source, overwrite);
  return merged;
}

/** Follows keys through maps; the value before the map is what a missing key gives. */
/** What begins with `must` is the same: merging has no error of its own (sprig). */
function merging(overwrite: boolean): GoFunction {
  return changing(
    variadic(["map", "map"], (target, ...sources) => mergeAll(target, sources, overwrite)),
    "deep",
  );
}

function dig(values: readonly GoValue[]): GoValue {
  if (values.length < 3) throw new GoPanic("dig needs at least three arguments");
  const fallback = values.at(-2);
  let current = asMap(values.at(-1));
  const keys = values.slice(0, -2).map((key) => {
    if (typeof key === "string") return key;
    throw new GoPanic(`interface conversion: interface {} is ${key === null ? "nil" : typeName(key)}, not string`);
  });
  for (const [index, key] of keys.entries()) {
    if (!current.has(key)) return fallback;
    const found = current.get(key);
    if (index === keys.length - 1) return found;
    current = asMap(found);
  }
  return fallback;
}

function asMap(value: GoValue): GoMap {
  if (isStringAnyMap(value) && typeName(value) === "map[string]interface {}") return value;
  const type = value === null || value === undefined ? "nil" : typeName(value);
  throw new GoPanic(`interface conversion: interface {} is ${type}, not map[string]interface {}`);
}

/** Functions on maps; see sprig's `dict.go`. Maps are changed in place by `set`, `unset` and the merges. */
export const dictFunctions: Readonly<Record<string, GoFunction>> = {
  dict: variadic(["any"], (...values) => dict(values)),
  get: fn(["map", "string"], (map, key) => (map.has(key) ? map.get(key) : "")),
  set: changing(
    fn(["map", "string", "any"], (map, key, value) => map.set(key, value)),
    "flat",
  ),
  unset: changing(
    fn(["map", "string"], (map, key) => {
      map.delete(key);
      return map;
    }),
    "flat",
  ),
  hasKey: fn(["map", "string"], (map, key) => map.has(key)),
  pluck: variadic(["string", "map"], (key, ...maps) => maps.filter((map) => map.has(key)).map((map) => map.get(key))),
  keys: variadic(["map"], (...maps) =>
    typedSlice(
      "[]string",
      maps.flatMap((map) => sortedKeys(map)),
    ),
  ),
  values: fn(["map"], (map) => sortedKeys(map).map((key) => map.get(key))),
  pick: variadic(["map", "string"], (map, ...keys) => pick(map, keys)),
  omit: variadic(["map", "string"], (map, ...keys) => omit(map, keys)),
  merge: merging(false),
  mustMerge: merging(false),
  mergeOverwrite: merging(true),
  mustMergeOverwrite: merging(true),
  deepCopy: fn(["any"], deepCopy),
  mustDeepCopy: fn(["any"], deepCopy),
  dig: variadic(["any"], (...values) => dig(values)),
};

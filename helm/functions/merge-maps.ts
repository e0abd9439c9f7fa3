import { kindName } from "../template/go-type.ts";
import { type GoMap, GoObject, GoPanic, type GoValue, isGoMap, TypedMap } from "../template/go-value.ts";
import { spendSteps } from "../template/run-cost.ts";
import { isEmpty } from "./cast-value.ts";

const maxDepth = 1000;

/**
 * Merges the source into the target, in place, and returns the target: `mergo.Merge`, with `overwrite`
 * `mergo.MergeWithOverwrite`. Without overwriting, only what is empty in the target (also `false`, `0` and `""`) gets the
 * source's value. Maps that the target lacks are shared with the source, not copied.
 */
export function mergeMaps(target: GoMap, source: GoMap, overwrite: boolean): GoMap {
  const merged: GoMap = target instanceof TypedMap && target.isNil && source.size > 0 ? new Map() : target;
  mergeInto(merged, source, { overwrite, depth: 0 });
  return merged;
}

interface Merging {
  readonly overwrite: boolean;
  readonly depth: number;
}

function mergeInto(target: GoMap, source: GoMap, merging: Merging): void {
  if (target === source) return;
  if (merging.depth > maxDepth) throw new GoPanic(`cannot merge maps nested deeper than ${maxDepth} levels`);
  for (const [key, value] of source) mergeEntry(target, { key, value }, merging);
}

function mergeEntry(target: GoMap, entry: { readonly key: string; readonly value: GoValue }, merging: Merging): void {
  spendSteps(1);
  const { key, value } = entry;
  const { overwrite } = merging;
  if (value === null || value === undefined) {
    if (overwrite) target.set(key, null);
    return;
  }
  const old = target.get(key);
  if (isGoMap(value) && isGoMap(old)) mergeInto(old, value, { overwrite, depth: merging.depth + 1 });
  if (overwrite && isList(value)) target.set(key, value);
  if (target.has(key) && !isUnset(old)) {
    if (isList(value) || (isGoMap(value) && isGoMap(old))) return;
  }
  if (overwrite || !target.has(key) || isUnset(old)) target.set(key, value);
}

function isList(value: GoValue): boolean {
  return kindName(value) === "slice";
}

function isUnset(value: GoValue): boolean {
  return !(value instanceof GoObject) && isEmpty(value);
}

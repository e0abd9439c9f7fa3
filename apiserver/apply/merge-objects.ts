import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { ownField } from "../resources/json-fields.ts";
import { asList, asMap, bothEmpty, indexItems } from "./list-items.ts";
import type { PathElement } from "./path-element.ts";
import { fieldType, narrowTo, type ListType, type MapType, type Structure, type StructureRef } from "./structure.ts";

/**
 * Returns the live object with everything that the configuration says laid over it; nothing is removed. Items of
 * lists that are merged keep the live order, unless the configuration says another one for those it names
 * (TypedValue.Merge of structured-merge-diff).
 */
export function mergeObjects(live: JsonObject, config: JsonObject, type: StructureRef): JsonObject {
  return asMap(merge(live, config, type)) ?? {};
}

function merge(left: JsonValue | undefined, right: JsonValue | undefined, type: StructureRef): JsonValue | undefined {
  const structure = type();
  // The side that is there decides; where both are there and differ in kind, the configuration does.
  const narrowed = narrowTo(structure, right === undefined ? left : right);
  return mergeAs(left, right, narrowed);
}

function mergeAs(left: JsonValue | undefined, right: JsonValue | undefined, type: Structure): JsonValue | undefined {
  if (type.map !== undefined) return mergeMaps(left, right, type.map);
  if (type.list !== undefined && type.scalar === undefined) return mergeLists(left, right, type.list);
  return right ?? (right === undefined ? left : right);
}

function mergeMaps(left: JsonValue | undefined, right: JsonValue | undefined, type: MapType): JsonValue | undefined {
  const leftMap = asMap(left) ?? {};
  const rightMap = asMap(right) ?? {};
  if (type.atomic || bothEmpty(Object.keys(leftMap).length, Object.keys(rightMap).length)) {
    return right === undefined ? left : right;
  }
  const out: [string, JsonValue][] = [];
  for (const name of new Set([...Object.keys(leftMap), ...Object.keys(rightMap)])) {
    const ref = fieldType(type, name);
    if (ref === undefined) continue;
    const merged = merge(ownField(leftMap, name), ownField(rightMap, name), ref);
    if (merged !== undefined) out.push([name, merged]);
  }
  return out.length === 0 ? undefined : Object.fromEntries(out);
}

function mergeLists(left: JsonValue | undefined, right: JsonValue | undefined, type: ListType): JsonValue | undefined {
  const leftList = asList(left);
  const rightList = asList(right);
  if (type.atomic || bothEmpty(leftList?.length, rightList?.length)) return right === undefined ? left : right;
  const items = mergeItems(indexItems(type, leftList ?? []), indexItems(type, rightList ?? []), type.element);
  return items.length === 0 ? undefined : items;
}

type Items = readonly (readonly [PathElement, JsonValue])[];

function mergeItems(left: Items, right: Items, element: StructureRef): JsonValue[] {
  const leftByStep = new Map<PathElement, JsonValue>();
  // Live items that occur twice are replaced, not merged.
  for (const [step, item] of left) leftByStep.set(step, leftByStep.has(step) ? null : item);
  const rightByStep = new Map(right);
  const shared = right.map(([step]) => step).filter((step) => leftByStep.has(step));
  const merged = new Set<PathElement>();
  const out: JsonValue[] = [];
  const emit = (mine: JsonValue | undefined, theirs: JsonValue | undefined): void => {
    const item = merge(mine, theirs, element);
    if (item !== undefined) out.push(item);
  };
  const takeRight = (step: PathElement): void => {
    merged.add(step);
    emit(leftByStep.get(step), rightByStep.get(step));
  };

  let nextShared = shared.shift();
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const mine = left[l];
    const theirs = right[r];
    if (mine !== undefined && theirs !== undefined) {
      if (mine[0] === theirs[0]) {
        takeRight(mine[0]);
        l++;
        r++;
        nextShared = shared.shift();
        continue;
      }
      // A shared item whose turn has not come: the configuration's order decides.
      if (rightByStep.has(mine[0]) && nextShared !== undefined && nextShared !== mine[0]) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!rightByStep.has(mine[0])) {
        emit(mine[1], undefined);
        l++;
        continue;
      }
      if (merged.has(mine[0])) l++;
    }
    if (theirs !== undefined) {
      takeRight(theirs[0]);
      r++;
      if (nextShared === theirs[0]) nextShared = shared.shift();
    }
  }
  return out;
}

import type { JsonValue } from "../../codec/json-value.ts";
import { jsonEqual } from "../resources/json-fields.ts";
import {
  addPath,
  createFieldSet,
  subtractFieldTrees,
  unionFields,
  type FieldSet,
  type FieldSetBuilder,
} from "./field-set.ts";
import { asList, asMap, bothEmpty, indexItems } from "./list-items.ts";
import { fieldElement, type FieldPath, type PathElement } from "./path-element.ts";
import { fieldType, narrowTo, type ListType, type MapType, type Structure, type StructureRef } from "./structure.ts";

/** How one object became another; no path is in two of the sets. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

interface Place {
  readonly removed: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly added: FieldSetBuilder;
  readonly path: FieldPath;
}

interface Sides {
  readonly left: JsonValue | undefined;
  readonly right: JsonValue | undefined;
}

/** Returns what the right object removed, modified and added (TypedValue.Compare of structured-merge-diff). */
export function compareObjects(left: JsonValue, right: JsonValue, type: StructureRef): Comparison {
  const place = { removed: createFieldSet(), modified: createFieldSet(), added: createFieldSet(), path: [] };
  compare(place, { left, right }, type);
  return place;
}

/** Returns the fields that exist on the right side and are not as they were. */
export function changedFields({ modified, added }: Comparison): FieldSet {
  return unionFields(modified, added);
}

/** Returns the comparison without some fields and what lies below them. */
export function withoutFieldTrees(comparison: Comparison, fields: FieldSet): Comparison {
  return {
    removed: subtractFieldTrees(comparison.removed, fields),
    modified: subtractFieldTrees(comparison.modified, fields),
    added: subtractFieldTrees(comparison.added, fields),
  };
}

function compare(place: Place, sides: Sides, type: StructureRef): void {
  const structure = type();
  const left = narrowTo(structure, sides.left);
  const right = narrowTo(structure, sides.right);
  let leaf: boolean;
  if (sides.right === undefined) {
    leaf = compareAs(place, sides, left);
  } else if (sides.left === undefined || sameStructure(left, right)) {
    leaf = compareAs(place, sides, right);
  } else {
    compareAs(place, sides, left);
    leaf = compareAs(place, sides, right);
  }
  if (leaf) return;
  if (sides.left === undefined) addPath(place.added, place.path);
  else if (sides.right === undefined) addPath(place.removed, place.path);
}

function sameStructure(left: Structure, right: Structure): boolean {
  return left.scalar === right.scalar && left.list === right.list && left.map === right.map;
}

/** Compares two values of one structure and returns whether they were taken as a whole. */
function compareAs(place: Place, sides: Sides, structure: Structure): boolean {
  if (structure.map !== undefined) return compareMaps(place, sides, structure.map);
  if (structure.list !== undefined && structure.scalar === undefined) {
    return compareLists(place, sides, structure.list);
  }
  return compareLeaf(place, sides);
}

function compareLeaf(place: Place, { left, right }: Sides): true {
  if (left === undefined) addPath(place.added, place.path);
  else if (right === undefined) addPath(place.removed, place.path);
  else if (!jsonEqual(left, right)) addPath(place.modified, place.path);
  return true;
}

function compareMaps(place: Place, sides: Sides, type: MapType): boolean {
  const left = asMap(sides.left);
  const right = asMap(sides.right);
  const leftNames = Object.keys(left ?? {});
  const rightNames = Object.keys(right ?? {});
  if (type.atomic || bothEmpty(leftNames.length, rightNames.length)) return compareLeaf(place, sides);
  for (const name of new Set([...leftNames, ...rightNames])) {
    const ref = fieldType(type, name);
    if (ref === undefined) continue;
    const pair = { left: own(left, name), right: own(right, name) };
    compare({ ...place, path: [...place.path, fieldElement(name)] }, pair, ref);
  }
  return false;
}

function own(map: Readonly<Record<string, JsonValue>> | undefined, name: string): JsonValue | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function compareLists(place: Place, sides: Sides, type: ListType): boolean {
  const left = asList(sides.left);
  const right = asList(sides.right);
  if (type.atomic || bothEmpty(left?.length, right?.length)) return compareLeaf(place, sides);
  const leftItems = groupItems(type, left ?? []);
  const rightItems = groupItems(type, right ?? []);
  for (const step of new Set([...leftItems.keys(), ...rightItems.keys()])) {
    const here = { ...place, path: [...place.path, step] };
    compareItems(here, { left: leftItems.get(step) ?? [], right: rightItems.get(step) ?? [] }, type.element);
  }
  return false;
}

function groupItems(type: ListType, items: readonly JsonValue[]): Map<PathElement, JsonValue[]> {
  const groups = new Map<PathElement, JsonValue[]>();
  for (const [step, item] of indexItems(type, items)) {
    const group = groups.get(step);
    if (group === undefined) groups.set(step, [item]);
    else group.push(item);
  }
  return groups;
}

// Items with the same keys are taken together as one value: which of them is which cannot be told.
function compareItems(
  place: Place,
  { left, right }: { readonly left: readonly JsonValue[]; readonly right: readonly JsonValue[] },
  element: StructureRef,
): void {
  if (left.length <= 1 && right.length <= 1) {
    compare(place, { left: left[0], right: right[0] }, element);
  } else if (left.length >= 2 && right.length >= 2) {
    if (!jsonEqual(left, right)) addPath(place.modified, place.path);
  } else if (left.length >= 2) {
    if (right.length === 1) compare(place, { left: undefined, right: right[0] }, element);
    addPath(place.removed, place.path);
  } else {
    if (left.length === 1) compare(place, { left: left[0], right: undefined }, element);
    addPath(place.added, place.path);
  }
}

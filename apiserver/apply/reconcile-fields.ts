import {
  addPath,
  createFieldSet,
  emptyFieldSet,
  isEmptyFieldSet,
  subtractFieldTrees,
  unionFields,
  type FieldSet,
  type FieldSetBuilder,
} from "./field-set.ts";
import { fieldNameOf, type FieldPath, type PathElement } from "./path-element.ts";
import { deducedStructure, fieldType, type MapType, type Structure, type StructureRef } from "./structure.ts";

/**
 * Returns a set that was recorded under an older schema as today's schema means it: where a list or map has become
 * atomic since, owning a part of it becomes owning all of it (ReconcileFieldSetWithSchema of structured-merge-diff).
 */
export function reconcileFields(set: FieldSet, type: StructureRef): FieldSet {
  const nowAtomic = createFieldSet();
  visit({ set, path: [], isLeaf: false, nowAtomic }, type);
  return isEmptyFieldSet(nowAtomic) ? set : unionFields(subtractFieldTrees(set, nowAtomic), nowAtomic);
}

interface Place {
  readonly set: FieldSet;
  readonly path: FieldPath;
  /** Whether the path itself is owned and nothing below it. */
  readonly isLeaf: boolean;
  readonly nowAtomic: FieldSetBuilder;
}

function visit(place: Place, type: StructureRef): void {
  const structure = type();
  if (structure.map !== undefined) visitMap(place, structure.map);
  else if (structure.scalar === undefined && structure.list !== undefined) visitList(place, structure);
}

function visitMap(place: Place, type: MapType): void {
  if (type.fields.size === 0 && (type.element === deducedStructure || type.element?.().scalar === "untyped")) return;
  if (!place.isLeaf && type.atomic) {
    if (!isEmptyFieldSet(place.set)) addPath(place.nowAtomic, place.path);
    return;
  }
  for (const step of stepsOf(place.set)) {
    const name = fieldNameOf(step);
    const ref = name === undefined ? type.element : fieldType(type, name);
    if (ref !== undefined) visit(descend(place, step), ref);
  }
}

function visitList(place: Place, { list }: Structure): void {
  if (list === undefined) return;
  if (!place.isLeaf && list.atomic) {
    addPath(place.nowAtomic, place.path);
    return;
  }
  for (const step of stepsOf(place.set)) visit(descend(place, step), list.element);
}

function stepsOf(set: FieldSet): Set<PathElement> {
  return new Set([...set.children.keys(), ...set.members]);
}

function descend(place: Place, step: PathElement): Place {
  const child = place.set.children.get(step);
  return {
    ...place,
    set: child ?? emptyFieldSet,
    path: [...place.path, step],
    isLeaf: place.set.members.has(step) && child === undefined,
  };
}

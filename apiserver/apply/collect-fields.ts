import type { JsonValue } from "../../codec/json-value.ts";
import { addPath, createFieldSet, type FieldSet, type FieldSetBuilder } from "./field-set.ts";
import { asList, asMap, indexItems } from "./list-items.ts";
import { fieldElement, type FieldPath, type PathElement } from "./path-element.ts";
import { fieldType, narrowTo, type ListType, type MapType, type StructureRef } from "./structure.ts";

/** Returns the set of everything that a value mentions: leaves, items, empty maps and fields of open maps. */
export function collectFields(value: JsonValue, type: StructureRef): FieldSet {
  const set = createFieldSet();
  collect({ set, path: [] }, value, type);
  return set;
}

interface Place {
  readonly set: FieldSetBuilder;
  readonly path: FieldPath;
}

function collect(place: Place, value: JsonValue, type: StructureRef): void {
  const structure = narrowTo(type(), value);
  if (structure.map !== undefined) collectMap(place, value, structure.map);
  else if (structure.scalar !== undefined) addPath(place.set, place.path);
  else if (structure.list !== undefined) collectList(place, value, structure.list);
}

function collectMap({ set, path }: Place, value: JsonValue, type: MapType): void {
  if (type.atomic) {
    addPath(set, path);
    return;
  }
  for (const [name, field] of Object.entries(asMap(value) ?? {})) {
    const here = [...path, fieldElement(name)];
    const ref = fieldType(type, name);
    if (ref !== undefined) collect({ set, path: here }, field, ref);
    const map = asMap(field);
    const empty = field === null || (map !== undefined && Object.keys(map).length === 0);
    if (empty || !type.fields.has(name)) addPath(set, here);
  }
}

function collectList({ set, path }: Place, value: JsonValue, type: ListType): void {
  if (type.atomic) {
    addPath(set, path);
    return;
  }
  const items = indexItems(type, asList(value) ?? []);
  const counts = new Map<PathElement, number>();
  for (const [step] of items) counts.set(step, (counts.get(step) ?? 0) + 1);
  for (const [step, item] of items) {
    const here = [...path, step];
    addPath(set, here);
    // Items that occur twice are owned together, without their fields.
    if (counts.get(step) === 1) collect({ set, path: here }, item, type.element);
  }
}

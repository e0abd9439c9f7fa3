import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { below, isEmptyFieldSet, type FieldSet } from "./field-set.ts";
import { asList, asMap, itemElement } from "./list-items.ts";
import { fieldElement } from "./path-element.ts";
import { fieldType, narrowTo, type ListType, type MapType, type StructureRef } from "./structure.ts";

/**
 * Returns the object without the fields and items of a set. What is atomic stays unless its own path is in the set;
 * a map or list that has nothing left becomes null (TypedValue.RemoveItems of structured-merge-diff 6.3.3).
 */
export function removeFields(object: JsonObject, fields: FieldSet, type: StructureRef): JsonObject {
  return asMap(remove(object, fields, type)) ?? {};
}

function remove(value: JsonValue, fields: FieldSet, type: StructureRef): JsonValue {
  const structure = narrowTo(type(), value);
  if (structure.map !== undefined) return removeFromMap(value, fields, structure.map);
  if (structure.scalar !== undefined) return value;
  if (structure.list !== undefined) return removeFromList(value, fields, structure.list);
  return value;
}

function removeFromMap(value: JsonValue, fields: FieldSet, type: MapType): JsonValue {
  if (type.atomic) return null;
  const out: [string, JsonValue][] = [];
  for (const [name, field] of Object.entries(asMap(value) ?? {})) {
    const step = fieldElement(name);
    if (fields.members.has(step)) continue;
    const rest = below(fields, step);
    const ref = fieldType(type, name);
    out.push([name, isEmptyFieldSet(rest) || ref === undefined ? field : remove(field, rest, ref)]);
  }
  return out.length === 0 ? null : Object.fromEntries(out);
}

function removeFromList(value: JsonValue, fields: FieldSet, type: ListType): JsonValue {
  if (type.atomic) return null;
  const out: JsonValue[] = [];
  for (const item of asList(value) ?? []) {
    const found = itemElement(type, item);
    if ("problem" in found) {
      out.push(item);
      continue;
    }
    if (fields.members.has(found.element)) continue;
    const rest = below(fields, found.element);
    out.push(isEmptyFieldSet(rest) ? item : remove(item, rest, type.element));
  }
  return out.length === 0 ? null : out;
}

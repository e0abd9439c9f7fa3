import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";

/** Returns whether a value is a list (`Array.isArray` does not tell TypeScript what the rest is). */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Returns a field's own value, never an inherited one: users may name a field `constructor` or `__proto__`. */
export function ownField(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Returns the value at a path of field names, or undefined when a step is missing or not an object. */
export function fieldAt(object: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let value = object;
  for (const name of path) {
    if (!isJsonObject(value)) return undefined;
    value = ownField(value, name);
  }
  return value;
}

/** Returns a copy of the object with one field set; a new field comes last. Any name is safe, `__proto__` included. */
export function withField(object: JsonObject, name: string, value: JsonValue): JsonObject {
  return Object.fromEntries([...Object.entries(object).filter(([key]) => key !== name), [name, value]]);
}

/** Returns a copy of the object without some fields. */
export function withoutFields(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !names.includes(key)));
}

/** Returns whether two JSON values are equal; order of fields does not matter, order of items does. */
export function jsonEqual(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (isJsonList(left) && isJsonList(right)) {
    return left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && jsonEqual(left[name], right[name]))
    );
  }
  return false;
}

import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { isJsonList, ownField, withField } from "../json-fields.ts";

/** Sets the defaults of one Go type; called with the object as it is, before its fields get theirs. */
export type Defaulter = (object: JsonObject) => JsonObject;

/** Defaults by the last part of the definition's name: `Container` of `io.k8s.api.core.v1.Container`. */
export type Defaulters = Readonly<Record<string, Defaulter>>;

/** Returns the object with fields that are missing or null set; for Go's pointers, where a zero is a value. */
export function fillMissing(object: JsonObject, defaults: JsonObject): JsonObject {
  return fillWhere(object, defaults, (value) => value === undefined || value === null);
}

/** Returns the object with fields that are missing, null, `""` or 0 set; for Go's strings and numbers. */
export function fillZero(object: JsonObject, defaults: JsonObject): JsonObject {
  return fillWhere(object, defaults, (value) => value === undefined || value === null || value === "" || value === 0);
}

function fillWhere(
  object: JsonObject,
  defaults: JsonObject,
  isMissing: (value: JsonValue | undefined) => boolean,
): JsonObject {
  let result = object;
  for (const [name, value] of Object.entries(defaults)) {
    if (isMissing(ownField(object, name))) result = withField(result, name, value);
  }
  return result;
}

/** Returns the object with one field, an object (empty when missing), replaced by what a function makes of it. */
export function within(object: JsonObject, name: string, change: Defaulter): JsonObject {
  return withField(object, name, change(childObject(object, name)));
}

/** Returns a field that is an object, the empty one when it is anything else. */
export function childObject(object: JsonObject, name: string): JsonObject {
  const value = ownField(object, name);
  return isJsonObject(value) ? value : {};
}

/** Returns a field that is a list, the empty one when it is anything else. */
export function childList(object: JsonObject, name: string): readonly JsonValue[] {
  const value = ownField(object, name);
  return isJsonList(value) ? value : [];
}

/** Returns whether a field is there and not null. */
export function isSet(object: JsonObject, name: string): boolean {
  return (ownField(object, name) ?? null) !== null;
}

/** Returns the object with every object in one of its lists changed; unchanged where there is no such list. */
export function mapItems(object: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject {
  if (!isSet(object, field)) return object;
  const items = childList(object, field).map((item) => (isJsonObject(item) ? change(item) : item));
  return withField(object, field, items);
}

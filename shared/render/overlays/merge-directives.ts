import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";

/** A strategic merge patch that cannot be applied. */
export class StrategicMergeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StrategicMergeError";
  }
}

/** Returns whether a map is an order to the merge: it has `$patch`. */
export function isDirective(value: JsonObject): boolean {
  return Object.hasOwn(value, "$patch");
}

/** Returns what a patch adds anew without the members that are null. */
export function dropNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, dropNulls(member)]));
}

/** Returns what a patch adds anew without its directives, and without list items that only say what to delete. */
export function dropDirectives(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.filter((item: JsonValue) => !isJsonObject(item) || !isDirective(item)).map(dropDirectives);
  }
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, member]) => !isDirectiveKey(key) && !(isJsonObject(member) && isDirective(member)),
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, dropDirectives(member)]));
}

function isDirectiveKey(key: string): boolean {
  return key === "$retainKeys" || /^\$(?:deleteFromPrimitiveList|setElementOrder)\//.test(key);
}

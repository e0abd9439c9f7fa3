import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";

/** Returns a value with a JSON merge patch (RFC 7386) applied: maps merge, null removes, all else replaces. */
export function mergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, JsonValue> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(Object.hasOwn(merged, key) ? (merged[key] ?? null) : null, value);
  }
  return merged satisfies JsonObject;
}

import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { badRequest } from "../resources/api-error.ts";
import { isJsonList, ownField } from "../resources/json-fields.ts";

/**
 * Returns the document after a merge patch (RFC 7386): nulls remove, objects merge, all else replaces. Throws
 * ApiError BadRequest when the patch is no object.
 */
export function mergePatch(document: JsonObject, patch: JsonValue): JsonObject {
  if (!isJsonObject(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${describe(patch)} into Go value of type map[string]interface {}`,
    );
  return mergeObjects(document, patch);
}

function describe(patch: JsonValue): string {
  if (isJsonList(patch)) return "array";
  return typeof patch === "boolean" ? "bool" : typeof patch;
}

function mergeObjects(document: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map<string, JsonValue>(Object.entries(document));
  for (const [name, value] of Object.entries(patch)) {
    const before = ownField(document, name);
    if (value === null) result.delete(name);
    else if (!isJsonObject(before)) result.set(name, withoutNulls(value));
    else result.set(name, isJsonObject(value) ? mergeObjects(before, value) : value);
  }
  return Object.fromEntries(result);
}

/** Nulls in what is new remove nothing and are dropped, also in objects inside lists (evanphx/json-patch pruneNulls). */
function withoutNulls(value: JsonValue): JsonValue {
  if (isJsonList(value)) return value.map((item) => withoutNulls(item));
  if (!isJsonObject(value)) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]));
}

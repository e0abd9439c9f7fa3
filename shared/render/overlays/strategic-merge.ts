import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { type PatchRule, type PatchRules, rulesOfType } from "../built-in-kinds.ts";
import { StrategicMergeError, dropDirectives, dropNulls, isDirective } from "./merge-directives.ts";
import { mergeMapList, mergeScalarList, orderList } from "./merge-lists.ts";

/**
 * Returns an object with a strategic merge patch applied, as `StrategicMergePatch` of k8s.io/apimachinery does: lists with
 * a merge key are merged by it, `null` removes, `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…` and
 * `$setElementOrder/…` are obeyed. `rules` are those of the object's kind. Throws `StrategicMergeError`.
 */
export function strategicMerge(original: JsonObject, patch: JsonObject, rules: PatchRules): JsonObject {
  if (Object.hasOwn(patch, "$patch")) return applyMapDirective(patch);
  const merged: Record<string, JsonValue> = { ...retainKeys(original, patch) };
  for (const [key, value] of Object.entries(patch)) {
    if (key === "$retainKeys" || key.startsWith("$setElementOrder/")) continue;
    if (key.startsWith("$deleteFromPrimitiveList/")) deleteFromList(merged, key.slice(key.indexOf("/") + 1), value);
    else if (value === null) delete merged[key];
    else mergeMember(merged, { key, value, rule: rules[key] ?? {} });
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith("$setElementOrder/") || !Array.isArray(order)) continue;
    const member = key.slice(key.indexOf("/") + 1);
    const list = merged[member];
    const before = original[member];
    if (!Array.isArray(list)) continue;
    merged[member] = orderList(list, order, { before: Array.isArray(before) ? before : [], key: rules[member]?.key });
  }
  return merged;
}

interface Member {
  readonly key: string;
  readonly value: JsonValue;
  readonly rule: PatchRule;
}

function mergeMember(merged: Record<string, JsonValue>, { key, value, rule }: Member): void {
  const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
  if (isJsonObject(before) && isJsonObject(value)) {
    merged[key] = rule.replace === true ? value : strategicMerge(before, value, rulesOfType(rule.type));
  } else if (Array.isArray(before) && Array.isArray(value)) {
    merged[key] = rule.merge === true ? mergeLists(before, value, rule) : value;
  } else if (isJsonObject(value) && isDirective(value)) {
    delete merged[key];
  } else {
    merged[key] = dropDirectives(dropNulls(value));
  }
}

function mergeLists(before: readonly JsonValue[], patch: readonly JsonValue[], rule: PatchRule): JsonValue[] {
  if (before.length === 0 && patch.length === 0) return [];
  const sample = before[0] ?? patch[0];
  if (!isJsonObject(sample)) return mergeScalarList(before, patch);
  const { key, type } = rule;
  if (key === undefined) throw new StrategicMergeError("a list of maps without a merge key cannot be merged");
  return mergeMapList(before, patch, { key, merge: (one, other) => strategicMerge(one, other, rulesOfType(type)) });
}

function applyMapDirective(patch: JsonObject): JsonObject {
  const { $patch: directive, ...rest } = patch;
  if (directive === "replace") return rest;
  if (directive === "delete") return {};
  throw new StrategicMergeError(`$patch: ${JSON.stringify(directive)} is neither replace nor delete`);
}

function retainKeys(original: JsonObject, patch: JsonObject): JsonObject {
  const kept = patch["$retainKeys"];
  if (kept === undefined) return original;
  if (!Array.isArray(kept)) throw new StrategicMergeError("$retainKeys must be a list of keys");
  const lost = Object.entries(patch).find(
    ([key, value]) => value !== null && !key.startsWith("$") && !kept.includes(key),
  );
  if (lost !== undefined) throw new StrategicMergeError(`$retainKeys lacks ${lost[0]}, which the patch sets`);
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.includes(key)));
}

function deleteFromList(merged: Record<string, JsonValue>, key: string, removed: JsonValue): void {
  const list = merged[key];
  if (Array.isArray(list) && Array.isArray(removed)) merged[key] = list.filter((item) => !removed.includes(item));
}

import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { ApiError } from "../resources/api-error.ts";
import { printGoValue } from "../resources/go-text.ts";
import { jsonEqual, ownField } from "../resources/json-fields.ts";
import { identify, orderList } from "./order-list.ts";

/** Two lists to merge item by item. */
export interface ListMerge {
  readonly original: readonly JsonValue[];
  readonly patch: readonly JsonValue[];
  /** The order that `$setElementOrder` asks for; undefined: that of the patch. */
  readonly order?: readonly JsonValue[];
  /** The field that tells objects apart; undefined in lists of scalars. */
  readonly mergeKey: string | undefined;
  readonly mergeItems: (original: JsonObject, patch: JsonObject) => JsonObject;
}

/** Returns the merged list; throws ApiError Unknown (500, as kube-apiserver answers) for items without their key. */
export function mergeLists(merge: ListMerge): JsonValue[] {
  const { original, patch, mergeKey } = merge;
  const objects = [...original, ...patch].some(isJsonObject);
  const merged = objects ? mergeObjects(merge) : uniqueScalars([...original, ...patch]);
  return orderList(merged, { patch: merge.order ?? patch, server: original, mergeKey: objects ? mergeKey : undefined });
}

function uniqueScalars(items: readonly JsonValue[]): JsonValue[] {
  return items.filter((item, index) => items.findIndex((other) => jsonEqual(other, item)) === index);
}

function mergeObjects({ original, patch, mergeKey, mergeItems }: ListMerge): JsonValue[] {
  if (mergeKey === undefined) throw new ApiError("Unknown", "cannot merge lists without merge key for struct");
  const changes = patch.filter(isJsonObject);
  const replaces = changes.some((change) => change["$patch"] === "replace");
  const out: JsonValue[] = replaces ? [] : withoutDeleted(original, changes, mergeKey);
  for (const change of changes) {
    if (isDirective(change)) continue;
    const identity = keyOf(change, mergeKey);
    const index = out.findIndex((item) => jsonEqual(identify(item, mergeKey), identity));
    const before = out[index];
    if (isJsonObject(before)) out[index] = mergeItems(before, change);
    else out.push(change);
  }
  return out;
}

function isDirective(change: JsonObject): boolean {
  const command = ownField(change, "$patch");
  if (command === undefined) return false;
  if (command === "delete" || command === "replace") return true;
  const message =
    command === "merge"
      ? "merging lists cannot yet be specified in the patch"
      : `unknown patch type: ${printGoValue(command)} in map: ${printGoValue(change)}`;
  throw new ApiError("Unknown", message);
}

function withoutDeleted(original: readonly JsonValue[], changes: readonly JsonObject[], mergeKey: string): JsonValue[] {
  const gone = changes.filter((change) => change["$patch"] === "delete").map((change) => keyOf(change, mergeKey));
  return original.filter((item) => !gone.some((identity) => jsonEqual(identity, identify(item, mergeKey))));
}

function keyOf(change: JsonObject, mergeKey: string): JsonValue {
  const identity = ownField(change, mergeKey);
  if (identity !== undefined) return identity;
  throw new ApiError("Unknown", `map: ${printGoValue(change)} does not contain declared merge key: ${mergeKey}`);
}

import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { StrategicMergeError } from "./merge-directives.ts";

/** Returns the scalars of both lists, each once, those of the patch in its order. */
export function mergeScalarList(before: readonly JsonValue[], patch: readonly JsonValue[]): JsonValue[] {
  return orderList([...new Set([...before, ...patch])], patch, { before, key: undefined });
}

/**
 * Returns a list of maps merged by a key: items of the patch into those with the same key, new ones added; `$patch: delete`
 * removes an item, `$patch: replace` the whole list before. Throws `StrategicMergeError` for an item without the key.
 */
export function mergeMapList(
  before: readonly JsonValue[],
  patch: readonly JsonValue[],
  how: { readonly key: string; readonly merge: (one: JsonObject, other: JsonObject) => JsonObject },
): JsonValue[] {
  const { key } = how;
  const additions: JsonObject[] = [];
  let kept = [...before];
  let isReplaced = false;
  for (const item of patch) {
    if (!isJsonObject(item)) throw new StrategicMergeError("a list mixes maps with other values");
    const directive = item["$patch"];
    if (directive === undefined) additions.push(item);
    else if (directive === "replace") isReplaced = true;
    else if (directive !== "delete") throw new StrategicMergeError(`$patch: ${JSON.stringify(directive)} in a list`);
    else kept = kept.filter((other) => keyOf(other, key) !== keyOf(item, key));
  }
  if (isReplaced) return additions;
  const merged = [...kept];
  for (const item of additions) {
    const value = keyOf(item, key);
    const index = merged.findIndex((other) => keyOf(other, key) === value);
    const found = merged[index];
    if (isJsonObject(found)) merged[index] = how.merge(found, item);
    else merged.push(item);
  }
  return orderList(merged, additions, { before: kept, key });
}

/**
 * Returns a merged list in order: items named by `order` as it has them, the others where they stood among those in
 * `before`. Items are told apart by `key`, or by value without one. Source: `normalizeElementOrder` of k8s.io/apimachinery.
 */
export function orderList(
  list: readonly JsonValue[],
  order: readonly JsonValue[],
  how: { readonly before: readonly JsonValue[]; readonly key: string | undefined },
): JsonValue[] {
  const identify = (item: JsonValue): JsonValue =>
    how.key === undefined || !isJsonObject(item) ? item : keyOf(item, how.key);
  const wanted = order.map(identify);
  const former = how.before.map(identify);
  const ordered = list.filter((item) => wanted.includes(identify(item)));
  const others = list.filter((item) => !wanted.includes(identify(item)));
  ordered.sort((a, b) => wanted.indexOf(identify(a)) - wanted.indexOf(identify(b)));
  const merged: JsonValue[] = [];
  for (const item of ordered) {
    const place = former.indexOf(identify(item));
    const stay = others.findIndex((other) => place < 0 || former.indexOf(identify(other)) >= place);
    merged.push(...others.splice(0, stay < 0 ? others.length : stay), item);
  }
  return [...merged, ...others];
}

function keyOf(item: JsonValue, key: string): JsonValue {
  const value = isJsonObject(item) ? item[key] : undefined;
  if (value === undefined) throw new StrategicMergeError(`a list item lacks its merge key ${key}`);
  return value;
}

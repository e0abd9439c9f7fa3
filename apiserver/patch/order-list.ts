import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { jsonEqual, ownField } from "../resources/json-fields.ts";

/** Returns what tells an item apart: its merge key's value, or itself in a list of scalars. */
export function identify(item: JsonValue, mergeKey: string | undefined): JsonValue | undefined {
  if (mergeKey === undefined) return item;
  return isJsonObject(item) ? ownField(item, mergeKey) : undefined;
}

function indexIn(list: readonly JsonValue[], item: JsonValue, mergeKey: string | undefined): number {
  const identity = identify(item, mergeKey);
  return list.findIndex((other) => jsonEqual(identify(other, mergeKey), identity));
}

/** The two orders that a merged list must keep. */
export interface ListOrders {
  /** As the patch wants it, for the items that it names. */
  readonly patch: readonly JsonValue[];
  /** As the server had it, for all others. */
  readonly server: readonly JsonValue[];
  readonly mergeKey: string | undefined;
}

/**
 * Returns the merged list in an order that keeps both: named items as the patch has them, the rest as the server had
 * them, and where an item of each kind was on the server, these as they stood there (normalizeElementOrder of
 * k8s.io/apimachinery strategicpatch).
 */
export function orderList(merged: readonly JsonValue[], { patch, server, mergeKey }: ListOrders): JsonValue[] {
  const isNamed = (item: JsonValue): boolean => indexIn(patch, item, mergeKey) >= 0;
  const byIndex = (items: readonly JsonValue[], order: readonly JsonValue[]): JsonValue[] =>
    items.toSorted((left, right) => {
      const [l, r] = [indexIn(order, left, mergeKey), indexIn(order, right, mergeKey)];
      return l >= 0 && r >= 0 ? l - r : 0;
    });
  const named = byIndex(merged.filter(isNamed), patch);
  const rest = byIndex(
    merged.filter((item) => !isNamed(item)),
    server,
  );
  const out: JsonValue[] = [];
  for (const item of named) {
    const place = indexIn(server, item, mergeKey);
    const standsBefore = (other: JsonValue): boolean => {
      const index = indexIn(server, other, mergeKey);
      return index >= 0 && index < place;
    };
    const end = rest.findIndex((other) => !standsBefore(other));
    out.push(...rest.splice(0, end === -1 ? rest.length : end), item);
  }
  return [...out, ...rest];
}

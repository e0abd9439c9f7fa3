import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ObjectMeta } from "../api/meta.ts";

/** A JSON patch (RFC 6902) that the API server takes for `metadata`. */
export type JsonPatch = readonly { readonly op: "replace"; readonly path: string; readonly value: JsonValue }[];

/** Whose fields become whose. */
export interface Adoption {
  /** Our field manager. */
  readonly manager: string;
  /** Managers that did the same work before: their Apply and Update entries become one Apply entry of ours. */
  readonly from: ReadonlySet<string>;
}

/**
 * Returns the patch by which fields of earlier managers become ours, undefined where they own nothing. The next
 * server-side apply then removes what Git does not mention, as it would have removed fields of its own; nothing else of
 * the object changes. It holds for this resourceVersion only. After `csaupgrade` of k8s.io/client-go.
 */
export function adoptManagedFields(metadata: ObjectMeta, { manager, from }: Adoption): JsonPatch | undefined {
  const entries = metadata.managedFields ?? [];
  const isOld = (entry: JsonObject): boolean =>
    typeof entry["manager"] === "string" && from.has(entry["manager"]) && (entry["subresource"] ?? "") === "";
  const old = entries.filter(isOld);
  if (old.length === 0 || metadata.resourceVersion === undefined) return undefined;
  const isOurs = (entry: JsonObject): boolean =>
    entry["manager"] === manager && entry["operation"] === "Apply" && (entry["subresource"] ?? "") === "";
  const ours = entries.find(isOurs);
  const latest = old.reduce((best, entry) => (timeOf(entry) > timeOf(best) ? entry : best));
  const merged = [...old, ...(ours === undefined ? [] : [ours])].reduce<JsonObject>(
    (union, entry) => unite(union, isJsonObject(entry["fieldsV1"]) ? entry["fieldsV1"] : {}),
    {},
  );
  const adopted: JsonObject = { ...(ours ?? latest), manager, operation: "Apply", fieldsV1: merged };
  const rest = entries.filter((entry) => !isOld(entry) && !isOurs(entry));
  return [
    { op: "replace", path: "/metadata/managedFields", value: [...rest, adopted] },
    { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
  ];
}

function timeOf(entry: JsonObject): string {
  return typeof entry["time"] === "string" ? entry["time"] : "";
}

/** FieldsV1 is a tree of keys: a union has every key of both. */
function unite(left: JsonObject, right: JsonObject): JsonObject {
  const united: Record<string, JsonValue> = {};
  for (const tree of [left, right]) {
    for (const [key, value] of Object.entries(tree)) {
      const known = united[key];
      if (value === undefined) continue;
      united[key] = isJsonObject(known) && isJsonObject(value) ? unite(known, value) : value;
    }
  }
  return united;
}

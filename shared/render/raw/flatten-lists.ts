import { isJsonObject } from "../../../codec/json-value.ts";
import { isKubeObject } from "../../api/is-kube-object.ts";
import type { KubeObject } from "../../api/meta.ts";

/** Returns the objects with those that are lists replaced by their items, at any depth; items that are no objects go. */
export function flattenLists(objects: readonly KubeObject[]): KubeObject[] {
  return objects.flatMap((object) => {
    if (!Object.hasOwn(object, "items")) return [object];
    const items: readonly unknown[] = Array.isArray(object["items"]) ? object["items"] : [];
    const complete = items.map((item) => (isJsonObject(item) ? { ...item, metadata: item["metadata"] ?? {} } : item));
    return flattenLists(complete.filter(isKubeObject));
  });
}

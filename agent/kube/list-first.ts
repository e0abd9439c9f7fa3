import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { collectionPath, type ApiResource } from "./api-resource.ts";
import type { KubeClient } from "./kube-client.ts";
import { asKubeObject } from "./kube-object.ts";

/** Which objects of one namespace are wanted. */
export interface FirstSelection {
  readonly namespace: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** No more than this many. */
  readonly limit: number;
}

/** Returns the first objects of a kind that fit: one request, whatever there is. */
export async function listFirst(
  client: KubeClient,
  resource: ApiResource,
  { namespace, limit, ...selectors }: FirstSelection,
): Promise<KubeObject[]> {
  const query = { limit: String(limit), ...selectors };
  const page = await client.raw({ method: "GET", path: collectionPath(resource, namespace), query });
  const items = isJsonObject(page) && Array.isArray(page["items"]) ? page["items"] : [];
  const apiVersion = isJsonObject(page) ? page["apiVersion"] : undefined;
  // Items of a typed list carry no apiVersion and kind of their own.
  return items.map((item) => asKubeObject(isJsonObject(item) ? { apiVersion, kind: resource.kind, ...item } : item));
}

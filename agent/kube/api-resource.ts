/** One kind as the API server serves it. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** One object of a kind; `namespace` is ignored for cluster-scoped kinds. */
export interface ObjectTarget {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
}

/** A few kinds that the agent needs before it has read discovery. */
export const wellKnown = {
  namespace: { group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false },
  configMap: { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true },
  secret: { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true },
} as const satisfies Record<string, ApiResource>;

/** Returns the group of an `apiVersion`, "" for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** Returns a resource's `apiVersion`: `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Pick<ApiResource, "group" | "version">): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** Returns the URL path of a kind's collection, in one namespace when the kind has them and one is given. */
export function collectionPath(resource: ApiResource, namespace = ""): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${resource.plural}`;
}

/** Returns the URL path of one object. */
export function objectPath(target: ObjectTarget): string {
  return `${collectionPath(target.resource, target.namespace)}/${encodeURIComponent(target.name)}`;
}

import * as z from "zod";
import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { HubClient } from "../hub-client.ts";

const discoverySchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string().optional() }),
      versions: z.array(
        z.looseObject({
          version: z.string(),
          resources: z
            .array(
              z.looseObject({
                resource: z.string(),
                responseKind: z.looseObject({ kind: z.string() }).optional(),
                scope: z.string(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

/** Returns the path of an object whatever its version, undefined for kinds that the cluster does not serve. */
export type ObjectPath = (entry: InventoryEntry) => string | undefined;

const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Asks a cluster for its kinds and returns where their objects are; of several versions the preferred one counts. */
export async function readObjectPaths(cluster: HubClient): Promise<ObjectPath> {
  const places = new Map<string, { readonly base: string; readonly plural: string; readonly namespaced: boolean }>();
  for (const root of ["/api", "/apis"]) {
    const { items } = discoverySchema.parse(await cluster.call({ path: root, accept }));
    for (const { metadata, versions } of items) {
      const group = metadata.name ?? "";
      for (const { version, resources = [] } of versions) {
        const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
        for (const { resource, responseKind, scope } of resources) {
          const key = `${group}/${responseKind?.kind ?? ""}`;
          if (!places.has(key)) places.set(key, { base, plural: resource, namespaced: scope === "Namespaced" });
        }
      }
    }
  }
  return ({ group, kind, namespace, name }) => {
    const place = places.get(`${group}/${kind}`);
    if (place === undefined) return undefined;
    const scope = place.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
    return `${place.base}${scope}/${place.plural}/${encodeURIComponent(name)}`;
  };
}

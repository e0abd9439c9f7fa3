import { forbidden } from "../../apiserver/resources/api-error.ts";
import type { ObjectKey, ResourceKey } from "../../apiserver/storage/object-store.ts";
import { bundleResource, clusterResource, gitRepoResource, groupResource } from "../desired/hub.ts";
import type { ObjectTable } from "../store/object-table.ts";

/** What keeps a namespace: removing it on the way would strand agents, or take away what runs on clusters. */
const keeping: readonly ResourceKey[] = [gitRepoResource, clusterResource, bundleResource, groupResource];

/** What goes with a namespace, as in Kubernetes. */
const going: readonly ResourceKey[] = [
  "/secrets",
  "/configmaps",
  "/events",
  "rbac.authorization.k8s.io/roles",
  "rbac.authorization.k8s.io/rolebindings",
  "fleet.cattle.io/clusterregistrationtokens",
];

/** Returns the store of namespaces: deleting one is refused while a workspace is in it, and deletes what else it holds. */
export function createNamespaceStore(objects: ObjectTable): ObjectTable {
  return {
    ...objects,
    delete: async (key, preconditions) => {
      const counts = await Promise.all(keeping.map(async (resource) => (await keysIn(objects, resource, key)).length));
      if (counts.some((count) => count > 0)) {
        const named = keeping.map((resource, index) => `${counts[index]} ${resource.slice(resource.indexOf("/") + 1)}`);
        throw forbidden(
          { group: "", resource: "namespaces" },
          key.name,
          `it holds ${named.join(", ")}: delete these first`,
        );
      }
      const contents = await Promise.all(going.map(async (resource) => keysIn(objects, resource, key)));
      return objects.write(async (writer) => {
        for (const inside of contents.flat())
          if ((await writer.read(inside)) !== undefined) await writer.remove(inside);
        return writer.remove(key, preconditions);
      });
    },
  };
}

async function keysIn(
  objects: ObjectTable,
  resource: ResourceKey,
  { name: namespace }: ObjectKey,
): Promise<ObjectKey[]> {
  const { items } = await objects.list({ resource, namespace });
  return items.map(({ metadata }) => ({ resource, namespace, name: metadata.name ?? "" }));
}

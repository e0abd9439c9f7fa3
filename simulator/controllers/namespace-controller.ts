import type { ResourceRegistry } from "../../apiserver/resources/resource-registry.ts";
import { storageKeyOf } from "../../apiserver/resources/verbs/write-request.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { nameOf, type Controller, type ControllerParts } from "./controller.ts";
import type { ObjectName } from "../cluster-client.ts";

const resource = "/namespaces";

/** What the controller needs besides a client. */
export interface NamespaceControllerOptions {
  readonly registry: ResourceRegistry;
  /** PEM given to every namespace as `kube-root-ca.crt`. */
  readonly ca: string;
}

/** Gives new namespaces their default ServiceAccount and CA bundle, and empties those that are being deleted. */
export function createNamespaceController(
  { client }: ControllerParts,
  options: NamespaceControllerOptions,
): Controller {
  async function fill(namespace: string): Promise<void> {
    await client.create("/serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace },
    });
    await client.create("/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "kube-root-ca.crt",
        namespace,
        annotations: {
          "kubernetes.io/description": "Contains the CA bundle that clients use to reach the API server.",
        },
      },
      data: { "ca.crt": options.ca },
    });
  }

  /** Returns how many objects are still in the namespace. */
  async function empty(namespace: string): Promise<number> {
    let left = 0;
    for (const definition of options.registry.all()) {
      if (definition.type !== "stored" || !definition.names.namespaced) continue;
      const key = storageKeyOf(definition);
      const { items } = await definition.store.list({ resource: key, namespace });
      left += items.length;
      for (const item of items) {
        if (item.metadata.deletionTimestamp === undefined) await client.remove(nameOf(key, item));
      }
    }
    return left;
  }

  return {
    name: "namespace",
    watches: {
      [resource]: (changed) => [nameOf(resource, changed)],
      "/serviceaccounts": inNamespace,
      "/configmaps": inNamespace,
    },
    reconcile: async (name) => {
      const namespace = await client.get(name);
      if (namespace === undefined) return undefined;
      if (namespace.metadata.deletionTimestamp === undefined) {
        await fill(name.name);
        return undefined;
      }
      const left = await empty(name.name);
      if (left === 0) await client.finalizeNamespace(name.name);
      return left === 0 ? undefined : 50;
    },
  };
}

/** Somebody may have deleted what every namespace has. */
function inNamespace({ metadata }: ApiObject): readonly ObjectName[] {
  const isOurs = metadata.name === "default" || metadata.name === "kube-root-ca.crt";
  return isOurs ? [{ resource, namespace: "", name: metadata.namespace ?? "" }] : [];
}

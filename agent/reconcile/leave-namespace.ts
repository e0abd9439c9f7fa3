import type { KubeObject } from "../../shared/api/meta.ts";
import { entryKey, type InventoryEntry, objectKey } from "../../shared/drift/inventory-entry.ts";
import { readManagedFields } from "../../shared/drift/managed-fields.ts";
import { wellKnown } from "../kube/api-resource.ts";
import { fieldManager } from "../kube/kube-client.ts";
import type { Removing } from "./remove-deployment.ts";
import type { PassDeps } from "./pass.ts";

/** Namespaces that belong to the cluster, whoever made them. */
const clusterOwn = /^(?:default|kube-.*|cattle-.*|fleet-.*)$/u;

/**
 * With `deleteNamespace`: takes the namespace that was made for a deployment into its inventory once nothing else is left of the
 * deployment, so that its removal is held for approval like any Namespace's. Returns whether it did. Not the namespace of others: one that the agent
 * did not make, that another bundle has objects in, or that belongs to the cluster.
 */
export async function takeNamespace(deps: PassDeps, { bundle, client }: Removing): Promise<boolean> {
  const inventory = deps.inventories.get(bundle);
  const { deleteNamespace: name, keepResources } = inventory;
  if (name === undefined || keepResources || name === deps.namespace || clusterOwn.test(name)) return false;
  const live = await client.get({ resource: wellKnown.namespace, namespace: "", name });
  const { uid, deletionTimestamp } = live?.metadata ?? {};
  if (live === undefined || uid === undefined || deletionTimestamp !== undefined || !isMadeHere(live)) return false;
  const user = deps.inventories.bundles().find((other) => other !== bundle && usesNamespace(deps, other, name));
  if (user !== undefined) {
    deps.log.info({ bundle, namespace: name, usedBy: user }, "namespace is left to another bundle");
    return false;
  }
  const entry = { group: "", kind: "Namespace", namespace: "", name, uid };
  await deps.inventories.save({ ...inventory, deploymentId: undefined, renderDigest: undefined, entries: [entry] });
  return true;
}

function isMadeHere({ metadata }: KubeObject): boolean {
  return readManagedFields(metadata).some(
    ({ manager, operation }) => manager === fieldManager && operation === "Update",
  );
}

/** What cannot be read may have anything. */
function usesNamespace({ inventories }: PassDeps, bundle: string, name: string): boolean {
  if (inventories.isUnreadable(bundle)) return true;
  return inventories.get(bundle).entries.some(({ namespace }) => namespace === name);
}

/** Returns entries without the namespace that was taken for a removal: the deployment is wanted again. */
export function withoutTakenNamespace(
  entries: readonly InventoryEntry[],
  { taken, desired }: { readonly taken: string | undefined; readonly desired: readonly KubeObject[] },
): readonly InventoryEntry[] {
  if (taken === undefined) return entries;
  const keys = new Set(desired.map(objectKey));
  return entries.filter(
    (entry) => entry.group !== "" || entry.kind !== "Namespace" || entry.name !== taken || keys.has(entryKey(entry)),
  );
}

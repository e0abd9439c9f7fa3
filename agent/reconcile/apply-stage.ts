import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";

/**
 * Stages of an apply: what others need first, what intercepts others' requests last. Within a stage everything is
 * applied in parallel. 0: namespaces and definitions, which are waited for; 1: what workloads refer to; 2: the rest,
 * custom resources included; 3: webhooks and aggregated APIs; 4: objects of aggregated APIs that come along, which are
 * waited for. Backwards these go while their server is still there.
 */
export type Stage = 0 | 1 | 2 | 3 | 4;

const stages: Readonly<Record<string, Stage>> = {
  "/Namespace": 0,
  "apiextensions.k8s.io/CustomResourceDefinition": 0,
  "/ConfigMap": 1,
  "/LimitRange": 1,
  "/PersistentVolume": 1,
  "/PersistentVolumeClaim": 1,
  "/ResourceQuota": 1,
  "/Secret": 1,
  "/ServiceAccount": 1,
  "networking.k8s.io/IngressClass": 1,
  "networking.k8s.io/NetworkPolicy": 1,
  "node.k8s.io/RuntimeClass": 1,
  "rbac.authorization.k8s.io/ClusterRole": 1,
  "rbac.authorization.k8s.io/ClusterRoleBinding": 1,
  "rbac.authorization.k8s.io/Role": 1,
  "rbac.authorization.k8s.io/RoleBinding": 1,
  "scheduling.k8s.io/PriorityClass": 1,
  "storage.k8s.io/CSIDriver": 1,
  "storage.k8s.io/StorageClass": 1,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": 3,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": 3,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": 3,
  "apiregistration.k8s.io/APIService": 3,
};

/** All stages in order of applying; removal goes backwards. */
export const allStages: readonly Stage[] = [0, 1, 2, 3, 4];

/** Returns the stage in which each of these is applied. */
export function stagesOf(entries: readonly Named[]): (entry: Named) => Stage {
  const groups = new Set(entries.flatMap((entry) => aggregatedGroup(entry) ?? []));
  return (entry) => (groups.has(entry.group) ? 4 : (stages[`${entry.group}/${entry.kind}`] ?? 2));
}

type Named = Pick<InventoryEntry, "group" | "kind" | "name">;

/** Returns the group that an APIService serves, undefined for other kinds: its name is the version and the group. */
export function aggregatedGroup({ group, kind, name }: Named): string | undefined {
  if (group !== "apiregistration.k8s.io" || kind !== "APIService") return undefined;
  return name.slice(name.indexOf(".") + 1);
}

import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";

/**
 * Stages of an apply: what others need first, what intercepts others' requests last. Within a stage everything is
 * applied in parallel. 0: namespaces and definitions, which are waited for; 1: what workloads refer to; 2: the rest,
 * custom resources included; 3: webhooks and aggregated APIs.
 */
export type Stage = 0 | 1 | 2 | 3;

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
export const allStages: readonly Stage[] = [0, 1, 2, 3];

/** Returns the stage in which objects of a kind are applied. */
export function stageOf(entry: Pick<InventoryEntry, "group" | "kind">): Stage {
  return stages[`${entry.group}/${entry.kind}`] ?? 2;
}

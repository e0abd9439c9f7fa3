import type { KubeObject } from "../api/meta.ts";

/** Kinds in the order in which Helm installs them (`InstallOrder` of helm.sh/helm/v4); others follow by name. */
const installOrder = [
  "PriorityClass",
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "SecretList",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "IngressClass",
  "Ingress",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
];
const place = new Map(installOrder.map((kind, index) => [kind, index]));
const firstWorkload = place.get("Service") ?? 0;

/** Returns the objects in Helm's install order of kinds, unknown kinds last by name, otherwise as they come. */
export function orderObjects(objects: readonly KubeObject[]): KubeObject[] {
  return objects.toSorted((a, b) => compareKinds(a.kind, b.kind));
}

function compareKinds(a: string, b: string): number {
  const [placeA, placeB] = [place.get(a), place.get(b)];
  if (placeA !== undefined && placeB !== undefined) return placeA - placeB;
  if (placeA !== undefined || placeB !== undefined) return placeA === undefined ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Returns ordered objects in stages, none empty: all of a stage may be applied at once, the next only after it (and after
 * its CustomResourceDefinitions are established). Namespaces and definitions; then what workloads use; then workloads
 * and all other kinds; then API services and webhooks, which need their workloads and can stop everything else.
 */
export function applyStages(objects: readonly KubeObject[]): KubeObject[][] {
  const stages: KubeObject[][] = [[], [], [], []];
  for (const object of objects) stages[stageOf(object)]?.push(object);
  return stages.filter((stage) => stage.length > 0);
}

function stageOf({ kind }: KubeObject): number {
  if (kind === "Namespace" || kind === "CustomResourceDefinition") return 0;
  if (kind === "APIService" || kind === "MutatingWebhookConfiguration" || kind === "ValidatingWebhookConfiguration") {
    return 3;
  }
  const index = place.get(kind);
  return index !== undefined && index < firstWorkload ? 1 : 2;
}

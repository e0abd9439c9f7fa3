import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { KubeObject } from "../api/meta.ts";
import { entryOf } from "./inventory-entry.ts";
import type { RemovalLimits } from "./plan-removals.ts";

/** How an object is deleted to be made again. */
export type Replacement =
  | {
      readonly type: "replace";
      /** `Orphan`: what it owns lives on, and belongs to the new one. */
      readonly propagation: "Background" | "Orphan";
    }
  | { readonly type: "refuse"; readonly reason: string };

/** Kinds of Kubernetes that hold nothing that their manifest does not say. Not in it: claims, volumes, namespaces, definitions, Pods. */
const replaceable: ReadonlySet<string> = new Set([
  "/ConfigMap",
  "/ReplicationController",
  "/Secret",
  "/Service",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiregistration.k8s.io/APIService",
  "apps/DaemonSet",
  "apps/Deployment",
  "apps/ReplicaSet",
  "apps/StatefulSet",
  "autoscaling/HorizontalPodAutoscaler",
  "batch/CronJob",
  "batch/Job",
  "networking.k8s.io/Ingress",
  "networking.k8s.io/IngressClass",
  "networking.k8s.io/NetworkPolicy",
  "node.k8s.io/RuntimeClass",
  "policy/PodDisruptionBudget",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/CSIDriver",
  "storage.k8s.io/StorageClass",
]);

const never: Readonly<Record<string, string>> = {
  "/Namespace": "all that is in it would go with it",
  "/PersistentVolume": "its data would go with it",
  "/PersistentVolumeClaim": "its data would go with it",
  "apiextensions.k8s.io/CustomResourceDefinition": "all objects of the kind would go with it",
};

/** Returns whether an object may be deleted and made again because a field cannot be changed, and how; a reason where not. */
export function planReplacement(live: KubeObject, desired: KubeObject): Replacement {
  const { group, kind } = entryOf(live);
  const id = `${group}/${kind}`;
  const why = never[id];
  if (why !== undefined) return { type: "refuse", reason: `a ${kind} is never replaced, since ${why}` };
  if (!replaceable.has(id)) return { type: "refuse", reason: `a ${kind} may stand for more than its manifest says` };
  const { finalizers = [], ownerReferences = [] } = live.metadata;
  if (finalizers.length > 0) {
    return { type: "refuse", reason: `its finalizers (${finalizers.join(", ")}) take down more than the object` };
  }
  if (ownerReferences.some((owner) => owner["controller"] === true)) {
    return { type: "refuse", reason: "it is owned by a controller" };
  }
  if (id !== "apps/StatefulSet") return { type: "replace", propagation: "Background" };
  // Deleted with what it owns, claims with a retention policy would go; pods and claims find the new one by their labels.
  if (!sameAt(live, desired, ["spec", "selector"])) {
    return { type: "refuse", reason: "with another selector its pods would be left behind under the new ones' names" };
  }
  return { type: "replace", propagation: "Orphan" };
}

/**
 * Returns why so many objects must not be replaced at once, undefined when they may: deletions count as the removals of a
 * deployment that stays do.
 */
export function beyondReplacementLimits(
  count: number,
  { total, limits }: { readonly total: number; readonly limits: RemovalLimits },
): string | undefined {
  const much = count > limits.shareAbove && count / Math.max(total, 1) > limits.share;
  if (!much && count <= limits.count) return undefined;
  return `${count} of ${total} objects would be replaced at once; replace them in several commits`;
}

/** What kube-apiserver says where it refuses to change a field (`pkg/apis/…/validation`), whatever the kind. */
const refusal =
  /immutable|may not (?:be )?change|cannot change|can ?not be (?:changed|unset)|updates to .*forbidden|may not change fields/iu;

/** Returns whether the API server's sentence says that a field cannot be changed. */
export function saysImmutable(message: string): boolean {
  return refusal.test(message);
}

function sameAt(a: KubeObject, b: KubeObject, path: readonly string[]): boolean {
  return stableJson(valueAt(a, path)) === stableJson(valueAt(b, path));
}

function valueAt(object: KubeObject, path: readonly string[]): JsonValue {
  let value: unknown = object;
  for (const step of path) value = isJsonObject(value) ? value[step] : undefined;
  return isJsonObject(value) ? value : null;
}

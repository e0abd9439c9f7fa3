import type { KubeObject } from "../api/meta.ts";
import { assessDefinition } from "./health/assess-definition.ts";
import { assessJob } from "./health/assess-job.ts";
import { assessOperator } from "./health/assess-operator.ts";
import { assessPod } from "./health/assess-pod.ts";
import { assessClaim, assessService } from "./health/assess-storage-and-service.ts";
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from "./health/assess-workload.ts";
import { notReady, ready, type Health } from "./health/health.ts";
import type { HealthRule } from "./health/health-rules.ts";
import { conditionsOf, numberAt, statusFields } from "./health/read-fields.ts";

export type { Health } from "./health/health.ts";

/** How one object is judged. */
export interface HealthOptions {
  /** Fleet's `ignore.conditions`: conditions matching all pairs of an entry are left out. */
  readonly ignoreConditions?: readonly Readonly<Record<string, string>>[];
  /** A person's rule for the kind: it decides instead of all others once the object's controller has seen it. */
  readonly rule?: HealthRule | undefined;
}

const rules: Readonly<Record<string, (object: KubeObject) => Health>> = {
  Pod: assessPod,
  PersistentVolumeClaim: assessClaim,
  Service: assessService,
  "apps/DaemonSet": assessDaemonSet,
  "apps/Deployment": assessDeployment,
  "apps/ReplicaSet": assessReplicaSet,
  "apps/StatefulSet": assessStatefulSet,
  "batch/Job": assessJob,
  "apiextensions.k8s.io/CustomResourceDefinition": assessDefinition,
};

/** Kinds that are ready as soon as they are there. */
const alwaysReady: ReadonlySet<string> = new Set([
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "Endpoints",
  "LimitRange",
  "batch/CronJob",
  "discovery.k8s.io/EndpointSlice",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
]);

/**
 * Returns whether a live object is ready and, when not, a sentence that says what it waits for. The rules are kstatus'
 * (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus): being deleted, a status older than the spec
 * and the conditions Reconciling and Stalled count for every kind (a person's rule replaces the latter and all that follows); then the kind's own rule (of Kubernetes, or of a well-known operator), else its Ready condition.
 */
export function assessHealth(object: KubeObject, options: HealthOptions = {}): Health {
  const judged = withoutConditions(object, options.ignoreConditions ?? []);
  const id = kindId(judged);
  if (judged.metadata.deletionTimestamp !== undefined) return notReady(describeDeletion(judged));
  if (options.rule !== undefined) return assessGeneration(judged) ?? options.rule(object);
  if (alwaysReady.has(id)) return ready;
  return assessGeneration(judged) ?? assessProgress(judged) ?? (rules[id] ?? assessOperator)(judged);
}

function describeDeletion({ metadata }: KubeObject): string {
  const { finalizers = [] } = metadata;
  return finalizers.length === 0 ? "is being deleted" : `is being deleted and waits for ${finalizers.join(", ")}`;
}

/** Returns whether a change of nothing but status can change the health of objects of this kind. */
export function hasHealth(apiVersion: string, kind: string): boolean {
  return !alwaysReady.has(kindIdOf(apiVersion, kind));
}

function assessGeneration(object: KubeObject): Health | undefined {
  const observed = numberAt(statusFields(object), "observedGeneration");
  const generation = object.metadata.generation;
  if (observed === undefined || generation === undefined || observed === generation) return undefined;
  // A later one is what an object was restored with that is another now.
  return notReady(`its controller has seen generation ${observed}, not yet ${generation}`);
}

function assessProgress(object: KubeObject): Health | undefined {
  for (const condition of conditionsOf(object)) {
    if (condition.status !== "True") continue;
    if (condition.type === "Reconciling") return notReady(condition.message || "is being reconciled");
    if (condition.type === "Stalled") return notReady(condition.message || "is stalled");
  }
  return undefined;
}

function withoutConditions(object: KubeObject, ignored: readonly Readonly<Record<string, string>>[]): KubeObject {
  const status = statusFields(object);
  const conditions = status["conditions"];
  if (ignored.length === 0 || !Array.isArray(conditions)) return object;
  const kept = conditions.filter((condition) => !ignored.some((pairs) => matchesAll(condition, pairs)));
  return { ...object, status: { ...status, conditions: kept } };
}

function matchesAll(condition: unknown, pairs: Readonly<Record<string, string>>): boolean {
  if (typeof condition !== "object" || condition === null) return false;
  const values = new Map<string, unknown>(Object.entries(condition));
  return Object.entries(pairs).every(([key, value]) => String(values.get(key)) === value);
}

function kindId(object: KubeObject): string {
  return kindIdOf(object.apiVersion, object.kind);
}

function kindIdOf(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? kind : `${apiVersion.slice(0, slash)}/${kind}`;
}

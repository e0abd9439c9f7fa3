import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ApiObject, OwnerReference } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import type { ResourceKey, StoreChange } from "../../apiserver/storage/object-store.ts";
import type { Clock } from "../../shared/clock.ts";
import type { ClusterClient, ObjectName } from "../cluster-client.ts";
import type { Failures } from "../failures.ts";

/** What controllers work with. */
export interface ControllerParts {
  readonly client: ClusterClient;
  readonly clock: Clock;
  /** How long a pod takes to start, and to stop. */
  readonly settleMs: number;
  readonly failures: Failures;
}

/** Brings objects of one sort to what their specification asks for; level-based, may run again at any time. */
export interface Controller {
  readonly name: string;
  /** Returns which objects to look at when one of these collections ("group/plural") changed. */
  readonly watches: Readonly<Record<string, (changed: ApiObject) => readonly ObjectName[]>>;
  /** Returns more objects to look at because of any change, for those who need both sides of it. */
  affectedBy?(resource: ResourceKey, change: StoreChange): readonly ObjectName[];
  /** Returns after how many milliseconds to look again, undefined when nothing is to be waited for. */
  reconcile(object: ObjectName): Promise<number | undefined>;
}

/** Returns the name of an object in a collection. */
export function nameOf(resource: string, { metadata }: ApiObject): ObjectName {
  return { resource, namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
}

/** Returns a watch function: the changed object itself is looked at. */
export function itself(resource: string): (changed: ApiObject) => readonly ObjectName[] {
  return (changed) => [nameOf(resource, changed)];
}

/** Returns a watch function: the controller of the changed object is looked at, when it is of this kind. */
export function controllerOfKind(kind: string, resource: string): (changed: ApiObject) => readonly ObjectName[] {
  return (changed) => {
    const owner = controllerOf(changed);
    if (owner?.kind !== kind) return [];
    return [{ resource, namespace: changed.metadata.namespace ?? "", name: owner.name }];
  };
}

/** Returns the owner that controls an object. */
export function controllerOf({ metadata }: ApiObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Returns whether `owner` controls the object. */
export function isControlledBy(object: ApiObject, owner: ApiObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** Returns the reference by which an owner controls what it makes. */
export function controllerReference({ apiVersion, kind, metadata }: ApiObject): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Returns the number at a path, or what stands for it when there is none. */
export function numberAt(object: ApiObject, path: readonly string[], otherwise: number): number {
  const value = fieldAt(object, ...path);
  return typeof value === "number" ? value : otherwise;
}

/** Returns the JSON object at a path, an empty one when there is none. */
export function objectAt(object: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const value = fieldAt(object, ...path);
  return isJsonObject(value) ? value : {};
}

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: "False" | "True" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** Returns conditions with some set; one that keeps its status keeps its time. */
export function withConditions(live: ApiObject, set: readonly Condition[], clock: Clock): readonly JsonObject[] {
  const current = conditionsOf(live);
  const now = metaTime(clock.now());
  const made = set.map((condition): JsonObject => {
    const before = current.find(({ type }) => type === condition.type);
    const since = before?.["status"] === condition.status ? (before["lastTransitionTime"] ?? now) : now;
    return { ...condition, lastTransitionTime: since };
  });
  const others = current.filter(({ type }) => !set.some((condition) => condition.type === type));
  return [...others, ...made];
}

/** Returns the conditions of an object. */
export function conditionsOf(object: ApiObject): readonly JsonObject[] {
  const conditions = fieldAt(object, "status", "conditions");
  return Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
}

/** Returns whether a condition of the object is True. */
export function isTrue(object: ApiObject, type: string): boolean {
  return conditionsOf(object).some((condition) => condition["type"] === type && condition["status"] === "True");
}

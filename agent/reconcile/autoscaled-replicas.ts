import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { findWriter, type PathStep } from "../../shared/drift/managed-fields.ts";
import type { Discovery } from "../kube/discovery.ts";
import { fieldManager, targetOf, type KubeClient } from "../kube/kube-client.ts";

const scaledKinds: ReadonlySet<string> = new Set(["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"]);
const replicasPath: readonly PathStep[] = [
  { type: "field", name: "spec" },
  { type: "field", name: "replicas" },
];

/**
 * Returns the objects with `spec.replicas` left to the autoscaler where one targets the object, live or in the same
 * set. While nobody but us owns the field it is kept at its live value: leaving it out would make it 1.
 */
export async function withoutAutoscaledReplicas(
  deps: { readonly client: KubeClient; readonly discovery: Discovery },
  objects: readonly KubeObject[],
): Promise<KubeObject[]> {
  const scaled = objects.filter((object) => scaledKinds.has(object.kind) && replicasOf(object) !== undefined);
  if (scaled.length === 0) return [...objects];
  const targets = scaleTargets(objects);
  const resource = await deps.discovery.resolve("autoscaling/v2", "HorizontalPodAutoscaler");
  if (resource !== undefined) {
    for (const namespace of new Set(scaled.map(({ metadata }) => metadata.namespace ?? ""))) {
      const live: KubeObject[] = [];
      for await (const autoscaler of deps.client.list(resource, { namespace })) live.push(autoscaler);
      for (const target of scaleTargets(live)) targets.add(target);
    }
  }
  return Promise.all(
    objects.map(async (object) => (targets.has(targetKey(object)) ? leaveReplicas(deps, object) : object)),
  );
}

function scaleTargets(objects: readonly KubeObject[]): Set<string> {
  const targets = new Set<string>();
  for (const { kind, metadata, spec } of objects) {
    if (kind !== "HorizontalPodAutoscaler" || !isJsonObject(spec)) continue;
    const ref = spec["scaleTargetRef"];
    if (!isJsonObject(ref) || typeof ref["kind"] !== "string" || typeof ref["name"] !== "string") continue;
    targets.add(`${ref["kind"]}/${metadata.namespace ?? ""}/${ref["name"]}`);
  }
  return targets;
}

function targetKey({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function replicasOf({ spec }: KubeObject): unknown {
  return isJsonObject(spec) ? spec["replicas"] : undefined;
}

async function leaveReplicas(
  { client, discovery }: { readonly client: KubeClient; readonly discovery: Discovery },
  object: KubeObject,
): Promise<KubeObject> {
  const { spec } = object;
  const resource = await discovery.resolve(object.apiVersion, object.kind);
  if (resource === undefined || !isJsonObject(spec)) return object;
  const live = await client.get(targetOf(resource, object));
  if (live === undefined) return object;
  const { replicas: _replicas, ...rest } = spec;
  const scaledByOther = findWriter(live.metadata, replicasPath, fieldManager) !== undefined;
  return { ...object, spec: scaledByOther ? rest : { ...rest, replicas: replicasOf(live) } };
}

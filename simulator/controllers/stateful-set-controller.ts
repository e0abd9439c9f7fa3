import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { controllerOfKind, itself, numberAt, objectAt, type Controller, type ControllerParts } from "./controller.ts";
import { countReady, podFromTemplate, podsOf, removePods, templateHash } from "./pod-set.ts";
import { textMap, textOf } from "../../apiserver/resources/json-text.ts";

const resource = "apps/statefulsets";
const revisionLabel = "controller-revision-hash";

/** Keeps the numbered pods of a StatefulSet, each with its volume claims, and replaces those of an older template. */
export function createStatefulSetController({ client }: ControllerParts): Controller {
  async function createMissing(set: ApiObject, existing: readonly ApiObject[]): Promise<void> {
    const revision = revisionOf(set);
    for (const podName of podNames(set)) {
      if (existing.some(({ metadata }) => metadata.name === podName)) continue;
      for (const claim of claimsOf(set, podName)) await client.create("/persistentvolumeclaims", claim);
      const labels = {
        "apps.kubernetes.io/pod-index": podName.slice(podName.lastIndexOf("-") + 1),
        [revisionLabel]: revision,
        "statefulset.kubernetes.io/pod-name": podName,
      };
      await client.create("/pods", withVolumes(podFromTemplate(set, { name: podName, labels }), set, podName));
    }
  }

  return {
    name: "statefulset",
    watches: { [resource]: itself(resource), "/pods": controllerOfKind("StatefulSet", resource) },
    reconcile: async (name) => {
      const set = await client.get(name);
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
      const pods = await podsOf(set, client);
      const names = podNames(set);
      const revision = revisionOf(set);
      const isWanted = ({ metadata }: ApiObject): boolean =>
        names.includes(metadata.name ?? "") && metadata.labels?.[revisionLabel] === revision;
      await removePods(
        pods.filter((pod) => !isWanted(pod)),
        client,
      );
      await createMissing(set, pods);
      const kept = await podsOf(set, client);
      const ready = countReady(kept);
      const updated = kept.filter(isWanted).length;
      await client.changeStatus(name, (live) => statusOf(live, { replicas: kept.length, ready, updated }));
      return undefined;
    },
  };
}

function statusOf(
  set: ApiObject,
  counts: { readonly replicas: number; readonly ready: number; readonly updated: number },
): JsonObject {
  const revision = `${set.metadata.name ?? ""}-${revisionOf(set)}`;
  const isComplete = counts.updated === counts.replicas && counts.ready === counts.replicas;
  const { currentRevision = revision } = objectAt(set, "status");
  return {
    replicas: counts.replicas,
    readyReplicas: counts.ready,
    availableReplicas: counts.ready,
    currentReplicas: counts.updated,
    updatedReplicas: counts.updated,
    currentRevision: isComplete ? revision : currentRevision,
    updateRevision: revision,
    collisionCount: 0,
    observedGeneration: set.metadata.generation ?? 0,
  };
}

function podNames(set: ApiObject): readonly string[] {
  const first = numberAt(set, ["spec", "ordinals", "start"], 0);
  const count = numberAt(set, ["spec", "replicas"], 1);
  return Array.from({ length: count }, (_, index) => `${set.metadata.name ?? ""}-${first + index}`);
}

function revisionOf(set: ApiObject): string {
  return templateHash(objectAt(set, "spec", "template"));
}

function claimTemplates(set: ApiObject): readonly JsonObject[] {
  const templates = objectAt(set, "spec")["volumeClaimTemplates"];
  return Array.isArray(templates) ? templates.filter(isJsonObject) : [];
}

function claimName(template: JsonObject, podName: string): string {
  return `${textOf(objectAt(template, "metadata")["name"])}-${podName}`;
}

function claimsOf(set: ApiObject, podName: string): readonly ApiObject[] {
  const labels = textMap(objectAt(set, "spec", "selector", "matchLabels"));
  return claimTemplates(set).map((template) => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName(template, podName),
      namespace: set.metadata.namespace ?? "",
      labels: labels,
    },
    spec: objectAt(template, "spec"),
  }));
}

function withVolumes(pod: ApiObject, set: ApiObject, podName: string): ApiObject {
  const spec = objectAt(pod, "spec");
  const own = claimTemplates(set).map((template) => ({
    name: objectAt(template, "metadata")["name"] ?? "",
    persistentVolumeClaim: { claimName: claimName(template, podName) },
  }));
  const volumes = Array.isArray(spec["volumes"]) ? spec["volumes"] : [];
  return { ...pod, spec: { ...spec, hostname: podName, volumes: [...own, ...volumes] } };
}

import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { JsonObject } from "../../codec/json-value.ts";
import {
  conditionsOf,
  controllerOfKind,
  controllerReference,
  isControlledBy,
  itself,
  nameOf,
  numberAt,
  objectAt,
  withConditions,
  type Condition,
  type Controller,
  type ControllerParts,
} from "./controller.ts";
import { templateHash } from "./pod-set.ts";
import { textMap, textOf } from "../../apiserver/resources/json-text.ts";

const resource = "apps/deployments";
const sets = "apps/replicasets";
const hashLabel = "pod-template-hash";
const revisionAnnotation = "deployment.kubernetes.io/revision";

/** Rolls Deployments out: a ReplicaSet per template; the old ones shrink when the new one is ready. */
export function createDeploymentController(parts: ControllerParts): Controller {
  const { client, clock } = parts;
  return {
    name: "deployment",
    watches: { [resource]: itself(resource), [sets]: controllerOfKind("Deployment", resource) },
    reconcile: async (name) => {
      const deployment = await client.get(name);
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
      const owned = await ownedSets(deployment, parts);
      const current = owned.find((set) => hashOf(set) === templateHash(objectAt(deployment, "spec", "template")));
      const latest = Math.max(0, ...owned.map(revisionOf));
      const isLatest = current !== undefined && revisionOf(current) === latest;
      const revision = String(isLatest ? latest : latest + 1);
      const set = current ?? (await client.create(sets, newSet(deployment, revision)));
      if (set === undefined) return 50;
      await client.change(nameOf(sets, set), (live) => annotated(live, revision));
      await scaleSets(deployment, { current: set, old: owned.filter((other) => other !== current) }, parts);
      await client.change(name, (live) => annotated(live, revision));
      const all = await ownedSets(deployment, parts);
      const newest = all.find(({ metadata }) => metadata.uid === set.metadata.uid) ?? set;
      const updated = await client.changeStatus(name, (live) => statusOf(live, { all, newest }, parts));
      return updated === undefined ? undefined : untilDeadline(updated, clock.now());
    },
  };
}

async function ownedSets(deployment: ApiObject, { client }: ControllerParts): Promise<readonly ApiObject[]> {
  const all = await client.list(sets, deployment.metadata.namespace ?? "");
  return all.filter((set) => isControlledBy(set, deployment));
}

function hashOf({ metadata }: ApiObject): string {
  return metadata.labels?.[hashLabel] ?? "";
}

function revisionOf({ metadata }: ApiObject): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? "0");
}

function annotated(deployment: ApiObject, revision: string): ApiObject {
  const annotations = { ...deployment.metadata.annotations, [revisionAnnotation]: revision };
  return { ...deployment, metadata: { ...deployment.metadata, annotations } };
}

function newSet(deployment: ApiObject, revision: string): ApiObject {
  const template = objectAt(deployment, "spec", "template");
  const hash = templateHash(template);
  const labelled = { ...textMap(objectAt(template, "metadata", "labels")), [hashLabel]: hash };
  const selector = objectAt(deployment, "spec", "selector");
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name ?? ""}-${hash}`,
      namespace: deployment.metadata.namespace ?? "",
      labels: labelled,
      annotations: { [revisionAnnotation]: revision },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: numberAt(deployment, ["spec", "replicas"], 1),
      selector: { ...selector, matchLabels: { ...objectAt(selector, "matchLabels"), [hashLabel]: hash } },
      template: { ...template, metadata: { ...objectAt(template, "metadata"), labels: labelled } },
    },
  };
}

interface SetsOfDeployment {
  readonly current: ApiObject;
  readonly old: readonly ApiObject[];
}

async function scaleSets(
  deployment: ApiObject,
  { current, old }: SetsOfDeployment,
  parts: ControllerParts,
): Promise<void> {
  const wanted = numberAt(deployment, ["spec", "replicas"], 1);
  const isPaused = objectAt(deployment, "spec")["paused"] === true;
  await scale(current, wanted, parts);
  const isReady = numberAt(current, ["status", "readyReplicas"], 0) >= wanted;
  const recreates = objectAt(deployment, "spec", "strategy")["type"] === "Recreate";
  if (!isPaused && (isReady || recreates)) for (const set of old) await scale(set, 0, parts);
}

async function scale(set: ApiObject, replicas: number, { client }: ControllerParts): Promise<void> {
  if (numberAt(set, ["spec", "replicas"], 1) === replicas) return;
  await client.change(nameOf(sets, set), (live) => ({ ...live, spec: { ...objectAt(live, "spec"), replicas } }));
}

interface Rollout {
  readonly all: readonly ApiObject[];
  readonly newest: ApiObject;
}

function statusOf(deployment: ApiObject, { all, newest }: Rollout, { clock }: ControllerParts): JsonObject {
  const sum = (field: string): number => all.reduce((total, set) => total + numberAt(set, ["status", field], 0), 0);
  const wanted = numberAt(deployment, ["spec", "replicas"], 1);
  const available = sum("availableReplicas");
  const updated = numberAt(newest, ["status", "replicas"], 0);
  const isComplete = updated === wanted && sum("replicas") === wanted && available === wanted;
  const counts = {
    replicas: sum("replicas"),
    updatedReplicas: updated,
    readyReplicas: sum("readyReplicas"),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  };
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    observedGeneration: deployment.metadata.generation ?? 0,
    conditions: withConditions(
      deployment,
      rolloutConditions({ deployment, newest, isComplete, available, wanted }, clock.now()),
      clock,
    ).map((condition) => ({ ...condition, lastUpdateTime: condition["lastTransitionTime"] ?? null })),
  };
}

interface Progress {
  readonly deployment: ApiObject;
  readonly newest: ApiObject;
  readonly isComplete: boolean;
  readonly available: number;
  readonly wanted: number;
}

function rolloutConditions(progress: Progress, nowMs: number): readonly Condition[] {
  const { newest, isComplete, available, wanted } = progress;
  const setName = newest.metadata.name ?? "";
  // The default strategy lets a quarter be away.
  const isAvailable = available >= wanted - Math.floor(wanted / 4);
  const availability: Condition = isAvailable
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  return [availability, progressCondition(progress, { setName, isComplete, nowMs })];
}

function progressCondition(
  { deployment, newest }: Progress,
  { setName, isComplete, nowMs }: { readonly setName: string; readonly isComplete: boolean; readonly nowMs: number },
): Condition {
  if (isComplete) {
    const message = `ReplicaSet "${setName}" has successfully progressed.`;
    return { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message };
  }
  if (nowMs >= deadlineMs(deployment, newest)) {
    const message = `ReplicaSet "${setName}" has timed out progressing.`;
    return { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message };
  }
  return {
    type: "Progressing",
    status: "True",
    reason: "ReplicaSetUpdated",
    message: `ReplicaSet "${setName}" is progressing.`,
  };
}

function deadlineMs(deployment: ApiObject, newest: ApiObject): number {
  const seconds = numberAt(deployment, ["spec", "progressDeadlineSeconds"], 600);
  return Date.parse(newest.metadata.creationTimestamp ?? "") + seconds * 1000;
}

/** Returns when a rollout that is not complete has to be looked at again. */
function untilDeadline(deployment: ApiObject, nowMs: number): number | undefined {
  const progressing = conditionsOf(deployment).find(({ type }) => type === "Progressing");
  if (progressing?.["reason"] !== "ReplicaSetUpdated") return undefined;
  const seconds = numberAt(deployment, ["spec", "progressDeadlineSeconds"], 600);
  const since = Date.parse(textOf(progressing["lastTransitionTime"]));
  return Math.max(1000, Math.min(since + seconds * 1000 - nowMs, 2 ** 31 - 1));
}

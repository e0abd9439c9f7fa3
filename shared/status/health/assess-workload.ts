import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionOf, numberAt, objectAt, specFields, statusFields, textAt } from "./read-fields.ts";

/** Returns the health of a Deployment: all replicas new, available and ready, and no other one left. */
export function assessDeployment(object: KubeObject): Health {
  const progressing = conditionOf(object, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    return notReady(progressing.message || "made no progress in time");
  const failure = conditionOf(object, "ReplicaFailure");
  if (failure?.status === "True") return notReady(failure.message || "cannot make its pods");
  const available = conditionOf(object, "Available");
  const counts = readCounts(object, 1);
  if (specFields(object)["paused"] === true) return ready;
  return (
    waitFor("updated", counts.updated, counts.wanted) ??
    (counts.total > counts.updated
      ? notReady(`${counts.total - counts.updated} old replicas are still there`)
      : undefined) ??
    tooMany(counts) ??
    waitFor("available", counts.available, counts.wanted) ??
    waitFor("ready", counts.ready, counts.wanted) ??
    unseen(object) ??
    (available?.status === "False" ? notReady(available.message || "is not available") : ready)
  );
}

/** Returns the health of a StatefulSet; with the update strategy OnDelete a person decides when pods are new. */
export function assessStatefulSet(object: KubeObject): Health {
  const spec = specFields(object);
  const counts = readCounts(object, 1);
  const strategy = objectAt(spec, "updateStrategy");
  if (textAt(strategy, "type") === "OnDelete") return ready;
  const partition = numberAt(objectAt(strategy, "rollingUpdate"), "partition") ?? 0;
  const status = statusFields(object);
  const toUpdate = Math.max(counts.wanted - partition, 0);
  const revisionDiffers = textAt(status, "currentRevision") !== textAt(status, "updateRevision");
  return (
    waitFor("there", counts.total, counts.wanted) ??
    waitFor("ready", counts.ready, counts.wanted) ??
    (partition > 0 || revisionDiffers ? waitFor("updated", counts.updated, toUpdate) : undefined) ??
    tooMany(counts) ??
    unseen(object) ??
    ready
  );
}

/** Returns the health of a ReplicaSet: all replicas available and ready, and none too many. */
export function assessReplicaSet(object: KubeObject): Health {
  const failure = conditionOf(object, "ReplicaFailure");
  if (failure?.status === "True") return notReady(failure.message || "cannot make its pods");
  const counts = readCounts(object, 1);
  return (
    waitFor("labelled", numberAt(statusFields(object), "fullyLabeledReplicas") ?? 0, counts.wanted) ??
    waitFor("available", counts.available, counts.wanted) ??
    waitFor("ready", counts.ready, counts.wanted) ??
    tooMany(counts) ??
    unseen(object) ??
    ready
  );
}

/** Returns the health of a DaemonSet: a new, available and ready pod on each node that should have one. */
export function assessDaemonSet(object: KubeObject): Health {
  const status = statusFields(object);
  const wanted = numberAt(status, "desiredNumberScheduled");
  if (wanted === undefined || numberAt(status, "observedGeneration") === undefined)
    return notReady("its controller has not looked at it yet");
  const count = (name: string): number => numberAt(status, name) ?? 0;
  const onDelete = textAt(objectAt(specFields(object), "updateStrategy"), "type") === "OnDelete";
  return (
    waitFor("scheduled", count("currentNumberScheduled"), wanted) ??
    (onDelete ? undefined : waitFor("updated", count("updatedNumberScheduled"), wanted)) ??
    waitFor("available", count("numberAvailable"), wanted) ??
    waitFor("ready", count("numberReady"), wanted) ??
    ready
  );
}

interface Counts {
  readonly wanted: number;
  readonly total: number;
  readonly updated: number;
  readonly available: number;
  readonly ready: number;
}

function readCounts(object: KubeObject, initial: number): Counts {
  const status = statusFields(object);
  return {
    wanted: numberAt(specFields(object), "replicas") ?? initial,
    total: numberAt(status, "replicas") ?? 0,
    updated: numberAt(status, "updatedReplicas") ?? 0,
    available: numberAt(status, "availableReplicas") ?? 0,
    ready: numberAt(status, "readyReplicas") ?? 0,
  };
}

function waitFor(what: string, have: number, wanted: number): Health | undefined {
  return have < wanted ? notReady(`${have} of ${wanted} replicas are ${what}`) : undefined;
}

function tooMany({ total, wanted }: Counts): Health | undefined {
  return total > wanted ? notReady(`${total - wanted} replicas too many are still there`) : undefined;
}

/** A workload scaled to zero looks complete before its controller has ever seen it. */
function unseen(object: KubeObject): Health | undefined {
  const seen = numberAt(statusFields(object), "observedGeneration") !== undefined;
  return seen ? undefined : notReady("its controller has not looked at it yet");
}

import type { ApiObject } from "../api-object.ts";
import { formatDuration } from "../format-age.ts";
import { fieldAt } from "../json-fields.ts";
import {
  containerCells,
  count,
  countAt,
  field,
  flagAt,
  formatLabels,
  formatSelector,
  objectsAt,
  since,
  textAt,
  textOr,
  type KindCells,
} from "./cell-values.ts";

const templateCells = containerCells("spec", "template");

function readyOfDesired(object: ApiObject): string {
  return `${countAt(object, "status", "readyReplicas")}/${countAt(object, "spec", "replicas")}`;
}

const replicaCells: KindCells = {
  ...templateCells,
  Desired: count("spec.replicas"),
  Current: count("status.replicas"),
  Ready: count("status.readyReplicas"),
};

function hasCondition(object: ApiObject, type: string): boolean {
  return objectsAt(object, "status", "conditions").some(
    (condition) => textAt(condition, "type") === type && textAt(condition, "status") === "True",
  );
}

function jobStatus(job: ApiObject): string {
  if (hasCondition(job, "Complete")) return "Complete";
  if (hasCondition(job, "Failed")) return "Failed";
  if (job.metadata.deletionTimestamp !== undefined) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find((type) => hasCondition(job, type)) ?? "Running";
}

function jobCompletions(job: ApiObject): string {
  const succeeded = countAt(job, "status", "succeeded");
  const completions = fieldAt(job, "spec", "completions");
  if (typeof completions === "number") return `${succeeded}/${completions}`;
  const parallelism = countAt(job, "spec", "parallelism");
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: ApiObject, nowMs: number): string {
  const start = textAt(job, "status", "startTime");
  if (start === "") return "";
  const end = textAt(job, "status", "completionTime");
  return formatDuration((end === "" ? nowMs : Date.parse(end)) - Date.parse(start));
}

function controllerOf(revision: ApiObject): string {
  const owner = revision.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return "<none>";
  const group = owner.apiVersion.includes("/") ? `.${owner.apiVersion.split("/", 1)[0] ?? ""}` : "";
  return `${`${owner.kind}${group}`.toLowerCase()}/${owner.name}`;
}

/** The cells of workloads, by "group/plural". */
export const workloadCells: Readonly<Record<string, KindCells>> = {
  "/podtemplates": {
    ...containerCells("template"),
    "Pod Labels": (object) => formatLabels(object, "template", "metadata", "labels"),
  },
  "/replicationcontrollers": { ...replicaCells, Selector: (object) => formatLabels(object, "spec", "selector") },
  "apps/controllerrevisions": { Controller: controllerOf, Revision: count("revision") },
  "apps/daemonsets": {
    ...templateCells,
    Desired: count("status.desiredNumberScheduled"),
    Current: count("status.currentNumberScheduled"),
    Ready: count("status.numberReady"),
    "Up-to-date": count("status.updatedNumberScheduled"),
    Available: count("status.numberAvailable"),
    "Node Selector": (object) => formatLabels(object, "spec", "template", "spec", "nodeSelector"),
    Selector: (object) => formatSelector(object, "spec", "selector"),
  },
  "apps/deployments": {
    ...templateCells,
    Ready: readyOfDesired,
    "Up-to-date": count("status.updatedReplicas"),
    Available: count("status.availableReplicas"),
    Selector: (object) => formatSelector(object, "spec", "selector"),
  },
  "apps/replicasets": { ...replicaCells, Selector: (object) => formatSelector(object, "spec", "selector") },
  "apps/statefulsets": { ...templateCells, Ready: readyOfDesired },
  "batch/cronjobs": {
    ...containerCells("spec", "jobTemplate", "spec", "template"),
    Schedule: field("spec.schedule"),
    Timezone: field("spec.timeZone", "<none>"),
    Suspend: (object) => (flagAt(false, object, "spec", "suspend") ? "True" : "False"),
    Active: (object) => objectsAt(object, "status", "active").length,
    "Last Schedule": (object, nowMs) => {
      const time = textAt(object, "status", "lastScheduleTime");
      return time === "" ? "<none>" : since(time, nowMs);
    },
    Selector: (object) => formatSelector(object, "spec", "jobTemplate", "spec", "selector"),
  },
  "batch/jobs": {
    ...templateCells,
    Status: jobStatus,
    Completions: jobCompletions,
    Duration: jobDuration,
    Selector: (object) => formatSelector(object, "spec", "selector"),
  },
  "policy/poddisruptionbudgets": {
    "Min Available": (object) => textOr("N/A", object, "spec", "minAvailable"),
    "Max Unavailable": (object) => textOr("N/A", object, "spec", "maxUnavailable"),
    "Allowed Disruptions": count("status.disruptionsAllowed"),
  },
};

import type { JsonObject } from "../../../codec/json-value.ts";
import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionOf, listAt, numberAt, objectAt, statusFields, textAt } from "./read-fields.ts";

/** Reasons for which a container waits until somebody acts. */
const stuckReasons: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "RunContainerError",
]);

/** Returns the health of a Pod: succeeded, or running with all containers ready; else why not. */
export function assessPod(object: KubeObject): Health {
  const status = statusFields(object);
  const phase = textAt(status, "phase");
  if (phase === "Succeeded") return ready;
  if (phase === "Failed")
    return notReady(`failed: ${textAt(status, "message") || textAt(status, "reason") || "a container failed"}`);
  const stuck = [...listAt(status, "initContainerStatuses"), ...listAt(status, "containerStatuses")]
    .map(stuckContainer)
    .find((message) => message !== undefined);
  if (stuck !== undefined) return notReady(stuck);
  const scheduled = conditionOf(object, "PodScheduled");
  if (scheduled?.status === "False") return notReady(`cannot be scheduled: ${scheduled.message || scheduled.reason}`);
  const isReady = conditionOf(object, "Ready");
  if (phase === "Running" && isReady?.status === "True") return ready;
  return notReady(isReady?.message || (phase === "Running" ? "runs, but is not ready" : "has not started yet"));
}

function stuckContainer(container: JsonObject): string | undefined {
  const waiting = objectAt(objectAt(container, "state"), "waiting");
  const reason = textAt(waiting, "reason");
  if (!stuckReasons.has(reason)) return undefined;
  const last = objectAt(objectAt(container, "lastState"), "terminated");
  const exitCode = numberAt(last, "exitCode");
  const detail = textAt(waiting, "message") || textAt(last, "message");
  const exit = exitCode === undefined ? "" : `, last exit code ${exitCode}`;
  return `container ${textAt(container, "name")}: ${reason}${exit}${detail && `: ${detail}`}`;
}

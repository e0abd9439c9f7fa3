import type { KubeObject } from "../../api/meta.ts";
import { findContainerProblem } from "./container-problem.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionOf, statusFields, textAt } from "./read-fields.ts";

/** Returns the health of a Pod: succeeded, or running with all containers ready; else why not. */
export function assessPod(object: KubeObject): Health {
  const status = statusFields(object);
  const phase = textAt(status, "phase");
  if (phase === "Succeeded") return ready;
  const isReady = conditionOf(object, "Ready");
  if (phase === "Running" && isReady?.status === "True") return ready;
  const stuck = findContainerProblem(object);
  if (phase === "Failed") {
    const why = textAt(status, "message") || textAt(status, "reason") || stuck?.message || "a container failed";
    return notReady(`failed: ${why}`);
  }
  if (stuck !== undefined) return notReady(stuck.message);
  const scheduled = conditionOf(object, "PodScheduled");
  if (scheduled?.status === "False") return notReady(`cannot be scheduled: ${scheduled.message || scheduled.reason}`);
  return notReady(isReady?.message || (phase === "Running" ? "runs, but is not ready" : "has not started yet"));
}

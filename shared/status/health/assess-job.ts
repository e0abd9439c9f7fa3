import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionOf, numberAt, specFields, statusFields, textAt } from "./read-fields.ts";

/** Returns the health of a Job: complete, or started and not failed (kstatus: a running Job is current). */
export function assessJob(object: KubeObject): Health {
  const failed = conditionOf(object, "Failed");
  if (failed?.status === "True") return notReady(`failed: ${failed.message || failed.reason}`);
  if (conditionOf(object, "Complete")?.status === "True") return ready;
  if (specFields(object)["suspend"] === true) return ready;
  const status = statusFields(object);
  if (textAt(status, "startTime") === "") return notReady("has not started yet");
  const failures = numberAt(status, "failed") ?? 0;
  return failures > 0 && (numberAt(status, "active") ?? 0) === 0 ? notReady(`${failures} pods failed`) : ready;
}

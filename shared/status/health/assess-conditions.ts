import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionsOf } from "./read-fields.ts";

/** Conditions that say in one word whether a custom resource works; the first that is there decides. */
const decisive = ["Ready", "Available", "Healthy", "Established", "Accepted", "Programmed"];

/**
 * Returns the health by conditions: a failure says so; else the first of the deciding conditions must be True; an
 * object without any is ready. Fleet's fallbacks (`Failed=True`, `reason: Error`) count as failures,
 * and so does Crossplane's `Synced=False`.
 */
export function assessConditions(object: KubeObject): Health {
  const conditions = conditionsOf(object);
  for (const { type, status, reason, message } of conditions) {
    const failed =
      (type === "Failed" && status === "True") ||
      (type === "Synced" && status === "False") ||
      (reason === "Error" && status !== "True");
    if (failed) return notReady(message || `${type} is ${status}`);
  }
  for (const type of decisive) {
    const condition = conditions.find((entry) => entry.type === type && entry.status !== "");
    if (condition === undefined) continue;
    if (condition.status === "True") return ready;
    return notReady(
      condition.message || `${type} is ${condition.status}${condition.reason && `: ${condition.reason}`}`,
    );
  }
  return ready;
}

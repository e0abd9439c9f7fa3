import type { DeploymentStatus, Drift } from "../protocol/deployment-status.ts";
import type { CountedState, StateCounts } from "./roll-up-status.ts";

/** A deployment that is not ready, for a summary's list. */
export interface NotReadyEntry {
  /** Cluster (in a Bundle's status) or bundle (in a Cluster's). */
  readonly name: string;
  readonly bundleState: CountedState;
  readonly message?: string;
}

/** Lists in summaries are cut here, as in Fleet; the counts beside them are whole. */
export const listedEntries = 10;

/** Returns one sentence about what is wrong with a deployment; undefined when its state says all. */
export function deploymentMessage(status: DeploymentStatus): string | undefined {
  const parts = [
    status.error === undefined ? undefined : status.error.message,
    ...(status.held ?? []),
    ...(status.drift ?? []).map(({ kind, namespace, name, type, fields, message }) => {
      const object = `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
      if (type === "missing") return `${object} was deleted${message === undefined ? "" : ` (${message})`}`;
      if (type === "unknown") return `${object} cannot be compared: ${message ?? "no answer"}`;
      if (fields.length === 0) return `${object} changed and cannot be put back in place: ${message ?? "no answer"}`;
      return `${object} changed: ${fields.map(describeField).join(", ")}${message === undefined ? "" : ` (${message})`}`;
    }),
    ...(status.notReady ?? []).map(
      ({ kind, namespace, name, message }) => `${kind} ${namespace === "" ? name : `${namespace}/${name}`}: ${message}`,
    ),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

function describeField(field: Drift["fields"][number]): string {
  const { path, manager } = field;
  const by = manager === undefined ? "" : ` by ${manager}`;
  if (field.class === "deleted") return field.live === undefined ? `${path} was removed` : `${path} lost entries${by}`;
  if (field.class !== "added") return `${path}${by}`;
  return `${path} ${field.desired === undefined ? "was added" : "got more entries"}${by}`;
}

/** Returns the message of a Ready condition in Fleet's form: `ErrApplied(1) [fleet-default/c1: why]; WaitApplied(2)`. */
export function conditionMessage(counts: StateCounts, entries: readonly NotReadyEntry[]): string {
  return [...counts]
    .filter(([state, count]) => state !== "Ready" && count > 0)
    .map(([state, count]) => {
      const named = entries.find((entry) => entry.bundleState === state && entry.message !== undefined);
      return named === undefined ? `${state}(${count})` : `${state}(${count}) [${named.name}: ${named.message}]`;
    })
    .join("; ");
}

import type { KubeObject } from "../../api/meta.ts";
import { conditionOf, listAt, numberAt, objectAt, statusFields, textAt } from "./read-fields.ts";

/** What has become of an object that was made for a hook. */
export type HookState =
  | { readonly type: "running" }
  | { readonly type: "succeeded" }
  | { readonly type: "failed"; readonly message: string };

/** Returns whether objects of a kind run to an end; all others have done what a hook can do as soon as they are there. */
export function runsToEnd({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): boolean {
  return (kind === "Job" && apiVersion.startsWith("batch/")) || (kind === "Pod" && apiVersion === "v1");
}

/** Returns how a hook's object has ended, by Helm's rules: a Job complete or failed, a Pod succeeded or failed. */
export function assessHook(live: KubeObject): HookState {
  if (!runsToEnd(live)) return { type: "succeeded" };
  return live.kind === "Job" ? assessJobEnd(live) : assessPodEnd(live);
}

function assessJobEnd(live: KubeObject): HookState {
  if (conditionOf(live, "Complete")?.status === "True") return { type: "succeeded" };
  const failed = conditionOf(live, "Failed");
  if (failed?.status !== "True") return { type: "running" };
  return { type: "failed", message: [failed.reason, failed.message].filter((part) => part !== "").join(": ") };
}

function assessPodEnd(live: KubeObject): HookState {
  const status = statusFields(live);
  const phase = textAt(status, "phase");
  if (phase === "Succeeded") return { type: "succeeded" };
  if (phase !== "Failed") return { type: "running" };
  return { type: "failed", message: describePodFailure(live) };
}

/** Returns why a pod failed: the first container that ended badly, else what the pod itself says. */
export function describePodFailure(pod: KubeObject): string {
  const status = statusFields(pod);
  for (const container of [...listAt(status, "initContainerStatuses"), ...listAt(status, "containerStatuses")]) {
    const ended = objectAt(objectAt(container, "state"), "terminated");
    const exitCode = numberAt(ended, "exitCode") ?? 0;
    if (exitCode === 0) continue;
    const detail = textAt(ended, "message").trim() || textAt(ended, "reason");
    return `container ${textAt(container, "name")} ended with exit code ${exitCode}${detail && `: ${detail}`}`;
  }
  return textAt(status, "message") || textAt(status, "reason") || "the pod failed";
}

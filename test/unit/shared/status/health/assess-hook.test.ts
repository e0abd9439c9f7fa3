import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../shared/api/meta.ts";
import { assessHook, runsToEnd } from "../../../../../shared/status/health/assess-hook.ts";

function aJob(...conditions: readonly object[]): KubeObject {
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name: "a" }, status: { conditions } };
}

function aPod(status: object): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, status };
}

interface Case {
  readonly name: string;
  readonly live: KubeObject;
  readonly state: object;
}

const deadline = { reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" };
const cases: readonly Case[] = [
  { name: "a Job without conditions runs", live: aJob(), state: { type: "running" } },
  { name: "a suspended Job runs", live: aJob({ type: "Suspended", status: "True" }), state: { type: "running" } },
  {
    name: "a Job that only met its criteria runs still",
    live: aJob({ type: "SuccessCriteriaMet", status: "True" }),
    state: { type: "running" },
  },
  {
    name: "a complete Job has succeeded",
    live: aJob({ type: "Complete", status: "True" }),
    state: { type: "succeeded" },
  },
  {
    name: "a failed Job says why",
    live: aJob({ type: "Complete", status: "False" }, { type: "Failed", status: "True", ...deadline }),
    state: { type: "failed", message: "DeadlineExceeded: Job was active longer than specified deadline" },
  },
  { name: "a pod that runs has not ended", live: aPod({ phase: "Running" }), state: { type: "running" } },
  { name: "a pod without a status has not ended", live: aPod({}), state: { type: "running" } },
  { name: "a pod that succeeded has", live: aPod({ phase: "Succeeded" }), state: { type: "succeeded" } },
  {
    name: "a failed pod names the container that ended badly",
    live: aPod({
      phase: "Failed",
      initContainerStatuses: [{ name: "init", state: { terminated: { exitCode: 0 } } }],
      containerStatuses: [{ name: "work", state: { terminated: { exitCode: 3, message: "no database\n" } } }],
    }),
    state: { type: "failed", message: "container work ended with exit code 3: no database" },
  },
  {
    name: "an evicted pod says what it says",
    live: aPod({ phase: "Failed", reason: "Evicted", message: "The node was low on memory" }),
    state: { type: "failed", message: "The node was low on memory" },
  },
  {
    name: "any other kind has done its part by being there",
    live: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" }, status: { readyReplicas: 0 } },
    state: { type: "succeeded" },
  },
];

describe("assessHook", () => {
  it.each(cases)("$name", ({ live, state }) => {
    expect(assessHook(live)).toEqual(state);
  });

  it("knows Jobs and Pods by their group, too", () => {
    expect(runsToEnd({ apiVersion: "batch/v1", kind: "Job" })).toBe(true);
    expect(runsToEnd({ apiVersion: "batch.volcano.sh/v1alpha1", kind: "Job" })).toBe(false);
    expect(runsToEnd({ apiVersion: "v1", kind: "Pod" })).toBe(true);
  });
});

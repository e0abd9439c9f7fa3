import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../../../shared/api/meta.ts";
import { explainEvents } from "../../../../../shared/status/health/explain-events.ts";
import { findPodProblem } from "../../../../../shared/status/health/explain-pods.ts";

function aPod(
  name: string,
  status: Readonly<Record<string, unknown>>,
  creationTimestamp = "2026-01-01T00:00:00Z",
): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "apps", creationTimestamp }, status };
}

function waiting(reason: string): Record<string, unknown> {
  return { phase: "Pending", containerStatuses: [{ name: "app", state: { waiting: { reason, message: "why" } } }] };
}

function anEvent(fields: Readonly<Record<string, unknown>>): KubeObject {
  const metadata = { name: "e", creationTimestamp: "2026-01-01T00:00:00Z" };
  return { apiVersion: "v1", kind: "Event", metadata, type: "Warning", reason: "Failed", message: "m", ...fields };
}

const running = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const unschedulable = {
  phase: "Pending",
  conditions: [{ type: "PodScheduled", status: "False", message: "0/2 nodes are available" }],
};

describe("findPodProblem", () => {
  test("finds nothing where all pods are ready, done or on their way out", () => {
    const leaving = {
      ...aPod("c", waiting("ErrImagePull")),
      metadata: { name: "c", deletionTimestamp: "2026-01-01T00:00:00Z" },
    };
    expect(findPodProblem([aPod("a", running), aPod("b", { phase: "Succeeded" }), leaving])).toBeUndefined();
  });

  test("takes a broken container before an unschedulable pod, and says how many are not ready", () => {
    const problem = findPodProblem([aPod("a", unschedulable), aPod("b", waiting("ErrImagePull")), aPod("c", running)]);
    expect(problem?.message).toBe("pod b (one of 2 that are not ready): container app: ErrImagePull: why");
    expect(problem).toMatchObject({ vague: false, container: { crashed: false } });
  });

  test("takes the newest of equals: the latest change made it", () => {
    const newer = aPod("new", unschedulable, "2026-01-02T00:00:00Z");
    expect(findPodProblem([aPod("old", unschedulable), newer])?.pod.metadata.name).toBe("new");
  });

  test("knows that a pod that merely is not ready cannot say why", () => {
    expect(findPodProblem([aPod("a", { phase: "Running" })])).toMatchObject({ vague: true, container: undefined });
  });

  test("asks for the log of the run before while a container waits, and of this one when it has just ended", () => {
    expect(findPodProblem([aPod("a", waiting("CrashLoopBackOff"))])?.container).toMatchObject({
      crashed: true,
      restarting: true,
    });
    const ended = { name: "app", state: { terminated: { exitCode: 3, reason: "Error", message: "no disk\n" } } };
    const problem = findPodProblem([aPod("a", { phase: "Running", containerStatuses: [ended] })]);
    expect(problem?.container).toMatchObject({ crashed: true, restarting: false });
    expect(problem?.message).toBe("pod a: container app ended with exit code 3: no disk");
  });
});

describe("explainEvents", () => {
  test("repeats the latest warning with its count, whichever Events API wrote it", () => {
    const old = anEvent({ message: "old", lastTimestamp: "2026-01-02T00:00:00Z", count: 9 });
    const series = { count: 4, lastObservedTime: "2026-01-03T00:00:00.000000Z" };
    expect(explainEvents([anEvent({ message: "new", series }), old])).toBe("Failed: new (seen 4 times)");
  });

  test("leaves out ordinary events and restarts, which the status tells better", () => {
    expect(
      explainEvents([anEvent({ type: "Normal", reason: "Pulled" }), anEvent({ reason: "BackOff" })]),
    ).toBeUndefined();
  });

  test("tells what a claim waits for, unless something went wrong", () => {
    const waits = anEvent({ type: "Normal", reason: "WaitForFirstConsumer", lastTimestamp: "2026-01-09T00:00:00Z" });
    expect(explainEvents([waits])).toBe("WaitForFirstConsumer: m");
    expect(explainEvents([waits, anEvent({ reason: "ProvisioningFailed" })])).toBe("ProvisioningFailed: m");
  });
});

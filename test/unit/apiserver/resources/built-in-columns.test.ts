import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import { builtInColumns } from "../../../../apiserver/resources/built-in-columns/built-in-columns.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

const now = Date.parse("2026-01-01T01:00:00Z");

function show(resource: string, object: JsonObject): Record<string, unknown> {
  const whole: ApiObject = {
    apiVersion: "v1",
    kind: "Any",
    metadata: { name: "x", creationTimestamp: "2026-01-01T00:58:00Z" },
    ...object,
  };
  return Object.fromEntries(builtInColumns(resource).map(({ name, cell }) => [name, cell(whole, now)]));
}

function pod(status: JsonObject, more: JsonObject = {}): Record<string, unknown> {
  const spec = { containers: [{ name: "a" }, { name: "b" }], initContainers: [{ name: "i" }, { name: "j" }] };
  return show("/pods", { spec, status, ...more });
}

const running = { ready: true, restartCount: 0, state: { running: {} } };
const done = { state: { terminated: { exitCode: 0, reason: "Completed" } } };

// Tables of a whole cluster are compared with a real server in test/conformance/apiserver/; here is what it never shows.
describe("columns of pods", () => {
  it.each([
    { name: "a pending pod", status: { phase: "Pending" }, ready: "0/2", shown: "Pending" },
    {
      name: "a running pod",
      status: { phase: "Running", containerStatuses: [running, running] },
      ready: "2/2",
      shown: "Running",
    },
    {
      name: "a container that waits to be started again",
      status: {
        phase: "Running",
        containerStatuses: [running, { restartCount: 5, state: { waiting: { reason: "CrashLoopBackOff" } } }],
      },
      ready: "1/2",
      shown: "CrashLoopBackOff",
    },
    {
      name: "an image that cannot be pulled in an init container",
      status: {
        phase: "Pending",
        initContainerStatuses: [done, { state: { waiting: { reason: "ImagePullBackOff" } } }],
      },
      ready: "0/2",
      shown: "Init:ImagePullBackOff",
    },
    {
      name: "initialization under way",
      status: { phase: "Pending", initContainerStatuses: [done, { state: { running: {} } }] },
      ready: "0/2",
      shown: "Init:1/2",
    },
    {
      name: "a failed init container",
      status: { phase: "Pending", initContainerStatuses: [{ state: { terminated: { exitCode: 3 } } }] },
      ready: "0/2",
      shown: "Init:ExitCode:3",
    },
    {
      name: "a killed container",
      status: { phase: "Failed", containerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] },
      ready: "0/2",
      shown: "Signal:9",
    },
    {
      name: "a pod that has done its work",
      status: { phase: "Succeeded", containerStatuses: [done, done] },
      ready: "0/2",
      shown: "Completed",
    },
    {
      name: "a pod half done",
      status: { phase: "Running", containerStatuses: [done, running] },
      ready: "1/2",
      shown: "NotReady",
    },
    { name: "an evicted pod", status: { phase: "Failed", reason: "Evicted" }, ready: "0/2", shown: "Evicted" },
    {
      name: "a gated pod",
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] },
      ready: "0/2",
      shown: "SchedulingGated",
    },
  ])("show $name as $shown", ({ status, ready, shown }) => {
    expect(pod(status)).toMatchObject({ Ready: ready, Status: shown });
  });

  it("show a pod that is being deleted as Terminating", () => {
    const metadata = { name: "x", deletionTimestamp: "2026-01-01T00:59:00Z" };
    expect(pod({ phase: "Running", containerStatuses: [running] }, { metadata })).toMatchObject({
      Status: "Terminating",
    });
  });

  it("tell when a container was last started again", () => {
    const restarted = {
      ...running,
      restartCount: 3,
      lastState: { terminated: { finishedAt: "2026-01-01T00:55:00Z" } },
    };
    expect(pod({ phase: "Running", containerStatuses: [restarted] })).toMatchObject({
      Restarts: "3 (5m ago)",
      Age: "2m",
    });
  });
});

describe("columns of other kinds", () => {
  it("show how far a Job is", () => {
    const status = {
      succeeded: 1,
      startTime: "2026-01-01T00:00:00Z",
      completionTime: "2026-01-01T00:03:20Z",
      conditions: [{ type: "Complete", status: "True" }],
    };
    expect(show("batch/jobs", { spec: { completions: 2 }, status })).toMatchObject({
      Status: "Complete",
      Completions: "1/2",
      Duration: "3m20s",
    });
  });

  it("show an autoscaler's targets", () => {
    const metrics = [
      { type: "Resource", resource: { name: "cpu", target: { averageUtilization: 80 } } },
      { type: "Pods", pods: { target: { averageValue: "10" } } },
      { type: "External", external: { target: { value: "5" } } },
    ];
    const currentMetrics = [{ type: "Resource", resource: { current: { averageUtilization: 33 } } }];
    expect(
      show("autoscaling/horizontalpodautoscalers", { spec: { metrics, maxReplicas: 4 }, status: { currentMetrics } }),
    ).toMatchObject({
      Targets: "cpu: 33%/80%, <unknown>/10 + 1 more...",
      MinPods: "<unset>",
      MaxPods: 4,
    });
  });

  it("show nothing but the name of an unknown kind", () => {
    expect(builtInColumns("example.com/things")).toEqual([]);
  });
});

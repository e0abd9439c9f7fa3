import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { assessHealth, hasHealth } from "../../../../shared/status/assess-health.ts";

interface Case {
  readonly name: string;
  readonly object: Partial<KubeObject>;
  /** Absent: ready. */
  readonly message?: RegExp;
}

function an({ apiVersion = "v1", kind = "Pod", metadata = {}, ...fields }: Partial<KubeObject>): KubeObject {
  return { apiVersion, kind, ...fields, metadata: { name: "x", generation: 2, ...metadata } };
}

function condition(type: string, status: string, ...[message = "", reason = ""]: string[]): Record<string, string> {
  return { type, status, message, reason };
}

const apps = { apiVersion: "apps/v1" };
const rolledOut = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };
const daemons = {
  observedGeneration: 2,
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberAvailable: 2,
  numberReady: 2,
};

const cases: readonly Case[] = [
  { name: "a ConfigMap is ready at once", object: { kind: "ConfigMap" } },
  {
    name: "a Secret being deleted is not",
    object: { kind: "Secret", metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
    message: /deleted/u,
  },
  {
    name: "a rolled out Deployment is ready",
    object: { ...apps, kind: "Deployment", spec: { replicas: 2 }, status: rolledOut },
  },
  {
    name: "a Deployment whose controller is behind is not",
    object: { ...apps, kind: "Deployment", spec: { replicas: 2 }, status: { ...rolledOut, observedGeneration: 1 } },
    message: /generation 1, not yet 2/u,
  },
  {
    name: "a Deployment with old replicas is not",
    object: { ...apps, kind: "Deployment", spec: { replicas: 2 }, status: { ...rolledOut, replicas: 3 } },
    message: /1 old/u,
  },
  {
    name: "a Deployment without enough available replicas is not",
    object: { ...apps, kind: "Deployment", spec: { replicas: 2 }, status: { ...rolledOut, availableReplicas: 1 } },
    message: /1 of 2 replicas are available/u,
  },
  {
    name: "a Deployment that nobody has looked at is not",
    object: { ...apps, kind: "Deployment", spec: { replicas: 0 } },
    message: /not looked/u,
  },
  {
    name: "a Deployment past its deadline says why",
    object: {
      ...apps,
      kind: "Deployment",
      spec: { replicas: 2 },
      status: {
        ...rolledOut,
        conditions: [condition("Progressing", "False", "has timed out", "ProgressDeadlineExceeded")],
      },
    },
    message: /has timed out/u,
  },
  {
    name: "a Deployment whose pods are refused says why",
    object: {
      ...apps,
      kind: "Deployment",
      spec: { replicas: 2 },
      status: { ...rolledOut, conditions: [condition("ReplicaFailure", "True", "exceeded quota")] },
    },
    message: /exceeded quota/u,
  },
  {
    name: "a rolled out StatefulSet is ready",
    object: {
      ...apps,
      kind: "StatefulSet",
      spec: { replicas: 2 },
      status: { ...rolledOut, currentRevision: "a", updateRevision: "a" },
    },
  },
  {
    name: "a StatefulSet in the middle of an update is not",
    object: {
      ...apps,
      kind: "StatefulSet",
      spec: { replicas: 2 },
      status: { ...rolledOut, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" },
    },
    message: /1 of 2 replicas are updated/u,
  },
  {
    name: "a StatefulSet updated by hand is ready",
    object: {
      ...apps,
      kind: "StatefulSet",
      spec: { replicas: 2, updateStrategy: { type: "OnDelete" } },
      status: { observedGeneration: 2 },
    },
  },
  { name: "a DaemonSet on all nodes is ready", object: { ...apps, kind: "DaemonSet", spec: {}, status: daemons } },
  {
    name: "a DaemonSet with an unready pod is not",
    object: { ...apps, kind: "DaemonSet", spec: {}, status: { ...daemons, numberReady: 1 } },
    message: /1 of 2 replicas are ready/u,
  },
  {
    name: "a ReplicaSet short of pods is not",
    object: { ...apps, kind: "ReplicaSet", spec: { replicas: 1 }, status: {} },
    message: /0 of 1/u,
  },
  { name: "a pod that succeeded is ready", object: { status: { phase: "Succeeded" } } },
  {
    name: "a pod that runs and is ready is ready",
    object: { status: { phase: "Running", conditions: [condition("Ready", "True")] } },
  },
  {
    name: "a pod in a crash loop says which container and exit code",
    object: {
      status: {
        phase: "Running",
        containerStatuses: [
          {
            name: "app",
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 3, message: "boom" } },
          },
        ],
      },
    },
    message: /container app: CrashLoopBackOff, last exit code 3: boom/u,
  },
  {
    name: "a pod without a node says what the scheduler says",
    object: {
      status: { phase: "Pending", conditions: [condition("PodScheduled", "False", "0/2 nodes are available")] },
    },
    message: /0\/2 nodes/u,
  },
  { name: "a bound claim is ready", object: { kind: "PersistentVolumeClaim", status: { phase: "Bound" } } },
  {
    name: "a pending claim is not",
    object: { kind: "PersistentVolumeClaim", status: { phase: "Pending" } },
    message: /Pending/u,
  },
  { name: "a plain Service is ready", object: { kind: "Service", spec: { type: "ClusterIP" } } },
  {
    name: "a load balancer without an address is not",
    object: { kind: "Service", spec: { type: "LoadBalancer" }, status: {} },
    message: /address/u,
  },
  {
    name: "a load balancer with one is",
    object: {
      kind: "Service",
      spec: { type: "LoadBalancer" },
      status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } },
    },
  },
  {
    name: "a running Job is ready",
    object: { apiVersion: "batch/v1", kind: "Job", status: { startTime: "2026-01-01T00:00:00Z", active: 1 } },
  },
  {
    name: "a Job that has not started is not",
    object: { apiVersion: "batch/v1", kind: "Job", status: {} },
    message: /not started/u,
  },
  {
    name: "a failed Job says why",
    object: {
      apiVersion: "batch/v1",
      kind: "Job",
      status: { conditions: [condition("Failed", "True", "BackoffLimitExceeded")] },
    },
    message: /BackoffLimitExceeded/u,
  },
  {
    name: "an established definition is ready",
    object: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      status: { conditions: [condition("NamesAccepted", "True"), condition("Established", "True")] },
    },
  },
  {
    name: "a definition whose names are taken is not",
    object: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      status: { conditions: [condition("NamesAccepted", "False", "plural is in use")] },
    },
    message: /plural is in use/u,
  },
  { name: "a custom resource without conditions is ready", object: { apiVersion: "example.com/v1", kind: "Thing" } },
  {
    name: "a custom resource that is not Ready says why",
    object: {
      apiVersion: "example.com/v1",
      kind: "Thing",
      status: { conditions: [condition("Ready", "Unknown", "still working")] },
    },
    message: /still working/u,
  },
  {
    name: "a stalled custom resource is not ready whatever Ready says",
    object: {
      apiVersion: "example.com/v1",
      kind: "Thing",
      status: { conditions: [condition("Ready", "True"), condition("Stalled", "True", "no quota")] },
    },
    message: /no quota/u,
  },
];

describe("assessHealth", () => {
  test.each(cases)("$name", ({ object, message }) => {
    const health = assessHealth(an(object));
    expect(health.ready).toBe(message === undefined);
    expect(health.message).toMatch(message ?? /^$/u);
  });

  test("leaves out conditions that the bundle ignores", () => {
    const object = an({
      apiVersion: "example.com/v1",
      kind: "Thing",
      status: { conditions: [condition("Ready", "False", "", "Idle")] },
    });
    expect(assessHealth(object).ready).toBe(false);
    expect(assessHealth(object, { ignoreConditions: [{ type: "Ready", reason: "Idle" }] }).ready).toBe(true);
    expect(assessHealth(object, { ignoreConditions: [{ type: "Ready", reason: "Busy" }] }).ready).toBe(false);
  });

  test("hasHealth says for which kinds a status is worth reading", () => {
    expect(hasHealth("v1", "ConfigMap")).toBe(false);
    expect(hasHealth("rbac.authorization.k8s.io/v1", "Role")).toBe(false);
    expect(hasHealth("apps/v1", "Deployment")).toBe(true);
    expect(hasHealth("example.com/v1", "ConfigMap")).toBe(true);
  });
});

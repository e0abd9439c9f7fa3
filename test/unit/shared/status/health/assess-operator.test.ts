import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../../../shared/api/meta.ts";
import { assessHealth } from "../../../../../shared/status/assess-health.ts";
import { operatorRules } from "../../../../../shared/status/health/operator-rules.ts";

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Absent: ready. */
  readonly message?: string;
}

function an(id: string, fields: Readonly<Record<string, unknown>>): KubeObject {
  const [group = "", kind = ""] = id.split("/");
  return { ...fields, apiVersion: `${group}/v1`, kind, metadata: { name: "x", generation: 1 } };
}

function conditions(...entries: readonly (readonly [string, string, string?])[]): { conditions: unknown[] } {
  return { conditions: entries.map(([type, status, message = ""]) => ({ type, status, message, reason: "Why" })) };
}

const parent = (...entries: readonly (readonly [string, string, string?])[]): Record<string, unknown> => ({
  parents: [conditions(["Accepted", "True"], ["ResolvedRefs", "True"]), conditions(...entries)],
});
const unseen = "its controller has not looked at it yet";

const cases: readonly Case[] = [
  { name: "a Certificate that cert-manager has not seen waits", kind: "cert-manager.io/Certificate", message: unseen },
  {
    name: "an issued Certificate is ready",
    kind: "cert-manager.io/Certificate",
    status: conditions(["Ready", "True"]),
  },
  {
    name: "a Certificate that cannot be issued says why",
    kind: "cert-manager.io/Certificate",
    status: conditions(["Ready", "False", "order failed"]),
    message: "order failed",
  },
  {
    name: "a suspended HelmRelease of Flux is not waited for",
    kind: "helm.toolkit.fluxcd.io/HelmRelease",
    spec: { suspend: true },
  },
  {
    name: "a degraded Application of Argo CD says why",
    kind: "argoproj.io/Application",
    status: { health: { status: "Degraded", message: "pod failed" } },
    message: "health.status is Degraded: pod failed",
  },
  { name: "a healthy Rollout is ready", kind: "argoproj.io/Rollout", status: { phase: "Healthy" } },
  {
    name: "a Cluster of Cluster API being made is not",
    kind: "cluster.x-k8s.io/Cluster",
    status: { phase: "Provisioning" },
    message: "phase is Provisioning",
  },
  {
    name: "a Provider of Crossplane needs both conditions",
    kind: "pkg.crossplane.io/Provider",
    status: conditions(["Installed", "True"], ["Healthy", "False", "image missing"]),
    message: "image missing",
  },
  {
    name: "a managed resource of Crossplane that is not synced is not ready, though it was Ready",
    kind: "s3.aws.upbound.io/Bucket",
    status: conditions(["Ready", "True"], ["Synced", "False", "access denied"]),
    message: "access denied",
  },
  {
    name: "an HTTPRoute needs every parent",
    kind: "gateway.networking.k8s.io/HTTPRoute",
    status: parent(["Accepted", "True"], ["ResolvedRefs", "False", "no such Service"]),
    message: "no such Service",
  },
  {
    name: "an HTTPRoute that all parents accept is ready",
    kind: "gateway.networking.k8s.io/HTTPRoute",
    status: parent(["Accepted", "True"], ["ResolvedRefs", "True"]),
  },
  {
    name: "a running PipelineRun is ready, as a Job is",
    kind: "tekton.dev/PipelineRun",
    status: conditions(["Succeeded", "Unknown"]),
  },
  {
    name: "a failed PipelineRun is not",
    kind: "tekton.dev/PipelineRun",
    status: conditions(["Succeeded", "False", "step 2"]),
    message: "failed: step 2",
  },
  {
    name: "a VolumeSnapshot says so by a flag",
    kind: "snapshot.storage.k8s.io/VolumeSnapshot",
    status: { readyToUse: true },
  },
  { name: "a kind of a known group without a rule goes by its conditions", kind: "argoproj.io/AppProject" },
  { name: "a kind named like a property of all objects has no rule", kind: "argoproj.io/constructor" },
];

describe("health of operators' kinds", () => {
  test.each(cases)("$name", ({ kind, status, spec, message }) => {
    expect(assessHealth(an(kind, { status, spec }))).toEqual({ ready: message === undefined, message: message ?? "" });
  });

  test("no kind in the table is ready before its operator has looked at it", () => {
    const kinds = Object.entries(operatorRules).flatMap(([group, rules]) =>
      Object.keys(rules).map((kind) => `${group}/${kind}`),
    );
    expect(kinds.filter((kind) => assessHealth(an(kind, {})).ready)).toEqual([]);
  });

  test("what is being deleted names the finalizers that hold it", () => {
    const metadata = { name: "x", deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a.io/b", "c"] };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata };
    expect(assessHealth(object).message).toBe("is being deleted and waits for a.io/b, c");
  });
});

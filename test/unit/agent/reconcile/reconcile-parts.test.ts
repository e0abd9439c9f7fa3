import { describe, expect, test } from "vitest";
import { createClaims } from "../../../../agent/reconcile/claims.ts";
import { newRecord, noteError, statusOfRecord } from "../../../../agent/reconcile/deployment-record.ts";
import { fieldPaths } from "../../../../agent/reconcile/field-paths.ts";
import { createLiveIndex } from "../../../../agent/reconcile/live-index.ts";
import { prepareObjects } from "../../../../agent/reconcile/prepare-objects.ts";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { AppError } from "../../../../shared/errors.ts";
import type { DesiredDeployment } from "../../../../shared/protocol/desired-document.ts";

const map = (name: string, more: KubeObject["metadata"] = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
});
const applied = () => Object.assign(newRecord("team/app"), { appliedId: "2", compared: true });

describe("prepareObjects", () => {
  const preparation = {
    partOf: "applyset-x-v1",
    namespace: "apps",
    scopeOf: (_apiVersion: string, kind: string) =>
      kind === "ConfigMap" ? ("Namespaced" as const) : ("Cluster" as const),
  };

  test("labels objects and gives namespaced ones a namespace", () => {
    const role: KubeObject = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "r", namespace: "x" },
    };
    const [first, second, third] = prepareObjects([map("a"), map("b", { namespace: "other" }), role], preparation);
    expect(first?.metadata).toEqual({
      name: "a",
      namespace: "apps",
      labels: { "applyset.kubernetes.io/part-of": "applyset-x-v1" },
    });
    expect(second?.metadata.namespace).toBe("other");
    expect(third?.metadata.namespace).toBeUndefined();
  });

  test("drops what only the server writes and folds stringData into data", () => {
    const secret: KubeObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", uid: "u", resourceVersion: "1", creationTimestamp: "x" },
      stringData: { a: "text" },
      data: { a: "b2xk", b: "Yg==" },
      status: {},
    };
    const [prepared] = prepareObjects([secret], preparation);
    expect(prepared).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", labels: { "applyset.kubernetes.io/part-of": "applyset-x-v1" } },
      data: { a: "dGV4dA==", b: "Yg==" },
    });
  });

  test("refuses objects without a name and objects that come twice, naming them", () => {
    expect(() => prepareObjects([{ ...map(""), metadata: { generateName: "job-" } }], preparation)).toThrow(
      /generateName.*job-/u,
    );
    expect(() => prepareObjects([map("a"), map("b"), map("a")], preparation)).toThrow(
      /more than once: ConfigMap apps\/a$/u,
    );
  });
});

test("fieldPaths writes paths as the API server names conflicts", () => {
  const fields = {
    "f:spec": {
      "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:name": {} } },
      "f:finalizers": { 'v:"x"': {} },
    },
  };
  expect([...fieldPaths(fields)]).toEqual([
    ".spec",
    ".spec.ports",
    '.spec.ports[port=80,protocol="TCP"]',
    '.spec.ports[port=80,protocol="TCP"].name',
    ".spec.finalizers",
    '.spec.finalizers[="x"]',
  ]);
});

describe("the live index", () => {
  const long = "2026-01-01T00:00:00Z";
  const metadata = (resourceVersion: string, own: unknown, more = {}) => ({
    uid: "u",
    resourceVersion,
    managedFields: [
      { manager: "a", time: long, fieldsV1: { own: JSON.stringify(own) } },
      { manager: "kubelet", subresource: "status", fieldsV1: { status: resourceVersion } },
    ],
    ...more,
  });

  test("tells changes of fields from changes of status", () => {
    let elapsedMs = 0;
    const index = createLiveIndex(() => elapsedMs);
    index.note("k", metadata("1", 1));
    elapsedMs += 2000;
    expect(index.compare("k", metadata("1", 1))).toBeUndefined();
    expect(index.compare("k", metadata("2", 1))).toBe("status");
    expect(index.compare("k", metadata("3", 2))).toBe("fields");
    expect(index.compare("k", metadata("4", 2, { uid: "other" }))).toBe("fields");
    expect(index.compare("unknown", metadata("1", 1))).toBe("fields");
  });

  test("takes the echo of an apply for seen, also when it arrives before the answer, and nothing newer", () => {
    const index = createLiveIndex(() => 500);
    index.compare("k", metadata("2", 1));
    expect(index.isDue("k")).toBe(true);
    index.note("k", metadata("2", 1));
    expect(index.isDue("k")).toBe(false);
    index.compare("k", metadata("3", 2));
    index.compare("k", metadata("4", 3));
    index.note("k", metadata("3", 2));
    expect(index.isDue("k")).toBe(true);
  });

  test("remembers a removal that was told before the answer to the apply that it undid", () => {
    const index = createLiveIndex(() => 500);
    index.gone("k");
    index.note("k", metadata("2", 1));
    expect(index.isDue("k")).toBe(true);
    index.forget("k");
    expect(index.isDue("k")).toBe(false);
  });

  test("does not trust equal fields within the second in which they were written", () => {
    const index = createLiveIndex(() => 500);
    index.note("k", metadata("1", 1));
    expect(index.compare("k", metadata("2", 1))).toBe("fields");
  });
});

test("claims know who else wants an object, and whose wishes are known", () => {
  const claims = createClaims();
  claims.set("team/a", "1", new Set(["k"]));
  expect(claims.wantedBy("k", "team/b")).toBe("team/a");
  expect(claims.wantedBy("k", "team/a")).toBeUndefined();
  expect([claims.wants("team/a", "k"), claims.wants("team/a", "j"), claims.wants("team/b", "k")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([claims.isKnown("team/a", "1"), claims.isKnown("team/a", "2")]).toEqual([true, false]);
  claims.fail("team/a", "2");
  expect([claims.isKnown("team/a", "2"), claims.wantedBy("k", "team/b")]).toEqual([true, "team/a"]);
  claims.forget("team/a");
  expect(claims.wantedBy("k", "team/b")).toBeUndefined();
});

describe("statusOfRecord", () => {
  test("cuts warnings in number and length, and has none where there are none", () => {
    const record = newRecord("team/app");
    expect(statusOfRecord(record, undefined)).not.toHaveProperty("warnings");
    record.warnings = ["short", "x".repeat(400), ...Array.from({ length: 8 }, (_, index) => `w${index}`)];
    const { warnings = [] } = statusOfRecord(record, undefined);
    expect(warnings.map(({ length }) => length)).toEqual([5, 300, 2, 2, 2]);
  });

  const wanted: DesiredDeployment = { bundle: "team/app", deploymentId: "2", content: "", options: "" };
  const drift = { apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "a", fields: [] };
  const problem = { apiVersion: "v1", kind: "Pod", namespace: "", name: "a", message: "waits" };
  const clock = { now: () => 0, elapsed: () => 0 };

  test("shows the worst state that holds", () => {
    const record = applied();
    const state = (of = wanted) => statusOfRecord(record, of).state;
    expect(state()).toBe("Ready");
    record.notReady.set("k", problem);
    expect(state()).toBe("NotReady");
    record.held = ["Namespace x"];
    expect(state()).toBe("OutOfSync");
    record.drift.set("k", { ...drift, type: "unknown" });
    expect(state()).toBe("OutOfSync");
    record.drift.set("k", { ...drift, type: "changed" });
    expect(state()).toBe("Modified");
    expect(state({ ...wanted, deploymentId: "3" })).toBe("WaitApplied");
    expect(state({ ...wanted, deploymentId: "3", paused: true })).toBe("OutOfSync");
    noteError(record, new AppError("KUBE_UNREACHABLE", "away"), clock);
    expect(state()).toBe("Modified");
    noteError(record, new AppError("OBJECT_INVALID", "bad"), clock);
    expect(state()).toBe("ErrApplied");
  });

  test("says Orphaned for what the document leaves out", () => {
    expect(statusOfRecord(applied(), undefined).state).toBe("Orphaned");
  });

  test("counts an error that stays, and starts anew with another one", () => {
    const record = applied();
    for (let time = 1; time <= 3; time++)
      noteError(record, new AppError("OBJECT_INVALID", "bad"), { now: () => time * 1000, elapsed: () => 0 });
    expect(record.error).toMatchObject({
      count: 3,
      firstSeen: "1970-01-01T00:00:01.000Z",
      lastSeen: "1970-01-01T00:00:03.000Z",
    });
    noteError(record, new AppError("OBJECT_INVALID", "worse"), clock);
    expect(record.error).toMatchObject({ count: 1, message: "worse" });
  });
});

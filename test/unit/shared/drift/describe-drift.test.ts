import { describe, expect, test } from "vitest";
import { describeDrift, immutableDrift } from "../../../../shared/drift/describe-drift.ts";
import { ignoreRules } from "../../../../shared/drift/ignore-rules.ts";
import { aDeployment, managed } from "./objects.ts";

const rules = ignoreRules();
const manager = "drover";

const secret = (value: string, label: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "s", namespace: "apps", labels: { label } },
  data: { password: value },
});
const data = (value: string) =>
  Object.fromEntries(Array.from({ length: 25 }, (_unused, index) => [`k${index}`, value]));

describe("describeDrift", () => {
  test("names the manager that wrote a value last, and when", () => {
    const fields = { "f:spec": { "f:replicas": {} } };
    const managedFields = [
      managed("drover", fields, { operation: "Apply" }),
      managed("first", fields, { time: "2026-01-01T00:00:00Z" }),
      managed("later", fields, { time: "2026-01-02T00:00:00Z" }),
    ];
    const live = aDeployment({ spec: { replicas: 5 } }, { managedFields });
    const drift = describeDrift({ live, merged: aDeployment({ spec: { replicas: 2 } }), rules, manager });
    expect(drift?.fields).toEqual([
      {
        path: "spec.replicas",
        desired: 2,
        live: 5,
        class: "by-controller",
        manager: "later",
        time: "2026-01-02T00:00:00Z",
      },
    ]);
  });

  test("names nobody for a removed value", () => {
    const drift = describeDrift({
      live: aDeployment({ spec: {} }),
      merged: aDeployment({ spec: { replicas: 2 } }),
      rules,
      manager,
    });
    expect(drift?.fields).toEqual([{ path: "spec.replicas", desired: 2, class: "deleted" }]);
  });

  test("finds the owner of a whole atomic list for a value inside", () => {
    const managedFields = [managed("hand", { "f:spec": { "f:args": {} } })];
    const live = aDeployment({ spec: { args: ["a", "x"] } }, { managedFields });
    const drift = describeDrift({ live, merged: aDeployment({ spec: { args: ["a", "b"] } }), rules, manager });
    expect(drift?.fields).toMatchObject([{ path: "spec.args[1]", manager: "hand" }]);
  });

  test("hides the values of a Secret's data, not those of its labels", () => {
    const drift = describeDrift({ live: secret("YQ==", "a"), merged: secret("Yg==", "b"), rules, manager });
    expect(drift?.fields).toMatchObject([
      { path: "metadata.labels.label", desired: "b", live: "a" },
      { path: "data.password", desired: "[hidden]", live: "[hidden]" },
    ]);
  });

  test("cuts long values and long lists of fields, and says so", () => {
    const drift = describeDrift({
      live: aDeployment({ data: data("a") }),
      merged: aDeployment({ data: data("b".repeat(500)) }),
      rules,
      manager,
    });
    expect(drift?.fields).toHaveLength(20);
    expect(drift?.message).toBe("and 5 more fields");
    expect(String(drift?.fields[0]?.desired)).toHaveLength(201);
  });

  test("is undefined where the rules ignore all that differs", () => {
    const patch = { apiVersion: "apps/v1", kind: "Deployment", jsonPointers: ["/spec/replicas"] };
    const comparison = {
      live: aDeployment({ spec: { replicas: 5 } }),
      merged: aDeployment({ spec: { replicas: 2 } }),
      manager,
    };
    expect(describeDrift({ ...comparison, rules: ignoreRules([patch]) })).toBeUndefined();
  });
});

function binding(role: string, labels = {}) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "b", namespace: "apps", labels },
    roleRef: { name: role },
  };
}

function rulesFor(...jsonPointers: string[]) {
  return ignoreRules([{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", jsonPointers }]);
}

describe("immutableDrift", () => {
  const reason = "roleRef: cannot change roleRef";
  const question = { live: binding("a"), desired: binding("b"), reason };

  test("says the server's sentence", () => {
    expect(immutableDrift(question, { rules, manager })).toMatchObject({
      type: "changed",
      fields: [],
      message: reason,
    });
  });

  test("is none where the rules leave out all that differs, and no less", () => {
    expect(immutableDrift(question, { rules: rulesFor("/roleRef"), manager })).toBeUndefined();
    const labelled = { ...question, desired: binding("b", { tier: "gold" }) };
    expect(immutableDrift(labelled, { rules: rulesFor("/roleRef"), manager })?.message).toBe(reason);
  });
});

import { describe, expect, it } from "vitest";
import { patchRulesOf, rulesOfType, scopeOfBuiltIn } from "../../../../shared/render/built-in-kinds.ts";
import { scopesFor } from "../../../../shared/render/kind-scope.ts";

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "cups.example.org" },
  spec: { group: "example.org", scope: "Cluster", names: { kind: "Cup" } },
};

describe("scopesFor", () => {
  it("believes the cluster first, then definitions in the bundle, then what is built in", () => {
    const scopeOf = scopesFor([definition], (_apiVersion, kind) => (kind === "Secret" ? "Cluster" : undefined));
    expect(scopeOf("v1", "Secret")).toBe("Cluster");
    expect(scopeOf("example.org/v1beta1", "Cup")).toBe("Cluster");
    expect(scopeOf("v1", "ConfigMap")).toBe("Namespaced");
    expect(scopeOf("example.org/v1", "Tea")).toBeUndefined();
  });
});

describe("scopeOfBuiltIn", () => {
  it.each([
    ["v1", "Namespace", "Cluster"],
    ["v1", "Node", "Cluster"],
    ["v1", "PersistentVolume", "Cluster"],
    ["v1", "Pod", "Namespaced"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole", "Cluster"],
    ["rbac.authorization.k8s.io/v1", "Role", "Namespaced"],
    ["apiregistration.k8s.io/v1", "APIService", "Cluster"],
    ["extensions/v1beta1", "Ingress", "Namespaced"],
    ["example.org/v1", "Namespace", undefined],
    ["constructor/v1", "toString", undefined],
  ] as const)("knows that %s %s is %s", (apiVersion, kind, scope) => {
    expect(scopeOfBuiltIn(apiVersion, kind)).toBe(scope);
  });
});

describe("patchRulesOf", () => {
  it("knows merge keys on the way down from a Deployment to its containers' ports", () => {
    const spec = rulesOfType(patchRulesOf("apps/v1", "Deployment")?.["spec"]?.type);
    const pod = rulesOfType(rulesOfType(spec["template"]?.type)["spec"]?.type);
    expect(pod["containers"]).toMatchObject({ key: "name", merge: true });
    expect(rulesOfType(pod["containers"]?.type)["ports"]).toMatchObject({ key: "containerPort", merge: true });
    expect(spec["strategy"]).toMatchObject({ retainKeys: true });
  });

  it("knows no rules for custom resources", () => {
    expect(patchRulesOf("example.org/v1", "Tea")).toBeUndefined();
    expect(patchRulesOf("v1", "toString")).toBeUndefined();
  });
});

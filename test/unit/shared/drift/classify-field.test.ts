import { describe, expect, test } from "vitest";
import { classifyField } from "../../../../shared/drift/classify-field.ts";
import { ignoreRules } from "../../../../shared/drift/ignore-rules.ts";

describe("classifyField", () => {
  test.each([
    ["kubectl-edit", "by-hand"],
    ["kubectl", "by-hand"],
    ["helm", "by-hand"],
    ["Mozilla", "by-hand"],
    ["kube-controller-manager", "by-controller"],
    ["helm-controller", "by-controller"],
    ["kubectl2", "by-controller"],
    ["", "unowned"],
  ])("a value that %s wrote is %s", (manager, expected) => {
    expect(classifyField({ path: [], desired: 1, live: 2 }, { manager })).toBe(expected);
  });

  test("what is gone was deleted, what Git has not in a list that it sets was added, whoever did it", () => {
    expect(classifyField({ path: [], desired: 1 }, undefined)).toBe("deleted");
    expect(classifyField({ path: [], live: 1 }, { manager: "kubectl" })).toBe("added");
    expect(classifyField({ path: [], desired: ["a", "c"], live: ["a", "b", "c"] }, { manager: "x" })).toBe("added");
    expect(classifyField({ path: [], desired: ["a", "b"], live: ["b"] }, { manager: "x" })).toBe("deleted");
    expect(classifyField({ path: [], desired: ["a", "b"], live: ["b", "a", "c"] }, { manager: "x" })).toBe(
      "by-controller",
    );
  });

  test("a value that nobody owns has no class of a writer", () => {
    expect(classifyField({ path: [], desired: 1, live: 2 }, undefined)).toBe("unowned");
  });
});

describe("fieldManagers of comparePatches", () => {
  test("match as globs, on the kinds of their entry", () => {
    const rules = ignoreRules([{ apiVersion: "apps/v1", kind: "Deployment", fieldManagers: ["injector-*", "vpa"] }]);
    const ignores = rules.ignoredWriters({ apiVersion: "apps/v1", kind: "Deployment", namespace: "a", name: "b" });
    expect(["injector-1", "vpa", "kubectl"].map(ignores)).toEqual([true, true, false]);
    const others = rules.ignoredWriters({ apiVersion: "apps/v1", kind: "DaemonSet", namespace: "a", name: "b" });
    expect(others("vpa")).toBe(false);
  });
});

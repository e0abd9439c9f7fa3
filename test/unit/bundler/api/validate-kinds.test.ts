import { describe, expect, it } from "vitest";
import type { HookContext } from "../../../../apiserver/resources/resource-definition.ts";
import { validateBundle, validateClusterGroup, validateGitRepo } from "../../../../bundler/api/validate-kinds.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";

const wrong = { matchExpressions: [{ key: "env", operator: "Near", values: ["x"] }] };

function anObject(
  kind: string,
  spec: JsonObject,
): { apiVersion: string; kind: string; metadata: { name: string }; spec: JsonObject } {
  return { apiVersion: "fleet.cattle.io/v1alpha1", kind, metadata: { name: "a" }, spec };
}
function faultsOf(spec: JsonObject): { fields: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const context: HookContext = {
    user: { name: "a", groups: [] },
    namespace: "w",
    name: "a",
    dryRun: false,
    subresource: "",
    nowMs: 0,
    warn: (text) => void warnings.push(text),
  };
  return { fields: validateGitRepo(anObject("GitRepo", spec), context).map(({ field }) => field), warnings };
}

describe("validateGitRepo", () => {
  it.each([
    { name: "accepts an address", spec: { repo: "https://git.example/a" }, fields: [] },
    { name: "asks for an address", spec: {}, fields: ["spec.repo"] },
    { name: "refuses what is no address", spec: { repo: "not an address" }, fields: ["spec.repo"] },
    {
      name: "names every fault at once",
      spec: {
        repo: "https://git.example/a",
        pollingInterval: "soon",
        targets: [{ clusterSelector: {} }, { clusterSelector: wrong }],
      },
      fields: ["spec.pollingInterval", "spec.targets[1]"],
    },
  ])("$name", ({ spec, fields }) => {
    expect(faultsOf(spec as JsonObject).fields).toEqual(fields);
  });

  it("warns about labels beside matchLabels, and about doNotDeploy, which does deploy", () => {
    const targets = [{ clusterSelector: { env: "prod" } }, { clusterName: "a", doNotDeploy: true }];
    expect(faultsOf({ repo: "https://git.example/a", targets }).warnings).toEqual([
      expect.stringContaining("spec.targets[0].clusterSelector.matchLabels"),
      expect.stringContaining("do get the bundles"),
    ]);
  });

  it("warns about a field that nobody knows, and keeps it", () => {
    const { fields, warnings } = faultsOf({ repo: "https://git.example/a", brunch: "main" });
    expect([fields, warnings]).toEqual([[], [expect.stringContaining("spec.brunch")]]);
  });
});

describe("validateBundle and validateClusterGroup", () => {
  it("refuse selectors that are none", () => {
    const targets = [{ clusterSelector: wrong }];
    expect(validateBundle(anObject("Bundle", { targets })).map(({ field }) => field)).toEqual(["spec.targets"]);
    expect(validateBundle(anObject("Bundle", { targets: [{ clusterSelector: {} }] }))).toEqual([]);
    expect(validateClusterGroup(anObject("ClusterGroup", { selector: wrong })).map(({ field }) => field)).toEqual([
      "spec.selector",
    ]);
    expect(validateClusterGroup(anObject("ClusterGroup", {}))).toEqual([]);
  });
});

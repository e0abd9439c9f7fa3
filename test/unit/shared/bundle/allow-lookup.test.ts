import { describe, expect, it } from "vitest";
import { createFleetBundle } from "../../../../bundler/desired/fleet-bundle.ts";
import { lookupAnnotation, removalBudgetAnnotation } from "../../../../shared/api/annotations.ts";
import type { GitRepo } from "../../../../shared/api/git-repo.ts";
import { readRemovalBudget } from "../../../../shared/api/removal-budget.ts";
import { assembleBundle } from "../../../../shared/bundle/assemble-bundle.ts";
import { bundleOptionsOf } from "../../../../shared/bundle/bundle-options.ts";
import { findBundleDirs } from "../../../../shared/bundle/find-bundle-dirs.ts";
import { memoryTree } from "../../../support/memory-tree.ts";

/** Returns what an agent is told of a bundle, by the annotations of its GitRepo and what fleet.yaml says. */
function deployment(annotations: Readonly<Record<string, string>>, fleetYaml: string) {
  const gitRepo: GitRepo = {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "GitRepo",
    metadata: { name: "demo", namespace: "w", annotations },
    spec: { targets: [{ clusterSelector: {} }] },
  };
  const tree = memoryTree({ "app/fleet.yaml": fleetYaml, "app/a.yaml": "kind: ConfigMap\n" });
  const [dir] = findBundleDirs(tree, { paths: ["app"] }).dirs;
  if (dir === undefined) throw new Error("no bundle directory");
  const result = assembleBundle({ tree }, dir, bundleOptionsOf(gitRepo));
  if (result.kind !== "bundle") throw new Error("no bundle");
  const made = {
    files: "f".repeat(64),
    style: { charts: [], fetchedChart: false, kustomizations: [] },
    kustomize: {},
  };
  const bundle = createFleetBundle(result.bundle, made, { workspace: "w", labelsOfBundles: () => new Map() });
  const outcome = bundle.matchTargets({ name: "c", namespace: "w", labels: {}, groups: [] });
  if (outcome === undefined) throw new Error("no target");
  const { lookup, removalLimits, deploymentId } = bundle.deployment(outcome);
  return { lookup, removalLimits, deploymentId, annotations: result.bundle.metadata.annotations };
}

const claim = `annotations: {${lookupAnnotation}: cluster, note: mine}\n`;

describe("the right of charts to look up the whole cluster", () => {
  it("comes from the GitRepo", () => {
    expect(deployment({ [lookupAnnotation]: "cluster" }, "")).toMatchObject({ lookup: "cluster" });
    expect(deployment({ [lookupAnnotation]: "namespace" }, "").lookup).toBeUndefined();
    expect(deployment({}, "")).toMatchObject({ lookup: undefined, annotations: undefined });
  });

  it("is not to be had from a fleet.yaml, whose other annotations stay", () => {
    expect(deployment({}, claim)).toMatchObject({ lookup: undefined, annotations: { note: "mine" } });
  });
});

describe("a GitRepo's budget of removals", () => {
  const budget = '{"objectsPercent": 80, "objectsMost": 500, "bundlesPercent": 1}';

  it("goes with its bundles to the agents, and deploys nothing again", () => {
    const made = deployment({ [removalBudgetAnnotation]: budget }, "");
    expect(made.removalLimits).toEqual({ share: 0.8, count: 500 });
    expect(made.deploymentId).toBe(deployment({}, "").deploymentId);
    expect(deployment({ [removalBudgetAnnotation]: '{"bundlesPercent": 1}' }, "").removalLimits).toBeUndefined();
  });

  it("is not to be had from a fleet.yaml", () => {
    const made = deployment({}, `annotations: {${removalBudgetAnnotation}: '${budget}'}\n`);
    expect(made).toMatchObject({ removalLimits: undefined, annotations: {} });
  });

  it.each([
    ["text", "many", "expected object"],
    ["a name that is none", '{"bundles": 3}', 'Unrecognized key: "bundles"'],
    ["a share beyond all", '{"objectsPercent": 101}', "objectsPercent: Too big"],
  ])("is refused as %s, with what to write", (_title, text, words) => {
    const read = (): unknown => readRemovalBudget({ [removalBudgetAnnotation]: text });
    expect(read).toThrow(expect.objectContaining({ code: "REMOVAL_BUDGET_INVALID", verdict: "stalled" }));
    expect(read).toThrow(words);
    expect(read).toThrow('write JSON such as {"bundlesPercent": 50');
  });
});

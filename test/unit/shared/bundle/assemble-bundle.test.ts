import { describe, expect, it } from "vitest";

import { type AssembledBundle, type BundleResult, assembleBundle } from "../../../../shared/bundle/assemble-bundle.ts";
import { type BundleOptions, bundleOptionsOf } from "../../../../shared/bundle/bundle-options.ts";
import { findBundleDirs } from "../../../../shared/bundle/find-bundle-dirs.ts";
import type { RepoTree } from "../../../../shared/bundle/repo-tree.ts";
import { type MemoryFile, memoryTree } from "../../../support/memory-tree.ts";

const everyone = [{ name: "all", clusterSelector: {} }];
const gitRepo: BundleOptions = {
  name: "demo",
  namespace: "fleet-default",
  targets: everyone,
  targetRestrictions: everyone,
};

function build(files: Record<string, MemoryFile>, options: Partial<BundleOptions> = {}, path = "app"): BundleResult {
  return buildFrom(memoryTree(files), options, path);
}

function buildFrom(tree: RepoTree, options: Partial<BundleOptions> = {}, path = "app"): BundleResult {
  const dir = findBundleDirs(tree, { paths: [path] }).dirs[0];
  if (dir === undefined) throw new Error("no bundle directory");
  return assembleBundle({ tree }, dir, { ...gitRepo, ...options });
}

function bundleOf(files: Record<string, MemoryFile>, options: Partial<BundleOptions> = {}): AssembledBundle {
  const result = build(files, options);
  if (result.kind !== "bundle") throw result.kind === "failed" ? result.error : new Error("no bundle");
  return result;
}

const cm = "kind: ConfigMap\n";

function withValuesFile(more: string): Record<string, string> {
  return {
    "app/fleet.yaml": `helm: {chart: c, valuesFiles: [v.yaml]${more}}`,
    "app/c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "app/v.yaml": "a: 1\nb: ${HOME}\n---\nc: 1\n",
  };
}

function withText(bytes: number): Record<string, string> {
  return { "app/fleet.yaml": "", "app/a.txt": "x".repeat(bytes) };
}

describe("assembleBundle", () => {
  it("makes a bundle with files, options and targets of a directory", () => {
    const { bundle, content } = bundleOf({ "app/fleet.yaml": "namespace: x\nlabels: {a: b}\n", "app/cm.yaml": cm });
    expect(bundle).toEqual({
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "Bundle",
      metadata: { name: "demo-app", namespace: "fleet-default", labels: { a: "b" } },
      spec: { namespace: "x", targets: everyone, targetRestrictions: everyone },
    });
    expect(content).toEqual({ source: "files", resources: [{ name: "cm.yaml", content: cm }] });
  });

  it("takes name of fleet.yaml as it is", () => {
    expect(bundleOf({ "app/fleet.yaml": "name: My_Name\n", "app/cm.yaml": cm }).bundle.metadata.name).toBe("My_Name");
  });

  it("puts customizations before the targets and names those without a name by position", () => {
    const yaml = "targets: [{clusterName: a}]\ntargetCustomizations: [{name: own, clusterName: b}, {clusterName: c}]\n";
    const { targets } = bundleOf({ "app/fleet.yaml": yaml, "app/cm.yaml": cm }).bundle.spec;
    expect(targets?.map(({ name }) => name)).toEqual(["target000", "own", "target002", "all"]);
  });

  it("puts restrictions of fleet.yaml before the GitRepo's, and keeps nothing in them but which clusters are meant", () => {
    const files = { "app/fleet.yaml": "targetRestrictions: [{clusterName: a, namespace: x}]\n", "app/cm.yaml": cm };
    const targets = [{ name: "b", clusterName: "b", doNotDeploy: true }];
    const { spec } = bundleOf(files, { targets, targetRestrictions: targets }).bundle;
    expect(spec.targets).toEqual(targets);
    expect(spec.targetRestrictions).toEqual([{ clusterName: "a" }, { name: "b", clusterName: "b" }]);
  });

  it("lets overrideTargets replace the GitRepo's targets, without options, and an empty one leave none", () => {
    const one = bundleOf({
      "app/fleet.yaml": "overrideTargets: [{clusterName: a, doNotDeploy: true}]\n",
      "app/cm.yaml": cm,
    });
    expect(one.bundle.spec).toMatchObject({
      targets: [{ clusterName: "a" }],
      targetRestrictions: [{ clusterName: "a" }],
    });
    expect(one.bundle.spec.targets?.[0]).not.toHaveProperty("doNotDeploy");
    const none = bundleOf({ "app/fleet.yaml": "overrideTargets: []\n", "app/cm.yaml": cm });
    expect(none.bundle.spec).toEqual({ targets: [{ name: "default", clusterGroup: "default" }] });
  });

  it("lays the GitRepo's options over those of fleet.yaml in Fleet's way", () => {
    const yaml =
      "namespace: a\nserviceAccount: a\nforceSyncGeneration: 7\nkeepResources: true\ncorrectDrift: {force: true}\ntargetCustomizations: [{clusterName: x, namespace: b}]\n";
    const files = { "app/fleet.yaml": yaml, "app/cm.yaml": cm };
    const options = {
      targetNamespace: "t",
      serviceAccount: "s",
      paused: true,
      keepResources: false,
      correctDrift: { enabled: true },
    };
    expect(bundleOf(files, options).bundle.spec).toMatchObject({
      namespace: "t",
      serviceAccount: "s",
      paused: true,
      keepResources: true,
      correctDrift: { enabled: true },
      targets: [{ namespace: "t" }, { namespace: "t" }],
    });
    expect(bundleOf(files, options).bundle.spec).not.toHaveProperty("forceSyncGeneration");
    expect(bundleOf(files, { correctDrift: { enabled: false } }).bundle.spec.correctDrift).toEqual({ force: true });
  });

  it("merges values files over values and leaves them out of the content", () => {
    const { bundle, content } = bundleOf({
      "app/fleet.yaml": "helm: {chart: ., values: {a: 1, m: {x: 1}}, valuesFiles: [v/one.yaml, ../two.yaml]}\n",
      "app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
      "app/v/one.yaml": "m: {z: 2}\n",
      "app/one.yaml": "shares the base name",
      "two.yaml": "a: 3\n",
    });
    expect(bundle.spec.helm?.values).toEqual({ a: 3, m: { x: 1, z: 2 } });
    expect(content.resources.map(({ name }) => name)).toEqual(["Chart.yaml"]);
  });

  it("keeps a file that is no text as base64", () => {
    const { content } = bundleOf({ "app/cm.yaml": cm, "app/x.bin": new Uint8Array([0xff, 0xfe, 0]) });
    expect(content.resources[1]).toEqual({ name: "x.bin", content: "//4A", encoding: "base64" });
  });

  it("says that there is nothing to deploy", () => {
    expect(build({ "app/fleet.yaml": "" }).kind).toBe("empty");
  });

  it.each<[string, Record<string, MemoryFile>, string]>([
    ["a broken fleet.yaml", { "app/fleet.yaml": "helm: [" }, "FLEET_YAML_INVALID"],
    ["options behind a link that leads nowhere", { "app/fleet.yaml": { link: "gone" } }, "FLEET_YAML_INVALID"],
    ["a missing values file", { "app/fleet.yaml": "helm: {repo: r, valuesFiles: [gone]}" }, "VALUES_FILE_INVALID"],
    ["a values file outside", { "app/fleet.yaml": "helm: {repo: r, valuesFiles: [../../x]}" }, "VALUES_FILE_INVALID"],
    [
      "a broken values file",
      { "app/fleet.yaml": "helm: {repo: r, valuesFiles: [v]}", "app/v": "a: [" },
      "VALUES_FILE_INVALID",
    ],
    [
      "a chart without version",
      { "app/Chart.yaml": "apiVersion: v2\nname: x\n", "app/fleet.yaml": "" },
      "CHART_INVALID",
    ],
    ["a chart that is elsewhere", { "app/fleet.yaml": "helm: {repo: https://x, chart: web}" }, "CHART_NOT_FETCHED"],
    ["image scans that are off", { "app/fleet.yaml": "imageScans: [{image: x, tagName: y}]" }, "FLEET_YAML_INVALID"],
  ])("gives %s as a value, with the bundle's name", (_, files, code) => {
    const result = build({ "app/cm.yaml": cm, ...files });
    expect(result).toMatchObject({ kind: "failed", name: "demo-app", error: { code, verdict: expect.any(String) } });
  });

  it.each<[string, Record<string, MemoryFile>, object]>([
    [
      "a missing values file",
      { "app/fleet.yaml": "targetCustomizations:\n- clusterName: a\n  helm:\n    valuesFiles: [gone]\n" },
      { file: "app/fleet.yaml", line: 4 },
    ],
    [
      "a chart that is elsewhere",
      { "app/fleet.yaml": "helm:\n  chart: oci://x/web\n" },
      { file: "app/fleet.yaml", line: 2 },
    ],
    [
      "a malformed pattern",
      { "app/fleet.yaml": "", "app/d/.fleetignore": "ok\n[x\n", "app/d/x": "" },
      { file: "app/d/.fleetignore", line: 2 },
    ],
    ["a link out of the repository", { "app/fleet.yaml": "", "app/x": { link: "/etc" } }, { file: "app/x", line: 1 }],
  ])("says where %s is named", (_, files, position) => {
    const result = build({ "app/cm.yaml": cm, ...files });
    expect(result).toMatchObject({ kind: "failed", error: { position } });
  });

  it("reads no further than the first document of a values file", () => {
    const files = {
      "app/fleet.yaml": "helm: {repo: r, chart: c, valuesFiles: [v.yaml]}",
      "app/v.yaml": "a: 1\n---\n[broken\n",
    };
    const tree = memoryTree(files);
    const dir = findBundleDirs(tree, { paths: ["app"] }).dirs[0];
    if (dir === undefined) throw new Error("no bundle directory");
    const chart = memoryTree({ "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "v.yaml": "left out" });
    const result = assembleBundle({ tree, loadChart: () => chart }, dir, gitRepo);
    expect(result).toMatchObject({ kind: "bundle", bundle: { spec: { helm: { values: { a: 1 } } } } });
    expect(result).toMatchObject({
      content: { resources: [{ name: expect.stringMatching(/^\.chart\/[0-9a-f]{64}\/Chart\.yaml$/u) }] },
    });
  });

  it("lets what the tree throws pass through", () => {
    const tree = memoryTree({ "app/fleet.yaml": "", "app/cm.yaml": cm });
    const lazy: RepoTree = {
      ...tree,
      read: (path) => {
        throw new RangeError(`${path} is not loaded`);
      },
    };
    expect(() => buildFrom(lazy)).toThrow(RangeError);
  });

  it("refuses what it would only warn of when strict", () => {
    const files = { "app/fleet.yaml": "nmespace: x\n", "app/cm.yaml": cm };
    expect(build(files)).toMatchObject({ kind: "bundle", warnings: [{ code: "KEY_UNKNOWN" }] });
    expect(build(files, { strict: true })).toMatchObject({ kind: "failed", error: { code: "BUNDLE_STRICT" } });
  });

  it.each<[string, string, string]>([
    ["an overlay that is not there", "yaml: {overlays: [gone]}", "OVERLAY_NOT_FOUND"],
    ["a kustomization that is not there", "kustomize: {dir: gone}", "KUSTOMIZATION_NOT_FOUND"],
    ["a chart directory without Chart.yaml", "helm: {chart: sub}", "CHART_NOT_FOUND"],
  ])("warns of %s", (_, yaml, code) => {
    const { warnings } = bundleOf({ "app/fleet.yaml": yaml, "app/sub/cm.yaml": cm });
    expect(warnings).toMatchObject([{ code, position: { file: "app/fleet.yaml", line: 1 } }]);
  });

  it.each<[string, string]>([
    ["values that no chart reads", "helm: {values: {a: 1}}"],
    ["values of a target that no chart reads", "targetCustomizations: [{clusterName: a, helm: {values: {a: 1}}}]"],
  ])("warns of %s", (_, yaml) => {
    const code = "FIELD_WITHOUT_EFFECT";
    expect(bundleOf({ "app/fleet.yaml": yaml, "app/cm.yaml": cm }).warnings).toMatchObject([{ code }]);
    expect(bundleOf({ "app/fleet.yaml": yaml, "app/templates/cm.yaml": cm }).warnings).toEqual([]);
    const chart = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
    expect(bundleOf({ "app/fleet.yaml": yaml, "app/Chart.yaml": chart }).warnings).toEqual([]);
  });

  it("says what to write instead of a chart's name on the helm command line", () => {
    const result = build({ "app/fleet.yaml": "helm: {chart: jetstack/cert-manager}" });
    const message = expect.stringContaining('"cert-manager" as helm.chart') as string;
    expect(result).toMatchObject({
      kind: "failed",
      error: { code: "CHART_NOT_FETCHED", message, position: { line: 1 } },
    });
  });

  it("warns of options without anything to deploy, and of no directory without options", () => {
    const result = build({ "app/fleet.yaml": "namespace: a\n", "app/.hidden": "x" });
    expect(result).toMatchObject({
      kind: "empty",
      warnings: [{ code: "BUNDLE_EMPTY", position: { file: "app/fleet.yaml", line: 1 } }],
    });
  });

  it("warns of lines of .fleetignore that leave nothing out", () => {
    const ignore = "# all\n!keep.yaml\nsub/cm.yaml\ndocs/*.md\nfine.yaml\ndocs/*\n";
    const { warnings } = bundleOf({ "app/fleet.yaml": "", "app/cm.yaml": cm, "app/.fleetignore": ignore });
    expect(warnings.map(({ code, position }) => `${code} ${position.line}`)).toEqual([
      "IGNORE_WITHOUT_EFFECT 2",
      "IGNORE_WITHOUT_EFFECT 3",
      "IGNORE_WITHOUT_EFFECT 4",
    ]);
  });

  it("warns of a shell variable in a values file, where it stands, unless templates are off", () => {
    const ignored = { code: "DOCUMENT_IGNORED", position: { file: "app/v.yaml", line: 4 } };
    expect(bundleOf(withValuesFile("")).warnings).toMatchObject([
      ignored,
      { code: "TEMPLATE_SUSPECT", position: { file: "app/v.yaml", line: 2, column: 1 } },
    ]);
    expect(bundleOf(withValuesFile(", disablePreProcess: true")).warnings).toMatchObject([ignored]);
  });

  it("warns of a bundle larger than Fleet can store, text counted as compressed", () => {
    expect(bundleOf(withText(5_900_000)).warnings).toEqual([]);
    const tooBig = { code: "BUNDLE_TOO_BIG", message: expect.stringContaining("6.1 MB") };
    expect(bundleOf(withText(6_100_000)).warnings).toMatchObject([tooBig]);
  });

  it("warns of a bundle with files of others and of its own GitRepo in it", () => {
    const repo = "apiVersion: fleet.cattle.io/v1alpha1\nkind: GitRepo\n";
    const files = { "app/fleet.yaml": "", "app/sub/fleet.yaml": "", "app/repo.yaml": repo };
    const places = bundleOf(files).warnings.map(({ position: { file, line } }) => `${file}:${line}`);
    expect(places).toEqual(["app/sub/fleet.yaml:1", "app/repo.yaml:2"]);
  });
});

describe("bundleOptionsOf", () => {
  it("gives a GitRepo without targets the group default, and its name as label", () => {
    const options = bundleOptionsOf({
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "GitRepo",
      metadata: { name: "demo", namespace: "ws", labels: { a: "b" } },
      spec: { paused: true },
    });
    const group = [{ name: "default", clusterGroup: "default" }];
    expect(options).toEqual({
      name: "demo",
      namespace: "ws",
      paused: true,
      targets: group,
      targetRestrictions: group,
      labels: { a: "b", "fleet.cattle.io/repo-name": "demo" },
    });
  });
});

import { describe, expect, it } from "vitest";

import { assembleBundle } from "../../../../shared/bundle/assemble-bundle.ts";
import { bundleKey, optionsDigest, outsideUnchanged } from "../../../../shared/bundle/bundle-inputs.ts";
import type { BundleOptions } from "../../../../shared/bundle/bundle-options.ts";
import { type BundleDir, findBundleDirs } from "../../../../shared/bundle/find-bundle-dirs.ts";
import type { RepoTree } from "../../../../shared/bundle/repo-tree.ts";
import { type MemoryFile, memoryTree } from "../../../support/memory-tree.ts";

const options: BundleOptions = { name: "demo", namespace: "ws" };
const base = {
  "app/fleet.yaml": "helm: {chart: ., valuesFiles: [../values.yaml]}\n",
  "app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
  "app/link": { link: "../lib" },
  "values.yaml": "a: 1\n",
  "lib/x": "X",
  "other/y": "Y",
};

function dirOf(tree: RepoTree): BundleDir {
  const dir = findBundleDirs(tree, { paths: ["app"] }).dirs[0];
  if (dir === undefined) throw new Error("no bundle directory");
  return dir;
}

/** Whether the result for `base` still holds for the changed files, and whether building again gives the same. */
function compare(changed: Record<string, MemoryFile>): { kept: boolean; equal: boolean } {
  const [before, after] = [memoryTree(base), memoryTree({ ...base, ...changed })];
  const first = assembleBundle({ tree: before }, dirOf(before), options);
  const second = assembleBundle({ tree: after }, dirOf(after), options);
  const digest = optionsDigest(options);
  const kept =
    bundleKey(dirOf(before), digest) === bundleKey(dirOf(after), digest) && outsideUnchanged(after, first.outside);
  const essence = (result: typeof first): string =>
    JSON.stringify(result.kind === "bundle" ? [result.bundle, result.contentId] : result.kind);
  return { kept, equal: essence(first) === essence(second) };
}

describe("the inputs of a bundle", () => {
  it("stay the same when something else changes", () => {
    expect(compare({ "other/y": "changed", "new/fleet.yaml": "" })).toEqual({ kept: true, equal: true });
  });

  it.each<[string, Record<string, MemoryFile>]>([
    ["a file of the directory", { "app/cm.yaml": "new" }],
    ["a values file outside of it", { "values.yaml": "a: 2\n" }],
    ["a file behind a link", { "lib/x": "changed" }],
    ["what lies behind a link", { "lib/new": "new" }],
  ])("change with %s", (_, changed) => {
    expect(compare(changed)).toEqual({ kept: false, equal: false });
  });

  it("name nothing outside where nothing is used", () => {
    const tree = memoryTree({ "app/fleet.yaml": "namespace: a\n", "app/cm.yaml": "" });
    expect(assembleBundle({ tree }, dirOf(tree), options).outside).toEqual([]);
  });

  it("depend on the options, not on the order in which they are given", () => {
    expect(optionsDigest({ name: "a", namespace: "b" })).toBe(optionsDigest({ namespace: "b", name: "a" }));
    expect(optionsDigest({ name: "a", namespace: "b" })).not.toBe(optionsDigest({ name: "a", namespace: "c" }));
  });
});

import { describe, expect, it } from "vitest";

import { type ScanOptions, findBundleDirs } from "../../../../shared/bundle/find-bundle-dirs.ts";
import type { RepoTree } from "../../../../shared/bundle/repo-tree.ts";
import type { ScanMemo } from "../../../../shared/bundle/scan-tree.ts";
import { type MemoryFile, memoryTree } from "../../../support/memory-tree.ts";

function found(files: Record<string, MemoryFile>, options: ScanOptions = {}): string[] {
  return findBundleDirs(memoryTree(files), options).dirs.map((dir) => dir.path);
}

const apps = { "apps/a/fleet.yaml": "", "apps/b/fleet.yml": "", "apps/c/x.yaml": "", "README.md": "" };

describe("findBundleDirs", () => {
  it("finds every directory with options, and the root for YAML that none of them covers", () => {
    expect(found(apps)).toEqual(["", "apps/a", "apps/b"]);
  });

  it("makes no root bundle when all YAML lies below directories with options", () => {
    expect(found({ "a/fleet.yaml": "", "a/x.yaml": "", "README.md": "" })).toEqual(["a"]);
  });

  it("makes no bundle of a directory that only has a chart or a kustomization", () => {
    expect(found({ "fleet.yaml": "", "c/Chart.yaml": "", "k/kustomization.yaml": "" })).toEqual([""]);
  });

  it("does not take JSON for a reason to make a root bundle", () => {
    expect(found({ "a.json": "{}" })).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    ["a plain path", ["apps/a"], ["apps/a"]],
    ["slashes before and behind", ["/apps/a/"], ["apps/a"]],
    ["a dot in front", ["./apps/a"], ["apps/a"]],
    ["a glob", ["apps/*"], ["apps/a", "apps/b", "apps/c"]],
    ["a glob with classes", ["app?/[ab]"], ["apps/a", "apps/b"]],
    ["overlapping roots, both", ["apps", "apps/a"], ["apps", "apps/a", "apps/b", "apps/a"]],
    ["a path out of the repository, never", ["../apps"], []],
    ["slashes alone, never, as in Go", ["/"], []],
    ["a file, never", ["README.md"], []],
    ["a glob that ends in a slash, never, as in Go", ["apps/*/"], []],
  ])("searches %s", (_, paths, dirs) => {
    expect(found(apps, { paths })).toEqual(dirs);
  });

  it("reports paths that match nothing, and goes on behind a malformed one", () => {
    const result = findBundleDirs(memoryTree(apps), { paths: ["nowhere", "bad-[x", "apps/a"] });
    expect(result.unmatched).toEqual(["nowhere"]);
    expect(result.faults.map(({ path, error }) => [path, error.code])).toEqual([["bad-[x", "PATTERN_INVALID"]]);
    expect(result.dirs).toHaveLength(1);
  });

  it("takes exactly the directories of a driven scan", () => {
    const bundles = [{ base: "apps/a" }, { base: "apps", options: "c/x.yaml" }, { base: "gone" }];
    const result = findBundleDirs(memoryTree(apps), { bundles, paths: ["apps/b"] });
    expect(result.dirs.map(({ path, optionsFile }) => [path, optionsFile])).toEqual([
      ["apps/a", undefined],
      ["apps", "c/x.yaml"],
    ]);
    expect(result.faults.map(({ error }) => error.code)).toEqual(["BUNDLE_DIR_MISSING"]);
  });

  it("follows a link that a path matches, keeps its name, and looks for no bundles below it", () => {
    const files = { "lib/web/fleet.yaml": "", "lib/web/sub/fleet.yaml": "", "ams/web": { link: "../lib/web" } };
    const { dirs } = findBundleDirs(memoryTree(files), { paths: ["ams/*"] });
    expect(dirs).toMatchObject([{ path: "ams/web", realPath: "lib/web" }]);
  });

  it("refuses links matched by a path that leave the repository or turn in a circle, and goes on behind them", () => {
    const files = { out: { link: "../etc" }, abs: { link: "/etc" }, loop: { link: "loop" }, "web/fleet.yaml": "" };
    const result = findBundleDirs(memoryTree(files), { paths: ["*"] });
    expect(result.dirs.map(({ path }) => path)).toEqual(["web"]);
    expect(result.faults.map(({ path, error }) => [path, error.code, error.position?.file])).toEqual([
      ["abs", "LINK_INVALID", "abs"],
      ["loop", "LINK_INVALID", "loop"],
      ["out", "LINK_INVALID", "out"],
    ]);
  });

  const web = { "apps/x/fleet.yaml": "", "apps/y": { link: "../real/y" }, "real/y/fleet.yaml": "" };

  it("walks what a link below a path leads to as if it lay there, with links in it", () => {
    const files = { ...web, "real/y/sub/fleet.yaml": "", "real/y/more": { link: "../../z" }, "z/a/fleet.yaml": "" };
    const { dirs, warnings } = findBundleDirs(memoryTree(files), { paths: ["apps"] });
    expect(dirs.map(({ path, realPath }) => [path, realPath])).toEqual([
      ["apps/x", "apps/x"],
      ["apps/y", "real/y"],
      ["apps/y/sub", "real/y/sub"],
      ["apps/y/more/a", "z/a"],
    ]);
    expect(warnings).toEqual([]);
  });

  const [x, y] = ["apps/x", "apps/y"];
  const alone: ScanOptions = { paths: ["apps"] };

  it.each<{ name: string; z?: string; scan: ScanOptions; dirs: string[]; says: RegExp }>([
    {
      name: "to what another path finds",
      scan: { paths: ["apps", "real"] },
      dirs: [x, "real/y"],
      says: /"real\/y", wh/u,
    },
    {
      name: "to what the same path finds",
      scan: {},
      dirs: [x, "real/y"],
      says: /y" leads to "real\/y", which is a bun/u,
    },
    {
      name: "where another one does",
      z: "y",
      scan: alone,
      dirs: [x, y],
      says: /z" leads to .* already, as "apps\/y"/u,
    },
    { name: "to an ancestor", z: "..", scan: alone, dirs: [x, y], says: /z" leads to a directory that it lies in/u },
    { name: "to itself", z: "z", scan: alone, dirs: [x, y], says: /z" cannot be followed: .* circle/u },
    { name: "nowhere", z: "gone", scan: alone, dirs: [x, y], says: /z" leads nowhere/u },
    { name: "out of the repository", z: "/etc", scan: alone, dirs: [x, y], says: /z" cannot .* outside of the repo/u },
  ])("warns of a link below a path that leads $name, and finds the others", ({ z, scan, dirs, says }) => {
    const result = findBundleDirs(memoryTree({ ...web, ...(z === undefined ? {} : { "apps/z": { link: z } }) }), scan);
    expect(result.dirs.map(({ path }) => path)).toEqual(dirs);
    const position = { file: z === undefined ? y : "apps/z", line: 1, column: 1 };
    expect(result.warnings).toEqual([{ code: "LINK_UNUSED", message: expect.stringMatching(says), position }]);
  });

  it("does not turn with links that lead through each other, and leaves links in bundles to those", () => {
    const files = {
      "apps/a": { link: "../p" },
      "p/fleet.yaml": "",
      "p/b": { link: "../q" },
      "p/out": { link: "/etc" },
      "q/fleet.yaml": "",
      "q/a": { link: "../p" },
    };
    const { dirs, warnings } = findBundleDirs(memoryTree(files), { paths: ["apps"] });
    expect(dirs.map(({ path }) => path)).toEqual(["apps/a", "apps/a/b"]);
    expect(warnings).toEqual([]);
  });

  it("names a link matched by a path that leads nowhere among what matches no directory", () => {
    const files = { "ams/gone": { link: "../lib/gone" }, "ams/web/fleet.yaml": "", "ams/README.md": "" };
    expect(findBundleDirs(memoryTree(files), { paths: ["ams/*"] }).unmatched).toEqual(["ams/gone"]);
    expect(findBundleDirs(memoryTree(files), { paths: ["ams/gone"] }).unmatched).toEqual(["ams/gone"]);
  });

  it("counts a link named fleet.yaml where it lies, also one that leads nowhere, so that it is refused there", () => {
    const files = { "a/fleet.yaml": { link: "../shared.txt" }, "b/fleet.yaml": { link: "gone" }, "shared.txt": "" };
    expect(found({ ...files, "c/fleet.yaml": { link: "/etc/x" }, "d/fleet.yaml": { link: "../a" } })).toEqual([
      "",
      "a",
      "b",
      "c",
    ]);
  });

  it("walks only trees that it has not seen before", () => {
    const memo: ScanMemo = new Map();
    const listed: string[] = [];
    const spy = (tree: RepoTree): RepoTree => ({ ...tree, list: (dir) => (listed.push(dir), tree.list(dir)) });
    findBundleDirs(spy(memoryTree(apps)), {}, memo);
    listed.length = 0;
    const changed = findBundleDirs(spy(memoryTree({ ...apps, "apps/a/new.yaml": "" })), {}, memo);
    expect(changed.dirs.map((dir) => dir.path)).toEqual(["", "apps/a", "apps/b"]);
    expect(new Set(listed)).toEqual(new Set(["", "apps", "apps/a"]));
  });
});

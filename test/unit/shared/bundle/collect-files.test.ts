import { describe, expect, it } from "vitest";

import { collectFiles } from "../../../../shared/bundle/collect-files.ts";
import { type MemoryFile, memoryTree } from "../../../support/memory-tree.ts";

function collect(
  files: Record<string, MemoryFile>,
  root = "b",
  excluded: readonly string[] = ["fleet.yaml"],
): string[] {
  const collected = collectFiles(memoryTree(files), {
    root,
    rootName: root === "" ? "root" : root,
    excluded: new Set(excluded),
  });
  return collected.files.map((file) => file.name);
}

/** Files `b/<name>`, empty, and a `.fleetignore` with these lines. */
function ignoring(lines: string, ...names: string[]): string[] {
  return collect({ "b/.fleetignore": lines, ...Object.fromEntries(names.map((name) => [`b/${name}`, ""])) });
}

describe("collectFiles", () => {
  it("takes everything below a directory in order of names, nested bundles included", () => {
    expect(
      collect({ "b/z.yaml": "", "b/a/fleet.yaml": "", "b/a/x": "", "b/a.txt": "", "b/fleet.yaml": "", "c/x": "" }),
    ).toEqual(["a.txt", "a/fleet.yaml", "a/x", "z.yaml"]);
  });

  it("leaves hidden files and directories out, and a hidden bundle directory as a whole", () => {
    expect(collect({ "b/.x": "", "b/.d/x": "", "b/y": "" })).toEqual(["y"]);
    expect(collect({ ".b/y": "" }, ".b")).toEqual([]);
  });

  it.each<{ name: string; left: string[]; taken: string[] }>([
    { name: "base names at any depth", left: ignoring("x.yaml", "x.yaml", "d/x.yaml", "y"), taken: ["y"] },
    { name: "wildcards, not across directories", left: ignoring("*.md", "a.md", "d/b.md", "d/c"), taken: ["d/c"] },
    { name: "directories by name", left: ignoring("docs", "docs/a", "d/docs/b", "x"), taken: ["x"] },
    { name: "no paths", left: ignoring("d/x", "d/x"), taken: ["d/x"] },
    { name: "directories by name/*", left: ignoring("docs/*", "docs/a", "docs2/a"), taken: ["docs2/a"] },
    { name: "nothing by name/*.yaml", left: ignoring("docs/*.yaml", "docs/a.yaml"), taken: ["docs/a.yaml"] },
    { name: "no comments and empty lines", left: ignoring("# x\n\n  \nx", "x", "# x", "y"), taken: ["# x", "y"] },
    { name: "no trailing blanks, unless escaped", left: ignoring("x  \ny\\ ", "x", "y", "y "), taken: ["y"] },
    { name: "no negation", left: ignoring("*.md\n!a.md", "a.md"), taken: [] },
    { name: "line ends of Windows", left: ignoring("x\r\ny\r\n", "x", "y", "z"), taken: ["z"] },
  ])("reads .fleetignore: $name", ({ left, taken }) => {
    expect(left).toEqual(taken);
  });

  it("applies a nested .fleetignore to its directory and below, and by prefix to later siblings as Fleet does", () => {
    expect(
      collect({ "b/foo/.fleetignore": "x", "b/foo/x": "", "b/foo/d/x": "", "b/aaa/x": "", "b/foobar/x": "" }),
    ).toEqual(["aaa/x"]);
  });

  it("refuses a malformed pattern", () => {
    expect(() => ignoring("[x", "a")).toThrow(expect.objectContaining({ code: "PATTERN_INVALID" }));
  });

  it("follows links to files and directories anywhere in the repository, and notes where they led", () => {
    const files = { "b/one": { link: "../lib/x" }, "b/all": { link: "../lib" }, "lib/x": "X", "lib/d/y": "Y" };
    const collected = collectFiles(memoryTree(files), { root: "b", rootName: "b", excluded: new Set() });
    expect(collected.files.map(({ name, path }) => [name, path])).toEqual([
      ["all/d/y", "lib/d/y"],
      ["all/x", "lib/x"],
      ["one", "lib/x"],
    ]);
    expect(collected.outside.map(({ path }) => path)).toEqual(["b/all", "b/one"]);
  });

  it.each<[string, MemoryFile]>([
    ["leaves the repository", { link: "../../x" }],
    ["is absolute", { link: "/etc/passwd" }],
    ["leads nowhere", { link: "gone" }],
    ["turns in a circle", { link: "link" }],
    ["leads to a directory above it", { link: "../b" }],
  ])("refuses a link that %s", (_, link) => {
    const refused = { code: "LINK_INVALID", position: { file: "b/link", line: 1, column: 1 } };
    expect(() => collect({ "b/link": link, "b/x": "" })).toThrow(expect.objectContaining(refused));
  });
});

describe("the order of files", () => {
  it("is that of their UTF-8 bytes, as Go sorts", () => {
    const names = ["z", "é", "\u{1f600}", "\uffee", "a/b", "a.b", "a"];
    const sorted = collect(Object.fromEntries(names.filter((name) => name !== "a").map((name) => [`b/${name}`, ""])));
    expect(sorted).toEqual(["a.b", "a/b", "z", "é", "\uffee", "\u{1f600}"]);
  });
});

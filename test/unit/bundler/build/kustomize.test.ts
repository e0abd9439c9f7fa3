import { describe, expect, it } from "vitest";

import { checkKustomizeReferences } from "../../../../shared/runtime/kustomize/kustomize-references.ts";
import { bundleStyle, kustomizeDir, kustomizeVariants } from "../../../../shared/render/kustomize-variants.ts";
import type { Content } from "../../../../shared/api/content.ts";

function content(files: Readonly<Record<string, string>>): Content {
  const resources = Object.entries(files).map(([name, text]) => ({ name, content: text }));
  return { source: "files", resources };
}

describe("checkKustomizeReferences", () => {
  it.each([
    "https://github.com/org/repo//base?ref=v1",
    "github.com/org/repo/base",
    "git@github.com:org/repo.git//base",
    "ssh://git@host/org/repo",
    "git::https://host/repo",
    "https://raw.example.com/crd.yaml",
    "gitlab.example.com/org/repo.git",
    "bitbucket.org/team/repo//dir?ref=main",
  ])("refuses %s before anything runs", (address) => {
    for (const field of ["resources", "bases", "components", "crds"]) {
      const files = content({ "kustomization.yaml": `${field}:\n- ${address}\n` });
      expect(() => checkKustomizeReferences(files, "")).toThrow(
        expect.objectContaining({ code: "KUSTOMIZE_REMOTE_BASE" }),
      );
    }
  });

  it("names the address without its credential, also in a base below", () => {
    const files = content({ "k/base/Kustomization": "resources: ['https://user:secret@host/x.yaml']\n" });
    expect(() => checkKustomizeReferences(files, "k")).toThrow("k/base/Kustomization: https://host/x.yaml is remote");
  });

  it("lets everything else pass, also a directory named like a host", () => {
    const text =
      "resources: [../base, cm.yaml, app.example.com, v1.2.3/x.yaml]\npatches:\n- path: p.yaml\n- patch: |-\n    a: https://x\n";
    const files = content({ "o/kustomization.yaml": text, "p/kustomization.yaml": "resources: [\n" });
    expect(() => checkKustomizeReferences(files, "o")).not.toThrow();
  });

  it("refuses a file of a subdirectory named by the bundle's own kustomization, as Fleet does", () => {
    const files = content({ "kustomization.yaml": "resources: [sub/cm.yaml]\n", "sub/cm.yaml": "" });
    expect(() => checkKustomizeReferences(files, "")).toThrow("security; file 'sub/cm.yaml' is not in or below ''");
    expect(() => checkKustomizeReferences(files, "sub")).not.toThrow();
  });
});

describe("kustomizeDir", () => {
  const style = bundleStyle(
    content({ "kustomization.yaml": "", "o/kustomization.yaml": "", "p/kustomization.yml": "", "c/Chart.yaml": "" }),
  );

  it.each([
    { name: "the bundle's own directory", options: {}, dir: "" },
    { name: "a directory that is named", options: { kustomize: { dir: "./o/" } }, dir: "o" },
    { name: "nothing where the file has another name", options: { kustomize: { dir: "p" } }, dir: undefined },
    { name: "nothing with a chart, which the agent renders first", options: { helm: { chart: "c" } }, dir: undefined },
    { name: "the directory when the chart is not there", options: { helm: { chart: "gone" } }, dir: "" },
  ])("gives $name", ({ options, dir }) => {
    expect(kustomizeDir(style, options)).toBe(dir);
  });

  it("gives one variant for each directory that some target has", () => {
    const targets = [
      { kustomize: { dir: "o" } },
      { kustomize: { dir: "" } },
      { kustomize: { dir: "p" } },
      { helm: { chart: "c" } },
    ];
    expect(kustomizeVariants(style, { targets })).toEqual(["", "o"]);
    expect(kustomizeVariants(style, { helm: { chart: "c" }, targets: [] })).toEqual([]);
  });
});

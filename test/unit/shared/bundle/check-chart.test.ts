import { describe, expect, it } from "vitest";

import { type IncompleteChart, checkChartFiles } from "../../../../shared/bundle/check-chart.ts";
import { collectFiles } from "../../../../shared/bundle/collect-files.ts";
import { memoryTree } from "../../../support/memory-tree.ts";

function check(files: Record<string, string>): IncompleteChart[] {
  const tree = memoryTree(files);
  const collected = collectFiles(tree, { root: "app", rootName: "app", excluded: new Set() });
  return checkChartFiles(collected.files, tree, "app");
}

const head = "apiVersion: v2\nname: c\nversion: 1.0.0\n";
const needsLib = `${head}dependencies: [{name: lib, version: 0.3.0, repository: "https://x.example"}]\n`;

describe("checkChartFiles", () => {
  it.each([
    ["a chart without dependencies", { "app/Chart.yaml": head }],
    ["a dependency as directory", { "app/Chart.yaml": needsLib, "app/charts/lib/Chart.yaml": head }],
    ["a dependency as archive", { "app/Chart.yaml": needsLib, "app/charts/lib-0.3.0.tgz": "" }],
    [
      "requirements.yaml of a chart that is no v1",
      { "app/Chart.yaml": head, "app/requirements.yaml": "dependencies: [{name: x}]" },
    ],
  ])("takes %s", (_, files) => {
    expect(check(files)).toEqual([]);
  });

  it("names what a chart lacks", () => {
    expect(check({ "app/c/Chart.yaml": needsLib })).toEqual([
      {
        dir: "c",
        realDir: "app/c",
        shown: "app/c/Chart.yaml",
        missing: "lib 0.3.0 of https://x.example",
      },
    ]);
  });

  it("names what an old chart lacks", () => {
    const files = {
      "app/Chart.yaml": head.replace("v2", "v1"),
      "app/requirements.yaml": "dependencies: [{name: old}]",
    };
    expect(check(files)).toEqual([
      expect.objectContaining({ shown: "app/requirements.yaml", missing: "old  of no repository" }),
    ]);
  });

  it.each([
    ["a missing version", { "app/Chart.yaml": "apiVersion: v2\nname: c\n" }, "CHART_INVALID", /version is missing/u],
    ["broken YAML", { "app/c/Chart.yaml": "a: [" }, "CHART_INVALID", /app\/c\/Chart\.yaml:/u],
  ])("refuses %s", (...[, files, code, message]) => {
    expect(() => check(files)).toThrow(
      expect.objectContaining({ code, verdict: "stalled", position: expect.objectContaining({ line: 1 }) }),
    );
    expect(() => check(files)).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";

import { checkChartFiles } from "../../../../shared/bundle/check-chart.ts";
import { collectFiles } from "../../../../shared/bundle/collect-files.ts";
import { memoryTree } from "../../../support/memory-tree.ts";

function check(files: Record<string, string>): void {
  const tree = memoryTree(files);
  const collected = collectFiles(tree, { root: "app", rootName: "app", excluded: new Set() });
  checkChartFiles(collected.files, tree, "app");
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
    expect(() => check(files)).not.toThrow();
  });

  it.each([
    ["a missing version", { "app/Chart.yaml": "apiVersion: v2\nname: c\n" }, "CHART_INVALID", /version is missing/u],
    ["broken YAML", { "app/c/Chart.yaml": "a: [" }, "CHART_INVALID", /app\/c\/Chart\.yaml:/u],
    [
      "a missing dependency",
      { "app/Chart.yaml": needsLib },
      "CHART_NOT_FETCHED",
      /lib 0\.3\.0 of https:\/\/x\.example/u,
    ],
    [
      "a missing dependency of an old chart",
      { "app/Chart.yaml": head.replace("v2", "v1"), "app/requirements.yaml": "dependencies: [{name: old}]" },
      "CHART_NOT_FETCHED",
      /app\/requirements\.yaml.*old/u,
    ],
  ])("refuses %s", (...[, files, code, message]) => {
    expect(() => check(files)).toThrow(
      expect.objectContaining({ code, verdict: "stalled", position: expect.objectContaining({ line: 1 }) }),
    );
    expect(() => check(files)).toThrow(message);
  });
});

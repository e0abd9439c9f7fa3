import { describe, expect, it } from "vitest";
import { chartPrefix } from "../../../../shared/bundle/chart-sources.ts";
import { detectStyle } from "../../../../shared/render/detect-style.ts";

const fetched = chartPrefix({ chart: "web", repo: "https://charts.example.org", version: "1.0.0" });
const remote = { helm: { chart: "web", repo: "https://charts.example.org", version: "1.0.0" } };

describe("detectStyle", () => {
  it.each([
    { name: "raw YAML without either file", files: ["a.yaml"], options: {}, style: {} },
    { name: "a chart in the root", files: ["Chart.yaml"], options: {}, style: { chartDir: "" } },
    {
      name: "a chart where helm.chart says",
      files: ["c/Chart.yaml"],
      options: { helm: { chart: "./c/" } },
      style: { chartDir: "c" },
    },
    {
      name: "raw YAML when helm.chart names nothing",
      files: ["a/Chart.yaml"],
      options: { helm: { chart: "b" } },
      style: {},
    },
    { name: "a fetched chart", files: [`${fetched}/Chart.yaml`], options: remote, style: { chartDir: fetched } },
    {
      name: "a fetched chart one level down",
      files: [`${fetched}/web/Chart.yaml`],
      options: remote,
      style: { chartDir: `${fetched}/web` },
    },
    { name: "no fetched chart two levels down", files: [`${fetched}/a/b/Chart.yaml`], options: remote, style: {} },
    { name: "a kustomization in the root", files: ["kustomization.yaml"], options: {}, style: { kustomizeDir: "" } },
    {
      name: "a kustomization where dir says",
      files: ["k/kustomization.yaml"],
      options: { kustomize: { dir: "k" } },
      style: { kustomizeDir: "k" },
    },
    {
      name: "no root kustomization when dir says otherwise",
      files: ["kustomization.yaml"],
      options: { kustomize: { dir: "k" } },
      style: {},
    },
    { name: "no kustomization by another name", files: ["kustomization.yml", "Kustomization"], options: {}, style: {} },
    {
      name: "both",
      files: ["Chart.yaml", "kustomization.yaml"],
      options: {},
      style: { chartDir: "", kustomizeDir: "" },
    },
  ])("finds $name", ({ files, options, style }) => {
    expect(detectStyle(files, options)).toEqual(style);
  });
});

import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../../codec/parse-yaml.ts";
import type { ChartObjects } from "../../../../../shared/render/chart/chart-input.ts";
import { finishKustomize, prepareKustomize } from "../../../../../shared/render/chart/kustomize-chart.ts";
import { renderChart } from "../../../../../shared/render/chart/render-chart.ts";
import { renderObjects } from "../../../../../shared/render/render-objects.ts";
import { anInput } from "../an-input.ts";

const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {big: '{{ .Values.big }}'}\n";
const hook = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\n";
const chart = { "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", "c/templates/a.yaml": map };
const helm = { chart: "c", values: { big: "x" } };

function prepare(files: Readonly<Record<string, string>>, dir = "k") {
  return prepareKustomize(anInput(files, { helm, kustomize: { dir } }), renderChart);
}

function textOf(prepared: ReturnType<typeof prepare>, name: string): string {
  return prepared?.content.resources.find((resource) => resource.name === name)?.content ?? "";
}

describe("prepareKustomize", () => {
  it("puts what the chart made, hooks included, before the other resources", () => {
    const prepared = prepare({ ...chart, "c/templates/h.yaml": hook, "k/kustomization.yaml": "resources: [b.yaml]\n" });
    expect(prepared?.dir).toBe("k");
    const [kustomization] = parseYaml(textOf(prepared, "k/kustomization.yaml"));
    expect(kustomization?.value).toEqual({ resources: ["fleet-manifests.yaml", "b.yaml"] });
    const made = parseYaml(textOf(prepared, "k/fleet-manifests.yaml")).map(({ value }) => value);
    expect(made).toMatchObject([{ metadata: { name: "a" }, data: { big: "x" } }, { metadata: { name: "h" } }]);
  });

  it("leaves to kustomize what the chart's scalars mean, as Fleet does: YAML 1.1 and kustomize read them differently", () => {
    const thing = "apiVersion: e.x/v1\nkind: Thing\nmetadata: {name: t}\nspec: {y: 1, n: yes, o: 012} # ours\n";
    const flow = "{apiVersion: v1, kind: ConfigMap, metadata: {name: f}}\n";
    const files = { "c/Chart.yaml": chart["c/Chart.yaml"], "c/templates/a.yaml": thing, "c/templates/b.yaml": flow };
    const text = textOf(prepare({ ...files, "k/kustomization.yaml": "" }), "k/fleet-manifests.yaml");
    expect(text).toContain("spec: {y: 1, n: yes, o: 012}");
    expect(text).toContain('---\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"f"}}\n');
  });

  it.each([
    { name: "that lists the chart's output itself", text: "resources: [x, fleet-manifests.yaml]\n# kept\n" },
    { name: "that is no YAML, for kustomize to complain about", text: "resources: [\n" },
  ])("leaves a kustomization alone $name", ({ text }) => {
    expect(textOf(prepare({ ...chart, "k/kustomization.yaml": text }), "k/kustomization.yaml")).toBe(text);
  });

  it("adds nothing for a chart that makes nothing", () => {
    const files = { "c/Chart.yaml": chart["c/Chart.yaml"], "k/kustomization.yaml": "resources: [b.yaml]\n" };
    const prepared = prepare(files);
    expect(prepared?.content.resources.map(({ name }) => name)).toEqual(Object.keys(files));
    expect(textOf(prepared, "k/kustomization.yaml")).toBe("resources: [b.yaml]\n");
  });

  it.each([
    { name: "a chart alone", files: chart },
    { name: "a kustomization elsewhere", files: { ...chart, "other/kustomization.yaml": "" } },
    { name: "a kustomization without a chart", files: { "k/kustomization.yaml": "" } },
  ])("has nothing to do for $name", ({ files }) => {
    expect(prepare(files)).toBeUndefined();
  });
});

describe("finishKustomize", () => {
  const input = anInput({ ...chart, "k/kustomization.yaml": "" }, { helm, kustomize: { dir: "k" } });

  it("replaces the chart's objects, and tells hooks by what kustomize left of them", () => {
    const prepared = prepareKustomize(input, renderChart);
    if (prepared === undefined) throw new Error("there is a kustomization over the chart");
    const kustomized: ChartObjects = finishKustomize(prepared, `${map}---\n${hook}`);
    const { objects, hooks } = renderObjects({ ...input, kustomized });
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(hooks.map(({ object }) => object.metadata.name)).toEqual(["h"]);
  });

  it("is asked for: without it nothing is rendered", () => {
    expect(() => renderObjects(input)).toThrow(expect.objectContaining({ code: "KUSTOMIZE_NOT_RENDERED" }));
  });
});

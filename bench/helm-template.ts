import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCapabilities } from "../helm/functions/objects/capabilities.ts";
import { ValuesMap } from "../helm/functions/objects/values-map.ts";
import { fromPlainValue } from "../helm/functions/plain-value.ts";
import { helmFunctions } from "../helm/functions/registry.ts";
import { compileTemplates, startRun, type TemplateFile } from "../helm/template/compile-template.ts";
import { type GoValue, goInt, isGoMap } from "../helm/template/go-value.ts";
import type { TemplateSet } from "../helm/template/template-set.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { type BenchRow, median } from "./row.ts";
import { sampleTemplates, sampleValues } from "./sample-chart.ts";

const objects = 30;
const warmRounds = 400;
const coldRounds = 15;
const helmRounds = 5;

function context(): GoValue {
  const values = fromPlainValue(sampleValues);
  const helm = { version: "v4.3", gitCommit: "", gitTreeState: "", goVersion: "", kubeClientVersion: "v1.37" };
  return new ValuesMap([
    ["Values", new ValuesMap(isGoMap(values) ? values : [])],
    [
      "Chart",
      new Map([
        ["Name", "app"],
        ["Version", "1.0.0"],
        ["AppVersion", "1.4.2"],
      ]),
    ],
    [
      "Release",
      new Map<string, GoValue>([
        ["Name", "bench"],
        ["Service", "Helm"],
        ["Revision", goInt(1)],
      ]),
    ],
    ["Capabilities", createCapabilities({ kubeVersion: "v1.36.3", apiVersions: ["v1", "apps/v1"], helm })],
    ["Template", new ValuesMap([["BasePath", "app/templates"]])],
  ]);
}

function renderAll(set: TemplateSet, names: readonly string[]): string {
  const run = startRun(set);
  const data = context();
  return names.map((name) => run.execute(name, data)).join("---\n");
}

function compileAll(files: readonly TemplateFile[]): TemplateSet {
  return compileTemplates(files, { functions: helmFunctions, missingKey: "zero" });
}

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

async function helmProcessMs(files: readonly TemplateFile[]): Promise<number | undefined> {
  const helm = await findOrBuildBinary("helm");
  if (helm === undefined) return undefined;
  await using folder = await createTempDir("helm-bench");
  await mkdir(join(folder.path, "templates"));
  await writeFile(join(folder.path, "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: 1.4.2\n");
  await writeFile(join(folder.path, "values.yaml"), JSON.stringify(sampleValues));
  for (const { name, text } of files) await writeFile(join(folder.path, name.replace(/^app\//, "")), text);
  const times: number[] = [];
  for (let round = 0; round < helmRounds; round++) {
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      execFile(helm, ["template", "bench", folder.path], { maxBuffer: 64 * 1024 * 1024 }, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Returns the time to render a chart of 30 ordinary templates, warm and with compiling, beside a `helm template` process. */
export async function benchHelmTemplate(): Promise<BenchRow[]> {
  const files = sampleTemplates(objects);
  const names = files.map(({ name }) => name).filter((name) => !name.endsWith(".tpl"));
  const cold = Array.from({ length: coldRounds }, () => timeMs(() => renderAll(compileAll(files), names)));
  const set = compileAll(files);
  const warm = Array.from({ length: warmRounds }, () => timeMs(() => renderAll(set, names)));
  const floor = await helmProcessMs(files);
  const compared = floor === undefined ? {} : { floor };
  return [
    {
      what: `render ${objects} templates, warm`,
      value: median(warm.slice(warmRounds / 2)),
      unit: "ms",
      ...compared,
      target: "≤ 1 ms, ≥ 80 × helm",
    },
    { what: `compile and render ${objects} templates`, value: median(cold), unit: "ms", ...compared },
  ];
}

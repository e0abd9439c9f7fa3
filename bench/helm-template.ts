import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { templateChart } from "../cli/helm/template-chart.ts";
import type { Chart } from "../helm/chart/chart.ts";
import { valuesOf } from "../helm/chart/chart-values.ts";
import { loadChart } from "../helm/chart/load-chart.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { compareCommands, type TimedCommand } from "./command-time.ts";
import { type BenchRow, median } from "./row.ts";
import { sampleChart } from "./sample-chart.ts";

const sizes = [
  { name: "small", templates: 5, target: undefined },
  { name: "middle", templates: 30, target: "≤ 1 ms, ≥ 100 × helm" },
  { name: "large", templates: 150, target: "≥ 100 × helm" },
] as const;
const warmMs = 1500;
const coldRounds = 15;
const processRounds = 15;
const valueSets = 1000;
const drover = join(import.meta.dirname, "../dist/drover.mjs");

type Size = (typeof sizes)[number];

function render(chart: Chart, replicas: number): string {
  return templateChart({
    chart,
    values: valuesOf({ replicaCount: replicas, env: { REPLICAS: String(replicas) } }),
    name: "bench",
    namespace: "default",
    kubeVersion: undefined,
    apiVersions: [],
    isUpgrade: false,
    includeCrds: false,
    noHooks: false,
    skipTests: false,
    skipSchemaValidation: false,
    showOnly: [],
  }).text();
}

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Renders other values each time until the engine has been at it for a while, then takes the times of as long again. */
function warmTimes(chart: Chart): number[] {
  const times: number[] = [];
  const start = performance.now();
  for (let round = 0; performance.now() - start < 2 * warmMs; round++) {
    const time = timeMs(() => render(chart, (round % valueSets) + 1));
    if (performance.now() - start > warmMs) times.push(time);
  }
  return times;
}

interface Processes {
  readonly helmMs: number | undefined;
  readonly droverMs: number;
}

/** Runs `helm template` and the installed `drover helm template` in turn; what V8 has compiled is kept between starts. */
async function processTimes({ templates }: Size, helm: string | undefined): Promise<Processes> {
  await using folder = await createTempDir("helm-bench");
  const chart = join(folder.path, "app");
  for (const { name, data } of sampleChart(templates)) {
    await mkdir(dirname(join(chart, name)), { recursive: true });
    await writeFile(join(chart, name), data);
  }
  const env = { ...process.env, XDG_CACHE_HOME: join(folder.path, "cache") };
  const ours: TimedCommand = {
    program: process.execPath,
    args: [drover, "helm", "template", "bench", chart],
    env,
  };
  const theirs = helm === undefined ? [] : [{ program: helm, args: ["template", "bench", chart] }];
  await compareCommands([ours], 2);
  const [droverMs = 0, helmMs] = await compareCommands([ours, ...theirs], processRounds);
  return { droverMs, helmMs };
}

async function benchSize(size: Size, helm: string | undefined): Promise<BenchRow[]> {
  const files = sampleChart(size.templates);
  const cold = Array.from({ length: coldRounds }, () => timeMs(() => render(loadChart(files), 1)));
  const chart = loadChart(files);
  const warm = warmTimes(chart);
  const all = timeMs(() => {
    for (let set = 1; set <= valueSets; set++) render(chart, set);
  });
  const { helmMs, droverMs } = await processTimes(size, helm);
  const floor = helmMs === undefined ? {} : { floor: helmMs };
  const what = `${size.name} chart, ${size.templates} templates`;
  return [
    {
      what: `${what}: render, warm`,
      value: median(warm),
      unit: "ms",
      ...floor,
      ...(size.target === undefined ? {} : { target: size.target }),
    },
    { what: `${what}: load, compile and render in a running process`, value: median(cold), unit: "ms", ...floor },
    { what: `${what}: renders of ${valueSets} value sets`, value: (valueSets * 1000) / all, unit: "/s" },
    { what: `${what}: drover helm template, process`, value: droverMs, unit: "ms", ...floor, target: "≤ helm" },
  ];
}

/** Returns what rendering a small, a middle and a large chart takes, beside a `helm template` process (the floor). */
export async function benchHelmTemplate(): Promise<BenchRow[]> {
  const helm = await findOrBuildBinary("helm");
  if (helm === undefined) console.error("NO HELM: the times below have nothing beside them; put helm on PATH");
  const rows: BenchRow[] = [];
  for (const size of sizes) rows.push(...(await benchSize(size, helm)));
  return rows;
}

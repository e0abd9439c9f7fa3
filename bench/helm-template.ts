import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { templateChart } from "../cli/helm/template-chart.ts";
import type { Chart } from "../helm/chart/chart.ts";
import { valuesOf } from "../helm/chart/chart-values.ts";
import { loadChart } from "../helm/chart/load-chart.ts";
import type { GoMap } from "../helm/template/go-value.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { type CommandTime, compareCommands, type TimedCommand } from "./command-time.ts";
import { type BenchRow, median } from "./row.ts";
import { clusterValues, otherValues, sampleChart } from "./sample-chart.ts";

const sizes = [
  { name: "small", templates: 5, target: undefined },
  { name: "middle", templates: 30, target: "≤ 1 ms, ≥ 100 × helm" },
  { name: "large", templates: 150, target: "≥ 100 × helm" },
] as const;
const warmMs = 1500;
const coldRounds = 15;
const processRounds = 20;
const valueSets = 1000;
const drover = join(import.meta.dirname, "../dist/drover.cjs");

type Size = (typeof sizes)[number];

function render(chart: Chart, values: GoMap): string {
  return templateChart({
    chart,
    values,
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
function warmTimes(chart: Chart, sets: readonly GoMap[]): number[] {
  const times: number[] = [];
  const start = performance.now();
  for (let round = 0; performance.now() - start < 2 * warmMs; round++) {
    const values = sets[round % sets.length];
    if (values === undefined) break;
    const time = timeMs(() => render(chart, values));
    if (performance.now() - start > warmMs) times.push(time);
  }
  return times;
}

interface Processes {
  readonly ours: CommandTime;
  /** With nothing in the user's cache: the first call after an installation. */
  readonly first: CommandTime;
  /** Node's own start. */
  readonly node: CommandTime;
  readonly helm: CommandTime | undefined;
}

/** Runs `helm template`, the installed `drover helm template` with and without a cache, and an empty program, in turn. */
async function processTimes({ templates }: Size, helm: string | undefined): Promise<Processes> {
  await using folder = await createTempDir("helm-bench");
  const chart = join(folder.path, "app");
  for (const { name, data } of sampleChart(templates)) {
    await mkdir(dirname(join(chart, name)), { recursive: true });
    await writeFile(join(chart, name), data);
  }
  const [kept, none] = [join(folder.path, "kept"), join(folder.path, "none")];
  const ours = (cache: string): TimedCommand => ({
    program: process.execPath,
    args: [drover, "helm", "template", "bench", chart],
    env: { XDG_CACHE_HOME: cache },
  });
  const first = { ...ours(none), before: async () => rm(none, { recursive: true, force: true }) };
  const node = { program: process.execPath, args: ["-e", "0"] };
  const theirs = helm === undefined ? [] : [{ program: helm, args: ["template", "bench", chart] }];
  await compareCommands([ours(kept)], 2);
  const nothing = { wallMs: 0, cpuMs: 0 };
  const times = await compareCommands([ours(kept), first, node, ...theirs], processRounds);
  return { ours: times[0] ?? nothing, first: times[1] ?? nothing, node: times[2] ?? nothing, helm: times[3] };
}

/** Returns the rows of the processes: CPU time first, since a busy machine changes it least. */
function processRows(what: string, { ours, first, node, helm }: Processes): BenchRow[] {
  const row = (name: string, key: keyof CommandTime, time: CommandTime): BenchRow => ({
    what: `${what}: ${name}, ${key === "cpuMs" ? "CPU time" : "from start to end"}`,
    value: time[key],
    unit: "ms",
    ...(helm === undefined ? {} : { floor: helm[key] }),
  });
  return [
    { ...row("drover helm template, process", "cpuMs", ours), target: "≤ helm" },
    { ...row("drover helm template, process", "wallMs", ours), target: "≤ helm" },
    row("drover helm template, first process after an installation", "cpuMs", first),
    row("drover helm template, first process after an installation", "wallMs", first),
    row("node -e 0, the least a process of Node takes", "cpuMs", node),
  ];
}

async function benchSize(size: Size, helm: string | undefined): Promise<BenchRow[]> {
  const files = sampleChart(size.templates);
  const sets = Array.from({ length: valueSets }, (_, index) => valuesOf(clusterValues(index)));
  const others = Array.from({ length: valueSets }, (_, index) => valuesOf(otherValues(index)));
  const cold = sets.slice(0, coldRounds).map((values) => timeMs(() => render(loadChart(files), values)));
  const chart = loadChart(files);
  const warm = warmTimes(chart, sets);
  const all = timeMs(() => sets.forEach((values) => render(chart, values)));
  const warmOther = warmTimes(chart, others);
  const processes = await processTimes(size, helm);
  const floor = processes.helm === undefined ? {} : { floor: processes.helm.wallMs };
  const what = `${size.name} chart, ${size.templates} templates`;
  return [
    {
      what: `${what}: render, warm, values of another cluster`,
      value: median(warm),
      unit: "ms",
      ...floor,
      ...(size.target === undefined ? {} : { target: size.target }),
    },
    {
      what: `${what}: render, warm, every text and number of the values another`,
      value: median(warmOther),
      unit: "ms",
      ...floor,
    },
    { what: `${what}: load, compile and render in a running process`, value: median(cold), unit: "ms", ...floor },
    { what: `${what}: renders of the values of ${valueSets} clusters`, value: (valueSets * 1000) / all, unit: "/s" },
    ...processRows(what, processes),
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

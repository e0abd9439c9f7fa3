import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openChart } from "../cli/helm/open-chart.ts";
import { templateChart } from "../cli/helm/template-chart.ts";
import { ChartError } from "../helm/chart/chart-error.ts";
import { readValueLayers } from "../helm/chart/value-layers.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";

/** How one chart with one set of values compares. */
type Verdict = "equal" | "equal but for random text" | "both fail alike" | "both fail, other words" | "different";

interface Result {
  readonly chart: string;
  readonly values: string | undefined;
  readonly verdict: Verdict;
  readonly detail: string;
}

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: "string", default: "100000" }, only: { type: "string", default: "" } },
});
const [folder] = positionals;
const helm = await findOrBuildBinary("helm");
if (folder === undefined || helm === undefined) {
  console.error(
    "usage: node tools/run.mjs tools/compare-charts.ts FOLDER: renders every chart below with helm and with Drover",
  );
  process.exit(2);
}

/** Returns the directories below a folder that hold a Chart.yaml, and packed charts; subcharts are left out. */
function findCharts(at: string): string[] {
  if (existsSync(join(at, "Chart.yaml"))) return [at];
  return readdirSync(at, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return findCharts(join(at, entry.name));
      return entry.isFile() && entry.name.endsWith(".tgz") ? [join(at, entry.name)] : [];
    });
}

/** Returns the value files that a chart brings for its tests, and undefined for its defaults. */
function valueFiles(chart: string): (string | undefined)[] {
  const dir = join(chart, "ci");
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => /values.*\.ya?ml$/.test(name)) : [];
  return [undefined, ...files.toSorted().map((name) => join(dir, name))];
}

interface Run {
  readonly ok: boolean;
  readonly text: string;
}

function runHelm(binary: string, chart: string, file: string | undefined): Run {
  const args = ["template", "rel", chart, "-n", "ns", "--include-crds", ...(file === undefined ? [] : ["-f", file])];
  const { stdout, stderr, status } = spawnSync(binary, args, { encoding: "utf8", maxBuffer: 2 ** 28, timeout: 60_000 });
  if (status === 0) return { ok: true, text: stdout };
  const error = stderr.slice(Math.max(0, stderr.indexOf("Error: ")));
  return { ok: false, text: error.replace(/\n\nUse --debug flag[^\n]*/, "").trim() };
}

function runDrover(chart: string, file: string | undefined): Run {
  const none = { set: [], setString: [], setFile: [], setJson: [], setLiteral: [] };
  try {
    const values = readValueLayers({ ...none, files: file === undefined ? [] : [file] }, (path) => readFileSync(path));
    const { text } = templateChart({
      chart: openChart(chart, process.cwd()),
      values,
      name: "rel",
      namespace: "ns",
      kubeVersion: undefined,
      apiVersions: [],
      isUpgrade: false,
      includeCrds: true,
      noHooks: false,
      skipTests: false,
      skipSchemaValidation: false,
      showOnly: [],
    });
    return { ok: true, text: text() };
  } catch (error) {
    if (error instanceof ChartError) return { ok: false, text: `Error: ${error.message}`.trim() };
    return { ok: false, text: `BUG: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}

function compare(chart: string, file: string | undefined): Omit<Result, "chart" | "values"> {
  const ours = runDrover(chart, file);
  const theirs = runHelm(helm ?? "", chart, file);
  if (ours.ok && theirs.ok) {
    if (ours.text === theirs.text) return { verdict: "equal", detail: "" };
    const again = runHelm(helm ?? "", chart, file);
    const detail = firstDifference(ours.text, theirs.text, again.text);
    return detail === undefined
      ? { verdict: "equal but for random text", detail: "" }
      : { verdict: "different", detail };
  }
  if (!ours.ok && !theirs.ok) {
    if (ours.text === theirs.text) return { verdict: "both fail alike", detail: "" };
    return { verdict: "both fail, other words", detail: `  ours: ${ours.text}\n  helm: ${theirs.text}` };
  }
  const detail = ours.ok ? `  helm fails: ${theirs.text}` : `  ours fails: ${ours.text}`;
  return { verdict: "different", detail };
}

/** Returns the first line that differs and is the same in both runs of Helm; undefined when there is none. */
function firstDifference(ours: string, first: string, second: string): string | undefined {
  const [a, b, c] = [ours.split("\n"), first.split("\n"), second.split("\n")];
  for (let line = 0; line < Math.max(a.length, b.length); line++) {
    if (a[line] === b[line] || b[line] !== c[line]) continue;
    return `  line ${line + 1}\n  ours: ${a[line] ?? "<end>"}\n  helm: ${b[line] ?? "<end>"}`;
  }
  return undefined;
}

const root = resolve(folder);
const results: Result[] = [];
for (const chart of findCharts(root)
  .filter((path) => path.includes(flags.only))
  .slice(0, Number(flags.limit))) {
  for (const file of valueFiles(chart)) {
    const result = { chart: relative(root, chart), values: file?.slice(chart.length + 1), ...compare(chart, file) };
    results.push(result);
    if (result.detail !== "")
      console.log(`${result.verdict}: ${result.chart} ${result.values ?? ""}\n${result.detail.slice(0, 1500)}`);
  }
}
console.log(
  `${new Set(results.map(({ chart }) => chart)).size} charts, ${results.length} renders (helm ${execFileSync(helm, ["version", "--short"], { encoding: "utf8" }).trim()})`,
);
console.table(
  Object.fromEntries(
    [...Map.groupBy(results, ({ verdict }) => verdict)].map(([verdict, list]) => [verdict, list.length]),
  ),
);

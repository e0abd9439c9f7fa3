import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openChart } from "../cli/helm/open-chart.ts";
import { templateChart } from "../cli/helm/template-chart.ts";
import { ChartError } from "../helm/chart/chart-error.ts";
import { readValueLayers } from "../helm/chart/value-layers.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { changedValues } from "./changed-values.ts";
import { findCharts } from "./find-charts.ts";

/** How one chart with one set of values compares. */
type Verdict = "equal" | "equal but for random text" | "both fail alike" | "both fail, other words" | "different";

interface Result {
  readonly chart: string;
  readonly values: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: "string", default: "100000" },
    only: { type: "string", default: "" },
    changes: { type: "string", default: "0" },
  },
});
const [folder] = positionals;
const helm = await findOrBuildBinary("helm");
if (folder === undefined || helm === undefined) {
  console.error(
    "usage: node tools/run.mjs tools/compare-charts.ts FOLDER [--changes N]: renders every chart below with helm and with Drover",
  );
  process.exit(2);
}

/** Words that set values, and what to call them. */
interface ValueSet {
  readonly name: string;
  readonly files: readonly string[];
  readonly setJson: readonly string[];
}

/** Returns a chart's defaults, the value files that it brings for tests and as examples, and changes of its values if asked for. */
function valueSets(chart: string): ValueSet[] {
  return [
    { name: "", files: [], setJson: [] },
    ...valueFiles(chart).map((name) => ({ name, files: [join(chart, name)], setJson: [] })),
    ...changedValues(chart, Number(flags.changes)).map((json) => ({ name: json, files: [], setJson: [json] })),
  ];
}

function isValues(name: string): boolean {
  return /\bvalues\b.*\.ya?ml$/.test(name);
}

function valueFiles(chart: string): string[] {
  if (chart.endsWith(".tgz")) return [];
  const beside = readdirSync(chart).filter((name) => isValues(name) && !/^values\.ya?ml$/.test(name));
  const below = ["ci", "example", "examples"].flatMap((dir) => {
    const at = join(chart, dir);
    if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(at)
      .filter((name) => (dir === "ci" ? isValues(name) : /\.ya?ml$/.test(name)))
      .map((name) => join(dir, name));
  });
  return [...beside, ...below].toSorted();
}

interface Run {
  readonly ok: boolean;
  readonly text: string;
}

function runHelm(binary: string, chart: string, { files, setJson }: ValueSet): Run {
  const sets = [...files.flatMap((file) => ["-f", file]), ...setJson.flatMap((json) => ["--set-json", json])];
  const args = ["template", "rel", chart, "-n", "ns", "--include-crds", ...sets];
  const { stdout, stderr, status } = spawnSync(binary, args, { encoding: "utf8", maxBuffer: 2 ** 28, timeout: 60_000 });
  if (status === 0) return { ok: true, text: stdout };
  const error = stderr.slice(Math.max(0, stderr.indexOf("Error: ")));
  return { ok: false, text: error.replace(/\n\nUse --debug flag[^\n]*/, "").trim() };
}

function runDrover(chart: string, { files, setJson }: ValueSet): Run {
  const none = { set: [], setString: [], setFile: [], setLiteral: [] };
  try {
    const values = readValueLayers({ ...none, files, setJson }, (path) => readFileSync(path));
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

function compare(chart: string, set: ValueSet): Omit<Result, "chart" | "values"> {
  const ours = runDrover(chart, set);
  const theirs = runHelm(helm ?? "", chart, set);
  if (ours.ok && theirs.ok) {
    if (ours.text === theirs.text) return { verdict: "equal", detail: "" };
    const again = runHelm(helm ?? "", chart, set);
    const detail = firstDifference(ours.text, theirs.text, again.text);
    return detail === undefined
      ? { verdict: "equal but for random text", detail: "" }
      : { verdict: "different", detail };
  }
  if (!ours.ok && !theirs.ok) {
    const isAlike = isSameFault(ours.text, theirs.text) || otherTries(chart, set).includes(ours.text);
    if (isAlike) return { verdict: "both fail alike", detail: "" };
    return { verdict: "both fail, other words", detail: `  ours: ${ours.text}\n  helm: ${theirs.text}` };
  }
  const detail = ours.ok ? `  helm fails: ${theirs.text}` : `  ours fails: ${ours.text}`;
  return { verdict: "different", detail };
}

/** Helm tells what a schema refuses in any order. */
function isSameFault(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  return ours.includes("specifications of the schema(s)") && sortedLines(ours) === sortedLines(theirs);
}

function sortedLines(text: string): string {
  return text.split("\n").toSorted().join("\n");
}

/** Returns with what Helm fails when it is called again: what is first of several faults is chance there. */
function otherTries(chart: string, set: ValueSet): string[] {
  return Array.from({ length: 4 }, () => runHelm(helm ?? "", chart, set).text);
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
  for (const set of valueSets(chart)) {
    const result = { chart: relative(root, chart), values: set.name, ...compare(chart, set) };
    results.push(result);
    if (result.detail !== "")
      console.log(`${result.verdict}: ${result.chart} ${result.values}\n${result.detail.slice(0, 1500)}`);
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

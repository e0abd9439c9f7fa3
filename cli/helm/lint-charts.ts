import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { readMetadata } from "../../helm/chart/chart-metadata.ts";
import { readArchive } from "../../helm/chart/read-archive.ts";
import { readYaml } from "../../helm/chart/read-yaml.ts";
import { archiveFolder, type ChartFolder, openChartFolder } from "../../helm/lint/chart-folder.ts";
import { lintChart } from "../../helm/lint/lint-chart.ts";
import { type LintMessage, printLintMessage } from "../../helm/lint/lint-message.ts";
import type { LintRequest } from "../../helm/lint/template-rules.ts";
import { fromBytes } from "../../helm/template/go-string.ts";

/** What `drover helm lint` was asked for. */
export interface LintCharts extends LintRequest {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Warnings fail a chart too. */
  readonly strict: boolean;
  readonly quiet: boolean;
  readonly withSubcharts: boolean;
}

/** Text for stdout, and the summary that Helm gives as an error when a chart failed. */
export interface LintAnswer {
  readonly text: string;
  readonly failure: string | undefined;
}

/** Returns what `helm lint` prints, byte for byte. */
export function lintCharts(request: LintCharts): LintAnswer {
  const below = request.withSubcharts ? request.paths.flatMap((path) => subchartsBelow(path, request.cwd)) : [];
  const results = [...request.paths, ...below].map((path) => lintPath(path, request));
  const failed = results.filter(({ isFailed }) => isFailed).length;
  const hasFindings = results.some(({ isNoteworthy }) => isNoteworthy);
  const text = results.map((result) => (request.quiet && !result.isNoteworthy ? "" : result.text)).join("");
  const summary = `${results.length} chart(s) linted, ${failed} chart(s) failed`;
  if (failed > 0) return { text, failure: summary };
  return { text: request.quiet && !hasFindings ? text : `${text}${summary}\n`, failure: undefined };
}

interface LintedPath {
  readonly text: string;
  readonly isFailed: boolean;
  /** Something worse than a remark was found. */
  readonly isNoteworthy: boolean;
}

function lintPath(path: string, request: LintCharts): LintedPath {
  const folder = openFolder(path, request.cwd);
  if (typeof folder === "string") {
    return { text: `==> Linting ${path}\nError ${folder}\n\n`, isFailed: true, isNoteworthy: true };
  }
  const messages = lintChart(folder, request);
  const shown = request.quiet ? messages.filter(({ severity }) => severity !== "INFO") : messages;
  const lines = shown.map((message) => `${printLintMessage(message)}\n`).join("");
  return {
    text: `==> Linting ${path}\n${lines}\n`,
    isFailed: messages.some((message) => fails(message, request.strict)),
    isNoteworthy: messages.some(({ severity }) => severity !== "INFO"),
  };
}

function fails({ severity }: LintMessage, strict: boolean): boolean {
  return severity === "ERROR" || (strict && severity === "WARNING");
}

/** Returns a text that says why there is no chart. */
function openFolder(path: string, cwd: string): ChartFolder | string {
  const place = resolve(cwd, path);
  if (path.endsWith(".tgz") || path.endsWith(".tar.gz")) return openArchive(path, place);
  const file = join(place, "Chart.yaml");
  if (existsSync(file)) return openChartFolder(place);
  const isFile = existsSync(place) && !statSync(place).isDirectory();
  const reason = isFile ? "not a directory" : "no such file or directory";
  return `unable to check Chart.yaml file in chart: stat ${join(path, "Chart.yaml")}: ${reason}`;
}

function openArchive(path: string, place: string): ChartFolder | string {
  if (!existsSync(place)) return `unable to open tarball: open ${path}: no such file or directory`;
  try {
    const files = readArchive(readFileSync(place));
    const chartfile = files.find(({ name }) => name === "Chart.yaml");
    const name = chartfile === undefined ? "" : readMetadata(readYaml(fromBytes(chartfile.data))).name;
    if (name === "") return "unable to extract tarball: chart name not specified";
    return archiveFolder(place, files);
  } catch (error) {
    if (error instanceof ChartError) return `unable to extract tarball: ${error.message}`;
    throw error;
  }
}

/** Returns the charts below charts/, in the order of a walk: directories with a Chart.yaml, and archives. */
function subchartsBelow(path: string, cwd: string): string[] {
  const found: string[] = [];
  const walk = (at: string): void => {
    const place = resolve(cwd, at);
    for (const entry of readdirSync(place, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(at, entry.name);
      if (entry.name === "Chart.yaml") found.push(at);
      else if (/\.(?:tgz|tar\.gz)$/u.test(entry.name)) found.push(inner);
      if (entry.isDirectory()) walk(inner);
    }
  };
  const charts = join(path, "charts");
  if (existsSync(resolve(cwd, charts))) walk(charts);
  return found;
}

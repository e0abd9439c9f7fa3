import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Chart } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { ChartDependency } from "../../helm/chart/chart-metadata.ts";
import { dependenciesOf } from "../../helm/chart/dependencies/complete-chart.ts";
import { loadChartArchive } from "../../helm/chart/load-chart.ts";
import { compilePathPattern } from "../../helm/chart/match-path.ts";
import { parseConstraint, satisfies } from "../../helm/functions/semver-constraint.ts";
import { parseVersion } from "../../helm/functions/semver-version.ts";
import { isExactVersion } from "../../helm/chart/source/choose-version.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import { printTable } from "./print-table.ts";
import { openChart } from "./open-chart.ts";

/** Where a chart is: as the user wrote it, and in which folder that is meant. */
export interface ChartPlace {
  readonly path: string;
  readonly cwd: string;
}

/** Returns what `helm dependency list` prints. Throws `ChartError`. */
export function listDependencies(place: ChartPlace, maxWidth: number): string {
  const chart = openChart(place.path, place.cwd);
  const charts = join(place.path, "charts");
  if (chart.metadata.dependencies === undefined) return `WARNING: no dependencies at ${charts}\n`;
  const names = namesIn(resolve(place.cwd, charts));
  const entries = dependenciesOf(chart.metadata.dependencies);
  const rows = entries.map((entry) => {
    const status = statusOf(entry, chart, { folder: resolve(place.cwd, charts), names });
    return [entry.name, entry.version, entry.repository, status];
  });
  const table = printTable([["NAME", "VERSION", "REPOSITORY", "STATUS"], ...rows], maxWidth);
  const known = new Set(entries.map(({ name }) => name));
  return `${table}\n\n${names.map((name) => strayWarning(name, charts, { place, known })).join("")}`;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder).toSorted() : [];
}

interface ChartsFolder {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Archives count before directories, and only one may be there (Helm: `dependencyStatus`). */
function statusOf(entry: ChartDependency, chart: Chart, { folder, names }: ChartsFolder): string {
  const matches = compilePathPattern(`${entry.name}-*.tgz`);
  if (matches === undefined) return "bad pattern";
  const archives = names.filter((name) => matches(name));
  const versioned = archives.filter((name) => isExactVersion(name.slice(entry.name.length + 1, -".tgz".length)));
  const counted = archives.length > 1 ? versioned : archives;
  if (counted.length > 1) return "too many matches";
  const [archive] = counted;
  if (archive !== undefined) return statusOfArchive(join(folder, archive), entry);
  const child = chart.dependencies.findLast(({ metadata }) => metadata.name === entry.name);
  if (child === undefined) return "missing";
  return versionFault(entry, child.metadata.version) ?? "unpacked";
}

function statusOfArchive(path: string, entry: ChartDependency): string {
  const chart = loadAnyChart(path);
  if (chart === undefined) return "corrupt";
  if (chart.metadata.name !== entry.name) return "misnamed";
  return versionFault(entry, chart.metadata.version) ?? "ok";
}

function versionFault({ version: wanted }: ChartDependency, version: string): string | undefined {
  if (version === wanted) return undefined;
  try {
    return satisfies(parseConstraint(wanted), parseVersion(version)) ? undefined : "wrong version";
  } catch (error) {
    if (error instanceof GoPanic) return "invalid version";
    throw error;
  }
}

function strayWarning(
  name: string,
  charts: string,
  { place, known }: { readonly place: ChartPlace; readonly known: ReadonlySet<string> },
): string {
  const path = resolve(place.cwd, charts, name);
  if (!statSync(path).isDirectory() && !name.endsWith(".tgz")) return "";
  const chart = loadAnyChart(path);
  const shown = quoteString(join(charts, name));
  if (chart === undefined) return `WARNING: ${shown} is not a chart.\n`;
  return known.has(chart.metadata.name) ? "" : `WARNING: ${shown} is not in Chart.yaml.\n`;
}

function loadAnyChart(path: string): Chart | undefined {
  try {
    return statSync(path).isDirectory() ? openChart(path, "/") : loadChartArchive(readFileSync(path));
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
}

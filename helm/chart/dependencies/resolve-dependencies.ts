import { posix } from "node:path";
import { parseConstraint, satisfies } from "../../functions/semver-constraint.ts";
import { parseVersion } from "../../functions/semver-version.ts";
import { GoPanic } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";
import type { Chart, ChartFile } from "../chart.ts";
import { ChartError } from "../chart-error.ts";
import type { ChartDependency } from "../chart-metadata.ts";
import { loadChart } from "../load-chart.ts";
import { archiveName, packChart } from "../pack-chart.ts";
import { ChartMissingError } from "../source/chart-source-error.ts";
import type { ChartWish } from "../source/fetch-chart.ts";

/** A packed chart that was fetched, such as a `FetchedChart`. */
export interface PackedChart {
  readonly name: string;
  readonly version: string;
  /** Where it came from, without credentials. */
  readonly url: string;
  readonly archive: Uint8Array;
}

/** Where the charts of dependencies come from; failures are thrown. */
export interface DependencySources {
  /** Returns the files of a directory, absolute or relative to the chart's own; undefined when there is none. */
  readonly readLocal: (path: string) => readonly ChartFile[] | undefined;
  /** Returns what was fetched for one of `dependencyWishes`. */
  readonly fetched: (wish: ChartWish) => PackedChart;
}

/** What dependencies come to. */
export interface ResolvedDependencies {
  /** Name, repository and version of each, as a lock file holds them. */
  readonly locked: readonly ChartDependency[];
  /** What belongs into `charts/`, by its name there. Dependencies without a repository are there already. */
  readonly archives: readonly ChartFile[];
}

/** Returns what must be fetched for dependencies, each wish once; directories and what is in `charts/` need no fetch. */
export function dependencyWishes(dependencies: readonly ChartDependency[]): ChartWish[] {
  const wishes = dependencies.filter(isRemote).map((entry) => [wishKey(wishOf(entry)), wishOf(entry)] as const);
  return [...new Map(wishes).values()];
}

/** Returns a text that is the same for equal wishes only. */
export function wishKey({ chart, repo, version }: ChartWish): string {
  return JSON.stringify([chart, repo, version]);
}

/** Returns whether a dependency is in a chart repository or registry. */
export function isRemote({ repository }: ChartDependency): boolean {
  return repository !== "" && !repository.startsWith("file://");
}

/** Returns what a dependency of a chart repository or registry asks for. */
export function wishOf({ name, repository, version }: ChartDependency): ChartWish {
  if (!repository.startsWith("oci://")) return { chart: name, repo: repository, version };
  return { chart: `${repository.replace(/\/+$/u, "")}/${name}`, repo: "", version };
}

/**
 * Returns which versions dependencies come to, and their archives (Helm: `Resolver.Resolve` and `Manager.downloadAll`). Only
 * what a chart names itself counts: what its dependencies depend on must be in them. Throws `ChartError` with Helm's words.
 */
export function resolveDependencies(
  dependencies: readonly ChartDependency[],
  sources: DependencySources,
): ResolvedDependencies {
  const locked: ChartDependency[] = [];
  const archives = new Map<string, ChartFile>();
  const missing: ChartDependency[] = [];
  for (const entry of dependencies) {
    const found = resolveOne(entry, sources);
    if (found === undefined) {
      missing.push(entry);
      continue;
    }
    locked.push(lockedEntry(entry, found.version));
    if (found.archive !== undefined) archives.set(found.archive.name, found.archive);
  }
  if (missing.length > 0) throw noVersions(missing);
  return { locked, archives: [...archives.values()] };
}

interface Found {
  readonly version: string;
  readonly archive?: ChartFile;
}

/** Undefined: its chart is known, but in no version that is wanted. */
function resolveOne(entry: ChartDependency, sources: DependencySources): Found | undefined {
  const fits = constraintOf(entry);
  if (isRemote(entry)) return remoteVersion(entry, sources);
  const isInside = entry.repository === "";
  const path = isInside ? `charts/${entry.name}` : entry.repository.slice("file://".length);
  const files = sources.readLocal(path);
  if (files === undefined) throw new ChartError("load", `directory ${path} not found`);
  const chart = loadChart(files);
  if (!fits(chart.metadata.version)) {
    if (!isInside) return undefined;
    const { version } = chart.metadata;
    throw new ChartError(
      "load",
      `dependency ${entry.name} at version ${version} does not satisfy the constraint ${entry.version}`,
    );
  }
  if (isInside) return { version: entry.version };
  return { version: chart.metadata.version, archive: packed(chart) };
}

function packed(chart: Chart): ChartFile {
  return { name: archiveName(chart), data: packChart(chart) };
}

function remoteVersion(entry: ChartDependency, sources: DependencySources): Found | undefined {
  try {
    const chart = sources.fetched(wishOf(entry));
    return { version: chart.version, archive: { name: nameOfArchive(chart), data: chart.archive } };
  } catch (error) {
    if (!(error instanceof ChartMissingError)) throw error;
    if (error.missing === "version") return undefined;
    throw new ChartError("load", `${entry.name} chart not found in repo ${entry.repository}`, error);
  }
}

/** Helm keeps the name that the server gives, also one that is no name of an archive; such a chart has its own here. */
function nameOfArchive({ name, version, url }: PackedChart): string {
  const own = `${name}-${version}.tgz`;
  if (url.startsWith("oci://")) return own;
  const given = posix.basename(url);
  return /^[0-9A-Za-z][\w.+-]*\.tgz$/u.test(given) ? given : own;
}

function constraintOf({ name, version }: ChartDependency): (version: string) => boolean {
  try {
    const constraint = parseConstraint(version);
    return (candidate) => satisfies(constraint, parseVersion(candidate));
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    const problem = `has an invalid version/constraint format: ${error.message}`;
    throw new ChartError("load", `dependency ${quoteString(name)} ${problem}`, error);
  }
}

function lockedEntry({ name, repository }: ChartDependency, version: string): ChartDependency {
  return { name, version, repository, condition: "", tags: [], enabled: false, importValues: [], alias: "" };
}

function noVersions(missing: readonly ChartDependency[]): ChartError {
  const list = missing.map(
    ({ name, repository, version }) =>
      `${quoteString(name)} (repository ${quoteString(repository)}, version ${quoteString(version)})`,
  );
  return new ChartError(
    "load",
    `can't get a valid version for ${missing.length} subchart(s): ${list.join(", ")}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
  );
}

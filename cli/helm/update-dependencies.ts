import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { Chart } from "../../helm/chart/chart.ts";
import type { ChartDependency } from "../../helm/chart/chart-metadata.ts";
import { type ChartLock, dependenciesDigest, lockedDependencies } from "../../helm/chart/dependencies/chart-lock.ts";
import { dependenciesOf } from "../../helm/chart/dependencies/complete-chart.ts";
import { fetchDependencies } from "../../helm/chart/dependencies/fetch-dependencies.ts";
import { withAddresses } from "../../helm/chart/dependencies/known-repositories.ts";
import {
  isRemote,
  type ResolvedDependencies,
  resolveDependencies,
} from "../../helm/chart/dependencies/resolve-dependencies.ts";
import { loadChart } from "../../helm/chart/load-chart.ts";
import { readChartDir } from "../../helm/chart/read-chart-dir.ts";
import { ChartSourceError } from "../../helm/chart/source/chart-source-error.ts";
import type { DependencyFetcher } from "./dependency-fetcher.ts";
import type { ChartPlace } from "./list-dependencies.ts";
import { printRefresh } from "./print-refresh.ts";
import { removeOutdated, saveDependencies, saveLock } from "./save-dependencies.ts";

/** What updating works with. */
export interface UpdateRequest {
  readonly place: ChartPlace;
  /** Take the versions of the lock file, where there is one. */
  readonly locked: boolean;
  readonly fetcher: DependencyFetcher;
  /** Prints a line, as Helm does. */
  readonly print: (line: string) => void;
  readonly nowMs: () => number;
}

/**
 * Brings `charts/` and the lock file of a chart's directory to what its Chart.yaml, or its lock file, says (Helm:
 * `Manager.Update` and `Manager.Build`). Nothing is written before all charts are there. Throws `ChartError`.
 */
export async function updateDependencies(request: UpdateRequest): Promise<void> {
  const { place, fetcher, print } = request;
  const folder = resolve(place.cwd, place.path);
  const chart = loadFolder(folder, place.path);
  const { dependencies } = chart.metadata;
  if (dependencies === undefined && (chart.lock === undefined || !request.locked)) return;
  const declared = withAddresses(dependenciesOf(dependencies), fetcher.repositories);
  const locked = request.locked ? lockedDependencies(chart.metadata, declared, chart.lock) : undefined;
  const wanted = locked ?? declared;
  const result = await fetchAndResolve(wanted, { folder, request, isUpdate: locked === undefined });
  print(`Saving ${wanted.length} charts`);
  printSaving(wanted, fetcher, print);
  const before = await saveDependencies(folder, place.path, result.archives);
  print("Deleting outdated charts");
  const inside = new Set(wanted.filter(({ repository }) => repository === "").map(({ name }) => name));
  await removeOutdated({ folder, shown: place.path, before, saved: result.archives, inside, print });
  if (locked !== undefined) return;
  const lock = newLock(declared, result, request.nowMs());
  if (chart.lock?.digest !== lock.digest) await saveLock(folder, lock, chart.metadata.apiVersion === "v1");
}

function loadFolder(folder: string, shown: string): Chart {
  if (!existsSync(folder)) {
    throw new ChartError("load", `could not find ${shown}: stat ${shown}: no such file or directory`);
  }
  if (!statSync(folder).isDirectory()) throw new ChartError("load", "only unpacked charts can be updated");
  return loadChart(readChartDir(folder));
}

interface Fetching {
  readonly folder: string;
  readonly request: UpdateRequest;
  /** False: the versions are those of the lock file. */
  readonly isUpdate: boolean;
}

async function fetchAndResolve(
  wanted: readonly ChartDependency[],
  { folder, request, isUpdate }: Fetching,
): Promise<ResolvedDependencies> {
  const { place, fetcher, print } = request;
  const readLocal = (path: string) => {
    const from = path.startsWith("/") ? path : join(folder, path);
    if (existsSync(from)) return readChartDir(from);
    const shown = path.startsWith("/") ? path : join(place.path, path);
    throw new ChartError("load", `directory ${shown} not found`);
  };
  for (const { repository } of wanted) {
    if (repository.startsWith("file://")) readLocal(repository.slice("file://".length));
  }
  const fetched = await fetchDependencies(wanted, fetcher.fetch);
  if (!fetcher.skipRefresh) printRefresh({ wanted, fetched, repositories: fetcher.repositories, isUpdate, print });
  try {
    return resolveDependencies(wanted, { readLocal, fetched });
  } catch (error) {
    if (!(error instanceof ChartSourceError)) throw error;
    throw new ChartError("load", error.message, error);
  }
}

function printSaving(
  wanted: readonly ChartDependency[],
  fetcher: DependencyFetcher,
  print: (line: string) => void,
): void {
  const seen = new Set<string>();
  for (const entry of wanted) {
    const { name, repository } = entry;
    if (repository === "") {
      print(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory`);
    } else if (isRemote(entry)) {
      const { url, lines } = fetcher.said(entry);
      const isNew = !seen.has(url);
      seen.add(url);
      print(`${isNew ? "Downloading" : "Already downloaded"} ${name} from repo ${repository}`);
      if (isNew) for (const line of lines) print(line);
    }
  }
}

function newLock(declared: readonly ChartDependency[], { locked }: ResolvedDependencies, nowMs: number): ChartLock {
  const generated = new Date(nowMs).toISOString();
  return { generated, digest: dependenciesDigest(declared, locked), dependencies: locked };
}

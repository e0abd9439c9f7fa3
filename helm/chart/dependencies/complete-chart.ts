import type { Chart, ChartFile } from "../chart.ts";
import { ChartError } from "../chart-error.ts";
import type { ChartDependency } from "../chart-metadata.ts";
import { dependenciesDigest, lockedDependencies, printLock } from "./chart-lock.ts";
import { withAddresses } from "./known-repositories.ts";
import { type DependencySources, resolveDependencies } from "./resolve-dependencies.ts";

/** Returns the names of the dependencies that are not in `charts/` (Helm: `CheckDependencies`). */
export function missingDependencies({ metadata, dependencies }: Chart): string[] {
  return dependenciesOf(metadata.dependencies)
    .filter((entry) => !dependencies.some((child) => child.metadata.name === entry.name))
    .map(({ name }) => name);
}

/** Returns the entries of a `dependencies` list. */
export function dependenciesOf(list: readonly (ChartDependency | undefined)[] | undefined): ChartDependency[] {
  return (list ?? []).filter((entry) => entry !== undefined);
}

/**
 * Returns the dependencies that a chart without its `charts/` asks for, in the versions of its lock file where that was made
 * for them. Throws `ChartError` for repositories that are no addresses.
 */
export function wantedDependencies({ metadata, lock }: Chart): readonly ChartDependency[] {
  const wanted = withAddresses(dependenciesOf(metadata.dependencies), []);
  try {
    return lockedDependencies(metadata, wanted, lock) ?? wanted;
  } catch (error) {
    // A lock file for other dependencies says nothing of these.
    if (error instanceof ChartError) return wanted;
    throw error;
  }
}

/**
 * Returns the files that a chart lacks: archives in `charts/`, and a lock file where that changes; none when every dependency
 * is there. `generated` is the time that the lock file shows. Throws `ChartError`, and what the sources throw.
 */
export function completeChart(chart: Chart, sources: DependencySources, generated: string): ChartFile[] {
  if (missingDependencies(chart).length === 0) return [];
  const { metadata, lock } = chart;
  const { locked, archives } = resolveDependencies(wantedDependencies(chart), sources);
  const wanted = withAddresses(dependenciesOf(metadata.dependencies), []);
  const digest = dependenciesDigest(wanted, locked);
  const files = archives.map(({ name, data }) => ({ name: `charts/${name}`, data }));
  if (lock?.digest === digest) return files;
  const name = metadata.apiVersion === "v1" ? "requirements.lock" : "Chart.lock";
  return [...files, { name, data: Buffer.from(printLock({ generated, digest, dependencies: locked })) }];
}

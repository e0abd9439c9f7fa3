import { ChartError } from "../../helm/chart/chart-error.ts";
import {
  completeChart,
  missingDependencies,
  wantedDependencies,
} from "../../helm/chart/dependencies/complete-chart.ts";
import { dependencyWishes, type PackedChart, wishKey } from "../../helm/chart/dependencies/resolve-dependencies.ts";
import { loadChart } from "../../helm/chart/load-chart.ts";
import { AppError } from "../errors.ts";
import type { ChartRef } from "./chart-sources.ts";
import type { IncompleteChart } from "./check-chart.ts";
import { type CollectedFile, type OutsideNotes, lookUp } from "./collect-files.ts";
import { memoryTree } from "./memory-tree.ts";
import { readChartTree } from "./read-chart-tree.ts";
import { type RepoTree, joinPath } from "./repo-tree.ts";
import { withPosition } from "./with-position.ts";

/** Returns a packed chart that another one depends on, fetched beforehand; undefined when it was not. */
export type DependencyLoader = (ref: ChartRef) => PackedChart | undefined;

/** One file of a bundle, with the tree that it is read from. */
export interface TreeFile extends CollectedFile {
  readonly tree: RepoTree;
}

/** The lock file of a bundle shows no time, so that equal commits give equal bundles. */
const generated = "0001-01-01T00:00:00Z";

/**
 * Returns the files that charts of a bundle lack: the archives of their dependencies and their lock files, as Fleet's
 * dependency update makes them. `file://` repositories are read from the repository's tree, which they cannot leave. Throws
 * CHART_INVALID, CHART_REFUSED, CHART_NOT_FETCHED, and what the loader throws.
 */
export function completeCharts(
  charts: readonly IncompleteChart[],
  at: OutsideNotes,
  load: DependencyLoader | undefined,
): TreeFile[] {
  return charts.flatMap((incomplete) => {
    const position = { file: incomplete.shown, line: 1, column: 1 };
    const fault = (code: "CHART_INVALID" | "CHART_REFUSED" | "CHART_NOT_FETCHED", problem: string, cause?: unknown) =>
      new AppError(code, `${incomplete.shown}:1:1: ${problem}`, { verdict: "stalled", position, cause });
    const readLocal = (path: string) => {
      const found = lookUp(at, joinPath(incomplete.realDir, path));
      if (path.startsWith("/") || found.kind === "outside") {
        throw fault("CHART_REFUSED", `dependency file://${path} leaves the repository: put that chart into it`);
      }
      return found.kind === "found" && found.entry.type === "dir" ? readChartTree(at, found.path) : undefined;
    };
    const asked = new Map<string, PackedChart | undefined>();
    const ask = (wish: ChartRef): void => {
      const chart = withPosition(
        () => position,
        () => load?.(wish),
      );
      asked.set(wishKey(wish), chart);
    };
    const fetched = (wish: ChartRef) => {
      const chart = asked.get(wishKey(wish));
      if (chart !== undefined) return chart;
      const advice = "run `helm dependency update` and commit the result, or set helm.disableDependencyUpdate";
      throw fault("CHART_NOT_FETCHED", `not in charts/: ${incomplete.missing}; ${advice}`);
    };
    try {
      const chart = loadChart(readChartTree(at, incomplete.realDir));
      if (missingDependencies(chart).length > 0) {
        // All are asked for before one that is missing ends this: they are then fetched together.
        dependencyWishes(wantedDependencies(chart)).forEach(ask);
      }
      return inBundle(incomplete.dir, completeChart(chart, { readLocal, fetched }, generated));
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw fault("CHART_INVALID", error.message, error);
    }
  });
}

function inBundle(dir: string, files: readonly { readonly name: string; readonly data: Uint8Array }[]): TreeFile[] {
  const named = files.map(({ name, data }) => [joinPath(dir, name), data] as const);
  const tree = memoryTree(Object.fromEntries(named));
  return named.map(([name]) => ({ name, path: name, oid: "", tree }));
}

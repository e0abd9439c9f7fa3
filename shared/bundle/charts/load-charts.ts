import type { BundleResult } from "../assemble-bundle.ts";
import { type ChartLoader, chartPrefix, type ChartRef } from "../chart-sources.ts";
import type { DependencyLoader } from "../complete-charts.ts";
import { memoryTree } from "../memory-tree.ts";
import type { RepoTree } from "../repo-tree.ts";
import { AppError } from "../../errors.ts";
import type { ChartFetcher, ResolvedChart } from "./fetch-charts.ts";

/** A directory's result, and the charts that were fetched for it. */
export interface ChartedResult {
  readonly result: BundleResult;
  readonly charts: readonly ResolvedChart[];
  /** Milliseconds after which a chart of it may come to another version; undefined when none will. */
  readonly dueInMs?: number | undefined;
}

interface Fetched {
  readonly resolved: ResolvedChart;
  readonly tree: RepoTree;
}

type Outcome = Fetched | { readonly error: AppError };

/** After this time a person may have seen to what was wrong with a chart or its server. */
const recheckMs = 900_000;

/** What a directory asks for charts, and for the packed charts that charts depend on. */
export interface ChartLoaders {
  readonly loadChart: ChartLoader;
  readonly loadDependency: DependencyLoader;
}

/** Builds directories, fetching what they ask for in between. */
export interface ChartLoading {
  /**
   * Returns what `assemble` makes of the directory at a path once every chart that it asks its loader for was fetched, or
   * failed to be; at once when it asks for none.
   */
  assemble(path: string, assemble: (loaders: ChartLoaders) => BundleResult): ChartedResult | Promise<ChartedResult>;
}

/** Returns the charts of one build, which directories share. */
export function createChartLoading(fetcher: ChartFetcher, signal: AbortSignal | undefined): ChartLoading {
  return {
    assemble: (path, assemble) => {
      const known = new Map<string, Outcome>();
      const attempt = (): ChartedResult | readonly ChartRef[] => {
        const missing = new Map<string, ChartRef>();
        const find = (ref: ChartRef): Fetched | undefined => {
          const outcome = known.get(chartPrefix(ref));
          if (outcome === undefined) missing.set(chartPrefix(ref), ref);
          else if ("error" in outcome) throw outcome.error;
          return outcome;
        };
        const result = assemble({
          loadChart: (ref) => find(ref)?.tree,
          loadDependency: (ref) => find(ref)?.resolved.chart,
        });
        return missing.size > 0 ? [...missing.values()] : chartedResult(result, known, fetcher);
      };
      const first = attempt();
      if ("result" in first) return first;
      return (async () => {
        let next: ChartedResult | readonly ChartRef[] = first;
        // Ends: each turn makes charts known, and a directory names so many and no more.
        while (!("result" in next)) {
          await Promise.all(
            next.map(async (ref) => known.set(chartPrefix(ref), await fetchOutcome(fetcher, ref, { path, signal }))),
          );
          next = attempt();
        }
        return next;
      })();
    },
  };
}

function chartedResult(
  result: BundleResult,
  known: ReadonlyMap<string, Outcome>,
  fetcher: ChartFetcher,
): ChartedResult {
  const outcomes = [...known.values()];
  const charts = outcomes.flatMap((outcome) => ("error" in outcome ? [] : [outcome.resolved]));
  const due = charts.flatMap((resolved) => fetcher.dueInMs(resolved) ?? []);
  if (charts.length < outcomes.length) due.push(recheckMs);
  return { result, charts, ...(due.length === 0 ? {} : { dueInMs: Math.min(...due) }) };
}

async function fetchOutcome(
  fetcher: ChartFetcher,
  ref: ChartRef,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal | undefined },
): Promise<Outcome> {
  try {
    const resolved = await fetcher.fetch(ref, path, signal);
    const { directory, files } = resolved.chart;
    // Fleet unpacks an archive with the directory that it holds.
    const named = files.map(({ name, data }) => [directory === "" ? name : `${directory}/${name}`, data] as const);
    return { resolved, tree: memoryTree(Object.fromEntries(named)) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) return { error };
    throw error;
  }
}

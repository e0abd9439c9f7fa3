import type { ChartDependency } from "../chart-metadata.ts";
import { ChartSourceError } from "../source/chart-source-error.ts";
import type { ChartWish } from "../source/fetch-chart.ts";
import { dependencyWishes, type PackedChart, wishKey } from "./resolve-dependencies.ts";

/**
 * Fetches what dependencies ask for, one after the other so that an index is read once, and returns it for
 * `resolveDependencies`; a `ChartSourceError` is thrown when its chart is asked for.
 */
export async function fetchDependencies(
  dependencies: readonly ChartDependency[],
  fetchChart: (wish: ChartWish) => Promise<PackedChart>,
): Promise<(wish: ChartWish) => PackedChart> {
  const outcomes = new Map<string, PackedChart | ChartSourceError>();
  for (const wish of dependencyWishes(dependencies)) {
    try {
      outcomes.set(wishKey(wish), await fetchChart(wish));
    } catch (error) {
      if (!(error instanceof ChartSourceError)) throw error;
      outcomes.set(wishKey(wish), error);
    }
  }
  return (wish) => {
    const outcome = outcomes.get(wishKey(wish));
    if (outcome === undefined) throw new ChartSourceError("address", `chart ${wish.chart} was not asked for`);
    if (outcome instanceof ChartSourceError) throw outcome;
    return outcome;
  };
}

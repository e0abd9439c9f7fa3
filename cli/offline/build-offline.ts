import { buildChartedBundles, type ChartedBundles } from "../../shared/bundle/charts/build-charted-bundles.ts";
import type { ResolvedChart } from "../../shared/bundle/charts/fetch-charts.ts";
import { outdatedWarnings } from "../../shared/bundle/charts/note-charts.ts";
import { strictFault } from "../../shared/bundle/strict.ts";
import type { OfflineInput } from "./offline-options.ts";

/**
 * Returns the bundles of a repository with the charts that they name; what cannot be fetched fails its bundle only, and where
 * strict is set, what no single bundle is warned of is one more fault.
 */
export async function buildOffline(repository: OfflineInput): Promise<ChartedBundles> {
  const { tree, charts, scan, options, warnings } = repository;
  const made = await buildChartedBundles({ tree, fetcher: charts.fetcher }, scan, options);
  const error = options.strict === true ? strictFault([...warnings, ...made.warnings]) : undefined;
  const built = error === undefined ? made : { ...made, faults: [...made.faults, { path: "", error }] };
  if (charts.cacheOnly) return built;
  const outdated = [...built.charts].flatMap(([dir, own]) => outdatedWarnings(own, dir));
  return { ...built, warnings: [...built.warnings, ...outdated] };
}

/** Returns the charts of a build in one line each: what was asked for, and the version that it came to. */
export function chartLines({ charts }: ChartedBundles): string[] {
  return [...new Set([...charts.values()].flat().map(chartLine))];
}

function chartLine({ ref, chart }: ResolvedChart): string {
  const asked = [ref.chart, ref.version].filter((part) => part !== "").join(" ");
  return `chart ${asked === "" ? chart.name : asked} is ${chart.name} ${chart.version} of ${chart.url}`;
}

import { chartsAnnotation } from "../../api/annotations.ts";
import type { Bundle } from "../../api/bundle.ts";
import type { BundleWarning } from "../warning.ts";
import type { ChartPin } from "./chart-pins.ts";
import type { ResolvedChart } from "./fetch-charts.ts";

/** Returns a warning for each chart that is a copy of earlier, since its server could not be reached. */
export function outdatedWarnings(charts: readonly ResolvedChart[], file: string): BundleWarning[] {
  return charts.flatMap(({ chart: { name, version, outdated } }) => {
    if (outdated === undefined) return [];
    const message = `chart ${name} ${version} is the copy of the last time: ${outdated.message}`;
    return [{ code: "CHART_OUTDATED", message, position: { file } }];
  });
}

/** Returns what a chart came to, as the state of its GitRepo keeps it. */
export function pinOf({ ref, chart, checkedAt }: ResolvedChart): ChartPin {
  return { ...ref, resolved: chart.version, url: chart.url, digest: `sha256:${chart.digest}`, checkedAt };
}

/** Returns a bundle that says which charts were fetched into it; when they were looked for is not in it, since that is no change. */
export function noteCharts(bundle: Bundle, charts: readonly ResolvedChart[]): Bundle {
  if (charts.length === 0) return bundle;
  const notes = charts.map((resolved) => {
    const { checkedAt: _checkedAt, ...note } = pinOf(resolved);
    return note;
  });
  const annotations = { ...bundle.metadata.annotations, [chartsAnnotation]: JSON.stringify(notes) };
  return { ...bundle, metadata: { ...bundle.metadata, annotations } };
}

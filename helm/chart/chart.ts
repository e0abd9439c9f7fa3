import type { GoMap } from "../template/go-value.ts";
import type { ChartMetadata } from "./chart-metadata.ts";
import type { ChartLock } from "./dependencies/chart-lock.ts";

/** One file of a chart; the name is relative to the chart's directory, with `/`. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A chart as it was read. Nothing in it is changed afterwards: copy what must change. */
export interface Chart {
  readonly metadata: ChartMetadata;
  /** What Chart.lock or requirements.lock says. */
  readonly lock: ChartLock | undefined;
  /** Default values. */
  readonly values: GoMap;
  /** Text of values.yaml, comments and all. */
  readonly valuesText: string | undefined;
  /** Files below `templates/`. */
  readonly templates: readonly ChartFile[];
  /** All that is neither template, subchart, values nor metadata; `crds/` among it. */
  readonly files: readonly ChartFile[];
  /** Text of values.schema.json. */
  readonly schema: string | undefined;
  readonly dependencies: readonly Chart[];
  /** Where a subchart stands in its parent, a folder or a packed chart: `charts/db`, `charts/db-1.0.0.tgz`. */
  readonly folder?: string;
  /** How Helm names the chart in a release, `web/charts/db`; below an alias it may differ from its place. Once dependencies are processed. */
  readonly fullPath?: string;
  /** What Helm prints as a warning while it reads the chart. */
  readonly warnings: readonly string[];
}

/** A chart with its place among its parents: `web/charts/db`. */
export interface PlacedChart {
  readonly chart: Chart;
  readonly path: string;
}

/** Returns a chart and all charts below it, parents first. */
export function placeCharts(chart: Chart, path: string = chart.fullPath ?? chart.metadata.name): PlacedChart[] {
  const below = chart.dependencies.flatMap((child) =>
    placeCharts(child, child.fullPath ?? `${path}/charts/${child.metadata.name}`),
  );
  return [{ chart, path }, ...below];
}

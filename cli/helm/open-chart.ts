import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Chart } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { loadChart, loadChartArchive } from "../../helm/chart/load-chart.ts";
import { readChartDir } from "../../helm/chart/read-chart-dir.ts";

/** Returns the chart in a directory or `.tgz`. Throws `ChartError`, also for addresses: those are not fetched. */
export function openChart(reference: string, cwd: string): Chart {
  const path = resolve(cwd, reference);
  if (!existsSync(path)) {
    const isRemote = /^[a-z]+:\/\//.test(reference);
    throw new ChartError(
      "load",
      isRemote
        ? `${reference}: charts are not fetched; give a directory or a .tgz`
        : `path "${reference}" not found: give a directory that holds a Chart.yaml, or a .tgz`,
    );
  }
  if (!statSync(path).isDirectory()) return checkApiVersion(loadChartArchive(readFileSync(path)));
  const file = join(path, "Chart.yaml");
  if (existsSync(file)) return checkApiVersion(loadChart(readChartDir(path)));
  throw new ChartError("load", `unable to detect chart at ${file}: open ${file}: no such file or directory`);
}

/** Returns the chart. Throws `ChartError` with Helm's words for one of a form that Helm does not render. */
export function checkApiVersion(chart: Chart): Chart {
  const { apiVersion } = chart.metadata;
  if (apiVersion === "v1" || apiVersion === "v2") return chart;
  throw new ChartError("load", apiVersion === "v3" ? "invalid chart apiVersion" : "unsupported chart version");
}

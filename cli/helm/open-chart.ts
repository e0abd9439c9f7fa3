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
  if (!statSync(path).isDirectory()) {
    const bytes = readFileSync(path);
    checkArchive(path, bytes);
    return checkApiVersion(loadChartArchive(bytes));
  }
  const file = join(path, "Chart.yaml");
  if (existsSync(file)) return checkApiVersion(loadChart(readChartDir(path)));
  throw new ChartError("load", `unable to detect chart at ${file}: open ${file}: no such file or directory`);
}

/** Helm looks at the first 512 bytes, which it fills up with zeros; few other types than these are met. */
function checkArchive(path: string, bytes: Uint8Array): void {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08) return;
  if (/\.ya?ml$/.test(path)) {
    throw new ChartError("load", `file '${path}' seems to be a YAML file, but expected a gzipped archive`);
  }
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const isText = start.length === 512 && !/[\0-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(start);
  const type = start.startsWith("PK\u0003\u0004")
    ? "application/zip"
    : isText
      ? "text/plain; charset=utf-8"
      : "application/octet-stream";
  throw new ChartError("load", `file '${path}' does not appear to be a gzipped archive; got '${type}'`);
}

/** Returns the chart. Throws `ChartError` with Helm's words for one of a form that Helm does not render. */
export function checkApiVersion(chart: Chart): Chart {
  const { apiVersion } = chart.metadata;
  if (apiVersion === "v1" || apiVersion === "v2") return chart;
  throw new ChartError("load", apiVersion === "v3" ? "invalid chart apiVersion" : "unsupported chart version");
}

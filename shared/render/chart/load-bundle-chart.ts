import { createHash } from "node:crypto";
import type { Chart, ChartFile } from "../../../helm/chart/chart.ts";
import { loadChart } from "../../../helm/chart/load-chart.ts";
import type { ContentResource } from "../../api/content.ts";
import type { ChartInput } from "./chart-input.ts";

const maxKept = 8;
const kept = new Map<string, Chart>();

/**
 * Returns the chart of a bundle's files, one made up where there is no Chart.yaml (Fleet's rule). The last few are kept with
 * their compiled templates, so that rendering one bundle for many clusters reads it once. Throws `ChartError`.
 */
export function loadBundleChart(input: ChartInput): Chart {
  const { files } = input;
  const all = files.some(({ name }) => name === "Chart.yaml") ? files : [...files, madeUp(input)];
  const key = digestOf(all);
  const chart = kept.get(key) ?? loadChart(all.map(toChartFile));
  kept.delete(key);
  kept.set(key, chart);
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break;
    kept.delete(oldest);
  }
  return chart;
}

function madeUp({ bundle, contentName }: ChartInput): ContentResource {
  const name = bundle.slice(bundle.lastIndexOf("/") + 1);
  const content = `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: v0.0.0+${contentName()}\n`;
  return { name: "Chart.yaml", content };
}

function digestOf(files: readonly ContentResource[]): string {
  const hash = createHash("sha256");
  for (const { name, content, encoding } of files) {
    hash.update(`${name.length} ${content.length} ${encoding ?? ""}\n${name}`).update(content);
  }
  return hash.digest("hex");
}

function toChartFile({ name, content, encoding }: ContentResource): ChartFile {
  return { name, data: Buffer.from(content, encoding ?? "utf8") };
}

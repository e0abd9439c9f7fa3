import type { DeploymentOptions } from "../api/deployment-options.ts";
import { chartPrefix } from "../bundle/chart-sources.ts";

/** What a bundle's files are for one cluster; with neither they are raw YAML. */
export interface RenderStyle {
  /** Directory of the Helm chart, "" for the bundle's root. */
  readonly chartDir?: string;
  /** Directory of the kustomization, "" for the bundle's root. */
  readonly kustomizeDir?: string;
}

/**
 * Returns the style of a bundle by its resource names and one cluster's options, as Fleet detects it: a chart where
 * `<helm.chart>/Chart.yaml` (or the fetched chart) is there, kustomize where `<kustomize.dir>/kustomization.yaml` is.
 */
export function detectStyle(names: Iterable<string>, options: DeploymentOptions): RenderStyle {
  const all = new Set(names);
  const chartDir = findChartDir(all, options);
  const dir = cleanPath(options.kustomize?.dir ?? "");
  const kustomizeDir = all.has(dir === "" ? "kustomization.yaml" : `${dir}/kustomization.yaml`) ? dir : undefined;
  return {
    ...(chartDir === undefined ? {} : { chartDir }),
    ...(kustomizeDir === undefined ? {} : { kustomizeDir }),
  };
}

function findChartDir(names: ReadonlySet<string>, options: DeploymentOptions): string | undefined {
  const { chart = "", repo = "", version = "" } = options.helm ?? {};
  const local = cleanPath(chart === "" ? repo : chart);
  if (names.has(local === "" ? "Chart.yaml" : `${local}/Chart.yaml`)) return local;
  if (chart === "" && repo === "") return undefined;
  const fetched = chartPrefix({ chart, repo, version });
  if (names.has(`${fetched}/Chart.yaml`)) return fetched;
  for (const name of names) {
    if (!name.startsWith(`${fetched}/`) || !name.endsWith("/Chart.yaml")) continue;
    if (name.split("/").length === fetched.split("/").length + 2) return name.slice(0, -"/Chart.yaml".length);
  }
  return undefined;
}

/** Returns a relative path without `.` parts and slashes at its ends, as Go's `filepath.Join` cleans it. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

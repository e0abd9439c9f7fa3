import { assembleBundle } from "../assemble-bundle.ts";
import { type BuiltBundles, gatherBundles } from "../build-bundles.ts";
import type { BundleOptions } from "../bundle-options.ts";
import { findBundleDirs, type ScanOptions } from "../find-bundle-dirs.ts";
import type { RepoTree } from "../repo-tree.ts";
import type { ChartFetcher, ResolvedChart } from "./fetch-charts.ts";
import { createChartLoading } from "./load-charts.ts";

/** All bundles of a tree, and the charts that were fetched for them. */
export interface ChartedBundles extends BuiltBundles {
  /** By path of the bundle directory; directories that fetched none are not in it. */
  readonly charts: ReadonlyMap<string, readonly ResolvedChart[]>;
}

/** Returns all bundles of a tree with the charts that they name, fetched in parallel. A chart that cannot be had fails its directory only. */
export async function buildChartedBundles(
  { tree, fetcher }: { readonly tree: RepoTree; readonly fetcher: ChartFetcher },
  scan: ScanOptions,
  options: BundleOptions,
): Promise<ChartedBundles> {
  const found = findBundleDirs(tree, scan);
  const loading = createChartLoading(fetcher, undefined);
  const charted = await Promise.all(
    found.dirs.map(async (dir) =>
      loading.assemble(dir.path, (loaders) => assembleBundle({ tree, ...loaders }, dir, options)),
    ),
  );
  const results = charted.map(({ result }) => result);
  const charts = new Map<string, ResolvedChart[]>();
  for (const { result, charts: own } of charted) {
    if (own.length > 0) charts.set(result.dir.path, [...(charts.get(result.dir.path) ?? []), ...own]);
  }
  return { ...gatherBundles(found, results, scan), charts };
}

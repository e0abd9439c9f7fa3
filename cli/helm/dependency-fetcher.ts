import type { ChartDependency } from "../../helm/chart/chart-metadata.ts";
import { type PackedChart, wishKey, wishOf } from "../../helm/chart/dependencies/resolve-dependencies.ts";
import { loadChartArchive } from "../../helm/chart/load-chart.ts";
import { ChartSourceError } from "../../helm/chart/source/chart-source-error.ts";
import {
  type ChartWish,
  createChartSource,
  defaultSourceLimits,
  type FetchOptions,
} from "../../helm/chart/source/fetch-chart.ts";
import { pullOciChart } from "../../helm/chart/source/pull-oci-chart.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { chartCacheDir } from "../chart-source.ts";
import { type CommandContext, type CommandInput, switchOption } from "../command.ts";
import { isSameRepository, type KnownRepository, readRepositories } from "./helm-repositories.ts";
import { pulledLines } from "./pulled-lines.ts";
import { readSourceRequest } from "./source-request.ts";

/** Fetches the charts of dependencies. */
export interface DependencyFetcher {
  readonly repositories: readonly KnownRepository[];
  /** What is in the cache is taken as it is. */
  readonly skipRefresh: boolean;
  /** Returns a chart. Throws `ChartSourceError`. */
  fetch(wish: ChartWish): Promise<PackedChart>;
  /** Returns where a fetched dependency came from, and what Helm prints while it pulls it. */
  said(entry: ChartDependency): { readonly url: string; readonly lines: readonly string[] };
}

/**
 * Returns a fetcher for the flags of a call. User, password and client certificate of the flags go to registries only, those
 * of Helm's list of repositories to the repository that has them, as in Helm. Throws `ChartError`.
 */
export function createDependencyFetcher(input: CommandInput, context: CommandContext): DependencyFetcher {
  const repositories = readRepositories(input, context);
  const { access } = readSourceRequest(input, context);
  const skipRefresh = switchOption(input, "skip-refresh");
  const cacheDir = chartCacheDir(context.env);
  const [source, offline] = [createChartSource({ cacheDir }), createChartSource({ cacheDir, offline: true })];
  const indexes: NonNullable<FetchOptions["indexes"]> = new Map();
  const said = new Map<string, { url: string; lines: readonly string[] }>();
  const fetchFromRepository = async (wish: ChartWish): Promise<PackedChart> => {
    const known = repositories.find(({ url }) => isSameRepository(url, wish.repo));
    const options = { access: known?.access ?? withoutSecrets(access), indexes };
    if (!skipRefresh) {
      const chart = await source.fetchChart(wish, options);
      // A copy of earlier is no update: it serves where that is asked for.
      if (chart.outdated !== undefined) throw chart.outdated;
      return chart;
    }
    try {
      return await offline.fetchChart(wish, options);
    } catch (error) {
      if (error instanceof ChartSourceError) return source.fetchChart(wish, options);
      throw error;
    }
  };
  return {
    repositories,
    skipRefresh,
    fetch: async (wish) => {
      const isOci = wish.chart.startsWith("oci://");
      const { lines, ...chart } = isOci
        ? await pull(wish, access)
        : { ...(await fetchFromRepository(wish)), lines: [] };
      said.set(wishKey(wish), { url: chart.url, lines });
      return chart;
    },
    said: (entry) => said.get(wishKey(wishOf(entry))) ?? { url: "", lines: [] },
  };
}

function withoutSecrets({
  credential: _credential,
  clientCertificate: _certificate,
  ...access
}: SourceAccess): SourceAccess {
  return access;
}

async function pull({ chart, version }: ChartWish, access: SourceAccess) {
  const { timeoutMs, maxArchiveBytes } = defaultSourceLimits;
  const { archive, url, manifestDigest } = await pullOciChart({
    address: chart,
    version,
    access,
    maxBytes: maxArchiveBytes,
    signal: AbortSignal.timeout(timeoutMs),
    cached: async () => Promise.resolve(undefined),
  });
  const { metadata } = loadChartArchive(archive);
  const lines = pulledLines(url, manifestDigest);
  return { name: metadata.name, version: metadata.version, url, archive, lines };
}

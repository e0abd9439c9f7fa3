import { ChartSourceError, type ChartSourceFault } from "../../helm/chart/source/chart-source-error.ts";
import { isExactVersion } from "../../helm/chart/source/choose-version.ts";
import type { ChartSource, FetchedChart } from "../../helm/chart/source/fetch-chart.ts";
import type { RepositoryIndex } from "../../helm/chart/source/repository-index.ts";
import type { Bundle } from "../../shared/api/bundle.ts";
import type { BundleResult } from "../../shared/bundle/assemble-bundle.ts";
import { type ChartLoader, chartPrefix, type ChartRef } from "../../shared/bundle/chart-sources.ts";
import { memoryTree } from "../../shared/bundle/memory-tree.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { AppError, type ErrorCode, type Verdict } from "../../shared/errors.ts";
import type { ChartAccess } from "./chart-access.ts";

/** Annotation of a Bundle, set by the hub only: JSON list of the charts that were fetched into it, with what their versions came to. */
export const chartsAnnotation = "drover.dev/charts";

/** Fetches the charts of one build, each once. */
export interface ChartFetcher {
  /** Returns a chart. Throws `AppError`. */
  fetch(ref: ChartRef, signal: AbortSignal | undefined): Promise<FetchedChart>;
}

const faults = {
  address: { code: "CHART_REFUSED", verdict: "stalled" },
  unauthorized: { code: "CHART_AUTH_FAILED", verdict: "stalled" },
  "not-found": { code: "CHART_VERSION_NOT_FOUND", verdict: "transient" },
  refused: { code: "CHART_REFUSED", verdict: "stalled" },
  unreachable: { code: "CHART_NOT_FETCHED", verdict: "transient" },
} as const satisfies Record<ChartSourceFault, { code: ErrorCode; verdict: Verdict }>;

/** Returns a fetcher for one build; `access` is asked for when a chart is. */
export function createChartFetcher(source: ChartSource, access: () => Promise<ChartAccess>): ChartFetcher {
  const indexes = new Map<string, RepositoryIndex>();
  const away = new Map<string, ChartSourceError>();
  return {
    fetch: async (ref, signal) => {
      const own = (await access())(ref);
      const server = serverOf(ref);
      const options = { access: own, indexes, away: away.get(server), ...(signal === undefined ? {} : { signal }) };
      try {
        const chart = await source.fetchChart(ref, options);
        if (isSilent(chart.outdated)) away.set(server, chart.outdated);
        return chart;
      } catch (error) {
        if (!(error instanceof ChartSourceError)) throw error;
        if (isSilent(error)) away.set(server, error);
        const { code, verdict } = faults[error.fault];
        const isDenied = error.fault === "unauthorized" && own.credential === undefined;
        const hint = isDenied
          ? "; no credential was sent: helmSecretName gives one where helmRepoURLRegex matches the address"
          : "";
        throw new AppError(code, `${error.message}${hint}`, { verdict, cause: error });
      }
    },
  };
}

function serverOf({ repo, chart }: ChartRef): string {
  const address = repo === "" ? chart : repo;
  return /^[a-z]+:\/\/[^/]+/u.exec(address)?.[0] ?? address;
}

/** A server that gave no answer at all is not waited for once per chart; one that failed may have other charts. */
function isSilent(error: ChartSourceError | undefined): error is ChartSourceError {
  return error?.fault === "unreachable" && error.cause !== undefined;
}

/** A directory's result, and the charts that were fetched for it. */
export interface ChartedResult {
  readonly result: BundleResult;
  readonly charts: readonly { readonly ref: ChartRef; readonly chart: FetchedChart }[];
  /** Whether building it again may fetch something else: a range, or a chart that could not be had. */
  readonly mayChange: boolean;
}

type Outcome = { readonly chart: FetchedChart; readonly tree: RepoTree } | { readonly error: AppError };

/** Builds directories, fetching what they ask for in between. */
export interface ChartLoading {
  /** Returns what `assemble` makes once every chart that it asks its loader for was fetched, or failed to be. */
  assemble(assemble: (load: ChartLoader) => BundleResult): Promise<ChartedResult>;
}

/** Returns the charts of one build, which directories share. */
export function createChartLoading(fetcher: ChartFetcher, signal: AbortSignal | undefined): ChartLoading {
  const known = new Map<string, Outcome>();
  return {
    assemble: async (assemble) => {
      for (;;) {
        const asked = new Map<string, ChartRef>();
        let missing: ChartRef | undefined;
        const result = assemble((ref) => {
          const key = chartPrefix(ref);
          asked.set(key, ref);
          const outcome = known.get(key);
          if (outcome === undefined) missing = ref;
          else if ("error" in outcome) throw outcome.error;
          return outcome?.tree;
        });
        // Ends: each turn makes one more chart known, and a directory names so many and no more.
        if (missing === undefined) return chartedResult(result, asked, known);
        known.set(chartPrefix(missing), await fetchOutcome(fetcher, missing, signal));
      }
    },
  };
}

function chartedResult(
  result: BundleResult,
  asked: ReadonlyMap<string, ChartRef>,
  known: ReadonlyMap<string, Outcome>,
): ChartedResult {
  const charts: { ref: ChartRef; chart: FetchedChart }[] = [];
  let mayChange = false;
  for (const [key, ref] of asked) {
    const outcome = known.get(key);
    if (outcome === undefined || "error" in outcome) mayChange = true;
    else {
      charts.push({ ref, chart: outcome.chart });
      mayChange ||= !isExactVersion(ref.version);
    }
  }
  return { result, charts, mayChange };
}

async function fetchOutcome(fetcher: ChartFetcher, ref: ChartRef, signal: AbortSignal | undefined): Promise<Outcome> {
  try {
    const chart = await fetcher.fetch(ref, signal);
    // Fleet unpacks a chart below a directory of its name.
    const files = chart.files.map(({ name, data }) => [`${chart.name}/${name}`, data] as const);
    return { chart, tree: memoryTree(Object.fromEntries(files)) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) return { error };
    throw error;
  }
}

/** Returns a warning for each chart that is a copy of earlier, since its server could not be reached. */
export function outdatedWarnings(charts: ChartedResult["charts"], file: string): BundleWarning[] {
  return charts.flatMap(({ chart: { name, version, outdated } }) => {
    if (outdated === undefined) return [];
    const message = `chart ${name} ${version} is the copy of the last time: ${outdated.message}`;
    return [{ code: "CHART_OUTDATED", message, position: { file } }];
  });
}

/** Returns a bundle that says which charts were fetched into it. */
export function noteCharts(bundle: Bundle, charts: ChartedResult["charts"]): Bundle {
  if (charts.length === 0) return bundle;
  const notes = charts.map(({ ref, chart }) => ({
    ...ref,
    resolved: chart.version,
    url: chart.url,
    digest: `sha256:${chart.digest}`,
  }));
  const annotations = { ...bundle.metadata.annotations, [chartsAnnotation]: JSON.stringify(notes) };
  return { ...bundle, metadata: { ...bundle.metadata, annotations } };
}

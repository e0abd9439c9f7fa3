import { ChartSourceError, type ChartSourceFault } from "../../../helm/chart/source/chart-source-error.ts";
import type { ChartSource, FetchedChart } from "../../../helm/chart/source/fetch-chart.ts";
import { accessDigest } from "../../../helm/chart/source/source-access.ts";
import { type ChartRef, chartPrefix } from "../chart-sources.ts";
import { type Clock, isoTime } from "../../clock.ts";
import { AppError, type ErrorCode, type Verdict } from "../../errors.ts";
import type { ChartAccess, GrantedAccess } from "./chart-access.ts";
import type { ChartPins } from "./chart-pins.ts";
import { createSlots } from "./run-in-slots.ts";

/** A chart that was fetched, or is held to what it came to earlier. */
export interface ResolvedChart {
  readonly ref: ChartRef;
  readonly chart: FetchedChart;
  /** When its server was last asked what the wish comes to. */
  readonly checkedAt: string;
}

/** Fetches the charts of one build, each once. */
export interface ChartFetcher {
  /** Returns a chart for the bundle directory at a path of the repository. Throws `AppError`. */
  fetch(ref: ChartRef, path: string, signal: AbortSignal | undefined): Promise<ResolvedChart>;
  /** Returns the milliseconds after which a chart is to be asked for again; undefined when never. */
  dueInMs(resolved: ResolvedChart): number | undefined;
}

/** What a fetcher works with. */
export interface ChartFetcherDeps {
  readonly source: ChartSource;
  /** Asked for when the first chart is. */
  readonly access: () => Promise<ChartAccess>;
  readonly pins: ChartPins;
  readonly clock: Clock;
}

const faults = {
  address: { code: "CHART_REFUSED", verdict: "stalled" },
  unauthorized: { code: "CHART_AUTH_FAILED", verdict: "stalled" },
  "not-found": { code: "CHART_VERSION_NOT_FOUND", verdict: "transient" },
  refused: { code: "CHART_REFUSED", verdict: "stalled" },
  unreachable: { code: "CHART_NOT_FETCHED", verdict: "transient" },
} as const satisfies Record<ChartSourceFault, { code: ErrorCode; verdict: Verdict }>;

/** Downloads at a time: as many as Fleet's. */
const maxDownloads = 4;

/** Returns a fetcher for one build. Servers are asked in parallel, each first for one chart, which tells whether it answers. */
export function createChartFetcher({ source, access, pins, clock }: ChartFetcherDeps): ChartFetcher {
  const indexes = new Map<string, Promise<Uint8Array>>();
  const away = new Map<string, ChartSourceError>();
  const firsts = new Map<string, Promise<unknown>>();
  const known = new Map<string, Promise<ResolvedChart>>();
  const slots = createSlots(maxDownloads);
  let granted: Promise<ChartAccess> | undefined;

  async function download(ref: ChartRef, own: GrantedAccess, signal: AbortSignal | undefined): Promise<ResolvedChart> {
    const server = serverOf(ref);
    const pin = pins.find(ref);
    const options = {
      access: own.access,
      indexes,
      away: away.get(server),
      ...(pin === undefined ? {} : { settled: pin }),
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      const chart = await source.fetchChart(ref, options);
      if (isSilent(chart.outdated)) away.set(server, chart.outdated);
      const before = chart.outdated === undefined ? pin : pins.last(ref);
      return { ref, chart, checkedAt: before?.checkedAt ?? isoTime(clock) };
    } catch (error) {
      if (!(error instanceof ChartSourceError)) throw error;
      if (isSilent(error)) away.set(server, error);
      throw translated(error, own);
    }
  }

  async function inTurn(ref: ChartRef, run: () => Promise<ResolvedChart>): Promise<ResolvedChart> {
    const server = serverOf(ref);
    const first = firsts.get(server);
    if (first !== undefined) {
      await first;
      return slots(run);
    }
    const own = slots(run);
    firsts.set(
      server,
      own.catch(() => undefined),
    );
    return own;
  }

  return {
    dueInMs: ({ ref, checkedAt }) => pins.dueInMs({ ...ref, checkedAt }),
    fetch: async (ref, path, signal) => {
      granted ??= access();
      const own = (await granted)(ref, path);
      const key = `${chartPrefix(ref)} ${accessDigest(own.access)}`;
      const running = known.get(key) ?? inTurn(ref, async () => download(ref, own, signal));
      known.set(key, running);
      return running;
    },
  };
}

function translated(error: ChartSourceError, { withheld }: GrantedAccess): AppError {
  const { code, verdict } = faults[error.fault];
  const isDenied = error.fault === "unauthorized" && withheld !== undefined;
  const hint = isDenied ? `; no credential was sent: ${withheld}` : "";
  return new AppError(code, `${error.message}${hint}`, { verdict, cause: error });
}

function serverOf({ repo, chart }: ChartRef): string {
  const address = repo === "" ? chart : repo;
  return /^(?:[a-z]+::)?(?:[a-z]+:\/\/)?[^/]+/u.exec(address)?.[0] ?? address;
}

/** A server that gave no answer at all is not waited for once per chart; one that failed may have other charts. */
function isSilent(error: ChartSourceError | undefined): error is ChartSourceError {
  return error?.fault === "unreachable" && error.cause !== undefined;
}

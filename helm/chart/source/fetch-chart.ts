import { createHash } from "node:crypto";
import type { ChartFile } from "../chart.ts";
import { type ChartAddress, isFixed, parseChartAddress } from "./chart-address.ts";
import { type CachedChart, createChartCache } from "./chart-cache.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import { inlineDecoder, type SourceDecoder } from "./decode-source.ts";
import { commitIn, downloadChart, type FetchGitChart } from "./download-chart.ts";
import { accessDigest, printableAddress, type ProxySettings, type SourceAccess } from "./source-access.ts";

/** A chart somewhere else: `repo` with the name of a chart, an `oci://` address in either, or an address in `chart` (see `parseChartAddress`). */
export interface ChartWish {
  readonly chart: string;
  readonly repo: string;
  /** A version or constraint; "" is the newest stable one. */
  readonly version: string;
}

/** A chart that was fetched, its archive checked. */
export interface FetchedChart {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the archive in hexadecimal. */
  readonly digest: string;
  /** Where it came from, without credentials. */
  readonly url: string;
  /** The packed chart as it was served. */
  readonly archive: Uint8Array;
  /** Directory that an archive holds it in; "" for a part of an archive and for Git, which are the chart's directory themselves. */
  readonly directory: string;
  /** Names are relative to the chart's directory. */
  readonly files: readonly ChartFile[];
  /** Why an earlier copy was taken instead of asking again; undefined for an answer of now or an exact version. */
  readonly outdated: ChartSourceError | undefined;
}

/** Bounds of fetching. */
export interface SourceLimits {
  /** For one chart, all requests together. */
  readonly timeoutMs: number;
  /** A server that sends nothing for so long is given up. */
  readonly idleMs: number;
  readonly maxIndexBytes: number;
  /** Of a packed chart; what is in it is limited by `readArchive`. */
  readonly maxArchiveBytes: number;
  readonly maxCacheBytes: number;
}

/** The time for a chart is Fleet's. */
export const defaultSourceLimits: SourceLimits = {
  timeoutMs: 300_000,
  idleMs: 30_000,
  maxIndexBytes: 64 * 1024 * 1024,
  maxArchiveBytes: 64 * 1024 * 1024,
  maxCacheBytes: 2 * 1024 * 1024 * 1024,
};

/** What fetching works with. */
export interface ChartSourceOptions {
  /** Folder of the cache. */
  readonly cacheDir: string;
  /** Take everything from the cache. */
  readonly offline?: boolean;
  readonly limits?: Partial<SourceLimits>;
  readonly proxy?: ProxySettings;
  /** Fetches from Git; without it such addresses are refused. */
  readonly fetchGit?: FetchGitChart;
  /** Default: decodes where it is called. */
  readonly decoder?: SourceDecoder;
}

/** How one chart is to be fetched. */
export interface FetchOptions {
  readonly access?: SourceAccess;
  readonly signal?: AbortSignal;
  /** Bytes of the indexes of this run: those in it are not asked for again, fetched ones are added. */
  readonly indexes?: Map<string, Promise<Uint8Array>>;
  /** What the wish came to earlier and is held to: taken from the cache without asking, else fetched in that version. */
  readonly settled?: { readonly resolved: string; readonly url: string; readonly digest: string };
  /** The server is known not to answer: it is not asked, and this is the reason given. */
  readonly away?: ChartSourceError | undefined;
}

/** Fetches charts. */
export interface ChartSource {
  /**
   * Returns a chart. What is fixed (see `isFixed`) and in the cache is not asked for again; everything else is, and where the server
   * cannot be reached the copy of the last time serves. Throws `ChartSourceError`.
   */
  fetchChart(wish: ChartWish, options?: FetchOptions): Promise<FetchedChart>;
}

/** Returns a source of charts with a cache on disk, in which equal wishes with another credential are apart. */
export function createChartSource(options: ChartSourceOptions): ChartSource {
  const limits = { ...defaultSourceLimits, ...options.limits };
  const cache = createChartCache(options.cacheDir, limits.maxCacheBytes);
  const { proxy, fetchGit, decoder = inlineDecoder } = options;

  async function unpack(cached: CachedChart, outdated: ChartSourceError | undefined, address: ChartAddress) {
    const { archive, digest, url } = cached;
    const subdir = address.kind === "archive" ? address.subdir : "";
    const { name, version, files } = await decoder.unpack({ archive, subdir, url });
    const directory = subdir === "" && address.kind !== "git" ? name : "";
    return { name, version, digest, url, archive, directory, files, outdated };
  }

  const fetchChart: ChartSource["fetchChart"] = async (wish, fetching = {}) => {
    const { signal, indexes = new Map<string, Promise<Uint8Array>>(), away, settled } = fetching;
    const access = { ...fetching.access, idleMs: limits.idleMs, ...(proxy === undefined ? {} : { proxy }) };
    const address = parseChartAddress(wish);
    const key = JSON.stringify([wish.chart, wish.repo, wish.version, accessDigest(access)]);
    const known = await cache.find(key);
    const isSettled = known !== undefined && settled?.digest === `sha256:${known.digest}`;
    if (known !== undefined && (isSettled || isFixed(address, wish.version))) return unpack(known, undefined, address);
    if (options.offline === true) {
      const problem = new ChartSourceError(
        "unreachable",
        `${nameOf(wish)} is not in the cache, and servers are not asked: run it once with a connection`,
      );
      if (known === undefined) throw problem;
      return unpack(known, new ChartSourceError("unreachable", "servers are not asked"), address);
    }
    if (away !== undefined) {
      if (known === undefined) throw away;
      return unpack(known, away, address);
    }
    if (settled !== undefined && (address.kind === "repository" || address.kind === "oci")) {
      const { settled: _settled, ...others } = fetching;
      return fetchChart({ ...wish, version: settled.resolved }, others);
    }
    const timeout = AbortSignal.timeout(limits.timeoutMs);
    const bounded = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      const commit = commitIn(settled?.url);
      const state = { wish, address, access, limits, known, indexes, decoder, commit, fetchGit, signal: bounded };
      const fetched = await downloadChart(state);
      const chart = await unpack({ ...fetched, digest: sha256(fetched.archive) }, undefined, address);
      await cache.save(key, fetched);
      return chart;
    } catch (error) {
      signal?.throwIfAborted();
      if (known === undefined || !(error instanceof ChartSourceError) || error.fault !== "unreachable") throw error;
      return unpack(known, error, address);
    }
  };
  return { fetchChart };
}

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function nameOf({ chart, repo, version }: ChartWish): string {
  const of = repo === "" ? "" : `of ${printableAddress(repo)}`;
  return ["chart", printableAddress(chart), version, of].filter((part) => part !== "").join(" ");
}

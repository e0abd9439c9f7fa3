import { createHash } from "node:crypto";
import { readArchive } from "../read-archive.ts";
import { loadChart } from "../load-chart.ts";
import { ChartError } from "../chart-error.ts";
import type { ChartFile } from "../chart.ts";
import { type CachedChart, createChartCache } from "./chart-cache.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import { isExactVersion } from "./choose-version.ts";
import { pullOciChart } from "./pull-oci-chart.ts";
import { parseRepositoryIndex, type RepositoryIndex, resolveInRepository } from "./repository-index.ts";
import { bodyOf, requestSource } from "./request-source.ts";
import {
  accessDigest,
  basicAuthorization,
  parseSourceAddress,
  type SourceAccess,
  withoutCredential,
} from "./source-access.ts";

/** A chart somewhere else: `repo` with the name of a chart, an `oci://` address in either, or the address of an archive in `chart`. */
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
  /** Names are relative to the chart's directory. */
  readonly files: readonly ChartFile[];
  /** Why an earlier copy was taken instead of asking again; undefined for an answer of now or an exact version. */
  readonly outdated: ChartSourceError | undefined;
}

/** Bounds of fetching. */
export interface SourceLimits {
  /** For one chart, all requests together. */
  readonly timeoutMs: number;
  readonly maxIndexBytes: number;
  /** Of a packed chart; what is in it is limited by `readArchive`. */
  readonly maxArchiveBytes: number;
  readonly maxCacheBytes: number;
}

/** The time is Fleet's. */
export const defaultSourceLimits: SourceLimits = {
  timeoutMs: 300_000,
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
}

/** How one chart is to be fetched. */
export interface FetchOptions {
  readonly access?: SourceAccess;
  readonly signal?: AbortSignal;
  /** Indexes of this run: those in it are not asked for again, fetched ones are added. */
  readonly indexes?: Map<string, RepositoryIndex>;
  /** The server is known not to answer: it is not asked, and this is the reason given. */
  readonly away?: ChartSourceError | undefined;
}

/** Fetches charts. */
export interface ChartSource {
  /**
   * Returns a chart. An exact version that is in the cache is not asked for again; everything else is, and where the server
   * cannot be reached the copy of the last time serves. Throws `ChartSourceError`.
   */
  fetchChart(wish: ChartWish, options?: FetchOptions): Promise<FetchedChart>;
}

/** Returns a source of charts with a cache on disk, in which equal wishes with another credential are apart. */
export function createChartSource(options: ChartSourceOptions): ChartSource {
  const limits = { ...defaultSourceLimits, ...options.limits };
  const cache = createChartCache(options.cacheDir, limits.maxCacheBytes);
  return {
    fetchChart: async (wish, { access = {}, signal, indexes = new Map(), away } = {}) => {
      const key = JSON.stringify([wish.chart, wish.repo, wish.version, accessDigest(access)]);
      const known = await cache.find(key);
      if (known !== undefined && isExactVersion(wish.version)) return unpack(known, undefined);
      if (options.offline === true) {
        const problem = new ChartSourceError("unreachable", `${nameOf(wish)} is not in the cache, and this is offline`);
        if (known === undefined) throw problem;
        return unpack(known, new ChartSourceError("unreachable", "this is offline"));
      }
      if (away !== undefined) {
        if (known === undefined) throw away;
        return unpack(known, away);
      }
      const timeout = AbortSignal.timeout(limits.timeoutMs);
      const bounded = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        const fetched = await download({ wish, access, limits, known, indexes, signal: bounded });
        const chart = unpack({ ...fetched, digest: sha256(fetched.archive) }, undefined);
        await cache.save(key, fetched);
        return chart;
      } catch (error) {
        signal?.throwIfAborted();
        if (known === undefined || !(error instanceof ChartSourceError) || error.fault !== "unreachable") throw error;
        return unpack(known, error);
      }
    },
  };
}

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function nameOf({ chart, repo, version }: ChartWish): string {
  return ["chart", chart, version, repo === "" ? "" : `of ${repo}`].filter((part) => part !== "").join(" ");
}

interface Download {
  readonly wish: ChartWish;
  readonly access: SourceAccess;
  readonly limits: SourceLimits;
  readonly known: CachedChart | undefined;
  readonly indexes: Map<string, RepositoryIndex>;
  readonly signal: AbortSignal;
}

interface Downloaded {
  readonly archive: Buffer;
  readonly url: string;
}

async function download(state: Download): Promise<Downloaded> {
  const { chart, repo, version } = state.wish;
  const oci = [repo, chart].find((address) => address.startsWith("oci://"));
  if (oci !== undefined) return pullOci(state, oci, version);
  if (repo !== "") return fromRepository(state);
  if (!/^https?:\/\//u.test(chart) || /\/\/.*\/\//u.test(chart)) {
    throw new ChartSourceError(
      "address",
      `chart ${chart}: only https, http and oci addresses of packed charts are fetched`,
    );
  }
  const { url, access } = parseSourceAddress(chart, state.access);
  return { archive: await downloadArchive(state, url, { access, authorized: true }), url: printable(url) };
}

async function fromRepository(state: Download): Promise<Downloaded> {
  const { wish, known } = state;
  const { url: repository, access } = parseSourceAddress(wish.repo, state.access);
  const index = await readIndex(state, repository, access);
  const entry = index.choose(wish.chart, wish.version);
  if (entry.url.startsWith("oci://")) {
    // Another server than the repository's: its credential is not for it.
    return pullOci({ ...state, access: withoutCredential(access) }, entry.url, "");
  }
  const { url } = parseSourceAddress(entry.url, access);
  const shown = printable(url);
  if (entry.digest !== "" && known?.digest === entry.digest && known.url === shown) {
    return { archive: known.archive, url: shown };
  }
  const authorized = access.passCredentials === true || url.origin === repository.origin;
  const own = authorized ? access : withoutCredential(access);
  const archive = await downloadArchive(state, url, { access: own, authorized });
  const actual = sha256(archive);
  if (entry.digest !== "" && entry.digest !== actual) {
    const promised = `not ${entry.digest} as the index says`;
    throw new ChartSourceError("refused", `${shown} has the digest ${actual}, ${promised}`);
  }
  return { archive, url: shown };
}

async function readIndex(state: Download, repository: URL, access: SourceAccess): Promise<RepositoryIndex> {
  const key = `${repository.href} ${accessDigest(access)}`;
  const ready = state.indexes.get(key);
  if (ready !== undefined) return ready;
  const answer = await requestSource({
    url: new URL(resolveInRepository(repository, "index.yaml")),
    access,
    authorization: basicAuthorization(access),
    maxBytes: state.limits.maxIndexBytes,
    signal: state.signal,
  });
  const index = parseRepositoryIndex(bodyOf(answer, "chart repository").toString("utf8"), repository);
  state.indexes.set(key, index);
  return index;
}

async function downloadArchive(
  { limits, signal }: Download,
  url: URL,
  { access, authorized }: { readonly access: SourceAccess; readonly authorized: boolean },
): Promise<Buffer> {
  const authorization = authorized ? basicAuthorization(access) : undefined;
  return bodyOf(await requestSource({ url, access, authorization, maxBytes: limits.maxArchiveBytes, signal }), "chart");
}

async function pullOci({ access, limits, known, signal }: Download, address: string, version: string) {
  return pullOciChart({
    address,
    version,
    access,
    maxBytes: limits.maxArchiveBytes,
    signal,
    cached: async (digest) => Promise.resolve(known?.digest === digest ? known.archive : undefined),
  });
}

function printable(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function unpack({ archive, digest, url }: CachedChart, outdated: ChartSourceError | undefined): FetchedChart {
  try {
    const files = readArchive(archive);
    const { name, version } = loadChart(files).metadata;
    return { name, version, digest, url, archive, files, outdated };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartSourceError("refused", `${url} is no chart that can be used: ${error.message}`, error);
  }
}

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ChartFile } from "../chart.ts";
import { writeTar } from "../write-tar.ts";
import { type ChartAddress, parseGitAddress } from "./chart-address.ts";
import type { CachedChart } from "./chart-cache.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import type { SourceDecoder } from "./decode-source.ts";
import type { ChartWish, SourceLimits } from "./fetch-chart.ts";
import { pullOciChart } from "./pull-oci-chart.ts";
import { resolveInRepository } from "./repository-index.ts";
import { bodyOf, requestSource } from "./request-source.ts";
import {
  accessDigest,
  basicAuthorization,
  parseSourceAddress,
  printableAddress,
  type SourceAccess,
  withoutCredential,
} from "./source-access.ts";

/** A chart in a Git repository. */
export interface GitChartRequest {
  readonly url: string;
  /** Branch, tag or whole commit ID; "" is the default branch. */
  readonly ref: string;
  readonly subdir: string;
  readonly access: SourceAccess;
  /** Commit whose files are here already. */
  readonly known: string | undefined;
  readonly signal: AbortSignal;
}

/** What a Git repository has of a chart; `files` is undefined when the commit is the known one. */
export interface GitChart {
  readonly commit: string;
  readonly files: readonly ChartFile[] | undefined;
}

/** Returns a chart's directory of a Git repository. Throws `ChartSourceError`. */
export type FetchGitChart = (request: GitChartRequest) => Promise<GitChart>;

/** One download. */
export interface Download {
  readonly wish: ChartWish;
  readonly address: ChartAddress;
  readonly access: SourceAccess;
  readonly limits: SourceLimits;
  /** What the wish came to the last time. */
  readonly known: CachedChart | undefined;
  /** The bytes of indexes that this run has read, by address and access. */
  readonly indexes: Map<string, Promise<Uint8Array>>;
  readonly decoder: SourceDecoder;
  /** Commit that a Git address is held to, whatever its ref names now. */
  readonly commit: string | undefined;
  readonly fetchGit: FetchGitChart | undefined;
  readonly signal: AbortSignal;
}

/** A packed chart, and where it came from, without credentials. */
export interface Downloaded {
  readonly archive: Buffer;
  readonly url: string;
}

/** Returns the archive of a chart, from wherever it is. Throws `ChartSourceError`. */
export async function downloadChart(state: Download): Promise<Downloaded> {
  const { address } = state;
  switch (address.kind) {
    case "oci":
      return pullOci(state, address.address, state.wish.version);
    case "repository":
      return fromRepository(state);
    case "archive":
      return fromAddress(state, address.url);
    case "git":
      return fromGit(state, address);
  }
}

async function fromRepository(state: Download): Promise<Downloaded> {
  const { wish, known } = state;
  const { url: repository, access } = parseSourceAddress(wish.repo, state.access);
  const index = await readIndex(state, repository, access);
  const { chart, version } = wish;
  const entry = await state.decoder.choose({ index, chart, version, repository: repository.href });
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
  if (entry.digest !== "") checkArchive(archive, { algorithm: "sha256", digest: entry.digest }, shown);
  return { archive, url: shown };
}

async function readIndex(state: Download, repository: URL, access: SourceAccess): Promise<Uint8Array> {
  const key = `${repository.href} ${accessDigest(access)}`;
  const ready = state.indexes.get(key);
  if (ready !== undefined) return ready;
  const reading = (async () => {
    const answer = await requestSource({
      url: new URL(resolveInRepository(repository, "index.yaml")),
      access,
      authorization: basicAuthorization(access),
      maxBytes: state.limits.maxIndexBytes,
      signal: state.signal,
    });
    return bodyOf(answer, "chart repository");
  })();
  state.indexes.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    state.indexes.delete(key);
    throw error;
  }
}

/** `checksum` and `archive` in the query are for the client, as for go-getter; what the archive is shows in its bytes. */
async function fromAddress(state: Download, address: string): Promise<Downloaded> {
  const { url, access } = parseSourceAddress(address, state.access);
  const checksum = url.searchParams.get("checksum");
  for (const name of ["checksum", "archive"]) if (url.searchParams.has(name)) url.searchParams.delete(name);
  const archive = await downloadArchive(state, url, { access, authorized: true });
  if (checksum !== null) {
    const [, algorithm, digest] = /^(md5|sha1|sha256|sha512):([0-9a-f]+)$/u.exec(checksum.toLowerCase()) ?? [];
    if (algorithm === undefined || digest === undefined) {
      throw new ChartSourceError("address", `${printable(url)}: checksum has the form sha256:<hexadecimal>`);
    }
    checkArchive(archive, { algorithm, digest }, printable(url));
  }
  return { archive, url: printable(url) };
}

function checkArchive(
  archive: Buffer,
  promised: { readonly algorithm: string; readonly digest: string },
  place: string,
): void {
  const actual = createHash(promised.algorithm).update(archive).digest("hex");
  if (actual === promised.digest) return;
  const said = promised.algorithm === "sha256" ? "as the index says" : "as its address says";
  throw new ChartSourceError("refused", `${place} has the digest ${actual}, not ${promised.digest} ${said}`);
}

async function fromGit(state: Download, address: ChartAddress & { readonly kind: "git" }): Promise<Downloaded> {
  const { known, signal, fetchGit } = state;
  const { url, ref, privateKey } = parseGitAddress(address.url);
  if (fetchGit === undefined) {
    throw new ChartSourceError(
      "address",
      `chart ${printableAddress(url)}: charts of Git are not fetched here; name an archive, a repository or a registry`,
    );
  }
  const { sshKey } = state.access;
  const access: SourceAccess =
    privateKey === undefined
      ? state.access
      : { ...state.access, sshKey: { privateKey, knownHosts: sshKey?.knownHosts ?? "" } };
  const { subdir } = address;
  const wish = { url, ref: state.commit ?? ref, subdir, access, known: commitIn(known?.url), signal };
  const { commit, files } = await fetchGit(wish);
  const shown = `git::${printableAddress(url)}${subdir === "" ? "" : `//${subdir}`}@${commit}`;
  if (files === undefined && known !== undefined) return { archive: known.archive, url: shown };
  const tar = writeTar((files ?? []).map(({ name, data }) => ({ name: `chart/${name}`, data })));
  return { archive: gzipSync(tar), url: shown };
}

/** Returns the commit at the end of the address that a chart of a Git repository is shown with. */
export function commitIn(url: string | undefined): string | undefined {
  return /@([0-9a-f]{40,64})$/u.exec(url ?? "")?.[1];
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

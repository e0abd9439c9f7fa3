import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { ChartMissingError, ChartSourceError } from "../../helm/chart/source/chart-source-error.ts";
import { createChartSource, defaultSourceLimits } from "../../helm/chart/source/fetch-chart.ts";
import { pullOciChart } from "../../helm/chart/source/pull-oci-chart.ts";
import { printableAddress } from "../../helm/chart/source/source-access.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import { pulledLines } from "./pulled-lines.ts";
import type { SourceRequest } from "./source-request.ts";

/** A packed chart from a server. */
export interface FetchedArchive {
  readonly archive: Uint8Array;
  /** Name that Helm saves it under. */
  readonly fileName: string;
  /** What Helm prints while it fetches; empty but for registries. */
  readonly lines: readonly string[];
}

/** Returns the packed chart that words of a command line mean. Throws `ChartError`, with Helm's words where it has some. */
export async function fetchReference(reference: string, request: SourceRequest): Promise<FetchedArchive> {
  try {
    if (request.repo === "" && reference.startsWith("oci://")) return await fromRegistry(reference, request);
    if (request.repo === "" && !/^https?:\/\//u.test(reference)) throw unknownName(reference);
    return await fromServer(reference, request);
  } catch (error) {
    if (error instanceof ChartMissingError && request.repo !== "") {
      const version = request.version === "" ? "" : ` version ${quoteString(request.version)}`;
      const what = `chart ${quoteString(reference)}${version}`;
      throw new ChartError("load", `${what} not found in ${printableAddress(request.repo)} repository`, error);
    }
    if (error instanceof ChartSourceError) throw new ChartError("load", error.message, error);
    throw error;
  }
}

/** Helm knows repositories by name, from a file that this command does not read. */
function unknownName(reference: string): ChartError {
  const [name = "", chart] = reference.split("/");
  const hint = "give the repository's address with --repo";
  if (chart === undefined) {
    const form = `non-absolute URLs should be in form of repo_name/path_to_chart, got: ${reference}`;
    return new ChartError("load", `${form} (no such directory or file; ${hint})`);
  }
  return new ChartError("load", `repo ${name} not found (names of repositories are not read; ${hint})`);
}

async function fromRegistry(address: string, { version, access }: SourceRequest): Promise<FetchedArchive> {
  const { timeoutMs, maxArchiveBytes } = defaultSourceLimits;
  const { archive, url, manifestDigest } = await pullOciChart({
    address,
    version,
    access,
    maxBytes: maxArchiveBytes,
    signal: AbortSignal.timeout(timeoutMs),
    cached: async () => Promise.resolve(undefined),
  });
  const [, name = "chart", tag = ""] = /([^/:@]+)[:@](?:sha256:)?([^/]+)$/u.exec(url) ?? [];
  return {
    archive,
    fileName: `${name}-${tag}.tgz`,
    lines: pulledLines(url, manifestDigest),
  };
}

async function fromServer(chart: string, { repo, version, access }: SourceRequest): Promise<FetchedArchive> {
  // A folder of its own: what is asked for now comes from the server now.
  const cacheDir = await mkdtemp(join(tmpdir(), "drover-pull-"));
  try {
    const { archive, url } = await createChartSource({ cacheDir }).fetchChart({ chart, repo, version }, { access });
    const fileName = decodeURIComponent(posix.basename(new URL(url).pathname));
    if (fileName === "" || fileName.includes("/")) {
      throw new ChartSourceError("address", `${url} has no file name to save the chart under`);
    }
    return { archive, fileName, lines: [] };
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

import type { ChartFile } from "../chart.ts";
import { ChartError } from "../chart-error.ts";
import { loadChart } from "../load-chart.ts";
import { readSourceArchive } from "./read-source-archive.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import { chooseEntry, type IndexEntry } from "./repository-index.ts";

/** What is in an archive. */
export interface UnpackedChart {
  readonly name: string;
  readonly version: string;
  /** Names are relative to the chart's directory. */
  readonly files: readonly ChartFile[];
}

/** An archive to be unpacked. */
export interface PackedSource {
  readonly archive: Uint8Array;
  /** The chart's directory in it, "" for the one at its top. */
  readonly subdir: string;
  /** Where it came from, for messages. */
  readonly url: string;
}

/** A wish to a chart repository. */
export interface IndexWish {
  /** Bytes of its index.yaml. */
  readonly index: Uint8Array;
  readonly chart: string;
  /** A version or constraint; "" is the newest stable one. */
  readonly version: string;
  /** Address of the repository. */
  readonly repository: string;
}

/** The part of fetching that takes processor time; a server runs it in a thread of its own. */
export interface SourceDecoder {
  /** Returns the version of a chart that is meant, of an index.yaml. Throws `ChartSourceError`. */
  choose(wish: IndexWish): Promise<IndexEntry>;
  /** Returns the chart in an archive. Throws `ChartSourceError`. */
  unpack(source: PackedSource): Promise<UnpackedChart>;
}

/** Decodes where it is called. */
export const inlineDecoder: SourceDecoder = {
  choose: async ({ index, chart, version, repository }) =>
    Promise.resolve(chooseEntry(textOf(index), { chart, version }, new URL(repository))),
  unpack: async (source) => Promise.resolve(unpack(source)),
};

function unpack({ archive, subdir, url }: PackedSource): UnpackedChart {
  try {
    const files = readSourceArchive(archive, subdir);
    const { name, version } = loadChart(files).metadata;
    return { name, version, files };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartSourceError("refused", `${url} is no chart that can be used: ${error.message}`, error);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

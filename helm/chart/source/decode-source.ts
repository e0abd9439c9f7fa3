import type { ChartFile } from "../chart.ts";
import { ChartError } from "../chart-error.ts";
import { loadChart } from "../load-chart.ts";
import { readSourceArchive } from "./read-source-archive.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import { type IndexEntry, listVersions } from "./repository-index.ts";

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

/** The part of fetching that takes processor time; a server runs it in a thread of its own. */
export interface SourceDecoder {
  /** Returns the versions of a chart in the bytes of an index.yaml, undefined when it does not have it. Throws `ChartSourceError`. */
  listVersions(index: Uint8Array, chart: string, place: string): Promise<readonly IndexEntry[] | undefined>;
  /** Returns the chart in an archive. Throws `ChartSourceError`. */
  unpack(source: PackedSource): Promise<UnpackedChart>;
}

/** Decodes where it is called. */
export const inlineDecoder: SourceDecoder = {
  listVersions: async (index, chart, place) => Promise.resolve(listVersions(textOf(index), chart, place)),
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

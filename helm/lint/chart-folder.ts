import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fromBytes } from "../template/go-string.ts";
import type { Chart, ChartFile } from "../chart/chart.ts";
import { readIgnoreRules } from "../chart/helm-ignore.ts";
import { loadChart } from "../chart/load-chart.ts";
import { readChartDir } from "../chart/read-chart-dir.ts";

/** What lies at a path of a chart. */
export type FolderEntry = { readonly kind: "file"; readonly text: string } | { readonly kind: "directory" };

/** A chart's directory as the linter looks at it: on disk, or what an archive would unpack to. */
export interface ChartFolder {
  /** Name for messages. */
  readonly path: string;
  /** Returns what is there, whatever .helmignore says; undefined when nothing is. */
  find(name: string): FolderEntry | undefined;
  /** Returns the chart; throws `ChartError`. */
  load(): Chart;
}

/** Returns a directory on disk, named by its absolute path. */
export function openChartFolder(path: string): ChartFolder {
  return {
    path,
    find: (name) => {
      const place = join(path, name);
      const stats = statSync(place, { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      return stats.isDirectory() ? { kind: "directory" } : { kind: "file", text: fromBytes(readFileSync(place)) };
    },
    load: () => loadChart(readChartDir(path)),
  };
}

/** Returns the directory that the files of an archive make. */
export function archiveFolder(path: string, files: readonly ChartFile[]): ChartFolder {
  return {
    path,
    find: (name) => {
      const file = files.find((candidate) => candidate.name === name);
      if (file !== undefined) return { kind: "file", text: fromBytes(file.data) };
      return files.some((candidate) => candidate.name.startsWith(`${name}/`)) ? { kind: "directory" } : undefined;
    },
    load: () => loadChart(withoutIgnored(files)),
  };
}

/** An unpacked chart is read as a directory: its .helmignore counts. */
function withoutIgnored(files: readonly ChartFile[]): ChartFile[] {
  const rules = files.find(({ name }) => name === ".helmignore");
  const isIgnored = readIgnoreRules(rules === undefined ? "" : fromBytes(rules.data).replace(/^\ufeff/, ""));
  return files.filter(({ name }) => {
    const parts = name.split("/");
    const folders = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
    return !folders.some((folder) => isIgnored(folder, true)) && !isIgnored(name, false);
  });
}

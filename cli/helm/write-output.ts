import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { OutputFile } from "./template-chart.ts";

/** Where files of `--output-dir` go. */
export interface OutputPlace {
  readonly cwd: string;
  /** As the user wrote it. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

/**
 * Writes what a chart gives, several documents of a template one after the other into its file, and says so for each. Files of
 * an earlier call are replaced. Throws `ChartError`, also for paths that lead out of the folder.
 */
export async function writeOutput(files: readonly OutputFile[], { cwd, folder, print }: OutputPlace): Promise<void> {
  const written = new Set<string>();
  for (const { path, text } of files) {
    if (posix.normalize(path).startsWith("..")) throw new ChartError("render", `${path} leads out of ${folder}`);
    const target = resolve(cwd, join(folder, path));
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      await (written.has(target) ? appendFile(target, text) : writeFile(target, text));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ChartError("render", `${folder}/${path} cannot be written: ${reason}`, error);
    }
    written.add(target);
    print(`wrote ${folder}/${path}`);
  }
}

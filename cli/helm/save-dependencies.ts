import { existsSync, statSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChartFile } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { type ChartLock, printLock } from "../../helm/chart/dependencies/chart-lock.ts";
import { loadChartArchive } from "../../helm/chart/load-chart.ts";
import { quoteString } from "../../helm/template/quote-string.ts";

/**
 * Puts archives into the `charts/` of a chart's directory, all of them written before the first appears. Returns the names of
 * the files that were there. Throws `ChartError` when `charts` is no directory.
 */
export async function saveDependencies(
  folder: string,
  shown: string,
  archives: readonly ChartFile[],
): Promise<readonly string[]> {
  const charts = join(folder, "charts");
  if (existsSync(charts) && !statSync(charts).isDirectory()) {
    throw new ChartError("load", `${quoteString(join(shown, "charts"))} is not a directory`);
  }
  await mkdir(charts, { recursive: true, mode: 0o755 });
  const entries = await readdir(charts, { withFileTypes: true });
  const fresh = await mkdtemp(join(folder, "tmpcharts-"));
  try {
    for (const { name, data } of archives) await writeFile(join(fresh, name), data, { mode: 0o644 });
    for (const { name } of archives) await rename(join(fresh, name), join(charts, name));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** What may be outdated in a `charts/` directory. */
export interface Leftovers {
  readonly folder: string;
  readonly shown: string;
  /** Files that were there before. */
  readonly before: readonly string[];
  readonly saved: readonly ChartFile[];
  /** Names of charts that Chart.yaml expects in `charts/`. */
  readonly inside: ReadonlySet<string>;
  readonly print: (line: string) => void;
}

/** Removes archives that no dependency asks for any more; what is no chart stays, with a line that says so. */
export async function removeOutdated({ folder, shown, before, saved, inside, print }: Leftovers): Promise<void> {
  const kept = new Set(saved.map(({ name }) => name));
  for (const name of before) {
    if (kept.has(name)) continue;
    const path = join(folder, "charts", name);
    try {
      const { metadata } = loadChartArchive(await readArchiveFile(path, join(shown, "charts", name)));
      if (!inside.has(metadata.name)) await rm(path);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      print(`Could not verify ${join(shown, "charts", name)} for deletion: ${error.message} (Skipping)`);
    }
  }
}

async function readArchiveFile(path: string, shown: string): Promise<Buffer> {
  const data = await readFile(path);
  if (data[0] === 0x1f && data[1] === 0x8b) return data;
  const problem = "does not appear to be a gzipped archive; got 'application/octet-stream'";
  throw new ChartError("load", `file '${shown}' ${problem}`);
}

/** Writes a chart's lock file. Throws `ChartError` when that is a link. */
export async function saveLock(folder: string, lock: ChartLock, isOld: boolean): Promise<void> {
  const name = isOld ? "requirements.lock" : "Chart.lock";
  const path = join(folder, name);
  if (existsSync(path) && (await lstat(path)).isSymbolicLink()) {
    throw new ChartError("load", `the ${name} file is a symlink to ${quoteString(await readlink(path))}`);
  }
  const fresh = await mkdtemp(join(folder, "tmpcharts-"));
  try {
    await writeFile(join(fresh, name), printLock(lock), { mode: 0o644 });
    await rename(join(fresh, name), path);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

import { randomUUID } from "node:crypto";
import { lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { loadChart } from "../../helm/chart/load-chart.ts";
import { readArchive } from "../../helm/chart/read-archive.ts";

/** Writes a packed chart into a folder; other eyes see the whole file or the one before. Throws `ChartError`. */
export async function saveArchive(archive: Uint8Array, folder: string, fileName: string): Promise<void> {
  const fresh = join(folder, `.${fileName}.${randomUUID()}`);
  try {
    await writeFile(fresh, archive, { mode: 0o644, flag: "wx" });
    await rename(fresh, join(folder, fileName));
  } catch (error) {
    throw new ChartError("load", `${join(folder, fileName)} cannot be written: ${reasonOf(error)}`, error);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Where a chart is unpacked to. */
export interface UntarPlace {
  readonly cwd: string;
  /** Folder that the chart's own folder comes into, as the user wrote it. */
  readonly folder: string;
  /** What the user called the chart: Helm refuses when something of that name is there. */
  readonly reference: string;
}

/**
 * Unpacks a chart into a folder of its name, which must not be there yet: it appears when all of it is written. Throws
 * `ChartError`, also for archives that hold links, paths that lead out, or too much (see `readArchive`).
 */
export async function untarChart(archive: Uint8Array, place: UntarPlace): Promise<void> {
  const files = readArchive(archive);
  const { name } = loadChart(files).metadata;
  for (const taken of new Set([join(place.folder, basename(place.reference)), join(place.folder, name)])) {
    if (!(await isThere(resolve(place.cwd, taken)))) continue;
    throw new ChartError("load", `failed to untar: a file or directory with the name ${taken} already exists`);
  }
  const target = resolve(place.cwd, place.folder, name);
  const fresh = join(dirname(target), `.${name}.${randomUUID()}`);
  try {
    await mkdir(fresh, { recursive: true, mode: 0o755 });
    for (const file of files) {
      const path = join(fresh, file.name);
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeFile(path, file.data, { mode: 0o644 });
    }
    await rename(fresh, target);
  } catch (error) {
    throw new ChartError("load", `failed to untar: ${reasonOf(error)}`, error);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw new ChartError("load", `failed to untar: ${reasonOf(error)}`, error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

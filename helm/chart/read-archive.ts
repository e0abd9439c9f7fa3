import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { quoteString } from "../template/quote-string.ts";
import type { ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { readTar } from "./read-tar.ts";

/** What an archive may hold; the sizes are Helm's. */
export interface ArchiveLimits {
  /** Bytes of all files. */
  readonly totalBytes: number;
  readonly files: number;
  /** Unpacked size against packed size; small archives are let pass. */
  readonly ratio: number;
}

/** Limits that no sane chart reaches. */
export const defaultArchiveLimits: ArchiveLimits = { totalBytes: 100 * 1024 * 1024, files: 20_000, ratio: 200 };

const smallBytes = 10 * 1024 * 1024;

/**
 * Returns the files of a packed chart without their first directory (Helm: `LoadArchiveFiles`), or with `subdir` those below it.
 * Throws `ChartError` for paths that leave the chart, links, devices, and what is larger than the limits.
 */
export function readArchive(bytes: Uint8Array, limits: ArchiveLimits = defaultArchiveLimits, subdir = ""): ChartFile[] {
  return readTarFiles(unzip(bytes, limits), limits, subdir);
}

/** Returns what `readArchive` returns, of a tar archive that is not packed. */
export function readTarFiles(tar: Uint8Array, limits: ArchiveLimits, subdir: string): ChartFile[] {
  const files: ChartFile[] = [];
  for (const { name, kind, data } of readTar(tar)) {
    if (kind === "directory" || name.endsWith("/")) continue;
    if (subdir !== "" && !posix.normalize(name).startsWith(`${subdir}/`)) continue;
    if (kind === "link") throw refused(`chart archive holds a link: ${quoteString(name)}`);
    if (kind === "other") throw refused(`chart archive holds something that is no file: ${quoteString(name)}`);
    files.push({ name: subdir === "" ? fileName(name) : posix.normalize(name).slice(subdir.length + 1), data });
    if (files.length > limits.files) throw refused(`chart archive holds more than ${limits.files} files`);
  }
  if (files.length === 0)
    throw refused(subdir === "" ? "no files in chart archive" : `it holds nothing below ${subdir}`);
  return files;
}

function unzip(bytes: Uint8Array, limits: ArchiveLimits): Uint8Array {
  const most = Math.min(limits.totalBytes, Math.max(smallBytes, bytes.length * limits.ratio));
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof RangeError || isTooLarge(error)) {
      throw refused(
        most === limits.totalBytes
          ? `decompressed chart is larger than the maximum size ${limits.totalBytes}`
          : `decompressed chart is more than ${limits.ratio} times larger than the archive`,
      );
    }
    throw new ChartError("load", "gzip: invalid header", error);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function fileName(full: string): string {
  const separator = full.includes("\\") ? "\\" : "/";
  const [top = "", ...rest] = full.split(separator);
  const path = rest.join("/");
  if (path.startsWith("/")) throw refused("chart illegally contains absolute paths");
  const name = posix.normalize(path);
  if (name === ".") throw refused(`chart illegally contains content outside the base directory: ${quoteString(full)}`);
  if (name.startsWith("..")) throw refused("chart illegally references parent directory");
  if (/^[a-zA-Z]:\//.test(name)) throw refused("chart contains illegally named files");
  if (top === "Chart.yaml") throw refused("chart yaml not in base directory");
  return name;
}

function refused(message: string): ChartError {
  return new ChartError("load", message);
}

import { zstdDecompressSync } from "node:zlib";
import type { ChartFile } from "../chart.ts";
import { ChartError } from "../chart-error.ts";
import { type ArchiveLimits, defaultArchiveLimits, readArchive, readTarFiles } from "../read-archive.ts";

const unreadable = [
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
] as const;
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * Returns the files of a chart in a tar archive that is packed by gzip or zstd, or not packed; with `subdir` those below it.
 * What it is follows from its bytes, not from its name. Throws `ChartError`.
 */
export function readSourceArchive(
  bytes: Uint8Array,
  subdir: string,
  limits: ArchiveLimits = defaultArchiveLimits,
): ChartFile[] {
  const other = unreadable.find(({ magic }) => startsWith(bytes, magic));
  if (other !== undefined) {
    throw new ChartError("load", `${other.name} archives are not read; offer it as .tar.gz, or name it by git::`);
  }
  if (startsWith(bytes, zstdMagic)) return readTarFiles(unzstd(bytes, limits), limits, subdir);
  if (isTar(bytes)) return readTarFiles(bytes, limits, subdir);
  return readArchive(bytes, limits, subdir);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function isTar(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(257, 262)).toString("latin1") === "ustar";
}

function unzstd(bytes: Uint8Array, limits: ArchiveLimits): Buffer {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: limits.totalBytes });
  } catch (error) {
    throw new ChartError("load", "zstd: it is damaged, or larger than is taken when unpacked", error);
  }
}

import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { type IgnoreRules, readIgnoreRules } from "./helm-ignore.ts";

const maxTotalBytes = 100 * 1024 * 1024;
const maxDepth = 60;

/** Returns the files of a chart's directory that its .helmignore lets through, links followed (Helm: `LoadDir`). Throws `ChartError`. */
export function readChartDir(folder: string): ChartFile[] {
  const walk: Walk = { folder, rules: rulesOf(folder), files: [], bytes: 0 };
  readFolder(walk, "", 0);
  return walk.files;
}

interface Walk {
  readonly folder: string;
  readonly rules: IgnoreRules;
  readonly files: ChartFile[];
  bytes: number;
}

function rulesOf(folder: string): IgnoreRules {
  const path = join(folder, ".helmignore");
  const text = statOf(path)?.isFile() === true ? readFileSync(path, "utf8") : "";
  return readIgnoreRules(text.replace(/^\ufeff/, ""));
}

function readFolder(walk: Walk, at: string, depth: number): void {
  if (depth > maxDepth) throw new ChartError("load", `${at} is nested deeper than ${maxDepth} directories`);
  const entries = readdirSync(join(walk.folder, at), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = at === "" ? entry.name : `${at}/${entry.name}`;
    const path = join(walk.folder, name);
    const type = entry.isSymbolicLink() ? statOf(path) : entry;
    if (type === undefined) throw new ChartError("load", brokenLink(path));
    if (walk.rules(name, type.isDirectory())) continue;
    if (type.isDirectory()) readFolder(walk, name, depth + 1);
    else if (type.isFile()) readFile(walk, name);
    else throw new ChartError("load", `cannot load irregular file ${path} as it has file mode type bits set`);
  }
}

function readFile(walk: Walk, name: string): void {
  const data = readBytes(join(walk.folder, name));
  walk.bytes += data?.length ?? 0;
  if (data === undefined || walk.bytes > maxTotalBytes) {
    throw new ChartError(
      "load",
      `error reading ${name}: chart exceeds maximum decompressed size of ${maxTotalBytes} bytes`,
    );
  }
  walk.files.push({ name, data });
}

/** Undefined for a file that is larger than Node reads at once: 2 GB and more. */
function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_FS_FILE_TOO_LARGE") return undefined;
    throw error;
  }
}

/** Undefined for a link that leads nowhere, or in a circle. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ELOOP") return undefined;
    throw error;
  }
}

const maxLinks = 255;

/** Returns Go's words for a link that cannot be followed. */
function brokenLink(path: string): string {
  let at = path;
  for (let links = 0; lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true; links++) {
    if (links > maxLinks) return `error evaluating symlink ${path}: EvalSymlinks: too many links`;
    at = resolve(realpathSync(dirname(at)), readlinkSync(at));
  }
  if (existsSync(at)) return `open ${path}: too many levels of symbolic links`;
  while (!existsSync(dirname(at))) at = dirname(at);
  return `error evaluating symlink ${path}: lstat ${at}: no such file or directory`;
}

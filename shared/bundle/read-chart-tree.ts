import type { ChartFile } from "../../helm/chart/chart.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import { type IgnoreRules, readIgnoreRules } from "../../helm/chart/helm-ignore.ts";
import { type OutsideNotes, lookUp, maxBundleFiles } from "./collect-files.ts";
import { type RepoTree, joinPath, resolvePath } from "./repo-tree.ts";

/** What one chart may hold (Helm's limit for an archive). */
const maxBytes = 100 * 1024 * 1024;
const maxDepth = 60;

interface Walk {
  readonly at: OutsideNotes;
  readonly root: string;
  readonly rules: IgnoreRules;
  readonly files: ChartFile[];
  bytes: number;
}

/**
 * Returns the files of a chart's directory that its .helmignore lets through, links inside the repository followed. Throws
 * `ChartError` for links that lead elsewhere, and for more than a chart may hold.
 */
export function readChartTree(at: OutsideNotes, root: string): ChartFile[] {
  const walk: Walk = { at, root, rules: readIgnoreRules(ignoreText(at.tree, root)), files: [], bytes: 0 };
  readFolder(walk, { name: "", path: root, depth: 0 });
  return walk.files;
}

function ignoreText(tree: RepoTree, root: string): string {
  const found = resolvePath(tree, joinPath(root, ".helmignore"));
  if (found.kind !== "found" || found.entry.type !== "file") return "";
  return new TextDecoder().decode(tree.read(found.path));
}

interface Folder {
  /** Name relative to the chart. */
  readonly name: string;
  readonly path: string;
  readonly depth: number;
}

function readFolder(walk: Walk, folder: Folder): void {
  const { tree } = walk.at;
  if (folder.depth > maxDepth) {
    throw new ChartError("load", `${folder.name} is nested deeper than ${maxDepth} directories`);
  }
  for (const entry of tree.list(folder.path)) {
    const name = joinPath(folder.name, entry.name);
    const path = joinPath(folder.path, entry.name);
    const found = entry.type === "symlink" ? lookUp(walk.at, path) : ({ kind: "found", path, entry } as const);
    if (found.kind === "outside") throw new ChartError("load", `error evaluating symlink ${path}: ${found.reason}`);
    if (found.kind === "missing") throw new ChartError("load", `error evaluating symlink ${path}: it leads nowhere`);
    const isFolder = found.entry.type === "dir";
    if (walk.rules(name, isFolder) || found.entry.type === "submodule") continue;
    if (isFolder) readFolder(walk, { name, path: found.path, depth: folder.depth + 1 });
    else readFile(walk, name, found.path);
  }
}

function readFile(walk: Walk, name: string, path: string): void {
  const data = walk.at.tree.read(path);
  walk.bytes += data.length;
  if (walk.bytes > maxBytes || walk.files.length >= maxBundleFiles) {
    const limits = `${maxBytes} bytes or ${maxBundleFiles} files`;
    throw new ChartError("load", `chart ${walk.root} holds more than ${limits}`);
  }
  walk.files.push({ name, data });
}

import type { BundlePath } from "../api/git-repo.ts";
import { AppError, type SourcePosition, toAppError } from "../errors.ts";
import { findLinkedDirs } from "./find-linked-dirs.ts";
import { hasPatternSigns, matchPattern } from "./match-pattern.ts";
import { type RepoTree, baseName, cleanPath, dirName, joinPath, resolvePath } from "./repo-tree.ts";
import { type ScanMemo, scanTree } from "./scan-tree.ts";
import type { BundleWarning } from "./warning.ts";
import { withPosition } from "./with-position.ts";

/** A directory that is to become one bundle. */
export interface BundleDir {
  /** Path from the repository's root as it is written, links in it not followed; "" is the root. Names derive from it. */
  readonly path: string;
  /** Where the path leads once links are followed. */
  readonly realPath: string;
  /** Oid of the directory's tree. */
  readonly oid: string;
  /** Driven scan with an options file: its path relative to the directory; it becomes part of the bundle's name. */
  readonly optionsFile?: string;
}

/** A path of a GitRepo that could not be searched; the others were. */
export interface PathFault {
  readonly path: string;
  readonly error: AppError;
}

/** Bundle directories of a commit, in the order in which they are read. */
export interface FoundDirs {
  readonly dirs: readonly BundleDir[];
  readonly faults: readonly PathFault[];
  /** Entries of `paths` that match no directory: Fleet ignores them without a word. */
  readonly unmatched: readonly string[];
  /** Links below `paths` from which nothing is deployed. */
  readonly warnings: readonly BundleWarning[];
}

/** Which parts of a repository are searched: `paths` and `bundles` of a GitRepo. */
export interface ScanOptions {
  readonly paths?: readonly string[];
  readonly bundles?: readonly BundlePath[];
  /** Where an entry of them is written, when that is known. */
  readonly place?: ((field: "paths" | "bundles", index: number) => SourcePosition) | undefined;
}

/**
 * Returns the directories that become bundles, as Fleet finds them: with `bundles` exactly those, otherwise below each
 * match of `paths` (default: the root) every directory with a fleet.yaml or fleet.yml, and the match itself when it has
 * YAML that no such directory covers, then (other than Fleet) the directories behind links below. A match that leaves the
 * repository is a fault of its own, one that leads nowhere is unmatched; below a match that is a link nothing is looked for.
 */
export function findBundleDirs(tree: RepoTree, options: ScanOptions, memo: ScanMemo = new Map()): FoundDirs {
  if (options.bundles !== undefined && options.bundles.length > 0)
    return findDriven(tree, options.bundles, options.place);
  const paths = options.paths === undefined || options.paths.length === 0 ? ["."] : options.paths;
  const dirs: BundleDir[] = [];
  const searched: BundleDir[] = [];
  const faults: PathFault[] = [];
  const unmatched: string[] = [];
  for (const [index, path] of paths.entries()) {
    try {
      const glob = () => globPaths(tree, path.replace(/^\/+/u, ""));
      const matched = inPlace({ field: "paths", index }, glob, options.place).map((match) => matchAt(tree, match));
      const roots = matched.flatMap((match) => match.dir ?? []);
      const refused = matched.flatMap((match) => match.fault ?? []);
      if (roots.length + refused.length === 0) unmatched.push(path);
      else unmatched.push(...matched.flatMap((match) => match.dangling ?? []));
      faults.push(...refused);
      for (const root of roots) dirs.push(...searchRoot(tree, root, memo));
      searched.push(...roots.filter((root) => root.path === root.realPath));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.push({ path, error });
    }
  }
  try {
    const linked = findLinkedDirs(tree, { roots: searched, found: dirs }, memo);
    return { dirs: [...dirs, ...linked.dirs], faults, unmatched, warnings: linked.warnings };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { dirs, faults: [...faults, { path: paths.join(","), error }], unmatched, warnings: [] };
  }
}

/** Go's `filepath.Glob`: the empty pattern, and one with signs that ends in `/`, match nothing. */
function globPaths(tree: RepoTree, pattern: string): string[] {
  if (pattern === "") return [];
  return hasPatternSigns(pattern) ? globPattern(tree, pattern) : [pattern];
}

interface PathMatch {
  readonly dir?: BundleDir;
  readonly fault?: PathFault;
  /** A link that leads nowhere. */
  readonly dangling?: string;
}

/** What a path that matched is: a directory, something else, or a link that cannot be followed. */
function matchAt(tree: RepoTree, match: string): PathMatch {
  const path = cleanPath(match);
  if (path === undefined) return {};
  const resolved = resolvePath(tree, match);
  if (resolved.kind === "outside") {
    const error = new AppError("LINK_INVALID", `paths: ${resolved.reason}; what was deployed from "${path}" stays`, {
      verdict: "stalled",
      position: { file: path, line: 1, column: 1 },
    });
    return { fault: { path, error } };
  }
  if (resolved.kind === "missing") return { dangling: path };
  const dir = dirAt(tree, match);
  return dir === undefined ? {} : { dir };
}

function globPattern(tree: RepoTree, pattern: string): string[] {
  matchPattern(pattern, "");
  if (!hasPatternSigns(pattern)) return [pattern];
  const name = baseName(pattern);
  const parents = pattern.includes("/") ? globPattern(tree, dirName(pattern)) : ["."];
  return parents.flatMap((parent) => {
    const dir = dirAt(tree, parent);
    if (dir === undefined) return [];
    const names = tree.list(dir.realPath).map((entry) => entry.name);
    return names
      .filter((candidate) => matchPattern(name, candidate))
      .sort()
      .map((candidate) => `${parent}/${candidate}`);
  });
}

function dirAt(tree: RepoTree, path: string): BundleDir | undefined {
  const clean = cleanPath(path);
  if (clean === undefined) return undefined;
  const resolved = resolvePath(tree, path);
  if (resolved.kind !== "found" || resolved.entry.type !== "dir") return undefined;
  return { path: clean, realPath: resolved.path, oid: resolved.entry.oid };
}

function searchRoot(tree: RepoTree, root: BundleDir, memo: ScanMemo): BundleDir[] {
  const scanned = scanTree(tree, { path: root.realPath, oid: root.oid }, memo);
  const isLink = root.path !== root.realPath;
  const found: BundleDir[] = [];
  if (scanned.marked[0]?.path === "" || scanned.hasPlainYaml) found.push(root);
  for (const { path, oid } of scanned.marked) {
    if (path === "" || isLink) continue;
    found.push({ path: joinPath(root.path, path), realPath: joinPath(root.realPath, path), oid });
  }
  return found;
}

/** Runs what reads one entry; an error without a line gets that of the entry, when it is known. */
function inPlace<T>(
  entry: { readonly field: "paths" | "bundles"; readonly index: number },
  run: () => T,
  place: ScanOptions["place"],
): T {
  return place === undefined ? run() : withPosition(() => place(entry.field, entry.index), run);
}

function findDriven(tree: RepoTree, bundles: readonly BundlePath[], place: ScanOptions["place"]): FoundDirs {
  const dirs: BundleDir[] = [];
  const faults: PathFault[] = [];
  for (const [index, { base = "", options = "" }] of bundles.entries()) {
    try {
      dirs.push(inPlace({ field: "bundles", index }, () => drivenDir(tree, base, options), place));
    } catch (error) {
      faults.push({ path: base, error: toAppError(error) });
    }
  }
  return { dirs, faults, unmatched: [], warnings: [] };
}

function drivenDir(tree: RepoTree, base: string, options: string): BundleDir {
  const dir = dirAt(tree, base.replace(/^\/+/u, ""));
  if (dir === undefined) {
    throw new AppError("BUNDLE_DIR_MISSING", `bundles: there is no directory "${base}" in the repository`, {
      verdict: "stalled",
    });
  }
  return options === "" ? dir : { ...dir, optionsFile: options };
}

import { AppError } from "../errors.ts";
import { checkFleetIgnore, createIgnoreRules, parseFleetIgnore } from "./fleet-ignore.ts";
import {
  type RepoTree,
  type Resolved,
  type TreeEntry,
  baseName,
  cleanPath,
  joinPath,
  resolvePath,
} from "./repo-tree.ts";
import type { BundleWarning } from "./warning.ts";

/** A byte-order mark is part of the first pattern. */
const asFleetReads = new TextDecoder("utf-8", { ignoreBOM: true });

/** More files than this in one bundle are refused: links can multiply them without end. */
export const maxBundleFiles = 100_000;

/** One file of a bundle before it is read. */
export interface CollectedFile {
  /** Path relative to the bundle directory. */
  readonly name: string;
  /** Where the bytes are, links followed. */
  readonly path: string;
  readonly oid: string;
}

/** A path outside of a bundle's own tree that its build looked at; `oid` is "" when nothing usable was there. */
export interface OutsideInput {
  readonly path: string;
  readonly oid: string;
}

/** Files of a bundle directory in name order, and what was looked at outside of it. */
export interface CollectedFiles {
  readonly files: readonly CollectedFile[];
  readonly outside: readonly OutsideInput[];
  readonly warnings: readonly BundleWarning[];
}

/** What is collected. */
export interface CollectOptions {
  /** Directory, links already followed. */
  readonly root: string;
  /** Name under which the directory is known; a hidden one (`.x`) gives no files. */
  readonly rootName: string;
  /** Names left out: options file and values files. */
  readonly excluded: ReadonlySet<string>;
}

interface Walk {
  readonly tree: RepoTree;
  readonly options: CollectOptions;
  readonly rules: ReturnType<typeof createIgnoreRules>;
  readonly files: CollectedFile[];
  readonly outside: OutsideInput[];
  readonly warnings: BundleWarning[];
}

/**
 * Returns the files of one bundle directory as Fleet takes them: everything below it, nested bundles included, without
 * hidden names, what `.fleetignore` leaves out, and the excluded names. Links are followed as long as they stay in the
 * repository (Fleet loses directories behind them). Throws LINK_INVALID, PATTERN_INVALID and BUNDLE_TOO_MANY_FILES.
 */
export function collectFiles(tree: RepoTree, options: CollectOptions): CollectedFiles {
  const walk: Walk = { tree, options, rules: createIgnoreRules(), files: [], outside: [], warnings: [] };
  if (!options.rootName.startsWith(".")) walkDir(walk, { name: "", path: options.root, above: [options.root] });
  const files = walk.files.toSorted((a, b) => compareBytes(a.name, b.name));
  return { files, outside: walk.outside, warnings: walk.warnings };
}

/** Order of Go's strings, by bytes of UTF-8: what lies above U+FFFF comes last, where UTF-16 has it before U+E000. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

interface Dir {
  /** Name relative to the bundle. */
  readonly name: string;
  readonly path: string;
  /** Real paths of the directories that lead here, to notice links that turn in a circle. */
  readonly above: readonly string[];
}

function walkDir(walk: Walk, dir: Dir): void {
  const entries = walk.tree.list(dir.path).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const ignoreFile = entries.find((entry) => entry.name === ".fleetignore");
  if (ignoreFile !== undefined && !walk.options.excluded.has(dir.name)) {
    const file = joinPath(dir.path, ".fleetignore");
    const found = follow(walk, file, ignoreFile);
    const text = found.entry.type === "file" ? asFleetReads.decode(walk.tree.read(found.path)) : "";
    walk.rules.add(dir.name, parseFleetIgnore(text, file));
    walk.warnings.push(...checkFleetIgnore(text, file));
  }
  for (const entry of entries) walkEntry(walk, dir, entry);
}

function walkEntry(walk: Walk, dir: Dir, entry: TreeEntry): void {
  const name = joinPath(dir.name, entry.name);
  const isHidden = entry.name.startsWith(".");
  if (
    isHidden ||
    (walk.options.excluded.has(name) && entry.type !== "dir") ||
    walk.rules.ignores(name, entry.type === "dir")
  )
    return;
  const { path, entry: target } = follow(walk, joinPath(dir.path, entry.name), entry);
  if (target.type === "submodule") {
    const message = `the Git submodule "${name}" is not in the bundle: it was not fetched`;
    walk.warnings.push({
      code: "SUBMODULE_SKIPPED",
      message,
      position: { file: joinPath(dir.path, entry.name), line: 1, column: 1 },
    });
  } else if (target.type === "dir") {
    if (dir.above.includes(path)) throw badLink(joinPath(dir.path, entry.name), "leads to a directory that it lies in");
    if (entry.type === "symlink" && walk.rules.ignores(name, true)) return;
    walkDir(walk, { name, path, above: [...dir.above, path] });
  } else {
    if (walk.files.length >= maxBundleFiles) {
      throw new AppError(
        "BUNDLE_TOO_MANY_FILES",
        `bundle "${walk.options.rootName}" has more than ${maxBundleFiles} files`,
        {
          verdict: "stalled",
        },
      );
    }
    walk.files.push({ name, path, oid: target.oid });
  }
}

function badLink(name: string, problem: string): AppError {
  return new AppError("LINK_INVALID", `symbolic link "${name}" ${problem}`, {
    verdict: "stalled",
    position: { file: name, line: 1, column: 1 },
  });
}

/** What an entry is once links are followed; leaving the bundle's directory is noted, leaving the repository refused. */
function follow(walk: Walk, path: string, entry: TreeEntry): { path: string; entry: TreeEntry } {
  if (entry.type !== "symlink") return { path, entry };
  const resolved = resolvePath(walk.tree, path);
  if (resolved.kind === "missing") throw badLink(path, "leads nowhere; remove it or add what it points to");
  if (resolved.kind === "outside") throw badLink(path, `cannot be followed: ${resolved.reason}`);
  walk.outside.push({ path, oid: resolved.entry.oid });
  return { path: resolved.path, entry: resolved.entry };
}

/** Returns what a path outside of a bundle leads to now, in the form in which builds note it. */
export function outsideInput(tree: RepoTree, path: string): OutsideInput {
  const resolved = resolvePath(tree, path);
  return { path, oid: resolved.kind === "found" ? resolved.entry.oid : "" };
}

/** Where a build looks for a path, and the list of what it looked at outside of its directory. */
export interface OutsideNotes {
  readonly tree: RepoTree;
  /** Real path of the bundle directory. */
  readonly dir: string;
  readonly outside: OutsideInput[];
}

/** Returns what a path leads to, and notes it unless it is plainly inside the bundle's own directory. */
export function lookUp(notes: OutsideNotes, path: string): Resolved {
  const resolved = resolvePath(notes.tree, path);
  const isOwn = notes.dir === "" || (cleanPath(path) ?? "").startsWith(`${notes.dir}/`);
  const isPlain = resolved.kind === "found" && resolved.path === cleanPath(path);
  if (!isOwn || !isPlain) notes.outside.push({ path, oid: resolved.kind === "found" ? resolved.entry.oid : "" });
  return resolved;
}

/** Returns the base name of a bundle directory; "." for the repository's root. */
export function rootNameOf(path: string): string {
  return path === "" ? "root" : baseName(path);
}

import { type RepoTree, type TreeEntry, joinPath, resolvePath } from "./repo-tree.ts";

/** What one tree means for the search, by oid: directories in it that have options, links, and whether plain YAML is in it. */
export interface ScannedTree {
  readonly marked: readonly { readonly path: string; readonly oid: string }[];
  /** Paths of symbolic links in it, but those named as options files; where they lead depends on where the tree lies. */
  readonly links: readonly string[];
  readonly hasPlainYaml: boolean;
}

/** Results of earlier searches by tree oid; give the same map again and only changed trees are walked. */
export type ScanMemo = Map<string, ScannedTree>;

const optionFiles = ["fleet.yaml", "fleet.yml"];

/** Returns the name of the options file of a directory: fleet.yaml, else fleet.yml, else undefined. */
export function findOptionsFile(tree: RepoTree, dir: string): string | undefined {
  const entries = tree.list(dir);
  return optionFiles.find((name) => entries.some((entry) => entry.name === name && isFile(tree, dir, entry)));
}

/** A link that leads nowhere or out of the repository counts: its directory is refused instead of built without options. */
function isFile(tree: RepoTree, dir: string, entry: TreeEntry): boolean {
  if (entry.type !== "symlink") return entry.type === "file";
  const resolved = resolvePath(tree, joinPath(dir, entry.name));
  return resolved.kind !== "found" || resolved.entry.type === "file";
}

/**
 * Returns what one tree holds, in name order; links in it are not followed. A link named fleet.yaml counts as it leads at
 * this path, so that trees with such links are not kept.
 */
export function scanTree(tree: RepoTree, at: { path: string; oid: string }, memo: ScanMemo): ScannedTree {
  const known = memo.get(at.oid);
  if (known !== undefined) return known;
  const marked: { path: string; oid: string }[] = [];
  const links: string[] = [];
  let hasPlainYaml = false;
  let hasOptionLinks = false;
  const entries = tree.list(at.path);
  const isMarked = findOptionsFile(tree, at.path) !== undefined;
  if (isMarked) marked.push({ path: "", oid: at.oid });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.type === "dir") {
      if (entry.name === ".git") continue;
      const below = scanTree(tree, { path: joinPath(at.path, entry.name), oid: entry.oid }, memo);
      hasOptionLinks ||= !memo.has(entry.oid);
      for (const { path, oid } of below.marked)
        marked.push({ path: path === "" ? entry.name : joinPath(entry.name, path), oid });
      links.push(...below.links.map((path) => joinPath(entry.name, path)));
      hasPlainYaml ||= below.hasPlainYaml;
    } else {
      const isOptions = optionFiles.includes(entry.name);
      if (entry.type === "symlink" && isOptions) hasOptionLinks = true;
      if (entry.type === "symlink" && !isOptions) links.push(entry.name);
      hasPlainYaml ||= /\.ya?ml$/u.test(entry.name) && entry.type !== "submodule";
    }
  }
  const scanned = { marked, links, hasPlainYaml: hasPlainYaml && !isMarked };
  if (!hasOptionLinks) memo.set(at.oid, scanned);
  return scanned;
}

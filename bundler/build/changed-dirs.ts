import type { TreeEntry } from "../../shared/bundle/repo-tree.ts";
import { joinPath } from "../../shared/bundle/repo-tree.ts";

/** Reads directories by object ID, also those of the commit before. */
export type ReadEntries = (oid: string) => readonly TreeEntry[];

const optionFiles: ReadonlySet<string> = new Set(["fleet.yaml", "fleet.yml"]);

/**
 * Returns the directories that differ between two trees, by path with their new object IDs, when the search for bundles
 * would find the same directories in both: none came or went, no options file did, links and submodules are the same, and plain YAML
 * is still where it was. Undefined when it might not. Equal subtrees are not read.
 */
export function changedDirs(before: string, after: string, entriesOf: ReadEntries): Map<string, string> | undefined {
  const changed = new Map<string, string>();
  const stack = [{ path: "", before, after }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.before === top.after) continue;
    changed.set(top.path, top.after);
    const old = entriesOf(top.before);
    const fresh = entriesOf(top.after);
    if (!isSameShape(old, fresh)) return undefined;
    const oldDirs = old.filter((entry) => entry.type === "dir");
    const dirs = fresh.filter((entry) => entry.type === "dir");
    for (const [index, entry] of dirs.entries()) {
      const oid = oldDirs[index]?.oid;
      if (oid === undefined) return undefined;
      if (oid === entry.oid) continue;
      stack.push({ path: joinPath(top.path, entry.name), before: oid, after: entry.oid });
    }
  }
  return changed;
}

/** Compares everything of two listings that decides where bundles are found. */
function isSameShape(before: readonly TreeEntry[], after: readonly TreeEntry[]): boolean {
  if (before.length === after.length && before.every((entry, index) => isAlike(entry, after[index]))) return true;
  const left = before.flatMap(decisive);
  const right = after.flatMap(decisive);
  return (
    left.length === right.length &&
    left.every((name, index) => name === right[index]) &&
    hasYaml(before) === hasYaml(after)
  );
}

function isAlike(entry: TreeEntry, other: TreeEntry | undefined): boolean {
  if (entry.name !== other?.name || entry.type !== other.type) return false;
  return entry.type === "file" || entry.type === "dir" || entry.oid === other.oid;
}

function decisive(entry: TreeEntry): string[] {
  if (entry.type === "file") return optionFiles.has(entry.name) ? [`file ${entry.name}`] : [];
  return [entry.type === "dir" ? `dir ${entry.name}` : `${entry.type} ${entry.name} ${entry.oid}`];
}

function hasYaml(entries: readonly TreeEntry[]): boolean {
  return entries.some((entry) => entry.type !== "dir" && entry.type !== "submodule" && /\.ya?ml$/u.test(entry.name));
}

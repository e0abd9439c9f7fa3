import { baseName, dirName, type RepoTree, type TreeEntry } from "../../shared/bundle/repo-tree.ts";

const types: Readonly<Record<string, TreeEntry["type"]>> = {
  "120000": "symlink",
  "160000": "submodule",
  "040000": "dir",
};

/** Returns what `git ls-tree -r -z` lists as a repository tree; a file is read when it is asked for. */
export function listedTree(listing: string, readBlob: (oid: string) => Uint8Array): RepoTree {
  const entries = new Map<string, TreeEntry>([["", { name: "", type: "dir", oid: "" }]]);
  const lists = new Map<string, TreeEntry[]>([["", []]]);
  const add = (path: string, entry: TreeEntry): void => {
    if (entries.has(path)) return;
    const dir = dirName(path);
    add(dir, { name: baseName(dir), type: "dir", oid: dir });
    entries.set(path, entry);
    lists.get(dir)?.push(entry);
    if (entry.type === "dir") lists.set(path, []);
  };
  for (const line of listing.split("\0")) {
    const [, mode = "", oid = "", path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/su.exec(line) ?? [];
    if (path !== undefined) add(path, { name: baseName(path), type: types[mode] ?? "file", oid });
  }
  return {
    oid: "",
    list: (dir) => lists.get(dir) ?? [],
    find: (path) => entries.get(path),
    read: (path) => readBlob(entries.get(path)?.oid ?? ""),
  };
}

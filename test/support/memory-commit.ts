import type { CommitTree } from "../../bundler/git/read-tree.ts";
import type { TreeEntry } from "../../shared/bundle/repo-tree.ts";
import { joinPath } from "../../shared/bundle/repo-tree.ts";
import { memoryTree, type MemoryFile } from "./memory-tree.ts";

/** Directories of several commits by object ID, as one store would hold them. */
export type MemoryStore = Map<string, readonly TreeEntry[]>;

/** Returns a commit's tree held in memory that counts what is read; commits of one store see each other's directories. */
export function memoryCommit(files: Readonly<Record<string, MemoryFile>>, store: MemoryStore): CommitTree {
  const tree = memoryTree(files);
  const counts = { treesRead: 0, blobsRead: 0 };
  const remember = (path: string, oid: string): void => {
    const entries = tree.list(path);
    store.set(oid, entries);
    for (const entry of entries) if (entry.type === "dir") remember(joinPath(path, entry.name), entry.oid);
  };
  remember("", tree.oid);
  return {
    oid: tree.oid,
    roots: [tree.oid],
    counts,
    list: (dir) => {
      counts.treesRead += 1;
      return tree.list(dir);
    },
    read: (path) => {
      counts.blobsRead += 1;
      return tree.read(path);
    },
    find: (path) => {
      if (path === "") return { name: "", type: "dir", oid: tree.oid };
      const slash = path.lastIndexOf("/");
      return tree.list(path.slice(0, Math.max(slash, 0))).find(({ name }) => name === path.slice(slash + 1));
    },
    entriesOf: (oid) => {
      const entries = store.get(oid);
      if (entries === undefined) throw new Error(`no directory ${oid}`);
      return entries;
    },
    [Symbol.dispose]: () => undefined,
  };
}

import type { TreeEntry } from "../../shared/bundle/repo-tree.ts";
import { AppError } from "../../shared/errors.ts";
import { isStoreFault, markDamaged } from "./bare-store.ts";
import type { Commit } from "./commit.ts";
import type { CommitTree } from "./commit-tree.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { graftTrees } from "./graft-trees.ts";
import { formatOfOid, isEmptyTree } from "./object-format.ts";
import type { ObjectStore } from "./object-store.ts";
import { openObjectStore } from "./object-store.ts";
import type { GitTreeEntry } from "./parse-objects.ts";
import { parseTree } from "./parse-objects.ts";

export type { CommitTree } from "./commit-tree.ts";

/** Parsed directories of one remote by object ID. */
export interface RemoteTrees {
  get(oid: string): CachedTree | undefined;
  set(oid: string, tree: CachedTree): void;
}

/** Parsed directories that outlive commits, kept apart by remote: nobody reads through another's access. */
export interface TreeCache {
  of(remoteKey: string): RemoteTrees;
}

/** One directory. `byName` is filled when a name is first looked for. */
export interface CachedTree {
  readonly entries: readonly GitTreeEntry[];
  byName: ReadonlyMap<string, GitTreeEntry> | undefined;
}

/** Entries that one view may list in all: a few nested trees can name billions of files. */
const maxListed = 5_000_000;

/** Returns a cache that forgets directories not used for a while beyond `maxEntries` names in all. */
export function createTreeCache(maxEntries = 600_000): TreeCache {
  let young = new Map<string, Map<string, CachedTree>>();
  let old = new Map<string, Map<string, CachedTree>>();
  let size = 0;

  function set(remoteKey: string, oid: string, tree: CachedTree): void {
    if (size > maxEntries / 2) {
      old = young;
      young = new Map();
      size = 0;
    }
    const trees = young.get(remoteKey) ?? new Map<string, CachedTree>();
    young.set(remoteKey, trees.set(oid, tree));
    size += tree.entries.length + 1;
  }

  function get(remoteKey: string, oid: string): CachedTree | undefined {
    const recent = young.get(remoteKey)?.get(oid);
    if (recent !== undefined) return recent;
    const tree = old.get(remoteKey)?.get(oid);
    if (tree !== undefined) set(remoteKey, oid, tree);
    return tree;
  }

  return {
    of: (remoteKey) => ({ get: (oid) => get(remoteKey, oid), set: (oid, tree) => set(remoteKey, oid, tree) }),
  };
}

/** What is read: a commit, with what outlives it. */
export interface CommitTreeOptions {
  readonly commit: TreeOfCommit;
  readonly cache: TreeCache;
  readonly limits: FetchLimits;
}

/** The part of a commit that says where its files are. */
export type TreeOfCommit = Pick<Commit, "gitDir" | "tree" | "remoteKey" | "submodules">;

/**
 * Returns the files of a commit's tree out of its bare store, submodules as directories. Directories are read when
 * asked for and remembered by object ID, files are not. Throws `GIT_OBJECT_MISSING` or `GIT_STORE_CORRUPT` when the store
 * is damaged, and marks it so that the next `fetchCommit` fetches afresh.
 */
export function openCommitTree(options: CommitTreeOptions): CommitTree {
  const own = openOwnTree(options);
  if (options.commit.submodules.length === 0) return own;
  const mounts = options.commit.submodules.map(({ path, commit }) => ({
    path,
    tree: openCommitTree({ ...options, commit }),
  }));
  return graftTrees(own, mounts);
}

function openOwnTree(options: CommitTreeOptions): CommitTree {
  const { limits } = options;
  const { gitDir, remoteKey } = options.commit;
  const cache = options.cache.of(remoteKey);
  const root = options.commit.tree;
  const format = formatOfOid(root);
  const dirs = new Map<string, string>([["", root]]);
  const counts = { treesRead: 0, blobsRead: 0 };
  let opened: ObjectStore | undefined;
  let listed = 0;

  function store(): ObjectStore {
    opened ??= openObjectStore({ gitDir, format, objectBytes: limits.objectBytes });
    return opened;
  }

  function treeOf(oid: string): CachedTree {
    const known = cache.get(oid);
    if (known !== undefined) return known;
    const content = isEmptyTree(oid) ? Buffer.alloc(0) : readTyped(store(), oid, "tree");
    counts.treesRead += 1;
    const tree: CachedTree = { entries: parseTree(content, format), byName: undefined };
    cache.set(oid, tree);
    return tree;
  }

  function dirOid(path: string): string | undefined {
    const known = dirs.get(path);
    if (known !== undefined) return known;
    if (path.split("/").length > limits.treeDepth) throw tooDeep(limits.treeDepth);
    const entry = find(path);
    if (entry?.type !== "dir") return undefined;
    dirs.set(path, entry.oid);
    return entry.oid;
  }

  function find(path: string): TreeEntry | undefined {
    if (path === "") return { name: "", type: "dir", oid: root };
    const slash = path.lastIndexOf("/");
    const parent = dirOid(path.slice(0, Math.max(slash, 0)));
    return parent === undefined ? undefined : entryOf(treeOf(parent), path.slice(slash + 1));
  }

  function list(dir: string): readonly TreeEntry[] {
    const oid = dirOid(dir);
    if (oid === undefined) throw new AppError("INTERNAL", `${dir} is not a directory of the commit`);
    const { entries } = treeOf(oid);
    listed += entries.length;
    if (listed > maxListed) throw tooMany();
    return entries;
  }

  function read(path: string): Uint8Array {
    const entry = find(path);
    if (entry === undefined || (entry.type !== "file" && entry.type !== "symlink")) {
      throw new AppError("INTERNAL", `${path} is not a file of the commit`);
    }
    counts.blobsRead += 1;
    return readTyped(store(), entry.oid, "blob");
  }

  const entriesOf = (oid: string): readonly TreeEntry[] => treeOf(oid).entries;
  function guarded<Argument, Result>(look: (argument: Argument) => Result): (argument: Argument) => Result {
    return (argument) => {
      try {
        return look(argument);
      } catch (error) {
        if (error instanceof AppError && isStoreFault(error)) markDamaged(gitDir);
        throw error;
      }
    };
  }

  return {
    oid: root,
    list: guarded(list),
    read: guarded(read),
    find: guarded(find),
    entriesOf,
    roots: [root],
    counts,
    [Symbol.dispose]: () => opened?.[Symbol.dispose](),
  };
}

function readTyped(store: ObjectStore, oid: string, type: "tree" | "blob"): Buffer {
  const object = store.read(oid);
  if (object.type === type) return object.content;
  throw new AppError("GIT_STORE_CORRUPT", `object ${oid} is a ${object.type}, a ${type} is expected`);
}

/** Small directories are searched in order: a map of each would cost more than it saves. */
function entryOf(tree: CachedTree, name: string): GitTreeEntry | undefined {
  if (tree.entries.length < 12) return tree.entries.find((entry) => entry.name === name);
  tree.byName ??= new Map(tree.entries.map((entry) => [entry.name, entry]));
  return tree.byName.get(name);
}

function tooDeep(limit: number): AppError {
  return new AppError("GIT_LIMIT_EXCEEDED", `directories are nested more than ${limit} deep`, { verdict: "stalled" });
}

function tooMany(): AppError {
  const problem = `the repository is refused: its directories name more than ${maxListed} files in all`;
  return new AppError("GIT_LIMIT_EXCEEDED", problem, { verdict: "stalled" });
}

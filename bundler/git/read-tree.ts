import type { RepoTree, TreeEntry } from "../../shared/bundle/repo-tree.ts";
import { AppError } from "../../shared/errors.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { formatOfOid, isEmptyTree } from "./object-format.ts";
import type { ObjectStore } from "./object-store.ts";
import { openObjectStore } from "./object-store.ts";
import { parseTree } from "./parse-objects.ts";

/** Parsed directories by object ID. One cache belongs to one remote key and may outlive commits. */
export interface TreeCache {
  get(oid: string): CachedTree | undefined;
  set(oid: string, tree: CachedTree): void;
}

/** One directory, listed and by name. */
export interface CachedTree {
  readonly entries: readonly TreeEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
}

/** A commit's files, with what reading them cost. */
export interface CommitTree extends RepoTree, Disposable {
  /** Returns an entry of a directory without listing it to the caller; undefined when there is none. */
  find(path: string): TreeEntry | undefined;
  readonly counts: { readonly treesRead: number; readonly blobsRead: number };
}

/** Entries that one view may list in all: a few nested trees can name billions of files. */
const maxListed = 5_000_000;

/** Returns a cache that forgets the directories used longest ago beyond `maxEntries` names in all. */
export function createTreeCache(maxEntries = 300_000): TreeCache {
  const trees = new Map<string, CachedTree>();
  let size = 0;
  return {
    get: (oid) => {
      const tree = trees.get(oid);
      if (tree === undefined) return undefined;
      trees.delete(oid);
      trees.set(oid, tree);
      return tree;
    },
    set: (oid, tree) => {
      trees.set(oid, tree);
      size += tree.entries.length + 1;
      for (const [oldest, old] of trees) {
        if (size <= maxEntries) break;
        trees.delete(oldest);
        size -= old.entries.length + 1;
      }
    },
  };
}

/**
 * Returns the files of a commit's tree out of its bare store. Directories are read when asked for and remembered by
 * object ID, files are not. Throws `GIT_OBJECT_MISSING` or `GIT_STORE_CORRUPT` when the store is damaged: fetch afresh.
 */
export function openCommitTree(options: {
  readonly commit: { readonly gitDir: string; readonly tree: string };
  readonly cache: TreeCache;
  readonly limits: FetchLimits;
}): CommitTree {
  const { cache, limits } = options;
  const root = options.commit.tree;
  const format = formatOfOid(root);
  const dirs = new Map<string, string>([["", root]]);
  const counts = { treesRead: 0, blobsRead: 0 };
  let opened: ObjectStore | undefined;
  let listed = 0;

  function store(): ObjectStore {
    opened ??= openObjectStore({ gitDir: options.commit.gitDir, format, objectBytes: limits.objectBytes });
    return opened;
  }

  function treeOf(oid: string): CachedTree {
    const known = cache.get(oid);
    if (known !== undefined) return known;
    const content = isEmptyTree(oid) ? Buffer.alloc(0) : readTyped(store(), oid, "tree");
    counts.treesRead += 1;
    const entries = parseTree(content, format).map(({ name, kind, oid: child }) => ({
      name,
      type: typeOf(kind),
      oid: child,
      ...(kind === "executable" ? { executable: true } : {}),
    }));
    const tree = { entries, byName: new Map(entries.map((entry) => [entry.name, entry])) };
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
    return parent === undefined ? undefined : treeOf(parent).byName.get(path.slice(slash + 1));
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

  return { oid: root, list, read, find, counts, [Symbol.dispose]: () => opened?.[Symbol.dispose]() };
}

const lfsHead = Buffer.from("version https://git-lfs.github.com/spec/");

/** Returns whether a file's bytes are a Git LFS pointer instead of the content that its author sees. */
export function isLfsPointer(content: Uint8Array): boolean {
  return content.length < 1024 && Buffer.from(content.subarray(0, lfsHead.length)).equals(lfsHead);
}

function readTyped(store: ObjectStore, oid: string, type: "tree" | "blob"): Buffer {
  const object = store.read(oid);
  if (object.type === type) return object.content;
  throw new AppError("GIT_STORE_CORRUPT", `object ${oid} is a ${object.type}, a ${type} is expected`);
}

function typeOf(kind: "file" | "executable" | "symlink" | "directory" | "submodule"): TreeEntry["type"] {
  switch (kind) {
    case "directory":
      return "dir";
    case "executable":
      return "file";
    case "file":
    case "symlink":
    case "submodule":
      return kind;
  }
}

function tooDeep(limit: number): AppError {
  return new AppError("GIT_LIMIT_EXCEEDED", `directories are nested more than ${limit} deep`, { verdict: "stalled" });
}

function tooMany(): AppError {
  const problem = `the repository is refused: its directories name more than ${maxListed} files in all`;
  return new AppError("GIT_LIMIT_EXCEEDED", problem, { verdict: "stalled" });
}

import type { TreeEntry } from "../../shared/bundle/repo-tree.ts";
import { AppError } from "../../shared/errors.ts";
import type { CommitTree } from "./commit-tree.ts";

/** A tree that takes the place of a submodule. */
export interface Mount {
  readonly path: string;
  readonly tree: CommitTree;
}

/**
 * Returns a tree in which each mounted one stands as a directory where the base has a submodule. The object IDs of
 * the base's directories still say everything: they hold the commits of the submodules.
 */
export function graftTrees(base: CommitTree, mounts: readonly Mount[]): CommitTree {
  const trees = [base, ...mounts.map(({ tree }) => tree)];

  function at(path: string): { readonly tree: CommitTree; readonly rest: string } {
    for (const { path: mount, tree } of mounts) {
      if (path === mount) return { tree, rest: "" };
      if (path.startsWith(`${mount}/`)) return { tree, rest: path.slice(mount.length + 1) };
    }
    return { tree: base, rest: path };
  }

  function list(dir: string): readonly TreeEntry[] {
    const { tree, rest } = at(dir);
    const entries = tree.list(rest);
    if (tree !== base || !entries.some((entry) => entry.type === "submodule")) return entries;
    return entries.map((entry) => {
      const mount = mounts.find(({ path }) => path === (dir === "" ? entry.name : `${dir}/${entry.name}`));
      return mount === undefined ? entry : { name: entry.name, type: "dir", oid: mount.tree.oid };
    });
  }

  function find(path: string): TreeEntry | undefined {
    const { tree, rest } = at(path);
    const entry = tree.find(rest);
    return rest === "" && entry !== undefined ? { ...entry, name: path.slice(path.lastIndexOf("/") + 1) } : entry;
  }

  function entriesOf(oid: string): readonly TreeEntry[] {
    for (const tree of trees.slice(0, -1)) {
      try {
        return tree.entriesOf(oid);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "GIT_OBJECT_MISSING") throw error;
      }
    }
    return (trees.at(-1) ?? base).entriesOf(oid);
  }

  return {
    oid: base.oid,
    roots: trees.flatMap((tree) => tree.roots),
    list,
    find,
    entriesOf,
    read: (path) => {
      const { tree, rest } = at(path);
      return tree.read(rest);
    },
    get counts() {
      return { treesRead: sumOf(trees, "treesRead"), blobsRead: sumOf(trees, "blobsRead") };
    },
    [Symbol.dispose]: () => {
      for (const tree of trees) tree[Symbol.dispose]();
    },
  };
}

function sumOf(trees: readonly CommitTree[], field: keyof CommitTree["counts"]): number {
  return trees.reduce((total, tree) => total + tree.counts[field], 0);
}

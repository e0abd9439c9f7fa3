import { createHash } from "node:crypto";

import type { RepoTree, TreeEntry } from "./repo-tree.ts";

/** A file's text or bytes, or a symbolic link. */
export type MemoryFile = string | Uint8Array | { readonly link: string };

interface Node {
  readonly files: Map<string, MemoryFile>;
  readonly dirs: Map<string, Node>;
  entries?: readonly TreeEntry[];
  oid?: string;
}

function sha1(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

function entriesOf(node: Node): readonly TreeEntry[] {
  node.entries ??= [
    ...[...node.dirs].map(([name, dir]): TreeEntry => ({ name, type: "dir", oid: oidOf(dir) })),
    ...[...node.files].map(([name, file]): TreeEntry => {
      const isLink = typeof file === "object" && "link" in file;
      return {
        name,
        type: isLink ? "symlink" : "file",
        oid: isLink ? sha1(["link", file.link]) : sha1(["blob", file]),
      };
    }),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return node.entries;
}

function oidOf(node: Node): string {
  node.oid ??= sha1(entriesOf(node).map((entry) => `${entry.type} ${entry.name} ${entry.oid}`));
  return node.oid;
}

function emptyNode(): Node {
  return { files: new Map(), dirs: new Map() };
}

function walkTo(root: Node, dirs: readonly string[], create: boolean): Node | undefined {
  let node: Node | undefined = root;
  for (const name of dirs) {
    let next: Node | undefined = node?.dirs.get(name);
    if (next === undefined && create) {
      next = emptyNode();
      node?.dirs.set(name, next);
    }
    node = next;
  }
  return node;
}

/** Returns a repository tree held in memory, by path. */
export function memoryTree(files: Readonly<Record<string, MemoryFile>>): RepoTree {
  const root = emptyNode();
  for (const [path, file] of Object.entries(files)) {
    const parts = path.split("/");
    walkTo(root, parts.slice(0, -1), true)?.files.set(parts.at(-1) ?? "", file);
  }
  const dirs = new Map<string, Node | undefined>([["", root]]);
  const nodeAt = (dir: string): Node => {
    if (!dirs.has(dir)) dirs.set(dir, walkTo(root, dir.split("/"), false));
    const node = dirs.get(dir);
    if (node === undefined) throw new Error(`no directory ${dir}`);
    return node;
  };
  return {
    oid: oidOf(root),
    list: (dir) => entriesOf(nodeAt(dir)),
    read: (path) => {
      const slash = path.lastIndexOf("/");
      const file = nodeAt(path.slice(0, Math.max(slash, 0))).files.get(path.slice(slash + 1));
      if (file === undefined) throw new Error(`no file ${path}`);
      if (typeof file === "string") return new TextEncoder().encode(file);
      return "link" in file ? new TextEncoder().encode(file.link) : file;
    },
  };
}

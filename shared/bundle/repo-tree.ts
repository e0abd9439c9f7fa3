/** One name in a directory. `oid` identifies the content: equal oids of one repository mean equal bytes or subtrees. */
export interface TreeEntry {
  readonly name: string;
  readonly type: "file" | "dir" | "symlink" | "submodule";
  readonly oid: string;
}

/**
 * A commit's files, read synchronously. Paths are relative to the repository, `/` between names, "" for its root. A
 * caller that loads lazily may throw from `read` or `list`: the functions here let it pass, so that it can load and call again.
 */
export interface RepoTree {
  /** Oid of the root directory. */
  readonly oid: string;
  /** Returns the entries of a directory (of the path itself: links in it are not followed). */
  list(dir: string): readonly TreeEntry[];
  /** Returns a file's bytes; of a symbolic link, its target as text. */
  read(path: string): Uint8Array;
  /** Returns one entry (links in the path are not followed) where that is quicker than to list its directory. */
  find?(path: string): TreeEntry | undefined;
}

/** Where a path leads once links are followed. `path` has no links in it any more. */
export type Resolved =
  | { readonly kind: "found"; readonly path: string; readonly entry: TreeEntry }
  | { readonly kind: "missing" }
  /** A link, or the path itself, leaves the repository, or links turn in a circle. */
  | { readonly kind: "outside"; readonly reason: string };

/** Links followed for one path before it counts as a circle; as in the Linux kernel. */
const maxLinks = 40;

/** Returns the path without `.`, empty and `..` parts; undefined when it leaves the repository. "" is the root. */
export function cleanPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** Returns two paths joined, uncleaned. */
export function joinPath(dir: string, name: string): string {
  return dir === "" ? name : `${dir}/${name}`;
}

/** Returns the part of a path after the last `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Returns the part of a path before the last `/`, "" if there is none. */
export function dirName(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** Returns what a path names, following links anywhere in it as long as they stay in the repository. */
export function resolvePath(tree: RepoTree, path: string): Resolved {
  let rest = path.split("/");
  let real = "";
  let entry: TreeEntry = { name: "", type: "dir", oid: tree.oid };
  for (let links = 0; rest.length > 0;) {
    const [part = "", ...tail] = rest;
    rest = tail;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (real === "") return { kind: "outside", reason: `"${path}" leaves the repository` };
      rest = [...dirName(real).split("/"), ...rest];
      real = "";
      entry = { name: "", type: "dir", oid: tree.oid };
      continue;
    }
    if (entry.type !== "dir") return { kind: "missing" };
    const foundPath = joinPath(real, part);
    const found =
      tree.find === undefined ? tree.list(real).find((candidate) => candidate.name === part) : tree.find(foundPath);
    if (found === undefined) return { kind: "missing" };
    if (found.type !== "symlink") {
      real = foundPath;
      entry = found;
      continue;
    }
    const target = new TextDecoder().decode(tree.read(foundPath));
    if (target.startsWith("/"))
      return { kind: "outside", reason: `link "${foundPath}" points to ${target}, outside of the repository` };
    links += 1;
    if (links > maxLinks) return { kind: "outside", reason: `link "${foundPath}" turns in a circle` };
    rest = [...target.split("/"), ...rest];
  }
  return { kind: "found", path: real, entry };
}

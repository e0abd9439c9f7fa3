import { AppError } from "../../shared/errors.ts";
import type { ObjectFormat } from "./object-format.ts";
import { isOid, oidBytes } from "./object-format.ts";

/** What a tree entry is, by its mode. */
export type TreeEntryKind = "file" | "executable" | "symlink" | "directory" | "submodule";

/** One entry of a git tree. */
export interface TreeEntry {
  readonly name: string;
  readonly kind: TreeEntryKind;
  readonly oid: string;
}

/** A commit object, as far as it is shown. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `Name <mail>` of the author. */
  readonly author: string;
  /** First line of the message. */
  readonly subject: string;
  /** When it was committed, ISO 8601; undefined when the commit does not say. */
  readonly committedAt: string | undefined;
}

const utf8 = new TextDecoder("utf-8");

/** Returns the entries of a tree object in git's order. Throws `GIT_STORE_CORRUPT` on a name that no checkout accepts. */
export function parseTree(content: Buffer, format: ObjectFormat): readonly TreeEntry[] {
  const width = oidBytes(format);
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + width > content.length) throw corruptObject("a tree is cut off");
    const kind = kindOf(content.toString("latin1", at, space));
    const name = utf8.decode(content.subarray(space + 1, end));
    if (name === "" || name === "." || name === ".." || name.includes("/") || name.toLowerCase() === ".git") {
      throw corruptObject(`a tree has an entry named ${JSON.stringify(name)}`);
    }
    entries.push({ name, kind, oid: content.toString("hex", end + 1, end + 1 + width) });
    at = end + 1 + width;
  }
  return entries;
}

/** Returns the head of a commit object and its message's first line. */
export function parseCommit(content: Buffer): CommitObject {
  const text = utf8.decode(content);
  const gap = text.indexOf("\n\n");
  const head = (gap < 0 ? text : text.slice(0, gap)).split("\n");
  const field = (name: string): string[] =>
    head.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const [tree = ""] = field("tree");
  if (!isOid(tree)) throw corruptObject("a commit names no tree");
  const seconds = /> (\d{1,12})(?: |$)/u.exec(field("committer")[0] ?? "")?.[1];
  return {
    tree,
    parents: field("parent"),
    author: (field("author")[0] ?? "").replace(/ \d+ [+-]\d{4}$/u, ""),
    subject: (gap < 0 ? "" : text.slice(gap + 2)).split("\n")[0] ?? "",
    committedAt: seconds === undefined ? undefined : new Date(Number(seconds) * 1000).toISOString(),
  };
}

function kindOf(mode: string): TreeEntryKind {
  switch (mode) {
    case "40000":
    case "040000":
      return "directory";
    case "120000":
      return "symlink";
    case "160000":
      return "submodule";
    case "100755":
      return "executable";
    default:
      if (mode.startsWith("100")) return "file";
      throw corruptObject(`a tree entry has mode ${mode.slice(0, 12)}`);
  }
}

function corruptObject(problem: string): AppError {
  return new AppError("GIT_STORE_CORRUPT", `the repository has a malformed object: ${problem}`);
}

import { AppError } from "../../shared/errors.ts";
import type { ObjectFormat } from "./object-format.ts";
import { isOid, oidBytes } from "./object-format.ts";

/** One entry of a git tree. */
export interface GitTreeEntry {
  readonly name: string;
  readonly type: "file" | "dir" | "symlink" | "submodule";
  readonly executable: boolean;
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

/** Returns the entries of a tree object in git's order. Throws `GIT_REPOSITORY_INVALID` on a name that no checkout accepts. */
export function parseTree(content: Buffer, format: ObjectFormat): readonly GitTreeEntry[] {
  const width = oidBytes(format);
  const entries: GitTreeEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const end = content.indexOf(0, at);
    const space = content.indexOf(32, at);
    if (space < 0 || end < space || end + 1 + width > content.length) throw corruptObject("a tree is cut off");
    const mode = modeAt(content, at, space);
    const name = content.toString("utf8", space + 1, end);
    if (isForbiddenName(name)) throw corruptObject(`a tree has an entry named ${JSON.stringify(name)}`);
    const oid = content.toString("hex", end + 1, end + 1 + width);
    entries.push({ name, type: typeOf(mode), executable: mode === 0o100755, oid });
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

function isForbiddenName(name: string): boolean {
  if (name.length > 4) return name.includes("/");
  return name === "" || name === "." || name === ".." || name.toLowerCase() === ".git" || name.includes("/");
}

function modeAt(content: Buffer, start: number, end: number): number {
  let mode = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (content[at] ?? 0) - 48;
    if (digit < 0 || digit > 7 || mode > 0o777777) throw corruptObject("a tree entry has a malformed mode");
    mode = mode * 8 + digit;
  }
  return mode;
}

function typeOf(mode: number): GitTreeEntry["type"] {
  switch (mode & 0o170000) {
    case 0o040000:
      return "dir";
    case 0o120000:
      return "symlink";
    case 0o160000:
      return "submodule";
    case 0o100000:
      return "file";
    default:
      throw corruptObject(`a tree entry has mode ${mode.toString(8)}`);
  }
}

function corruptObject(problem: string): AppError {
  return new AppError("GIT_REPOSITORY_INVALID", `the repository is refused: ${problem}`, { verdict: "stalled" });
}

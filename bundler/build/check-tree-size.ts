import { AppError } from "../../shared/errors.ts";
import type { ReadEntries } from "./changed-dirs.ts";

/** Files and directories that a commit may name in all; a few nested trees can name billions. */
export const maxCommitEntries = 2_000_000;

/** Directories below one another; the fetch refuses most of what is deeper already. */
const maxDepth = 200;

/** Entries below each tree, by object ID. */
export type TreeSizes = Map<string, number>;

/**
 * Throws `GIT_LIMIT_EXCEEDED` when a tree, written out, has too many entries or is too deep. Each tree is looked at
 * once, and trees whose size is known not at all.
 */
export function checkTreeSize(root: string, entriesOf: ReadEntries, sizes: TreeSizes): void {
  function sizeOf(oid: string, depth: number): number {
    const known = sizes.get(oid);
    if (known !== undefined) return known;
    if (depth > maxDepth) throw refused(`directories are nested more than ${maxDepth} deep`);
    let size = 0;
    for (const entry of entriesOf(oid)) size += entry.type === "dir" ? 1 + sizeOf(entry.oid, depth + 1) : 1;
    if (size > maxCommitEntries) throw refused(`it names more than ${maxCommitEntries} files and directories`);
    sizes.set(oid, size);
    return size;
  }
  sizeOf(root, 1);
}

function refused(problem: string): AppError {
  return new AppError("GIT_LIMIT_EXCEEDED", `the repository is refused: ${problem}`, { verdict: "stalled" });
}

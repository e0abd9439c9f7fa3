import type { RepoTree, TreeEntry } from "../../shared/bundle/repo-tree.ts";

/** A commit's files, with what reading them cost. */
export interface CommitTree extends RepoTree, Disposable {
  /** Returns an entry of a directory without listing it to the caller; undefined when there is none. */
  find(path: string): TreeEntry | undefined;
  /** Returns the entries of any directory that the store has, also of an earlier commit. */
  entriesOf(oid: string): readonly TreeEntry[];
  /** Trees that it is made of: the commit's own, then those of its submodules. */
  readonly roots: readonly string[];
  readonly counts: { readonly treesRead: number; readonly blobsRead: number };
}

import { AppError } from "../../shared/errors.ts";
import { isOid } from "./object-format.ts";
import type { RemoteRefs } from "./ls-refs.ts";

/** What a GitRepo follows; `revision` wins over `branch` (fleet-semantics 12.2). */
export interface RefWish {
  readonly branch?: string;
  readonly revision?: string;
}

/** A commit and the ref that named it; a fixed commit has none. */
export interface ResolvedRef {
  readonly commit: string;
  readonly ref?: string;
}

/** Returns the commit when the wish names one by its whole ID: then nothing has to be polled. */
export function fixedCommit(wish: RefWish): string | undefined {
  const revision = wish.revision?.toLowerCase() ?? "";
  return isOid(revision) ? revision : undefined;
}

/** Returns the full name of the ref that a wish names; undefined when the server decides or a commit is named. */
export function wantedRef(wish: RefWish): string | undefined {
  if (fixedCommit(wish) !== undefined) return undefined;
  if (nonEmpty(wish.revision)) return `refs/tags/${wish.revision}`;
  return nonEmpty(wish.branch) ? `refs/heads/${wish.branch}` : undefined;
}

/** Returns the ref prefixes that `resolveRef` needs of the remote. */
export function refPrefixes(wish: RefWish): readonly string[] {
  const ref = wantedRef(wish);
  return ref === undefined ? ["HEAD", "refs/heads/master"] : [ref];
}

/**
 * Returns the commit of a wish: a revision is a whole commit ID or a tag (no branches, no prefixes); with neither
 * revision nor branch it is `master`, Fleet's default, and where that does not exist the branch that HEAD names.
 * Throws `GIT_REF_NOT_FOUND`.
 */
export function resolveRef(remote: RemoteRefs, wish: RefWish): ResolvedRef {
  const fixed = fixedCommit(wish);
  if (fixed !== undefined) return { commit: fixed };
  if (nonEmpty(wish.revision)) {
    return found(remote, `refs/tags/${wish.revision}`, `there is no tag ${wish.revision} and it is no commit ID`);
  }
  if (nonEmpty(wish.branch)) return found(remote, `refs/heads/${wish.branch}`, `there is no branch ${wish.branch}`);
  if (remote.refs.has("refs/heads/master")) return found(remote, "refs/heads/master", "");
  const commit = remote.refs.get("HEAD");
  if (commit === undefined) throw notFound("there is no branch master and HEAD names no branch; set spec.branch");
  return { commit, ref: remote.head ?? "HEAD" };
}

function found(remote: RemoteRefs, ref: string, problem: string): ResolvedRef {
  const commit = remote.refs.get(ref);
  if (commit === undefined) throw notFound(problem);
  return { commit, ref };
}

function nonEmpty(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function notFound(problem: string): AppError {
  return new AppError("GIT_REF_NOT_FOUND", `the repository has not what is asked for: ${problem}`, {
    verdict: "stalled",
  });
}

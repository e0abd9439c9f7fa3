import { AppError } from "../../shared/errors.ts";
import { type GitRemote, normalizeRemote } from "../../shared/git-remote.ts";
import type { AskRefs, CommitNotice } from "./notice-commit.ts";
import { isOid } from "./object-format.ts";

/** What git allows in a ref's name, and nothing that git would read as more than a name. */
const refName = /^(?!-)(?!.*(?:\.\.|@\{|\/\/))[\w./@+#-]{1,250}$/u;

/**
 * Returns the commit that a person's words name: a whole commit ID, the full name of a ref (`refs/pull/7/head`), a branch
 * or a tag. Throws `GIT_REF_NOT_FOUND`, or what asking the remote throws.
 */
export async function resolveRevision(
  askRefs: AskRefs,
  remote: GitRemote,
  { revision, signal }: { readonly revision: string; readonly signal: AbortSignal },
): Promise<CommitNotice> {
  const commit = revision.toLowerCase();
  if (isOid(commit)) return { commit };
  if (!refName.test(revision)) throw notFound(revision);
  const names = revision.startsWith("refs/") ? [revision] : [`refs/heads/${revision}`, `refs/tags/${revision}`];
  const { refs, session } = await askRefs(normalizeRemote(remote), { prefixes: names, signal });
  for (const ref of names) {
    const found = refs.get(ref);
    if (found !== undefined) return { commit: found, ref, ...(session === undefined ? {} : { session }) };
  }
  throw notFound(revision);
}

function notFound(revision: string): AppError {
  const words = `${JSON.stringify(revision)} is no branch, tag, ref or whole commit ID of the repository`;
  return new AppError("GIT_REF_NOT_FOUND", words, { verdict: "stalled" });
}

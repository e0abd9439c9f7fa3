import { AppError, toAppError } from "../../shared/errors.ts";
import type { Commit, FetchedSubmodule } from "./commit.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import { printableUrl } from "../../shared/git-remote.ts";
import { parseGitmodules, submoduleUrl } from "./parse-gitmodules.ts";
import { createTreeCache, openCommitTree } from "./read-tree.ts";

/** What is needed to fetch the submodules of a commit. */
export interface SubmoduleWish {
  readonly remote: GitRemote;
  readonly commit: Commit;
  readonly limits: FetchLimits;
  /** How many repositories this one is nested in. */
  readonly depth: number;
  readonly fetch: (remote: GitRemote, commit: string) => Promise<Commit>;
}

const maxDepth = 5;
const maxSubmodules = 100;

/**
 * Returns the submodules of a commit, fetched. The repository's credential and trust go along to addresses of the same
 * origin only. Throws when one cannot be fetched: without its files, what was deployed from them would be removed.
 */
export async function fetchSubmodules(wish: SubmoduleWish): Promise<readonly FetchedSubmodule[]> {
  const { remote, limits } = wish;
  const wanted: { path: string; oid: string; url: string }[] = [];
  {
    using tree = openCommitTree({ commit: wish.commit, cache: createTreeCache(), limits });
    if (tree.find(".gitmodules")?.type !== "file") return [];
    for (const { path, url } of parseGitmodules(Buffer.from(tree.read(".gitmodules")).toString("utf8"))) {
      const entry = tree.find(path);
      if (entry?.type === "submodule") wanted.push({ path, oid: entry.oid, url: submoduleUrl(remote.url, url) });
    }
  }
  if (wanted.length === 0) return [];
  if (wish.depth >= maxDepth || wanted.length > maxSubmodules) {
    const problem = `submodules are nested more than ${maxDepth} deep, or more than ${maxSubmodules}`;
    throw new AppError("GIT_LIMIT_EXCEEDED", `${printableUrl(remote.url)}: ${problem}`, { verdict: "stalled" });
  }
  const fetched: FetchedSubmodule[] = [];
  for (const { path, oid, url } of wanted) {
    try {
      fetched.push({ path, commit: await wish.fetch(submoduleRemote(remote, url), oid) });
    } catch (error) {
      const { code, message, verdict } = toAppError(error);
      throw new AppError(code, `submodule ${path}: ${message}`, { verdict, cause: error });
    }
  }
  return fetched;
}

function submoduleRemote(parent: GitRemote, url: string): GitRemote {
  return originOf(parent.url) !== undefined && originOf(parent.url) === originOf(url) ? { ...parent, url } : { url };
}

/** Returns scheme, host and port; of ssh addresses in either form the host, without user. */
function originOf(url: string): string | undefined {
  if (!url.includes("://")) {
    const host = /^(?:[^/@]*@)?([^/:@]+):/u.exec(url)?.[1];
    return host === undefined ? undefined : `ssh://${host.toLowerCase()}`;
  }
  if (!URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

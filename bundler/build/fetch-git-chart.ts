import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ChartFile } from "../../helm/chart/chart.ts";
import { ChartSourceError, type ChartSourceFault } from "../../helm/chart/source/chart-source-error.ts";
import type { FetchGitChart } from "../../helm/chart/source/download-chart.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { collectFiles } from "../../shared/bundle/collect-files.ts";
import { type RepoTree, resolvePath } from "../../shared/bundle/repo-tree.ts";
import { AppError } from "../../shared/errors.ts";
import type { GitCredential, GitRemote } from "../git/git-remote.ts";
import { normalizeRemote } from "../git/git-remote.ts";
import type { GitSource } from "../git/git-source.ts";
import { isOid } from "../git/object-format.ts";
import { createTreeCache, openCommitTree } from "../git/read-tree.ts";

/** What one chart may hold, as in an archive (Helm's limit). */
const maxBytes = 100 * 1024 * 1024;

/**
 * Returns a function that fetches a chart's directory from Git, by the hub's own client and with its limits. Each fetch has
 * an object store of its own below `dir`, which goes when the files are read: what is kept is in the chart cache.
 */
export function createGitChartFetcher(
  git: Pick<GitSource, "askRefs" | "fetcherIn" | "limits">,
  dir: string,
): FetchGitChart {
  rmSync(dir, { recursive: true, force: true });
  return async ({ url, ref, subdir, access, known, signal }) => {
    const place = join(dir, randomUUID());
    try {
      const remote = normalizeRemote(remoteOf(url, access));
      const commit = await commitOf(git, remote, { ref, signal });
      if (commit === known) return { commit, files: undefined };
      mkdirSync(place, { recursive: true, mode: 0o700 });
      const fetched = await git.fetcherIn(place).fetchCommit({ remote, commit, signal });
      using tree = openCommitTree({ commit: fetched, cache: createTreeCache(), limits: git.limits });
      return { commit, files: filesBelow(tree, subdir) };
    } catch (error) {
      throw error instanceof AppError ? translated(error) : error;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  };
}

/** A user and password in the address itself win, as in Fleet. */
function remoteOf(url: string, access: SourceAccess): GitRemote {
  const { credential, sshKey, caBundle, insecureSkipTLS } = access;
  const isSsh = !/^https?:\/\//u.test(url);
  const hasOwn = !isSsh && /^https?:\/\/[^/@]+@/u.test(url);
  const own = isSsh
    ? sshCredential(sshKey)
    : credential === undefined || hasOwn
      ? undefined
      : { kind: "basic" as const, ...credential };
  return {
    url,
    ...(own === undefined ? {} : { credential: own }),
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(insecureSkipTLS === true ? { insecureSkipTLS } : {}),
  };
}

function sshCredential(sshKey: SourceAccess["sshKey"]): GitCredential | undefined {
  if (sshKey === undefined) return undefined;
  const { privateKey, knownHosts } = sshKey;
  return { kind: "ssh", privateKey, ...(knownHosts === "" ? {} : { knownHosts }) };
}

/** A ref is a whole commit ID, a branch, else a tag; a shortened ID cannot be asked for. */
async function commitOf(
  git: Pick<GitSource, "askRefs">,
  remote: ReturnType<typeof normalizeRemote>,
  { ref, signal }: { readonly ref: string; readonly signal: AbortSignal },
): Promise<string> {
  if (isOid(ref)) return ref;
  if (/[\s\u0000-\u001f~^:?*[\\]|^-|\.\./u.test(ref)) throw new ChartSourceError("address", `"${ref}" is no Git ref`);
  const names = ref === "" ? ["HEAD"] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  const { refs } = await git.askRefs(remote, { prefixes: names, signal });
  for (const name of names) {
    const commit = refs.get(name);
    if (commit !== undefined) return commit;
  }
  const what =
    ref === "" ? "has no default branch" : `has no branch and no tag ${ref}; a commit is named by its whole ID`;
  throw new ChartSourceError("not-found", `${shown(remote.url)} ${what}`);
}

function filesBelow(tree: RepoTree, subdir: string): ChartFile[] {
  const found = resolvePath(tree, subdir);
  if (found.kind !== "found" || found.entry.type !== "dir") {
    throw new ChartSourceError("not-found", `the repository has no directory ${subdir}`);
  }
  const { files } = collectFiles(tree, { root: found.path, rootName: "chart", excluded: new Set() });
  let bytes = 0;
  return files.map(({ name, path }) => {
    const data = tree.read(path);
    bytes += data.length;
    if (bytes > maxBytes) throw new ChartSourceError("refused", `the chart holds more than ${maxBytes} bytes`);
    return { name, data };
  });
}

function translated(error: AppError): ChartSourceError {
  return new ChartSourceError(faultOf(error), error.message, error);
}

function faultOf({ code, verdict }: AppError): ChartSourceFault {
  if (code === "GIT_AUTH_FAILED") return "unauthorized";
  if (code === "GIT_REF_NOT_FOUND") return "not-found";
  if (code === "GIT_URL_INVALID") return "address";
  if (code === "GIT_UNREACHABLE" && verdict === "stalled") return "not-found";
  return verdict === "stalled" ? "refused" : "unreachable";
}

function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/u, "//").replace(/\?.*$/su, "");
}

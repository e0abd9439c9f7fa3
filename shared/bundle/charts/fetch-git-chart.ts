import type { ChartFile } from "../../../helm/chart/chart.ts";
import { ChartSourceError, type ChartSourceFault } from "../../../helm/chart/source/chart-source-error.ts";
import type { FetchGitChart } from "../../../helm/chart/source/download-chart.ts";
import { printableAddress, type SourceAccess } from "../../../helm/chart/source/source-access.ts";
import { AppError } from "../../errors.ts";
import { type GitCredential, normalizeRemote, type NormalizedRemote } from "../../git-remote.ts";
import { collectFiles } from "../collect-files.ts";
import { type RepoTree, resolvePath } from "../repo-tree.ts";

/** What one chart may hold, as in an archive (Helm's limit). */
const maxBytes = 100 * 1024 * 1024;

/** Access to Git repositories, whoever speaks to them. */
export interface GitAccess {
  /** Returns which of some refs, by full name, the remote has, and their commits. */
  listRefs(
    remote: NormalizedRemote,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
  /** Returns what `read` makes of a commit's files, which are not kept. */
  readCommit<T>(
    remote: NormalizedRemote,
    wish: { readonly commit: string; readonly signal: AbortSignal },
    read: (tree: RepoTree) => T,
  ): Promise<T>;
}

/** Returns a function that fetches a chart's directory from Git. It throws `ChartSourceError`. */
export function createGitChartFetcher(git: GitAccess): FetchGitChart {
  return async ({ url, ref, subdir, access, known, signal }) => {
    try {
      const remote = remoteOf(url, access);
      const commit = await commitOf(git, remote, { ref, signal });
      if (commit === known) return { commit, files: undefined };
      return { commit, files: await git.readCommit(remote, { commit, signal }, (tree) => filesBelow(tree, subdir)) };
    } catch (error) {
      throw error instanceof AppError ? new ChartSourceError(faultOf(error), error.message, error) : error;
    }
  };
}

/** A user and password in the address itself win, as in Fleet. */
function remoteOf(url: string, access: SourceAccess): NormalizedRemote {
  const { credential, sshKey, caBundle, insecureSkipTLS } = access;
  const hasOwn = /^https?:\/\/[^/@]+@/u.test(url);
  const isHttp = normalizeRemote({ url }).transport === "http";
  const basic = !isHttp || credential === undefined || hasOwn ? undefined : ({ kind: "basic", ...credential } as const);
  const own = isHttp ? basic : sshCredential(url, sshKey);
  return normalizeRemote({
    url,
    ...(own === undefined ? {} : { credential: own }),
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(insecureSkipTLS === true ? { insecureSkipTLS } : {}),
  });
}

function sshCredential(url: string, sshKey: SourceAccess["sshKey"]): GitCredential {
  const place = `${printableAddress(url)} is read over ssh`;
  if (sshKey === undefined) throw new ChartSourceError("unauthorized", `${place}, which needs a private key`);
  const { privateKey, knownHosts } = sshKey;
  if (knownHosts.trim() !== "") return { kind: "ssh", privateKey, knownHosts };
  throw new ChartSourceError("unauthorized", `${place}, and its host keys are not known: known_hosts is empty`);
}

/** A ref is a whole commit ID, a branch, else a tag; a shortened ID cannot be asked for. */
async function commitOf(
  git: GitAccess,
  remote: NormalizedRemote,
  { ref, signal }: { readonly ref: string; readonly signal: AbortSignal },
): Promise<string> {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(ref)) return ref;
  if (/[\s\u0000-\u001f~^:?*[\\]|^-|\.\./u.test(ref)) throw new ChartSourceError("address", `"${ref}" is no Git ref`);
  const names = ref === "" ? ["HEAD"] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  const refs = await git.listRefs(remote, names, signal);
  for (const name of names) {
    const commit = refs.get(name);
    if (commit !== undefined) return commit;
  }
  const what =
    ref === "" ? "has no default branch" : `has no branch and no tag ${ref}; a commit is named by its whole ID`;
  throw new ChartSourceError("not-found", `${printableAddress(remote.url)} ${what}`);
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

function faultOf({ code, verdict }: AppError): ChartSourceFault {
  if (code === "GIT_AUTH_FAILED") return "unauthorized";
  if (code === "GIT_REF_NOT_FOUND") return "not-found";
  if (code === "GIT_URL_INVALID") return "address";
  if (code === "GIT_UNREACHABLE" && verdict === "stalled") return "not-found";
  return verdict === "stalled" ? "refused" : "unreachable";
}

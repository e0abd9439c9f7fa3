import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchGitChart } from "../../helm/chart/source/download-chart.ts";
import type { ProxySettings, SourceAccess } from "../../helm/chart/source/source-access.ts";
import { createGitChartFetcher } from "../../shared/bundle/charts/fetch-git-chart.ts";
import { AppError } from "../../shared/errors.ts";
import type { NormalizedRemote } from "../../shared/git-remote.ts";
import { listRefs } from "../../shared/runtime/git/list-refs.ts";
import { type GitProgram, runGit } from "../../shared/runtime/git/run-git.ts";
import { listedTree } from "./listed-tree.ts";

/** The time is the hub's for one fetch, as is the size of what comes. */
const timeoutMs = 120_000;
const maxPackBytes = 256 * 1024 * 1024;
const maxBlobBytes = 64 * 1024 * 1024;

/** What fetching from Git takes from the machine. */
export interface GitMachine {
  /** PATH in which git and ssh are looked for. */
  readonly path: string;
  readonly proxy: ProxySettings;
  /** Returns the host keys that count where a key comes without. */
  readonly knownHosts: () => string;
}

/**
 * Returns a function that fetches a chart's directory from Git by the `git` program: one commit, into a folder that goes when
 * its files are read. Nothing of the machine's own Git configuration counts.
 */
export function createGitCharts({ path, proxy, knownHosts }: GitMachine): FetchGitChart {
  const fetch = createGitChartFetcher({
    listRefs: async (remote, prefixes, signal) =>
      inFolder(async (secretsDir) => {
        const { refs } = await listRefs({ path, proxy, timeoutMs, secretsDir }, { remote, prefixes }, signal);
        return refs;
      }),
    readCommit: async (remote, { commit, signal }, read) =>
      inFolder(async (secretsDir) => {
        const program = { path, proxy, timeoutMs, secretsDir };
        const gitDir = join(secretsDir, "store.git");
        await fetchCommit(program, { remote, commit, gitDir }, signal);
        const args = ["--git-dir", gitDir, "ls-tree", "-r", "-z", commit];
        const listing = await runGit(program, { remote, args }, { signal });
        return read(listedTree(listing.toString("utf8"), (oid) => readBlob(gitDir, oid, path)));
      }),
  });
  return async (request) => fetch({ ...request, access: withHosts(request.access, knownHosts) });
}

function withHosts(access: SourceAccess, knownHosts: () => string): SourceAccess {
  const { sshKey } = access;
  return sshKey === undefined || sshKey.knownHosts !== ""
    ? access
    : { ...access, sshKey: { ...sshKey, knownHosts: knownHosts() } };
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "drover-git-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchCommit(
  program: GitProgram,
  { remote, commit, gitDir }: { readonly remote: NormalizedRemote; readonly commit: string; readonly gitDir: string },
  signal: AbortSignal,
): Promise<void> {
  const format = commit.length === 64 ? "sha256" : "sha1";
  await runGit(
    program,
    { remote, args: ["init", "--quiet", "--bare", `--object-format=${format}`, "--template=", gitDir] },
    { signal },
  );
  const flags = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--depth=1"];
  const args = ["--git-dir", gitDir, "fetch", ...flags, "--", remote.url, `+${commit}:refs/drover/fetched`];
  const watch = (): string | undefined =>
    packBytes(gitDir) > maxPackBytes ? `its pack is larger than ${maxPackBytes} bytes` : undefined;
  await runGit(program, { remote, args }, { signal, watch });
}

function packBytes(gitDir: string): number {
  const folder = join(gitDir, "objects", "pack");
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

/** Trees are read synchronously, and a chart has few files. */
function readBlob(gitDir: string, oid: string, path: string): Uint8Array {
  const env = { PATH: path, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  const { status, stdout, error } = spawnSync("git", ["--git-dir", gitDir, "cat-file", "blob", oid], {
    env,
    maxBuffer: maxBlobBytes,
  });
  if (status === 0) return stdout;
  const problem = error?.message ?? `git exited with ${status ?? "a signal"}`;
  throw new AppError("GIT_COMMAND_FAILED", `a file of the chart's repository cannot be read: ${problem}`, {
    cause: error,
  });
}

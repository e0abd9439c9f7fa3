import { join } from "node:path";

import type { Commit, CommitFetcher } from "../../bundler/git/fetch-commit.ts";
import { createCommitFetcher } from "../../bundler/git/fetch-commit.ts";
import type { FetchLimits } from "../../bundler/git/fetch-limits.ts";
import { defaultFetchLimits } from "../../bundler/git/fetch-limits.ts";
import type { FetchPool } from "../../bundler/git/fetch-pool.ts";
import { createFetchPool } from "../../bundler/git/fetch-pool.ts";
import { createGitCommand } from "../../bundler/git/git-command.ts";
import type { GitHttp } from "../../bundler/git/git-http.ts";
import { createGitHttp } from "../../bundler/git/git-http.ts";
import type { CommitTree } from "../../bundler/git/read-tree.ts";
import { createTreeCache, openCommitTree } from "../../bundler/git/read-tree.ts";
import { silentLogger } from "../../shared/log.ts";
import { createTempDir } from "./temp-dir.ts";

/** The fetching half of a hub with a folder of its own. */
export interface GitSetup extends AsyncDisposable {
  readonly fetcher: CommitFetcher;
  readonly http: GitHttp;
  readonly pool: FetchPool;
  readonly limits: FetchLimits;
  readonly dataDir: string;
  /** A second fetcher on the same folder, as after a restart. */
  restarted(): CommitFetcher;
  tree(commit: Commit): CommitTree;
}

/** Returns a fetcher in a temporary folder; `useCommand` makes it run the git program. */
export async function createGitSetup(
  options: { readonly limits?: Partial<FetchLimits>; readonly useCommand?: boolean; readonly maxPacks?: number } = {},
): Promise<GitSetup> {
  const dir = await createTempDir("fetch");
  const limits = { ...defaultFetchLimits, timeoutMs: 20_000, ...options.limits };
  const pool = createFetchPool({ size: 1 });
  const http = createGitHttp();
  const path = process.env["PATH"] ?? "";
  const command = createGitCommand({ path, secretsDir: join(dir.path, "secrets"), limits });
  const useCommand = (): boolean => options.useCommand === true;
  const restarted = (): CommitFetcher =>
    createCommitFetcher({
      dataDir: dir.path,
      native: pool,
      command,
      limits,
      log: silentLogger,
      useCommand,
      ...(options.maxPacks === undefined ? {} : { maxPacks: options.maxPacks }),
    });
  return {
    fetcher: restarted(),
    http,
    pool,
    limits,
    dataDir: dir.path,
    restarted,
    tree: (commit) => openCommitTree({ commit, cache: createTreeCache(), limits }),
    [Symbol.asyncDispose]: async () => {
      http[Symbol.dispose]();
      await pool[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

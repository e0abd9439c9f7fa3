import { join } from "node:path";

import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import { AppError } from "../../shared/errors.ts";
import type { CommitFetcher, FetchDriver } from "./fetch-commit.ts";
import { createCommitFetcher } from "./fetch-commit.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { defaultFetchLimits } from "./fetch-limits.ts";
import type { FetchPoolOptions } from "./fetch-pool.ts";
import { createFetchPool } from "./fetch-pool.ts";
import { createGitCommand } from "./git-command.ts";
import type { ProxySettings } from "./git-http.ts";
import { createGitHttp } from "./git-http.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import { createGitHubAppTokens } from "./github-app.ts";
import { lsRefs } from "./ls-refs.ts";
import type { AskRefs, CommitNoticer } from "./notice-commit.ts";
import { createCommitNoticer } from "./notice-commit.ts";

export interface GitSourceOptions {
  /** Folder of the hub's own files; object stores lie below it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** PATH for the git program and ssh. */
  readonly path: string;
  readonly limits?: FetchLimits;
  readonly proxy?: ProxySettings;
  readonly pool?: FetchPoolOptions;
  /** The git program instead of our own client for these remotes. */
  readonly useCommand?: (remote: GitRemote) => boolean;
  /** API that gives tokens to GitHub Apps; without it `https://api.<host of the repository>`. */
  readonly githubApiUrl?: string | undefined;
}

/** All that the hub does with git servers. */
export interface GitSource extends AsyncDisposable {
  readonly noticer: CommitNoticer;
  readonly fetcher: CommitFetcher;
  readonly limits: FetchLimits;
  /** Asks a remote for its refs, once. */
  readonly askRefs: AskRefs;
  /** Returns a fetcher that has its object stores in another folder. */
  readonly fetcherIn: (dataDir: string) => CommitFetcher;
}

/** Returns the git half of the hub, joined: noticing, fetching, warm processes. Dispose it to end them. */
export function createGitSource(options: GitSourceOptions): GitSource {
  const limits = options.limits ?? defaultFetchLimits;
  const proxy = options.proxy ?? {};
  const http = createGitHttp({ proxy });
  const pool = createFetchPool({ proxy, ...options.pool });
  const secretsDir = join(options.dataDir, "git-secrets");
  const command = createGitCommand({ path: options.path, secretsDir, limits, proxy });

  const apps = createGitHubAppTokens({ http, clock: options.clock, apiUrl: options.githubApiUrl });
  const asApp = async <T, Remote extends GitRemote>(
    remote: Remote,
    signal: AbortSignal | undefined,
    use: (remote: Remote) => Promise<T>,
  ): Promise<T> => {
    try {
      return await use(await apps.authorize(remote, signal));
    } catch (error) {
      if (error instanceof AppError && error.code === "GIT_AUTH_FAILED") apps.forget(remote);
      throw error;
    }
  };
  const withApps = (driver: FetchDriver): FetchDriver => ({
    fetch: async (job, key, signal) =>
      asApp(job.remote, signal, async (remote) => driver.fetch({ ...job, remote }, key, signal)),
  });

  const askRefs: AskRefs = async (asked, { session, prefixes, signal }) =>
    asApp(asked, signal, async (remote) => {
      const byCommand = remote.transport === "ssh" || options.useCommand?.(remote) === true;
      if (byCommand) return command.lsRemote(remote, prefixes, signal);
      return lsRefs({ http, remote, prefixes, signal, ...(session === undefined ? {} : { session }) });
    });

  const noticer = createCommitNoticer({
    askRefs,
    clock: options.clock,
    random: Math.random,
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const fetcherIn: GitSource["fetcherIn"] = (dataDir) =>
    createCommitFetcher({
      dataDir,
      native: withApps(pool),
      command: withApps(command),
      limits,
      log: options.log,
      ...(options.useCommand === undefined ? {} : { useCommand: options.useCommand }),
    });
  pool.warm();
  return {
    noticer,
    fetcher: fetcherIn(options.dataDir),
    limits,
    askRefs,
    fetcherIn,
    [Symbol.asyncDispose]: async () => {
      noticer[Symbol.dispose]();
      http[Symbol.dispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

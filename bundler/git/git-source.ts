import { join } from "node:path";

import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { CommitFetcher } from "./fetch-commit.ts";
import { createCommitFetcher } from "./fetch-commit.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { defaultFetchLimits } from "./fetch-limits.ts";
import type { FetchPoolOptions } from "./fetch-pool.ts";
import { createFetchPool } from "./fetch-pool.ts";
import { createGitCommand } from "./git-command.ts";
import type { ProxySettings } from "./git-http.ts";
import { createGitHttp } from "./git-http.ts";
import type { GitRemote } from "./git-remote.ts";
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
}

/** All that the hub does with git servers. */
export interface GitSource extends AsyncDisposable {
  readonly noticer: CommitNoticer;
  readonly fetcher: CommitFetcher;
  readonly limits: FetchLimits;
}

/** Returns the git half of the hub, joined: noticing, fetching, warm processes. Dispose it to end them. */
export function createGitSource(options: GitSourceOptions): GitSource {
  const limits = options.limits ?? defaultFetchLimits;
  const proxy = options.proxy ?? {};
  const http = createGitHttp({ proxy });
  const pool = createFetchPool({ proxy, ...options.pool });
  const secretsDir = join(options.dataDir, "git-secrets");
  const command = createGitCommand({ path: options.path, secretsDir, limits, proxy });

  const askRefs: AskRefs = async (remote, { session, prefixes, signal }) => {
    const byCommand = remote.transport === "ssh" || options.useCommand?.(remote) === true;
    if (byCommand) return command.lsRemote(remote, prefixes, signal);
    return lsRefs({ http, remote, prefixes, signal, ...(session === undefined ? {} : { session }) });
  };

  const noticer = createCommitNoticer({
    askRefs,
    clock: options.clock,
    random: Math.random,
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const fetcher = createCommitFetcher({
    dataDir: options.dataDir,
    native: pool,
    command,
    limits,
    log: options.log,
    ...(options.useCommand === undefined ? {} : { useCommand: options.useCommand }),
  });
  pool.warm();
  return {
    noticer,
    fetcher,
    limits,
    [Symbol.asyncDispose]: async () => {
      noticer[Symbol.dispose]();
      http[Symbol.dispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { initBareStore, nextPack, readStoreState, writeStoreState } from "./bare-store.ts";
import type { FetchDriver } from "./fetch-commit.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { ProxySettings } from "./git-http.ts";
import type { NormalizedRemote } from "../../shared/git-remote.ts";
import { normalizeRemote } from "../../shared/git-remote.ts";
import type { RemoteRefs } from "./ls-refs.ts";
import { formatOfOid } from "./object-format.ts";
import { listRefs } from "../../shared/runtime/git/list-refs.ts";
import { runGit } from "../../shared/runtime/git/run-git.ts";

export interface GitCommandOptions {
  /** The program; default `git`, looked up in `path`. */
  readonly git?: string;
  readonly path: string;
  readonly secretsDir: string;
  readonly limits: FetchLimits;
  readonly proxy?: ProxySettings;
}

/** The `git` program behind the same interface as our own client: for ssh, and where it is asked for. */
export interface GitCommand extends FetchDriver {
  /** Returns the refs that begin with one of the prefixes. */
  lsRemote(remote: NormalizedRemote, prefixes: readonly string[], signal?: AbortSignal): Promise<RemoteRefs>;
}

/** Returns a driver that runs `git` in an environment where nothing of the machine's configuration counts. */
export function createGitCommand(options: GitCommandOptions): GitCommand {
  const program = { ...options, timeoutMs: options.limits.timeoutMs };

  const lsRemote: GitCommand["lsRemote"] = async (remote, prefixes, signal) =>
    listRefs(program, { remote, prefixes }, signal);

  const fetch: GitCommand["fetch"] = async (job, _key, signal) => {
    const remote = normalizeRemote(job.remote);
    const format = formatOfOid(job.commit);
    initBareStore(job.gitDir, format);
    const before = readStoreState(job.gitDir);
    const sizeBefore = packBytes(job.gitDir);
    const depth = before.commits.length === 0 ? ["--depth=1"] : [];
    const flags = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"];
    const refspec = `+${job.commit}:refs/drover/fetched`;
    const args = ["--git-dir", job.gitDir, "fetch", ...flags, ...depth, "--", remote.url, refspec];
    await runGit(
      program,
      { remote, args },
      {
        signal,
        watch: () => {
          const bytes = packBytes(job.gitDir) - sizeBefore;
          return bytes > job.limits.packBytes ? `its pack is larger than ${job.limits.packBytes} bytes` : undefined;
        },
      },
    );
    const { shallow } = readStoreState(job.gitDir);
    writeStoreState(job.gitDir, { commits: [job.commit, ...before.commits], shallow });
    const bytes = packBytes(job.gitDir) - sizeBefore;
    return { bytes, objects: 0, packs: nextPack(job.gitDir).packs };
  };

  return { fetch, lsRemote };
}

/** Bytes below objects/pack, temporary files included. */
function packBytes(gitDir: string): number {
  const folder = join(gitDir, "objects", "pack");
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

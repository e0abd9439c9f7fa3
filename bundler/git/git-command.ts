import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../shared/errors.ts";
import { initBareStore, nextPack, readStoreState, writeStoreState } from "./bare-store.ts";
import type { FetchDriver } from "./fetch-commit.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { createGitEnvironment } from "./git-command-environment.ts";
import type { ProxySettings } from "./git-http.ts";
import type { NormalizedRemote } from "./git-remote.ts";
import { normalizeRemote, printableUrl } from "./git-remote.ts";
import type { RemoteRefs } from "./ls-refs.ts";
import { formatOfOid, isOid } from "./object-format.ts";
import type { CommandResult } from "../../shared/runtime/run-command.ts";
import { runCommand } from "../../shared/runtime/run-command.ts";

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

const maxRefOutput = 64 * 1024 * 1024;

/** Returns a driver that runs `git` in an environment where nothing of the machine's configuration counts. */
export function createGitCommand(options: GitCommandOptions): GitCommand {
  const { limits } = options;

  async function run(
    remote: NormalizedRemote,
    args: readonly string[],
    how: { readonly signal?: AbortSignal | undefined; readonly watch?: () => string | undefined },
  ): Promise<Buffer> {
    mkdirSync(options.secretsDir, { recursive: true, mode: 0o700 });
    using environment = createGitEnvironment(remote, options);
    let result: CommandResult;
    try {
      result = await runCommand({
        file: options.git ?? "git",
        args,
        env: environment.env,
        cwd: options.secretsDir,
        timeoutMs: limits.timeoutMs,
        maxOutputBytes: maxRefOutput,
        ...(how.signal === undefined ? {} : { signal: how.signal }),
        ...(how.watch === undefined ? {} : { watch: how.watch }),
      });
    } catch (error) {
      throw isNotFound(error) ? binaryMissing(error) : error;
    }
    if (result.limit !== undefined) {
      throw new AppError("GIT_LIMIT_EXCEEDED", `${printableUrl(remote.url)}: git was stopped: ${result.limit}`);
    }
    if (result.status !== 0) throw commandFailed(remote, result);
    return result.stdout;
  }

  async function lsRemote(
    remote: NormalizedRemote,
    prefixes: readonly string[],
    signal?: AbortSignal,
  ): Promise<RemoteRefs> {
    const patterns = prefixes.flatMap((prefix) =>
      prefix.startsWith("refs/tags/") ? [prefix, `${prefix}^{}`] : [prefix],
    );
    const output = await run(remote, ["ls-remote", "--symref", "--", remote.url, ...patterns], { signal });
    const refs = new Map<string, string>();
    let head: string | undefined;
    for (const line of output.toString("utf8").split("\n")) {
      const [value = "", name = ""] = line.split("\t");
      if (value.startsWith("ref: ") && name === "HEAD") head = value.slice("ref: ".length);
      if (isOid(value)) refs.set(name.endsWith("^{}") ? name.slice(0, -3) : name, value);
    }
    return { refs, head };
  }

  const fetch: GitCommand["fetch"] = async (job, _key, signal) => {
    const remote = normalizeRemote(job.remote);
    const format = formatOfOid(job.commit);
    initBareStore(job.gitDir, format);
    const before = readStoreState(job.gitDir);
    const sizeBefore = packBytes(job.gitDir);
    const depth = before.commits.length === 0 ? ["--depth=1"] : [];
    const flags = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"];
    const refspec = `+${job.commit}:refs/drover/fetched`;
    await run(remote, ["--git-dir", job.gitDir, "fetch", ...flags, ...depth, "--", remote.url, refspec], {
      signal,
      watch: () => {
        const bytes = packBytes(job.gitDir) - sizeBefore;
        return bytes > job.limits.packBytes ? `its pack is larger than ${job.limits.packBytes} bytes` : undefined;
      },
    });
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

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function binaryMissing(cause: unknown): AppError {
  const hint = "install git on the bundler's machine or image, or use an https:// address";
  return new AppError("GIT_BINARY_MISSING", `this repository needs the git command, which is not on PATH: ${hint}`, {
    verdict: "stalled",
    cause,
  });
}

function commandFailed(remote: NormalizedRemote, result: CommandResult): AppError {
  const lines = result.stderr.split("\n").filter((line) => line.trim() !== "");
  const text = lines
    .slice(-4)
    .join(" ")
    .replace(/[^\x20-\x7e]/gu, "?")
    .slice(0, 500);
  const refusal = sshRefusals.find(({ words }) => words.test(result.stderr));
  if (remote.transport === "ssh" && refusal !== undefined)
    return new AppError("GIT_AUTH_FAILED", `${printableUrl(remote.url)}: ${refusal.problem}`, { verdict: "stalled" });
  const ended = result.status === undefined ? "was killed" : `exited with ${result.status}`;
  return new AppError("GIT_COMMAND_FAILED", `${printableUrl(remote.url)}: git ${ended}: ${text}`);
}

/** ssh ends with 255 for whatever fails and tells why in words only, in English since `LC_ALL` is C. */
const sshRefusals: readonly { readonly words: RegExp; readonly problem: string }[] = [
  {
    words: /^Host key verification failed\.?/mu,
    problem:
      "the server's host key is not one of known_hosts in the Secret; compare it with what its owner says before adding it",
  },
  {
    words: /^(?:Load key [^\n]*: (?:invalid format|error in libcrypto))/mu,
    problem:
      "ssh-privatekey of the Secret is no private key; take the file as ssh-keygen wrote it, without a passphrase",
  },
  {
    words: /^[^\n]*: Permission denied \(/mu,
    problem: "the server does not let the Secret's key in; add its public half there",
  },
];

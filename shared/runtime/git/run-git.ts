import { mkdirSync } from "node:fs";
import { AppError } from "../../errors.ts";
import { type NormalizedRemote, printableUrl } from "../../git-remote.ts";
import { type CommandResult, runCommand } from "../run-command.ts";
import { createGitEnvironment, type GitCommandPlace } from "./git-environment.ts";

/** Where and within which bounds `git` runs. */
export interface GitProgram extends GitCommandPlace {
  /** The program; default `git`, looked up in `path`. */
  readonly git?: string;
  readonly timeoutMs: number;
}

/** What one run of `git` is stopped by, besides its time. */
export interface GitRun {
  readonly signal?: AbortSignal | undefined;
  /** Asked several times a second; a returned reason ends the run. */
  readonly watch?: () => string | undefined;
}

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Returns the output of a `git` command that speaks to a remote, in an environment where nothing of the machine's
 * configuration counts. Throws GIT_AUTH_FAILED, GIT_BINARY_MISSING, GIT_COMMAND_FAILED, GIT_LIMIT_EXCEEDED and GIT_UNREACHABLE.
 */
export async function runGit(
  program: GitProgram,
  { remote, args }: { readonly remote: NormalizedRemote; readonly args: readonly string[] },
  how: GitRun = {},
): Promise<Buffer> {
  mkdirSync(program.secretsDir, { recursive: true, mode: 0o700 });
  using environment = createGitEnvironment(remote, program);
  let result: CommandResult;
  try {
    result = await runCommand({
      file: program.git ?? "git",
      args,
      env: environment.env,
      cwd: program.secretsDir,
      timeoutMs: program.timeoutMs,
      maxOutputBytes,
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

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function binaryMissing(cause: unknown): AppError {
  const hint = "install git on this machine or in the bundler's image, or use an https:// address";
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
  const refusal = refusals[remote.transport].find(({ words }) => words.test(result.stderr));
  if (refusal !== undefined) {
    const { code, problem } = refusal;
    return new AppError(code, `${printableUrl(remote.url)}: ${problem}`, { verdict: "stalled" });
  }
  const ended = result.status === undefined ? "was killed" : `exited with ${result.status}`;
  return new AppError("GIT_COMMAND_FAILED", `${printableUrl(remote.url)}: git ${ended}: ${text}`);
}

interface Refusal {
  readonly words: RegExp;
  readonly code: "GIT_AUTH_FAILED" | "GIT_UNREACHABLE";
  readonly problem: string;
}

/** ssh ends with 255 and git with 128 for whatever fails and tell why in words only, in English since `LC_ALL` is C. */
const refusals: Readonly<Record<NormalizedRemote["transport"], readonly Refusal[]>> = {
  ssh: [
    {
      words: /^Host key verification failed\.?/mu,
      code: "GIT_AUTH_FAILED",
      problem:
        "the server's host key is not one of the known_hosts given; compare it with what its owner says before adding it",
    },
    {
      words: /^(?:Load key [^\n]*: (?:invalid format|error in libcrypto))/mu,
      code: "GIT_AUTH_FAILED",
      problem: "the key given is no private key; take the file as ssh-keygen wrote it, without a passphrase",
    },
    {
      words: /^[^\n]*: Permission denied \(/mu,
      code: "GIT_AUTH_FAILED",
      problem: "the server does not let the key in; add its public half there",
    },
  ],
  http: [
    {
      words:
        /^fatal: (?:Authentication failed for|could not read (?:Username|Password) for|unable to access [^\n]* error: 403)/mu,
      code: "GIT_AUTH_FAILED",
      problem: "the server wants a credential, or another one",
    },
    {
      words: /^fatal: repository '[^\n]*' not found/mu,
      code: "GIT_UNREACHABLE",
      problem: "there is no such repository, or it is not shown without a credential",
    },
  ],
};

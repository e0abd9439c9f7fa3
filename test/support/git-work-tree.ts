import { execFile } from "node:child_process";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** A file of a commit: its text, its bytes, or what a link points to. */
export type CommitFile = string | Buffer | { readonly linkTo: string } | { readonly executable: string };

/** What a commit changes. */
export interface CommitChange {
  readonly files?: Readonly<Record<string, CommitFile>>;
  /** Files or folders to remove. */
  readonly delete?: readonly string[];
  readonly message?: string;
  /** `main` unless said; made when it does not exist, from the commit that was pushed last. */
  readonly branch?: string;
  /** Commit to build on instead of the branch's tip; the branch is then rewritten (force-push). */
  readonly onto?: string;
}

/** A clone of one repository from which tests push. */
export interface GitWorkTree {
  /** Commits and pushes with git; returns the commit's hash. An empty change makes an empty commit. */
  commit(change: CommitChange): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** Creates or moves a tag to a commit or branch. */
  tag(name: string, target: string): Promise<void>;
}

const run = promisify(execFile);
const identity = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.com" };
const committer = { GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.com" };

/** Clones the bare repository at `remotePath` into `dir`. Pushes go by path, so that a fault of the server never hits them. */
export async function createGitWorkTree(remotePath: string, dir: string): Promise<GitWorkTree> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", args, {
      cwd: dir,
      env: { ...process.env, ...identity, ...committer, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    });
    return stdout.trim();
  };
  await mkdir(dir, { recursive: true });
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", remotePath);
  return {
    commit: async (change) => {
      const branch = change.branch ?? "main";
      await checkOut(git, branch, change.onto);
      for (const path of change.delete ?? []) await rm(join(dir, path), { recursive: true });
      for (const [path, file] of Object.entries(change.files ?? {})) await writeCommitFile(join(dir, path), file);
      await git("add", "--all", "--force");
      await git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", change.message ?? "Change files");
      await git("push", "--quiet", "--force", "origin", `HEAD:refs/heads/${branch}`);
      return git("rev-parse", "HEAD");
    },
    deleteBranch: async (branch) => {
      await git("push", "--quiet", "origin", `:refs/heads/${branch}`);
    },
    tag: async (name, target) => {
      await git("fetch", "--quiet", "origin");
      await git("push", "--quiet", "--force", "origin", `${target}:refs/tags/${name}`);
    },
  };
}

/** Leaves the work tree at the commit to build on, clean, and with whatever others pushed. */
async function checkOut(git: (...args: string[]) => Promise<string>, branch: string, onto?: string): Promise<void> {
  await git("fetch", "--quiet", "--prune", "origin");
  const known = await git("for-each-ref", "--format=%(objectname)", `refs/remotes/origin/${branch}`);
  const start = onto ?? known;
  if (start !== "") await git("checkout", "--quiet", "--force", "--detach", start);
  await git("clean", "--quiet", "-dffx");
}

async function writeCommitFile(path: string, file: CommitFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (typeof file === "string" || Buffer.isBuffer(file)) {
    await writeFile(path, file);
  } else if ("linkTo" in file) {
    await symlink(file.linkTo, path);
  } else {
    await writeFile(path, file.executable);
    await chmod(path, 0o755);
  }
}

import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

/** A git server in a process of its own, so that what it costs is not measured as ours. */
export interface BenchGitServer extends AsyncDisposable {
  /** Creates an empty bare repository; returns its clone URL. */
  createRepository(name: string): Promise<string>;
  repositoryPath(name: string): string;
}

const run = promisify(execFile);

/** Starts a git server over repositories in a folder. */
export async function startGitServerProcess(root: string): Promise<BenchGitServer> {
  const child = fork(new URL("./serve-git.ts", import.meta.url), [root], { stdio: "inherit" });
  const [url]: unknown[] = await once(child, "message");
  const repositoryPath = (name: string): string => join(root, `${name}.git`);
  return {
    repositoryPath,
    createRepository: async (name) => {
      await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", repositoryPath(name)]);
      return `${String(url)}/${name}.git`;
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

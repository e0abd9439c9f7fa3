import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { startGitServer } from "../simulator/git-server.ts";

// Serves each folder of examples/ as a Git repository that may be cloned and pushed to; what is there already is kept.
//   node tools/serve-examples.ts --root FOLDER [--host 127.0.0.1] [--port 8080]
const run = promisify(execFile);
const examples = join(import.meta.dirname, "../examples");
const { values } = parseArgs({
  options: { root: { type: "string" }, host: { type: "string" }, port: { type: "string" } },
});
if (values.root === undefined) throw new Error("--root FOLDER is missing: repositories are kept there");
await mkdir(values.root, { recursive: true });
const server = await startGitServer({
  root: values.root,
  host: values.host ?? "127.0.0.1",
  port: Number(values.port ?? "8080"),
});
for (const entry of await readdir(examples, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  if (!existsSync(server.repositoryPath(entry.name))) await publish(entry.name);
  console.log(`serving ${server.url}/${entry.name}.git`);
}
console.log("ready");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server[Symbol.asyncDispose]());

/** Makes a repository with one commit, the example as it is in this checkout. */
async function publish(name: string): Promise<void> {
  await server.createRepository(name);
  const work = await mkdtemp(join(tmpdir(), "drover-example-"));
  await cp(join(examples, name, "repository"), work, { recursive: true });
  const git = async (...words: string[]): Promise<void> => {
    const who = ["-c", "user.name=Drover", "-c", "user.email=drover@drover.example", "-c", "commit.gpgsign=false"];
    await run("git", [...who, ...words], { cwd: work });
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", `--message=Example ${name}`);
  await git("push", "--quiet", server.repositoryPath(name), "main");
  await rm(work, { recursive: true, force: true });
}

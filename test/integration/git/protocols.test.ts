import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { openObjectStore } from "../../../bundler/git/object-store.ts";
import type { GitServerOptions } from "../../../simulator/git-server.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitSetup } from "../../support/git-setup.ts";

const run = promisify(execFile);

/** A server that knows only the protocol of 2005, as some hosts do still. */
const oldServer: GitServerOptions["intercept"] = (request) => {
  delete request.headers["git-protocol"];
  return false;
};

async function git(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", dir, "-c", "user.name=a", "-c", "user.email=b", ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/** Pushes versions of a long file, so that packs hold deltas, deltas of deltas, and a tag. */
async function pushVersions(work: string, bare: string, count: number): Promise<void> {
  await mkdir(work, { recursive: true });
  await git(work, "init", "--quiet", "--initial-branch=main");
  for (let version = 0; version < count; version += 1) {
    const lines = Array.from(
      { length: 400 },
      (_, line) => `line ${line} ${line % 40 === version ? version : "same"} ${line * line}`,
    );
    await writeFile(join(work, "long.txt"), lines.join("\n"));
    await writeFile(join(work, `file${version}.txt`), `${version}`);
    await git(work, "add", ".");
    await git(work, "commit", "--quiet", "-m", `version ${version}`);
  }
  await git(work, "tag", "-f", "-a", "v1", "-m", "first");
  await git(work, "push", "--quiet", "--force", bare, "HEAD:main", "v1");
}

describe.each([
  { name: "protocol 2", intercept: undefined, protocol: 2 },
  { name: "protocol 0", intercept: oldServer, protocol: 0 },
])("with $name", ({ intercept, protocol }) => {
  it("reads every object of a history full of deltas as git does", async () => {
    await using setup = await createGitSetup();
    await using server = await startGitServer({
      root: setup.dataDir,
      ...(intercept === undefined ? {} : { intercept }),
    });
    const url = await server.createRepository("app");
    const bare = server.repositoryPath("app");
    const work = join(setup.dataDir, "work");
    await pushVersions(work, bare, 3);
    const remote = { url };
    const refs = await lsRefs({ http: setup.http, remote });
    expect(refs.session.protocol).toBe(protocol);
    expect(refs.refs.get("refs/tags/v1")).toBe(refs.refs.get("refs/heads/main"));
    expect(refs.head).toBe("refs/heads/main");
    await setup.fetcher.fetchCommit({ remote, commit: refs.refs.get("refs/heads/main") ?? "" });
    await pushVersions(work, bare, 12);
    await git(bare, "repack", "-adfq", "--depth=50", "--window=50");
    const tip = await git(bare, "rev-parse", "main");
    const commit = await setup.fetcher.fetchCommit({ remote, commit: tip });
    const listed = (
      await git(
        commit.gitDir,
        "cat-file",
        "--batch-check=%(objectname) %(objecttype) %(deltabase)",
        "--batch-all-objects",
      )
    ).split("\n");
    expect(listed.filter((line) => !/ 0{40}$/u.test(line)).length).toBeGreaterThan(3);
    using store = openObjectStore({ gitDir: commit.gitDir, format: "sha1", objectBytes: 10_000_000 });
    for (const line of listed) {
      const [oid = "", type = ""] = line.split(" ");
      const object = store.read(oid);
      expect(object.type).toBe(type);
    }
    using tree = setup.tree(commit);
    expect(Buffer.from(tree.read("long.txt")).toString()).toBe(await git(work, "show", "HEAD:long.txt"));
    await git(commit.gitDir, "fsck", "--full", "--strict");
  });

  it("fetches a fixed commit that no branch names any more", async () => {
    await using setup = await createGitSetup();
    await using server = await startGitServer({
      root: setup.dataDir,
      ...(intercept === undefined ? {} : { intercept }),
    });
    const url = await server.createRepository("app");
    const bare = server.repositoryPath("app");
    const work = join(setup.dataDir, "work");
    await pushVersions(work, bare, 3);
    await git(bare, "config", "uploadpack.allowAnySHA1InWant", "false");
    const old = await git(work, "rev-parse", "HEAD~1");
    const commit = await setup.fetcher.fetchCommit({ remote: { url }, commit: old });
    using tree = setup.tree(commit);
    expect(tree.list("").map(({ name }) => name)).toEqual(["file0.txt", "file1.txt", "long.txt"]);
  });
});

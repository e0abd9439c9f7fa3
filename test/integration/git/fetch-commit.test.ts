import { execFile } from "node:child_process";
import { readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { startGitServer as startServer } from "../../../simulator/git-server.ts";
import { createGitSetup } from "../../support/git-setup.ts";
import { startGitServer } from "../../support/git-server.ts";

const run = promisify(execFile);

function packs(gitDir: string): string[] {
  return readdirSync(join(gitDir, "objects", "pack")).filter((name) => name.endsWith(".pack"));
}

describe.each([
  { name: "our own client", useCommand: false, counted: 5 },
  { name: "the git command", useCommand: true, counted: 0 },
])("fetchCommit with $name", ({ useCommand, counted }) => {
  it("brings a commit's files, then only what the next one changes, and git agrees with the store", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const files = { "a/fleet.yaml": "namespace: x\n", "a/b/c.txt": "one\n", run: { executable: "#!/bin/sh\n" } };
    const first = await server.commit("app", { files: { ...files, link: { linkTo: "a/b/c.txt" } }, message: "First" });
    const one = await setup.fetcher.fetchCommit({ remote: { url }, commit: first });
    expect(one).toMatchObject({ id: first, subject: "First", author: "Ada <ada@example.com>" });
    using tree = setup.tree(one);
    expect(Buffer.from(tree.read("a/b/c.txt")).toString()).toBe("one\n");
    expect(Buffer.from(tree.read("link")).toString()).toBe("a/b/c.txt");
    expect(tree.list("").map(({ name, type }) => `${type} ${name}`)).toEqual(["dir a", "symlink link", "file run"]);
    expect(tree.find("run")).toMatchObject({ executable: true });

    const second = await server.commit("app", { files: { "a/b/c.txt": "two\n" } });
    const two = await setup.fetcher.fetchCommit({ remote: { url }, commit: second });
    expect(two.gitDir).toBe(one.gitDir);
    expect(two.fetched.objects).toBe(counted);
    using later = setup.tree(two);
    expect(Buffer.from(later.read("a/b/c.txt")).toString()).toBe("two\n");
    await run("git", ["-C", two.gitDir, "fsck", "--full", "--strict"]);
    await expect(run("git", ["-C", two.gitDir, "cat-file", "-t", second])).resolves.toMatchObject({
      stdout: "commit\n",
    });
  });

  it("asks nobody for a commit that is there, also after a restart", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    await setup.fetcher.fetchCommit({ remote: { url }, commit });
    await server.goDown();
    await expect(setup.restarted().fetchCommit({ remote: { url }, commit })).resolves.toMatchObject({
      id: commit,
      fetched: { bytes: 0 },
    });
  });

  it("follows a force-push to an unrelated history", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const base = await server.commit("app", { files: { a: "1" } });
    const old = await server.commit("app", { files: { a: "2" } });
    await setup.fetcher.fetchCommit({ remote: { url }, commit: old });
    const forced = await server.commit("app", { files: { b: "3" }, onto: base });
    const commit = await setup.fetcher.fetchCommit({ remote: { url }, commit: forced });
    using tree = setup.tree(commit);
    expect(tree.list("").map(({ name }) => name)).toEqual(["a", "b"]);
    expect(Buffer.from(tree.read("a")).toString()).toBe("1");
  });

  it("fetches afresh when a stored pack was damaged", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1".repeat(5000) } });
    const before = await setup.fetcher.fetchCommit({ remote: { url }, commit });
    const [pack = ""] = packs(before.gitDir);
    truncateSync(join(before.gitDir, "objects", "pack", pack), 40);
    const after = await setup.fetcher.fetchCommit({ remote: { url }, commit });
    expect(after.gitDir).not.toBe(before.gitDir);
    using tree = setup.tree(after);
    expect(tree.read("a")).toHaveLength(5000);
  });

  it("keeps what two credentials read apart", async () => {
    await using server = await startGitServer({ auth: { user: "u", password: "p" } });
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    const credential = { kind: "basic" as const, username: "u", password: "p" };
    await setup.fetcher.fetchCommit({ remote: { url, credential }, commit });
    await expect(setup.fetcher.fetchCommit({ remote: { url }, commit })).rejects.toMatchObject({
      code: "GIT_AUTH_FAILED",
    });
    const wrong = { ...credential, password: "wrong" };
    const refused = setup.fetcher.fetchCommit({ remote: { url, credential: wrong }, commit });
    await expect(refused).rejects.toMatchObject({ code: "GIT_AUTH_FAILED" });
    await expect(refused).rejects.not.toThrow(/wrong/u);
  });

  it("trusts a CA of the repository's own, and nobody without it", async () => {
    await using server = await startGitServer({ tls: true });
    await using setup = await createGitSetup({ useCommand });
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    await expect(setup.fetcher.fetchCommit({ remote: { url }, commit })).rejects.toThrow(/certificate/u);
    const caBundle = server.caCert ?? "";
    await expect(setup.fetcher.fetchCommit({ remote: { url, caBundle }, commit })).resolves.toMatchObject({
      id: commit,
    });
    const insecure = { url, insecureSkipTLS: true };
    await expect(setup.fetcher.fetchCommit({ remote: insecure, commit })).resolves.toMatchObject({ id: commit });
  });
});

it("begins a store afresh when pushes have left too many packs in it", async () => {
  await using server = await startGitServer();
  await using setup = await createGitSetup({ maxPacks: 3 });
  const url = await server.createRepository("app");
  const folders = new Set<string>();
  for (let push = 0; push < 5; push += 1) {
    const commit = await server.commit("app", { files: { a: String(push) } });
    const fetched = await setup.fetcher.fetchCommit({ remote: { url }, commit });
    folders.add(fetched.gitDir);
    expect(packs(fetched.gitDir).length).toBeLessThanOrEqual(3);
    using tree = setup.tree(fetched);
    expect(Buffer.from(tree.read("a")).toString()).toBe(String(push));
  }
  expect(folders.size).toBe(2);
});

it("fetches afresh when a reader found something missing or damaged", async () => {
  await using server = await startGitServer();
  await using setup = await createGitSetup();
  const url = await server.createRepository("app");
  const base = await server.commit("app", { files: { "a/x": "1".repeat(500), b: "2" } });
  const first = await setup.fetcher.fetchCommit({ remote: { url }, commit: base });
  const next = await server.commit("app", { files: { b: "3" } });
  const before = await setup.fetcher.fetchCommit({ remote: { url }, commit: next });
  const [oldest = ""] = packs(first.gitDir).toSorted();
  rmSync(join(before.gitDir, "objects", "pack", oldest));
  rmSync(join(before.gitDir, "objects", "pack", oldest.replace(/pack$/u, "idx")));
  using damaged = setup.tree(before);
  expect(Buffer.from(damaged.read("b")).toString()).toBe("3");
  expect(() => damaged.read("a/x")).toThrow(
    expect.objectContaining({ code: "GIT_OBJECT_MISSING", verdict: "transient" }),
  );
  const after = await setup.fetcher.fetchCommit({ remote: { url }, commit: next });
  expect(after.gitDir).not.toBe(before.gitDir);
  using tree = setup.tree(after);
  expect(tree.read("a/x")).toHaveLength(500);
});

it("reads repositories that name their objects by SHA-256", async () => {
  await using setup = await createGitSetup();
  await using server = await startServer({ root: setup.dataDir });
  const bare = server.repositoryPath("long");
  await run("git", ["init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main", bare]);
  const work = join(setup.dataDir, "work");
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", ["-C", work, "-c", "user.name=a", "-c", "user.email=b", ...args])).stdout.trim();
  await run("git", ["init", "--quiet", "--object-format=sha256", work]);
  for (const text of ["one", "two"]) {
    await writeFile(join(work, "file"), text);
    await git("add", "file");
    await git("commit", "--quiet", "-m", text);
    await git("push", "--quiet", bare, "HEAD:main");
    const remote = { url: `${server.url}/long.git` };
    const found = await lsRefs({ http: setup.http, remote });
    const commit = await setup.fetcher.fetchCommit({ remote, commit: found.refs.get("refs/heads/main") ?? "" });
    expect(commit.tree).toHaveLength(64);
    using tree = setup.tree(commit);
    expect(Buffer.from(tree.read("file")).toString()).toBe(text);
  }
});

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { buildCommit } from "../../../bundler/build/build-commit.ts";
import type { FetchLimits } from "../../../bundler/git/fetch-limits.ts";
import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitSetup, type GitSetup } from "../../support/git-setup.ts";

const run = promisify(execFile);

/** Runs git with input in a bare repository; returns what it prints. */
async function git(bare: string, args: readonly string[], input: string | Buffer): Promise<string> {
  const child = spawn("git", ["-C", bare, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  // git may end before it has read input that it has no use for.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return output.trim();
}

/** Makes `main` a commit of this tree. */
async function commitTree(bare: string, tree: string): Promise<void> {
  const identity = ["-c", "user.name=a", "-c", "user.email=b"];
  const commit = await git(bare, [...identity, "commit-tree", tree, "-m", "x"], "");
  await run("git", ["-C", bare, "update-ref", "refs/heads/main", commit]);
}

async function rawTree(bare: string, entries: readonly (readonly [string, string, string])[]): Promise<string> {
  const raw = entries.flatMap(([mode, name, oid]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]);
  return git(bare, ["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], Buffer.concat(raw));
}

/** Serves a repository that `make` fills and fetches it. */
async function fetchHostile<Result>(
  limits: Partial<FetchLimits>,
  make: (bare: string) => Promise<void>,
  look: (setup: GitSetup, wish: { remote: { url: string }; commit: string }) => Promise<Result>,
): Promise<Result> {
  await using setup = await createGitSetup({ limits });
  await using server = await startGitServer({ root: setup.dataDir });
  const url = await server.createRepository("evil");
  await make(server.repositoryPath("evil"));
  const remote = { url };
  const refs = await lsRefs({ http: setup.http, remote });
  return await look(setup, { remote, commit: refs.refs.get("refs/heads/main") ?? "" });
}

const fetchError = async (setup: GitSetup, wish: { remote: { url: string }; commit: string }): Promise<unknown> =>
  setup.fetcher.fetchCommit(wish).catch((error: unknown) => error);

async function manyFiles(bare: string): Promise<void> {
  const files = Array.from(
    { length: 200 },
    (_, index) => `M 100644 inline f${index}\ndata 2000\n${String(index).padEnd(2000, "x")}\n`,
  );
  await git(
    bare,
    ["fast-import", "--quiet"],
    `commit refs/heads/main\ncommitter a <b> 1 +0000\ndata 1\nx\n${files.join("")}`,
  );
}

describe("fetchCommit refuses", () => {
  it("a small pack with a file that unpacks to very much", async () => {
    const error = await fetchHostile(
      { objectBytes: 1_000_000 },
      async (bare) => {
        const blob = await git(bare, ["hash-object", "-w", "--stdin"], Buffer.alloc(20_000_000));
        await commitTree(bare, await rawTree(bare, [["100644", "bomb", blob]]));
      },
      fetchError,
    );
    expect(error).toMatchObject({ code: "GIT_LIMIT_EXCEEDED", verdict: "stalled" });
  });

  it("more objects, more packed and more unpacked bytes than are allowed", async () => {
    for (const limits of [{ objects: 100 }, { packBytes: 1000 }, { unpackedBytes: 100_000 }]) {
      const error = await fetchHostile(limits, manyFiles, fetchError);
      expect(error).toMatchObject({ code: "GIT_LIMIT_EXCEEDED" });
    }
  });

  it("directories nested deeper than any file system takes", async () => {
    const error = await fetchHostile(
      {},
      async (bare) => {
        const path = `${"d/".repeat(150)}f`;
        const head = "commit refs/heads/main\ncommitter a <b> 1 +0000\ndata 1\nx\n";
        await git(bare, ["fast-import", "--quiet"], `${head}M 100644 inline ${path}\ndata 1\nx\n`);
      },
      fetchError,
    );
    expect(error).toMatchObject({ code: "GIT_LIMIT_EXCEEDED", message: expect.stringContaining("nested") });
  });

  it.each(["..", ".git", ".GIT", "a/b"])("a tree with an entry named %s", async (name) => {
    const error = await fetchHostile(
      {},
      async (bare) => {
        const blob = await git(bare, ["hash-object", "-w", "--stdin"], "x");
        await commitTree(bare, await rawTree(bare, [["100644", name, blob]]));
      },
      fetchError,
    );
    expect(error).toMatchObject({ code: "GIT_REPOSITORY_INVALID", verdict: "stalled" });
  });
});

it("does not write out a few trees that name billions of files", async () => {
  const error = await fetchHostile(
    {},
    async (bare) => {
      const blob = await git(bare, ["hash-object", "-w", "--stdin"], "namespace: x\n");
      let tree = await rawTree(bare, [["100644", "fleet.yaml", blob]]);
      for (let level = 0; level < 12; level += 1) {
        const below = tree;
        const entries = Array.from({ length: 10 }, (_, index) => ["40000", `d${index}`, below] as const);
        tree = await rawTree(bare, entries);
      }
      await commitTree(bare, tree);
    },
    async (setup, wish) => {
      using tree = setup.tree(await setup.fetcher.fetchCommit(wish));
      return await buildCommit({ tree, options: { name: "x", namespace: "x" }, scan: {} }).catch(
        (failed: unknown) => failed,
      );
    },
  );
  expect(error).toMatchObject({ code: "GIT_LIMIT_EXCEEDED", verdict: "stalled" });
});

it("stops before its memory is full of very many small objects", async () => {
  const error = await fetchHostile(
    { memoryBytes: 100 * 1024 * 1024 },
    async (bare) => {
      const files = Array.from(
        { length: 30_000 },
        (_, index) => `M 100644 inline d${index % 300}/f${index}\ndata 6\n${String(index).padStart(6, "0")}\n`,
      );
      const head = "commit refs/heads/main\ncommitter a <b> 1 +0000\ndata 1\nx\n";
      await git(bare, ["fast-import", "--quiet"], `${head}${files.join("")}`);
    },
    fetchError,
  );
  expect(error).toMatchObject({ code: "GIT_LIMIT_EXCEEDED", message: expect.stringContaining("memory") });
});

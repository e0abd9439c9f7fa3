import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { buildCommit } from "../../../bundler/build/build-commit.ts";
import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import type { Commit } from "../../../bundler/git/commit.ts";
import type { GitServer } from "../../../simulator/git-server.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitSetup, type GitSetup } from "../../support/git-setup.ts";

const run = promisify(execFile);
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/** Commits files, and submodules as path → commit, with plumbing only; returns the commit. */
async function commit(
  setup: GitSetup,
  server: GitServer,
  wanted: {
    readonly repository: string;
    readonly files: Readonly<Record<string, string>>;
    readonly submodules?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const work = join(setup.dataDir, "work", wanted.repository);
  await mkdir(work, { recursive: true });
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", ["-C", work, "-c", "user.name=a", "-c", "user.email=b", ...args])).stdout.trim();
  await git("init", "--quiet", "--initial-branch=main");
  for (const [path, text] of Object.entries(wanted.files)) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), text);
    await git("add", path);
  }
  for (const [path, oid] of Object.entries(wanted.submodules ?? {})) {
    await git("update-index", "--add", "--cacheinfo", `160000,${oid},${path}`);
  }
  await git("commit", "--quiet", "-m", "x");
  await git("push", "--quiet", "--force", server.repositoryPath(wanted.repository), "HEAD:main");
  return git("rev-parse", "HEAD");
}

function modules(path: string, address: string): string {
  return `[submodule "x"]\n\tpath = ${path} # here\n\turl = ${address}\n`;
}

async function fetchMain(setup: GitSetup, remote: { readonly url: string }): Promise<Commit> {
  const { refs } = await lsRefs({ http: setup.http, remote });
  return setup.fetcher.fetchCommit({ remote, commit: refs.get("refs/heads/main") ?? "" });
}

describe("a repository with submodules", () => {
  it("gives their files as directories, and builds anew what is in one that moved", async () => {
    await using setup = await createGitSetup();
    await using server = await startGitServer({ root: setup.dataDir });
    const url = await server.createRepository("main");
    await server.createRepository("libs/inner");
    await server.createRepository("leaf");
    const leaf = await commit(setup, server, { repository: "leaf", files: { "cm.yaml": configMap } });
    const inner = async (text: string): Promise<string> =>
      commit(setup, server, {
        repository: "libs/inner",
        files: { "app/fleet.yaml": text, ".gitmodules": modules("app/leaf", "../../leaf.git") },
        submodules: { "app/leaf": leaf },
      });
    const outer = async (oid: string): Promise<string> =>
      commit(setup, server, {
        repository: "main",
        files: {
          "own/fleet.yaml": "namespace: o\n",
          "own/cm.yaml": configMap,
          ".gitmodules": modules("sub", '"../libs/inner.git"'),
        },
        submodules: { sub: oid },
      });
    await outer(await inner("namespace: one\n"));
    const options = { name: "r", namespace: "w" };
    using first = setup.tree(await fetchMain(setup, { url }));
    expect(first.list("").map(({ name, type }) => `${type} ${name}`)).toEqual([
      "file .gitmodules",
      "dir own",
      "dir sub",
    ]);
    expect(Buffer.from(first.read("sub/app/leaf/cm.yaml")).toString()).toBe(configMap);
    const before = await buildCommit({ tree: first, options, scan: {} });
    expect(before.bundles.map(({ dir }) => dir.path)).toEqual(["own", "sub/app"]);

    await outer(await inner("namespace: two\n"));
    using second = setup.tree(await fetchMain(setup, { url }));
    const after = await buildCommit({ tree: second, options, scan: {}, cache: before.cache });
    expect(after.changed).toMatchObject([{ dir: { path: "sub/app" }, bundle: { spec: { namespace: "two" } } }]);
  });

  it("fails as a whole when one cannot be fetched, naming it", async () => {
    await using setup = await createGitSetup();
    await using server = await startGitServer({ root: setup.dataDir });
    const url = await server.createRepository("main");
    const oid = "1".repeat(40);
    const files = { ".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ../gone.git\n', "cm.yaml": configMap };
    await commit(setup, server, { repository: "main", files, submodules: { s: oid } });
    await expect(fetchMain(setup, { url })).rejects.toThrow(/^submodule s: .*gone/u);
  });

  it("reads no file of the hub's own machine through a submodule's address", async () => {
    await using setup = await createGitSetup();
    await using server = await startGitServer({ root: setup.dataDir });
    const url = await server.createRepository("main");
    for (const address of ["file:///etc", "/etc", "ext::sh -c id", "--upload-pack=id"]) {
      const files = { ".gitmodules": `[submodule "s"]\n\tpath = s\n\turl = ${address}\n` };
      await commit(setup, server, { repository: "main", files, submodules: { s: "1".repeat(40) } });
      await expect(fetchMain(setup, { url })).rejects.toMatchObject({ code: "GIT_URL_INVALID" });
    }
  });
});

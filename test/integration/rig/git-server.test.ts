import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);
const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
let dir: TempDir;
let clones = 0;

beforeAll(async () => {
  dir = await createTempDir("git-clients");
});

afterAll(async () => {
  await dir[Symbol.asyncDispose]();
});

async function clone(url: string, env: Record<string, string> = {}): Promise<string> {
  clones += 1;
  const target = join(dir.path, `clone-${clones}`);
  await run("git", ["clone", "--quiet", url, target], {
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null", ...env },
    timeout: 20_000,
  });
  return target;
}

/** Bytes that do not compress, so that packs are long enough to be broken. */
function noise(bytes: number): string {
  let state = 1;
  return Array.from({ length: bytes }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCodePoint(33 + (state % 90));
  }).join("");
}

describe("the test Git server", () => {
  it("serves clones and takes pushes over HTTP, counting them by kind", async () => {
    await using server = await startGitServer();
    const url = await server.createRepository("fleet");
    await server.commit("fleet", { files: { "a/one.yaml": "one: 1\n", "a/link": { linkTo: "one.yaml" } } });
    const target = await clone(url);
    expect(await readFile(join(target, "a/link"), "utf8")).toBe("one: 1\n");
    expect(server.requests).toEqual({ advertise: 1, "ls-refs": 1, fetch: 1, push: 0 });

    await writeFile(join(target, "a/two.yaml"), noise(3_000_000));
    await run("git", ["-C", target, "add", "."]);
    await run("git", ["-C", target, ...identity, "commit", "--quiet", "-m", "Two"]);
    await run("git", ["-C", target, "push", "--quiet"]);
    expect(server.requests.push).toBeGreaterThanOrEqual(2);
    const own = await run("git", ["-C", target, "rev-parse", "HEAD"]);
    const there = await run("git", ["ls-remote", url, "refs/heads/main"]);
    expect(there.stdout).toContain(own.stdout.trim());
  });

  it("rewrites and deletes branches and moves tags", async () => {
    await using server = await startGitServer();
    const url = await server.createRepository("fleet");
    const first = await server.commit("fleet", { files: { "a.yaml": "a: 1\n" } });
    const second = await server.commit("fleet", { files: { "a.yaml": "a: 2\n" }, branch: "next" });
    const rewritten = await server.commit("fleet", { delete: ["a.yaml"], branch: "next", onto: first });
    await server.tag("fleet", "v1", rewritten);
    const refs = async (): Promise<string> => (await run("git", ["ls-remote", url])).stdout;
    expect(await refs()).toContain(`${rewritten}\trefs/heads/next`);
    expect(await refs()).toContain(`${rewritten}\trefs/tags/v1`);
    expect(await refs()).not.toContain(second);
    await server.deleteBranch("fleet", "next");
    expect(await refs()).not.toContain("refs/heads/next");
  });

  it("serves HTTPS with basic authentication and refuses others", async () => {
    await using server = await startGitServer({ tls: true, auth: { user: "ada", password: "s3cret" } });
    const url = await server.createRepository("fleet");
    await server.commit("fleet", { files: { "a.yaml": "a: 1\n" } });
    const ca = join(dir.path, "ca.pem");
    await writeFile(ca, server.caCert ?? "");
    const trusted = { GIT_SSL_CAINFO: ca };
    await clone(url.replace("https://", "https://ada:s3cret@"), trusted);
    await expect(clone(url.replace("https://", "https://ada:wrong@"), trusted)).rejects.toThrow(
      /Authentication failed/u,
    );
    await expect(clone(url, trusted)).rejects.toThrow(/could not read Username/u);
    await expect(clone(url.replace("https://", "https://ada:s3cret@"))).rejects.toThrow(/certificate/u);
  });
});

describe("requests to the test Git server", () => {
  it("are understood when compressed, and counted as what they ask for", async () => {
    await using server = await startGitServer();
    const url = await server.createRepository("team/fleet");
    const commit = await server.commit("team/fleet", { files: { "a.yaml": "a: 1\n" } });
    const answer = await fetch(`${url}/git-upload-pack`, {
      method: "POST",
      headers: {
        "content-type": "application/x-git-upload-pack-request",
        "content-encoding": "gzip",
        "git-protocol": "version=2",
      },
      body: gzipSync("0014command=ls-refs\n00010000"),
    });
    expect(await answer.text()).toContain(`${commit} refs/heads/main`);
    expect(server.requests).toEqual({ advertise: 0, "ls-refs": 1, fetch: 0, push: 0 });
  });

  it.each([
    { name: "a path out of the root", path: "/..%2f..%2fetc.git/info/refs?service=git-upload-pack" },
    { name: "a repository that is not there", path: "/none.git/info/refs?service=git-upload-pack" },
    { name: "a file of a repository", path: "/fleet.git/HEAD" },
    { name: "the old protocol", path: "/fleet.git/info/refs" },
  ])("are answered 404 for $name", async ({ path }) => {
    await using server = await startGitServer();
    await server.createRepository("fleet");
    const answer = await fetch(`${server.url}${path}`);
    await answer.text();
    expect(answer.status).toBe(404);
  });
});

describe("faults of the test Git server", () => {
  let server: TestGitServer;
  let url: string;

  beforeAll(async () => {
    server = await startGitServer();
    url = await server.createRepository("fleet");
    await server.commit("fleet", { files: { "big.txt": noise(300_000) } });
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  it.each([
    { fault: "reset", says: /Empty reply|reset|RPC failed/u },
    { fault: "unauthorized", says: /could not read Username|Authentication failed/u },
    { fault: "error", says: /500/u },
    { fault: "html", says: /not valid|not found/u },
    { fault: "truncated", says: /early EOF|unexpected disconnect|fetch-pack/u },
    { fault: "cut", says: /transfer closed|RPC failed|early EOF/u },
  ] as const)("makes git fail while the fault is $fault", async ({ fault, says }) => {
    server.setFault(fault);
    await expect(clone(url)).rejects.toThrow(says);
    server.setFault(undefined);
    await clone(url);
  });

  it("never answers while it is silent", async () => {
    server.setFault("silent");
    await expect(
      fetch(`${url}/info/refs?service=git-upload-pack`, { signal: AbortSignal.timeout(300) }),
    ).rejects.toThrow(/timeout/u);
    server.setFault(undefined);
  });

  it("answers whole but slowly while it is slow", async () => {
    server.setFault("slow");
    const startedAt = Date.now();
    const answer = await fetch(`${url}/info/refs?service=git-upload-pack`);
    expect(await answer.text()).toContain("refs/heads/main");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(95);
    server.setFault(undefined);
  });

  it("refuses connections while it is down, takes commits meanwhile, and comes back on the same port", async () => {
    await server.goDown();
    const commit = await server.commit("fleet", { files: { "later.txt": "later\n" } });
    await expect(clone(url)).rejects.toThrow(/connect/u);
    await server.comeBack();
    const target = await clone(url);
    const { stdout } = await run("git", ["-C", target, "rev-parse", "HEAD"]);
    expect(stdout.trim()).toBe(commit);
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";

import { lsRefs } from "../../../bundler/git/ls-refs.ts";
import { resolveRef } from "../../../bundler/git/resolve-ref.ts";
import type { GitFault } from "../../support/git-faults.ts";
import { startGitServer } from "../../support/git-server.ts";
import { createGitSetup } from "../../support/git-setup.ts";

describe("lsRefs", () => {
  it("needs one request once it knows the server, and peels annotated tags", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    await server.tag("app", "v1", commit);
    const call = { http: setup.http, remote: { url }, prefixes: ["HEAD", "refs/tags/v1"] };
    const first = await lsRefs(call);
    expect(first.head).toBe("refs/heads/main");
    const arrivals = server.arrivals;
    const again = await lsRefs({ ...call, session: first.session });
    expect(server.arrivals - arrivals).toBe(1);
    expect(resolveRef(again, { revision: "v1" })).toEqual({ commit, ref: "refs/tags/v1" });
    expect(resolveRef(again, {})).toEqual({ commit, ref: "refs/heads/main" });
  });

  it("says which branch is gone", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    await server.commit("app", { files: { a: "1" } });
    await server.commit("app", { files: { a: "2" }, branch: "feature" });
    await server.deleteBranch("app", "feature");
    const refs = await lsRefs({ http: setup.http, remote: { url } });
    expect(() => resolveRef(refs, { branch: "feature" })).toThrow(/no branch feature/u);
  });

  it.each<{ fault: GitFault; code: string; verdict: string }>([
    { fault: "reset", code: "GIT_UNREACHABLE", verdict: "transient" },
    { fault: "error", code: "GIT_UNREACHABLE", verdict: "transient" },
    { fault: "html", code: "GIT_ANSWER_INVALID", verdict: "transient" },
    { fault: "silent", code: "GIT_UNREACHABLE", verdict: "transient" },
    { fault: "unauthorized", code: "GIT_AUTH_FAILED", verdict: "stalled" },
  ])("reports a server that is at fault: $fault", async ({ fault, code, verdict }) => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    await server.commit("app", { files: { a: "1" } });
    server.setFault(fault);
    const asked = lsRefs({ http: setup.http, remote: { url }, timeoutMs: 1000 });
    await expect(asked).rejects.toMatchObject({ code, verdict });
  });

  it("reports a server that is down", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    await server.goDown();
    await expect(lsRefs({ http: setup.http, remote: { url } })).rejects.toMatchObject({ code: "GIT_UNREACHABLE" });
  });
});

describe("fetchCommit", () => {
  it.each<{ fault: GitFault; code: RegExp }>([
    { fault: "truncated", code: /GIT_(?:ANSWER_INVALID|STORE_CORRUPT)/u },
    { fault: "cut", code: /GIT_(?:UNREACHABLE|ANSWER_INVALID|STORE_CORRUPT)/u },
    { fault: "html", code: /GIT_ANSWER_INVALID/u },
    { fault: "error", code: /GIT_UNREACHABLE/u },
  ])("keeps the good commit when the answer is $fault, and gets over it", async ({ fault, code }) => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    const good = await server.commit("app", { files: { a: "x".repeat(20_000) } });
    await setup.fetcher.fetchCommit({ remote: { url }, commit: good });
    const next = await server.commit("app", {
      files: { a: Array.from({ length: 5000 }, (_, index) => index * 7).join() },
    });
    server.setFault(fault);
    const failed: unknown = await setup.fetcher
      .fetchCommit({ remote: { url }, commit: next })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: expect.stringMatching(code) });
    const kept = await setup.restarted().fetchCommit({ remote: { url }, commit: good });
    using tree = setup.tree(kept);
    expect(tree.read("a")).toHaveLength(20_000);
    server.setFault(undefined);
    await expect(setup.fetcher.fetchCommit({ remote: { url }, commit: next })).resolves.toMatchObject({ id: next });
  });

  it("ends when the caller gives up, and the next fetch works", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    server.setFault("silent");
    const reason = new Error("the hub shuts down");
    const wish = { remote: { url }, commit };
    const pending = setup.fetcher.fetchCommit({ ...wish, signal: AbortSignal.any([AbortSignal.timeout(300)]) });
    await expect(pending).rejects.toThrow(/timeout/u);
    await expect(setup.fetcher.fetchCommit({ ...wish, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    server.setFault(undefined);
    await expect(setup.fetcher.fetchCommit(wish)).resolves.toMatchObject({ id: commit });
  });

  it("survives the end of its process in the middle of a fetch", async () => {
    await using server = await startGitServer();
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    const commit = await server.commit("app", { files: { a: "1" } });
    server.setFault("silent");
    const pending = setup.fetcher.fetchCommit({ remote: { url }, commit });
    const failed = pending.catch((error: unknown) => error);
    await expect.poll(() => server.arrivals, { timeout: 10_000 }).toBeGreaterThan(0);
    const [pid = 0] = setup.pool.pids();
    process.kill(pid, "SIGKILL");
    expect(await failed).toMatchObject({ code: "GIT_WORKER_ENDED", verdict: "transient" });
    server.setFault(undefined);
    await expect(setup.fetcher.fetchCommit({ remote: { url }, commit })).resolves.toMatchObject({ id: commit });
    expect(setup.pool.pids()).not.toContain(pid);
  });
});

describe("a redirect", () => {
  it("is followed, but only the address that was given gets the credential", async () => {
    await using server = await startGitServer({ auth: { user: "u", password: "p" } });
    await using setup = await createGitSetup();
    const url = await server.createRepository("app");
    await server.commit("app", { files: { a: "1" } });
    const seen: (string | undefined)[] = [];
    const front = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${server.url}${request.url ?? ""}` }).end();
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const { port } = front.address() as AddressInfo;
    const credential = { kind: "basic" as const, username: "u", password: "p" };
    const remote = { url: url.replace(server.url, `http://127.0.0.1:${port}`), credential };
    try {
      const asked = lsRefs({ http: setup.http, remote });
      await expect(asked).rejects.toMatchObject({
        code: "GIT_AUTH_FAILED",
        message: expect.stringContaining("redirects to"),
      });
      expect(seen).toEqual([`Basic ${Buffer.from("u:p").toString("base64")}`]);
    } finally {
      front.closeAllConnections();
      front.close();
    }
  });

  it("is not followed round in circles", async () => {
    await using setup = await createGitSetup();
    const front = createServer((request, response) => response.writeHead(302, { location: request.url ?? "/" }).end());
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const { port } = front.address() as AddressInfo;
    try {
      const asked = lsRefs({ http: setup.http, remote: { url: `http://127.0.0.1:${port}/x.git` } });
      await expect(asked).rejects.toMatchObject({ code: "GIT_REDIRECT_REFUSED" });
    } finally {
      front.closeAllConnections();
      front.close();
    }
  });
});

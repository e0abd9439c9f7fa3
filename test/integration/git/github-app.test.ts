import { generateKeyPairSync, verify } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createGitSource } from "../../../bundler/git/git-source.ts";
import { normalizeRemote } from "../../../shared/git-remote.ts";
import { AppError } from "../../../shared/errors.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitWorkTree } from "../../support/git-work-tree.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privateKey = pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const hourMs = 3_600_000;

/** Says who the caller claims to be, when the claim is signed with the app's key and not expired. */
function issuerOf(authorization: string, nowMs: number): string | undefined {
  const [head = "", claims = "", signature = ""] = authorization.replace("Bearer ", "").split(".");
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify("RSA-SHA256", signed, pair.publicKey, Buffer.from(signature, "base64url"))) return undefined;
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, number>;
  const fresh = Number(exp) * 1000 > nowMs && Number(exp) - Number(iat) <= 600;
  return fresh ? String(iss) : undefined;
}

/** An API that gives tokens for installation 7 of app 42, and a Git server that takes the newest of them. */
async function startGitHub(root: string, clock: { now(): number }) {
  const issued: string[] = [];
  const api = createServer((request, response) => {
    const issuer = issuerOf(request.headers.authorization ?? "", clock.now());
    const right = request.method === "POST" && request.url === "/app/installations/7/access_tokens";
    if (issuer !== "42" || !right) return void response.writeHead(401).end("{}");
    issued.push(`token-${issued.length}`);
    const expires_at = new Date(clock.now() + hourMs).toISOString();
    response.writeHead(201).end(JSON.stringify({ token: issued.at(-1), expires_at }));
  });
  await new Promise<void>((resolve) => {
    api.listen(0, "127.0.0.1", resolve);
  });
  const git = await startGitServer({
    root,
    intercept: (request, response) => {
      const wanted = `Basic ${Buffer.from(`x-access-token:${issued.at(-1) ?? ""}`).toString("base64")}`;
      if (issued.length > 0 && request.headers.authorization === wanted) return false;
      response.writeHead(401).end();
      return true;
    },
  });
  const address = api.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    issued,
    git,
    apiUrl: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await git[Symbol.asyncDispose]();
      await new Promise((resolve) => {
        api.close(resolve);
      });
    },
  };
}

it("follows and fetches a repository as a GitHub App, with one token until it is about to end", async () => {
  await using dir = await createTempDir("github-app");
  let nowMs = Date.now();
  const clock = { now: () => nowMs, elapsed: () => nowMs };
  await using gitHub = await startGitHub(dir.path, clock);
  const url = await gitHub.git.createRepository("app");
  const tree = await createGitWorkTree(gitHub.git.repositoryPath("app"), join(dir.path, "work"));
  const commit = await tree.commit({ files: { "a.yaml": "a: 1\n" } });
  await using source = createGitSource({
    dataDir: join(dir.path, "hub"),
    clock,
    log: silentLogger,
    path: process.env["PATH"] ?? "",
    githubApiUrl: gitHub.apiUrl,
  });
  const credential = { kind: "githubApp" as const, appId: "42", installationId: "7", privateKey };
  const look = async (appId = "42"): Promise<string> =>
    new Promise((resolve) => {
      const following = source.noticer.follow({
        remote: { url, credential: { ...credential, appId } },
        wish: { branch: "main" },
        intervalMs: undefined,
        onCommit: (notice) => {
          following[Symbol.dispose]();
          resolve(notice.commit);
        },
        onError: (error) => {
          following[Symbol.dispose]();
          resolve(error instanceof AppError ? error.code : "?");
        },
      });
    });
  expect(await look()).toBe(commit);
  const remote = normalizeRemote({ url, credential });
  expect((await source.fetcher.fetchCommit({ remote, commit })).id).toBe(commit);
  expect(gitHub.issued).toHaveLength(1);
  nowMs += hourMs - 60_000;
  expect(await look()).toBe(commit);
  expect(gitHub.issued).toHaveLength(2);
  expect(await look("43")).toBe("GIT_AUTH_FAILED");
});

it("asks for another token after the server refused the one it had", async () => {
  await using dir = await createTempDir("github-app");
  await using gitHub = await startGitHub(dir.path, { now: Date.now });
  const url = await gitHub.git.createRepository("app");
  const tree = await createGitWorkTree(gitHub.git.repositoryPath("app"), join(dir.path, "work"));
  const commit = await tree.commit({ files: { "a.yaml": "a: 1\n" } });
  await using source = createGitSource({
    dataDir: join(dir.path, "hub"),
    clock: systemClock,
    log: silentLogger,
    path: process.env["PATH"] ?? "",
    githubApiUrl: gitHub.apiUrl,
  });
  const credential = { kind: "githubApp" as const, appId: "42", installationId: "7", privateKey };
  const remote = normalizeRemote({ url, credential });
  await source.fetcher.fetchCommit({ remote, commit });
  gitHub.issued.push("revoked: another one counts now");
  const next = await tree.commit({ files: { "a.yaml": "a: 2\n" } });
  await expect(source.fetcher.fetchCommit({ remote, commit: next })).rejects.toMatchObject({ code: "GIT_AUTH_FAILED" });
  expect((await source.fetcher.fetchCommit({ remote, commit: next })).id).toBe(next);
});

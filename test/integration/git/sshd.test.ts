import { join } from "node:path";
import { expect, it } from "vitest";
import { createGitSource, type GitSource } from "../../../bundler/git/git-source.ts";
import { type GitCredential, normalizeRemote } from "../../../shared/git-remote.ts";
import { openCommitTree, createTreeCache } from "../../../bundler/git/read-tree.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitWorkTree, type GitWorkTree } from "../../support/git-work-tree.ts";
import { describeWithSshd, type SshServer, startSshServer } from "../../support/ssh-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

interface Rig extends AsyncDisposable {
  readonly sshd: SshServer;
  readonly source: GitSource;
  readonly tree: GitWorkTree;
  readonly url: string;
}

async function setUp(): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir("sshd"));
  const sshd = stack.use(await startSshServer(join(dir.path, "sshd")));
  const server = stack.use(await startGitServer({ root: dir.path }));
  await server.createRepository("app");
  const tree = await createGitWorkTree(server.repositoryPath("app"), join(dir.path, "work"));
  const source = stack.use(
    createGitSource({
      dataDir: join(dir.path, "hub"),
      clock: systemClock,
      log: silentLogger,
      path: process.env["PATH"] ?? "",
    }),
  );
  const owned = stack.move();
  const url = sshd.url(server.repositoryPath("app"));
  return { sshd, source, tree, url, [Symbol.asyncDispose]: async () => owned.disposeAsync() };
}

async function look({ source, url }: Rig, credential: GitCredential): Promise<string> {
  return new Promise((resolve) => {
    const following = source.noticer.follow({
      remote: { url, credential },
      wish: { branch: "main" },
      intervalMs: undefined,
      onCommit: ({ commit }) => {
        following[Symbol.dispose]();
        resolve(commit);
      },
      onError: ({ code, message }) => {
        following[Symbol.dispose]();
        resolve(`${code}: ${message}`);
      },
    });
  });
}

describeWithSshd("a repository behind a real sshd", () => {
  it("is noticed and fetched, again after a push and after a force-push", { timeout: 30_000 }, async () => {
    await using rig = await setUp();
    const { privateKey, knownHosts } = rig.sshd;
    const credential = { kind: "ssh" as const, privateKey, knownHosts };
    const remote = normalizeRemote({ url: rig.url, credential });
    const first = await rig.tree.commit({ files: { "app/cm.yaml": "a: 1\n" } });
    const second = await rig.tree.commit({ files: { "app/cm.yaml": "a: 2\n" } });
    const forced = async (): Promise<string> => rig.tree.commit({ files: { "app/cm.yaml": "a: 3\n" }, onto: first });
    expect(await look(rig, credential)).toBe(second);
    expect((await rig.source.fetcher.fetchCommit({ remote, commit: second })).id).toBe(second);
    const third = await forced();
    expect(await look(rig, credential)).toBe(third);
    const commit = await rig.source.fetcher.fetchCommit({ remote, commit: third, ref: "refs/heads/main" });
    const tree = openCommitTree({ commit, cache: createTreeCache(), limits: rig.source.limits });
    const app = tree.entriesOf(tree.oid).find(({ name }) => name === "app");
    expect(tree.entriesOf(app?.oid ?? "").map(({ name }) => name)).toEqual(["cm.yaml"]);
  });

  it("is refused when its key is another than known_hosts says, and when it is unknown", async () => {
    await using rig = await setUp();
    const { privateKey, knownHosts } = rig.sshd;
    await using dir = await createTempDir("sshd");
    await using other = await startSshServer(join(dir.path, "other"));
    await rig.tree.commit({ files: { a: "1" } });
    const swapped = `${knownHosts.split(" ")[0] ?? ""} ${other.knownHosts.split(" ").slice(1).join(" ")}`;
    expect(await look(rig, { kind: "ssh", privateKey, knownHosts: swapped })).toMatch(/^GIT_AUTH_FAILED: .*host key/iu);
    expect(await look(rig, { kind: "ssh", privateKey, knownHosts: other.knownHosts })).toMatch(/^GIT_AUTH_FAILED/u);
  });

  it("says that the key is not let in", async () => {
    await using rig = await setUp();
    await using dir = await createTempDir("sshd");
    await using other = await startSshServer(join(dir.path, "other"));
    await rig.tree.commit({ files: { a: "1" } });
    const { knownHosts } = rig.sshd;
    const { privateKey } = other;
    expect(await look(rig, { kind: "ssh", privateKey, knownHosts })).toMatch(/^GIT_AUTH_FAILED: .*let .*key in/u);
    const broken = { kind: "ssh" as const, privateKey: "no key", knownHosts };
    expect(await look(rig, broken)).toMatch(/^GIT_AUTH_FAILED: .*no private key/u);
  });
});

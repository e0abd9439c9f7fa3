import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import { startGitServer as startPlainServer } from "../../../simulator/git-server.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { createGitWorkTree } from "../../support/git-work-tree.ts";
import { describeWithSshd, startSshServer } from "../../support/ssh-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { type HubRig, startHub } from "./hub-rig.ts";

const auth = { user: "someone", password: "s3cret" };
const namespace = "fleet-default";

function manifest(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
}

function app(name: string): Readonly<Record<string, string>> {
  return { "app/fleet.yaml": "", "app/cm.yaml": manifest(name) };
}

function aGitRepo(name: string, spec: object): object {
  return { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name, namespace }, spec };
}

function aSecret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
}

async function field(hub: HubRig, object: string, path: string): Promise<string> {
  return (await hub.kubectl(["get", ...object.split("/"), "-o", `jsonpath={${path}}`])).stdout;
}

async function bundleIsThere(hub: HubRig, name: string): Promise<void> {
  await until(`bundle ${name}`, async () => (await hub.kubectl(["get", "bundle", name])).exitCode === 0, {
    describe: async () =>
      (await hub.kubectl(["get", "gitrepos", "-o", "jsonpath={.items[*].status.conditions}"])).stdout,
  });
}

async function saysOf(hub: HubRig, name: string, text: RegExp): Promise<void> {
  const read = async (): Promise<string> => (await hub.kubectl(["get", "gitrepo", name, "-o", "yaml"])).stdout;
  await until(`GitRepo ${name} says ${String(text)}`, async () => text.test(await read()), { describe: read });
}

describe("a GitRepo's source, through the hub", { timeout: 90_000 }, () => {
  let hub: HubRig;
  let git: TestGitServer;
  let repo: string;
  let first: string;
  let caBundle: string;

  beforeAll(async () => {
    [hub, git] = await Promise.all([startHub(), startGitServer({ auth, tls: true })]);
    repo = await git.createRepository("shop");
    caBundle = Buffer.from(git.caCert ?? "").toString("base64");
    first = await git.commit("shop", { files: app("one") });
    await git.tag("shop", "v1", first);
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await git?.[Symbol.asyncDispose]();
  });

  it("is refused without its CA and without a credential, and read once the namespace has a Secret gitcredential", async () => {
    const common = { repo, branch: "main", pollingInterval: "1s" };
    await hub.apply(aGitRepo("untrusted", common), aGitRepo("plain", { ...common, caBundle }));
    await saysOf(hub, "untrusted", /GIT_TLS_FAILED|certificate/u);
    await saysOf(hub, "plain", /GIT_AUTH_FAILED/u);
    await hub.apply(aSecret("gitcredential", { username: auth.user, password: auth.password }));
    await bundleIsThere(hub, "plain-app");
    await hub.apply(aGitRepo("unchecked", { ...common, insecureSkipTLSVerify: true }));
    await bundleIsThere(hub, "unchecked-app");
    expect((await hub.kubectl(["get", "bundle", "untrusted-app"])).exitCode).not.toBe(0);
  });

  it("takes the Secret that it names instead, and follows that when it changes", async () => {
    await hub.apply(aSecret("own", { username: auth.user, password: "wrong" }));
    const spec = { repo, branch: "main", pollingInterval: "1s", caBundle, clientSecretName: "own" };
    await hub.apply(aGitRepo("named", spec), aGitRepo("lacking", { ...spec, clientSecretName: "gone" }));
    await saysOf(hub, "named", /GIT_AUTH_FAILED/u);
    await saysOf(hub, "lacking", /gone/u);
    await hub.apply(aSecret("own", { username: auth.user, password: auth.password }));
    await bundleIsThere(hub, "named-app");
    expect((await hub.kubectl(["get", "bundle", "lacking-app"])).exitCode).not.toBe(0);
  });

  it("is the branch, or the tag or commit of revision, also after the branch went on", async () => {
    const second = await git.commit("shop", { files: { "more/fleet.yaml": "", "more/cm.yaml": manifest("two") } });
    const common = { repo, caBundle, pollingInterval: "1s" };
    await hub.apply(
      aGitRepo("branch", { ...common, branch: "main", paths: ["app", "more"] }),
      aGitRepo("tag", { ...common, revision: "v1", paths: ["app", "more"] }),
      aGitRepo("commit", { ...common, revision: first, paths: ["app", "more"] }),
    );
    for (const name of ["branch-more", "tag-app", "commit-app"]) await bundleIsThere(hub, name);
    expect(await field(hub, "gitrepo/branch", ".status.commit")).toBe(second);
    expect(await field(hub, "gitrepo/tag", ".status.commit")).toBe(first);
    expect(await field(hub, "gitrepo/commit", ".status.commit")).toBe(first);
    expect((await hub.kubectl(["get", "bundle", "tag-more"])).exitCode).not.toBe(0);
  });

  it("is polled unless that is turned off, and force and pause reach the bundles", async () => {
    const common = { repo, caBundle, branch: "main", paths: ["app"] };
    await hub.apply(
      aGitRepo("polled", { ...common, pollingInterval: "1s", paused: true, forceSyncGeneration: 7 }),
      aGitRepo("still", { ...common, disablePolling: true }),
    );
    await bundleIsThere(hub, "polled-app");
    await bundleIsThere(hub, "still-app");
    expect(await field(hub, "bundle/polled-app", ".spec.paused")).toBe("true");
    expect(await field(hub, "bundle/polled-app", ".spec.forceSyncGeneration")).toBe("7");
    const before = await field(hub, "gitrepo/still", ".status.commit");
    const third = await git.commit("shop", { files: app("three") });
    await until("the push is seen", async () => (await field(hub, "gitrepo/polled", ".status.commit")) === third);
    expect(await field(hub, "gitrepo/still", ".status.commit")).toBe(before);
  });

  it("keeps what later versions act on, and says so in its status", async () => {
    const scans = "imageScans: [{ image: web, tagName: web }]\n";
    await git.commit("shop", {
      files: { "scanned/fleet.yaml": scans, "scanned/cm.yaml": manifest("scanned") },
      branch: "scans",
    });
    await hub.apply(aGitRepo("scans", { repo, caBundle, branch: "scans", paths: ["scanned"], pollingInterval: "1s" }));
    await bundleIsThere(hub, "scans-scanned");
    expect(await field(hub, "gitrepo/scans", ".status")).toContain(
      "scanned/fleet.yaml:1:1: FIELD_WITHOUT_EFFECT: imageScans is not acted on yet",
    );
  });

  it("with the annotation for strictness has no bundle where Fleet would swallow something", async () => {
    const files = { "typo/fleet.yaml": "namspace: shop\n", "typo/cm.yaml": manifest("typo") };
    await git.commit("shop", { files, branch: "typo" });
    const spec = { repo, caBundle, branch: "typo", paths: ["typo"], pollingInterval: "1s" };
    const metadata = { name: "strict", namespace, annotations: { "drover.dev/strict": "true" } };
    const strict = { apiVersion: fleetApiVersion, kind: "GitRepo", metadata, spec };
    await hub.apply(aGitRepo("lenient", spec), strict);
    await bundleIsThere(hub, "lenient-typo");
    await saysOf(hub, "strict", /typo\/fleet\.yaml:1:1: .*namspace/u);
    expect((await hub.kubectl(["get", "bundle", "strict-typo"])).exitCode).not.toBe(0);
  });

  it("may be rewritten: what a force-push took away goes", async () => {
    await hub.apply(aGitRepo("forced", { repo, caBundle, branch: "main", pollingInterval: "1s" }));
    await bundleIsThere(hub, "forced-more");
    const forced = await git.commit("shop", { files: app("new"), onto: first });
    await until("it is read", async () => (await field(hub, "gitrepo/forced", ".status.commit")) === forced);
    await until("its bundle goes", async () => (await hub.kubectl(["get", "bundle", "forced-more"])).exitCode !== 0);
  });
});

it("a GitRepo's source is read with the token of its Secret, through the hub", { timeout: 60_000 }, async () => {
  await using dir = await createTempDir("token-hub");
  await using server = await startPlainServer({
    root: dir.path,
    intercept: ({ headers }, response) => {
      if (headers.authorization === "Bearer word") return false;
      response.writeHead(401).end();
      return true;
    },
  });
  await using hub = await startHub();
  const repo = await server.createRepository("shop");
  const tree = await createGitWorkTree(server.repositoryPath("shop"), join(dir.path, "work"));
  await tree.commit({ files: app("one") });
  const spec = { repo, branch: "main", pollingInterval: "1s" };
  await hub.apply(
    aSecret("right", { token: "word" }),
    aSecret("wrong", { token: "another" }),
    aGitRepo("right", { ...spec, clientSecretName: "right" }),
    aGitRepo("wrong", { ...spec, clientSecretName: "wrong" }),
  );
  await bundleIsThere(hub, "right-app");
  await saysOf(hub, "wrong", /GIT_AUTH_FAILED/u);
  expect((await hub.kubectl(["get", "bundle", "wrong-app"])).exitCode).not.toBe(0);
});

describeWithSshd("a GitRepo's source behind sshd, through the hub", () => {
  it("is read with the key and hosts of its Secret, and refused when the host's key is another", async () => {
    await using dir = await createTempDir("ssh-hub");
    await using sshd = await startSshServer(join(dir.path, "sshd"));
    await using other = await startSshServer(join(dir.path, "other"));
    await using server = await startPlainServer({ root: dir.path });
    await using hub = await startHub();
    await server.createRepository("shop");
    const tree = await createGitWorkTree(server.repositoryPath("shop"), join(dir.path, "work"));
    await tree.commit({ files: app("one") });
    const swapped = `${sshd.knownHosts.split(" ")[0] ?? ""} ${other.knownHosts.split(" ").slice(1).join(" ")}`;
    const key = { "ssh-privatekey": sshd.privateKey };
    const spec = { repo: sshd.url(server.repositoryPath("shop")), branch: "main", pollingInterval: "1s" };
    await hub.apply(
      aSecret("right", { ...key, known_hosts: sshd.knownHosts }),
      aSecret("wrong", { ...key, known_hosts: swapped }),
      aSecret("bare", key),
      aGitRepo("right", { ...spec, clientSecretName: "right" }),
      aGitRepo("wrong", { ...spec, clientSecretName: "wrong" }),
      aGitRepo("bare", { ...spec, clientSecretName: "bare" }),
    );
    await bundleIsThere(hub, "right-app");
    await saysOf(hub, "wrong", /host key/iu);
    await saysOf(hub, "bare", /known_hosts/u);
    expect((await hub.kubectl(["get", "bundles", "-o", "name"])).stdout.trim().split("\n")).toHaveLength(1);
  });
});

it(
  "a bundler that is strict refuses what is warned of, but for GitRepos that say otherwise",
  { timeout: 60_000 },
  async () => {
    await using hub = await startHub("sqlite", { args: ["--strict"] });
    await using server = await startGitServer({});
    const repo = await server.createRepository("shop");
    await server.commit("shop", {
      files: { ...app("one"), "typo/fleet.yaml": "namspace: shop\n", "typo/cm.yaml": manifest("typo") },
    });
    const spec = { repo, branch: "main", paths: ["app", "typo", "nowhere"], pollingInterval: "1s" };
    const metadata = { name: "lenient", namespace, annotations: { "drover.dev/strict": "false" } };
    await hub.apply(aGitRepo("plain", spec), { apiVersion: fleetApiVersion, kind: "GitRepo", metadata, spec });
    await bundleIsThere(hub, "lenient-typo");
    await bundleIsThere(hub, "plain-app");
    await saysOf(hub, "plain", /BUNDLE_STRICT[\s\S]*typo\/fleet\.yaml:1:1: KEY_UNKNOWN/u);
    await saysOf(hub, "plain", /strict:\s+PATH_UNMATCHED:\s+paths:\s+"nowhere"/u);
    expect((await hub.kubectl(["get", "bundle", "plain-typo"])).exitCode).not.toBe(0);
    expect(await field(hub, "gitrepo/lenient", ".status")).not.toContain("BUNDLE_STRICT");
  },
);

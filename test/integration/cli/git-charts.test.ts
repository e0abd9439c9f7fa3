import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { startGitServer as startPlainServer } from "../../../simulator/git-server.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { startGitServer } from "../../support/git-server.ts";
import { createGitWorkTree } from "../../support/git-work-tree.ts";
import { describeWithSshd, startSshServer } from "../../support/ssh-server.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);
const user = "someone";
const password = "s3cret";

function chartYaml(version: string): string {
  return `apiVersion: v2\nname: web\nversion: ${version}\n`;
}

function aChart(version: string): Record<string, string | { readonly linkTo: string }> {
  return {
    "charts/web/Chart.yaml": chartYaml(version),
    "charts/web/templates/map.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { version: {{ .Chart.Version }} }\n",
    "charts/web/values.yaml": { linkTo: "../defaults.yaml" },
    "charts/defaults.yaml": "size: small\n",
    "other/big.txt": "not of the chart\n",
  };
}

interface Rig extends AsyncDisposable {
  readonly path: string;
  put(name: string, text: string): Promise<void>;
  run(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** A repository with a bundle directory for each chart address. */
async function createRig(
  charts: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<Rig> {
  const folder = await createTempDir("git-charts");
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text, { mode: 0o600 });
  };
  await put("password.txt", `${password}\n`);
  for (const [dir, chart] of Object.entries(charts))
    await put(`repo/${dir}/fleet.yaml`, `helm:\n  chart: ${JSON.stringify(chart)}\n`);
  return {
    path: folder.path,
    put,
    run: async (...words) => {
      const env = {
        HOME: folder.path,
        XDG_CACHE_HOME: join(folder.path, "cache"),
        PATH: process.env["PATH"] ?? "",
        ...more,
      };
      const { context, output, errors } = createTestContext({ cwd: folder.path, env });
      const [command = "", ...rest] = words;
      const code = await runCli([command, "--repo", "repo", "--name", "config", ...rest], context);
      return { code, out: output(), err: errors() };
    },
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

describe("offline commands with charts of Git repositories", () => {
  it("fetch a directory at a branch, tag, commit or the default branch, once, and show the commit", async () => {
    await using git = await startGitServer();
    const url = await git.createRepository("charts");
    const first = await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await git.tag("charts", "v1", first);
    const second = await git.commit("charts", {
      message: "second",
      files: { "charts/web/Chart.yaml": chartYaml("2.0.0") },
    });
    const address = `git::${url}//charts/web`;
    await using rig = await createRig({
      branch: `${address}?ref=main`,
      commit: `${address}?ref=${first}`,
      newest: address,
      tag: `${address}?ref=v1&depth=1`,
    });
    const table = await rig.run("bundle", "-o", "table");
    expect(table).toMatchObject({ code: 0, err: expect.stringContaining(`${address}@${second}`) });
    const versions = table.out.split("\n").flatMap((line) => /^config-(\w+).* web (\S+)$/u.exec(line)?.slice(1) ?? []);
    expect(versions).toEqual(["branch", "2.0.0", "commit", "1.0.0", "newest", "2.0.0", "tag", "1.0.0"]);
    const bundles = await rig.run("bundle");
    expect(bundles.out).toContain("content: |\n      size: small");
    expect(bundles.out).not.toContain("not of the chart");

    const fetches = git.requests.fetch;
    await git.goDown();
    const offline = await rig.run("bundle", "--offline");
    expect({ code: offline.code, out: offline.out }).toEqual({ code: 0, out: bundles.out });
    expect(git.requests.fetch).toBe(fetches);
  });

  it("send the credential only where the pattern matches, and never show it", async () => {
    await using git = await startGitServer({ auth: { user, password } });
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await using rig = await createRig({ a: `git::${url}//charts/web` });
    const flags = ["--username", user, "--password-file", "password.txt"];
    const without = await rig.run("bundle");
    expect(without).toMatchObject({ code: 1, err: expect.stringContaining("CHART_AUTH_FAILED: a/fleet.yaml:2:3: ") });
    expect(without.err).toContain("--ssh-privatekey-file");
    expect((await rig.run("bundle", ...flags)).err).toContain("--helm-repo-url-regex is empty");
    const elsewhere = await rig.run("bundle", ...flags, "--helm-repo-url-regex", "git::https");
    expect(elsewhere.err).toContain("--helm-repo-url-regex does not match the address");
    const rendered = await rig.run("bundle", ...flags, "--helm-repo-url-regex", "git::http");
    expect(rendered).toMatchObject({ code: 0, err: expect.not.stringContaining(password) });
  });

  it("trust a CA of their own, and nobody without it", async () => {
    await using git = await startGitServer({ tls: true });
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await using rig = await createRig({ a: `git::${url}//charts/web` });
    await rig.put("ca.pem", git.caCert ?? "");
    expect((await rig.run("bundle")).code).toBe(1);
    expect((await rig.run("bundle", "--cacerts-file", "ca.pem")).code).toBe(0);
    expect((await rig.run("bundle", "--helm-insecure-skip-tls")).code).toBe(0);
  });

  it("fail the one bundle whose ref, directory or server is not there", async () => {
    await using git = await startGitServer();
    const url = await git.createRepository("charts");
    await git.commit("charts", { message: "first", files: aChart("1.0.0") });
    await using rig = await createRig({
      fine: `git::${url}//charts/web`,
      ref: `git::${url}//charts/web?ref=gone`,
      directory: `git::${url}//charts/none`,
      repository: `git::${url.replace("charts", "nothing")}//web`,
      local: "git::ext::sh -c true//web",
      file: `git::file://${process.cwd()}//web`,
    });
    const { code, out, err } = await rig.run("bundle", "-o", "table");
    expect(code).toBe(1);
    expect(out.trim().split("\n")).toHaveLength(2);
    expect(err).toContain("ref/fleet.yaml:2:3: ");
    expect(err).toContain("has no branch and no tag gone");
    expect(err).toContain("the repository has no directory charts/none");
    expect(err).toMatch(/repository\/fleet\.yaml.*there is no such repository/u);
    expect(err).toMatch(/local\/fleet\.yaml.*the repository address cannot be used/u);
    expect(err).toMatch(/file\/fleet\.yaml.*file:\/\/ is not allowed/u);
  });

  it("read a repository that names its objects by SHA-256", async () => {
    await using dir = await createTempDir("sha256-charts");
    await using server = await startPlainServer({ root: dir.path });
    const url = await server.createRepository("charts");
    const path = server.repositoryPath("charts");
    await rm(path, { recursive: true });
    await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", "--object-format=sha256", path]);
    const work = join(dir.path, "work");
    await run("git", ["init", "--quiet", "--object-format=sha256", "--initial-branch=main", work]);
    await mkdir(join(work, "web"));
    await writeFile(join(work, "web/Chart.yaml"), chartYaml("3.0.0"));
    const git = async (...args: readonly string[]) =>
      run("git", ["-C", work, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args]);
    await git("add", ".");
    await git("commit", "--quiet", "-m", "first");
    await git("push", "--quiet", path, "HEAD:refs/heads/main");
    await using rig = await createRig({ a: `git::${url}//web` });
    expect(await rig.run("bundle", "-o", "table")).toMatchObject({
      code: 0,
      out: expect.stringContaining("web 3.0.0"),
    });
  });
});

describeWithSshd("offline commands with charts behind a real sshd", () => {
  it("use the key given, check the host's, and leave no key behind", async () => {
    await using dir = await createTempDir("ssh-charts");
    await using sshd = await startSshServer(join(dir.path, "sshd"));
    await using server = await startPlainServer({ root: join(dir.path, "repositories") });
    await server.createRepository("charts");
    const tree = await createGitWorkTree(server.repositoryPath("charts"), join(dir.path, "work"));
    await tree.commit({ files: aChart("1.0.0") });
    const address = `git::${sshd.url(server.repositoryPath("charts"))}//charts/web`;
    await using rig = await createRig({ a: address }, { TMPDIR: dir.path });
    await rig.put("key", sshd.privateKey);
    const flags = ["--ssh-privatekey-file", "key", "--helm-repo-url-regex", "git::ssh://"];
    expect((await rig.run("bundle")).err).toMatch(
      /CHART_AUTH_FAILED: .*which needs a private key; no credential was sent/u,
    );
    expect((await rig.run("bundle", ...flags)).err).toContain("its host keys are not known");
    await rig.put(".ssh/known_hosts", sshd.knownHosts);
    expect((await rig.run("bundle", "--ssh-privatekey-file", "key")).code).toBe(1);
    expect(await rig.run("bundle", ...flags)).toMatchObject({ code: 0, err: expect.stringContaining("chart ") });

    await using other = await startSshServer(join(dir.path, "other"));
    const swapped = `${sshd.knownHosts.split(" ")[0] ?? ""} ${other.knownHosts.split(" ").slice(1).join(" ")}`;
    await using strict = await createRig({ a: address }, { FLEET_KNOWN_HOSTS: swapped });
    await strict.put("key", sshd.privateKey);
    expect((await strict.run("bundle", ...flags)).err).toMatch(/CHART_AUTH_FAILED: .*host key is not one of/u);
    expect((await readdir(dir.path)).filter((name) => name.startsWith("drover-git-"))).toEqual([]);
  }, 60_000);
});

import { createServer } from "node:http";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { freePort } from "../../kube/free-port.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { type BundlerProcess, startBundler } from "../../support/drover-process.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

let git: TestGitServer;
let bundler: BundlerProcess;
let folder: TempDir;
let repo: string;

beforeAll(async () => {
  folder = await createTempDir("cli");
  git = await startGitServer();
  repo = await git.createRepository("config");
  await git.commit("config", {
    message: "first",
    files: { "web/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n" },
  });
  bundler = await startBundler({ port: await freePort() });
});
afterAll(async () => {
  await bundler?.[Symbol.asyncDispose]();
  await git?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function drover(...words: readonly string[]) {
  const env = { DROVER_KUBECONFIG: bundler.kubeconfigPath };
  const { context, output, errors } = createTestContext({ cwd: folder.path, env });
  const code = await runCli(words, context);
  return { code, output: output(), errors: errors() };
}

function valuesOf(text: string): unknown[] {
  return parseYaml(text, { file: "output" }).map(({ value }) => value);
}

async function withKubeconfig(change: (text: string) => string) {
  const { output } = await drover("kubeconfig", "--data-dir", bundler.dataDir);
  await writeFile(join(folder.path, "changed.kubeconfig"), change(output));
  return drover("status", "--kubeconfig", "changed.kubeconfig");
}

describe("drover against a hub", () => {
  it("follows a repository, shows it in every form, and says that it is not ready with exit code 3", async () => {
    expect(await drover("status")).toMatchObject({ code: 0 });
    const added = await drover("gitrepo", "add", "config", repo, "--branch", "main", "--path", "web", "--all-clusters");
    expect(added).toEqual({ code: 0, output: "gitrepo/config created\n", errors: "" });
    await until("the bundle is there", async () => (await drover("get", "bundles")).output.includes("config-web"));
    expect((await drover("get", "gitrepo", "config", "-o", "wide")).output).toMatch(/^NAME +.*\nconfig +/u);
    expect(valuesOf((await drover("get", "gitrepo", "config", "-o", "yaml")).output)).toMatchObject([
      {
        kind: "GitRepo",
        spec: { repo, branch: "main", paths: ["web"], targets: [{ name: "all", clusterSelector: {} }] },
      },
    ]);
    const list: unknown = JSON.parse((await drover("get", "bundles", "-o", "json")).output);
    expect(list).toMatchObject({ kind: "BundleList", items: [{ metadata: { name: "config-web" } }] });
    expect((await drover("get", "bundles", "-l", "none=such")).output).toBe("No resources found\n");
  });

  it("refuses a name that is taken, in the hub's words", async () => {
    const again = await drover("gitrepo", "add", "config", repo);
    expect(again.code).toBe(1);
    expect(again.errors).toMatch(/^HUB_REFUSED: .*config.*already exists/u);
  });

  it("labels objects, and takes labels away", async () => {
    expect(await drover("label", "gitrepo", "config", "team=a", "tier=gold")).toMatchObject({ code: 0 });
    expect(await drover("label", "gitrepo", "config", "tier-")).toMatchObject({ code: 0 });
    const { output } = await drover("get", "gitrepos", "-l", "team=a", "-o", "yaml");
    expect(valuesOf(output)).toMatchObject([{ items: [{ metadata: { labels: { team: "a" } } }] }]);
    expect(output).not.toContain("tier");
  });

  it("describes an object without the server's bookkeeping, and its deployments", async () => {
    const { code, output } = await drover("describe", "bundle", "config-web");
    expect(code).toBe(0);
    expect(output).toContain("name: config-web");
    expect(output).not.toContain("managedFields");
    expect(output).toContain("No deployments.");
  });

  it("approves the removals of the commit that the GitRepo shows", async () => {
    const { code, output } = await drover("approve", "gitrepo", "config");
    expect(code).toBe(0);
    const commit = /^removals of commit ([0-9a-f]{40}) approved\n$/u.exec(output)?.[1] ?? "";
    const [shown] = valuesOf((await drover("get", "gitrepo", "config", "-o", "yaml")).output);
    expect(shown).toMatchObject({
      metadata: { annotations: { "drover.dev/approved-removal": commit } },
      status: { commit },
    });
  });

  it("says that a bundle holds nothing when there is nothing to approve", async () => {
    const { code, errors } = await drover("approve", "bundle", "config-web", "--cluster", "nowhere");
    expect(code).toBe(1);
    expect(errors).toContain("bundle/config-web holds no removals on nowhere");
  });

  it("makes a registration token with labels for its clusters, and takes it back", async () => {
    const created = await drover("register-token", "create", "edge", "--ttl", "1h", "--label", "tier=edge");
    expect(created.code).toBe(0);
    expect(created.output.trim()).toMatch(/^\S{20,}$/u);
    expect(valuesOf((await drover("get", "clusterregistrationtoken", "edge", "-o", "yaml")).output)).toMatchObject([
      { spec: { ttl: "1h", clusterLabels: { tier: "edge" } } },
    ]);
    expect(await drover("register-token", "delete", "edge")).toMatchObject({ code: 0 });
    const gone = await drover("get", "clusterregistrationtoken", "edge");
    expect(gone.code).toBe(1);
    expect(gone.errors).toContain("`drover get KIND` lists what there is");
  });

  it("stops following a repository", async () => {
    expect(await drover("gitrepo", "delete", "config")).toMatchObject({ code: 0, output: "gitrepo/config deleted\n" });
    await until("its bundle is gone", async () => (await drover("get", "bundles")).output === "No resources found\n");
  });

  it("prints the administrator's kubeconfig, with which the hub opens", async () => {
    const { code, output } = await drover("kubeconfig", "--data-dir", bundler.dataDir);
    expect(code).toBe(0);
    await writeFile(join(folder.path, "copy.kubeconfig"), output);
    expect(await drover("get", "clusters", "--kubeconfig", "copy.kubeconfig")).toMatchObject({ code: 0 });
    const nowhere = await drover("kubeconfig", "--data-dir", "nowhere");
    expect(nowhere.code).toBe(2);
    expect(nowhere.errors).toContain("name the bundler's folder with --data-dir");
  });
});

describe("a hub that does not answer as it should", () => {
  it("is away: the address and whether the bundler runs", async () => {
    const port = await freePort();
    const { code, errors } = await withKubeconfig((text) => text.replaceAll(bundler.url, `https://127.0.0.1:${port}`));
    expect(code).toBe(1);
    expect(errors).toMatch(
      new RegExp(`^HUB_UNREACHABLE: the hub at https://127\\.0\\.0\\.1:${port} .*is the bundler running`, "u"),
    );
  });

  it("does not know the token: where to get one", async () => {
    const { code, errors } = await withKubeconfig((text) => text.replace(/token: \S+/u, "token: wrong"));
    expect(code).toBe(1);
    expect(errors).toMatch(/^HUB_REFUSED: /u);
    expect(errors).toContain("`drover kubeconfig` prints the administrator's");
  });

  it("is no hub: the kubeconfig's server is named", async () => {
    const server = createServer((_request, response) => response.end("<html>welcome</html>"));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const cluster = `{ server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true }`;
      const { code, errors } = await withKubeconfig(
        () => `
apiVersion: v1
kind: Config
clusters: [{ name: web, cluster: ${cluster} }]
users: [{ name: me, user: { token: word } }]
contexts: [{ name: web, context: { cluster: web, user: me } }]
current-context: web
`,
      );
      expect(code).toBe(1);
      expect(errors).toContain(
        `http://127.0.0.1:${port} answers (200), but not as the hub: check the kubeconfig's server`,
      );
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it("has no such context: exit code 2", async () => {
    const { code, errors } = await drover("status", "--context", "other");
    expect(code).toBe(2);
    expect(errors).toContain("the kubeconfig has no context other");
  });
});

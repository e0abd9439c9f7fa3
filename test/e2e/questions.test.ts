import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../cli/main.ts";
import { applyToHub, type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { createTestContext } from "../support/cli-context.ts";
import { describeWithKube } from "../support/kube.ts";

const password = "hunter2-of-the-tests";

function aConfigMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  size: ${value}\n`;
}

const files = {
  "web/fleet.yaml": "defaultNamespace: shop\n",
  "web/cm.yaml": aConfigMap("web", "small"),
  "web/old.yaml": aConfigMap("old", "small"),
  "web/secret.yaml": `apiVersion: v1\nkind: Secret\nmetadata:\n  name: login\nstringData:\n  password: ${password}\n`,
  "api/fleet.yaml": "defaultNamespace: shop\n",
  "api/cm.yaml": aConfigMap("api", "small"),
};

describeWithKube("asking agents through the hub", () => {
  let chain: E2eChain;
  let planned: string;

  beforeAll(async () => {
    chain = await startChain(["dev", "prod"], { auditLog: true });
    const url = await chain.git.createRepository("config");
    await chain.git.commit("config", { message: "first", files });
    await followRepository(chain.bundler, { name: "config", url });
    for (const cluster of ["dev", "prod"]) await becomes(cluster, "api", "small");
    await until("everything is ready", async () => (await drover("status")).exitCode === 0, { timeoutMs: 40_000 });
    planned = await chain.git.commit("config", {
      branch: "proposal",
      message: "proposed",
      files: { "web/cm.yaml": aConfigMap("web", "large"), "web/new.yaml": aConfigMap("new", "small") },
      delete: ["web/old.yaml", "api"],
    });
  }, 120_000);
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
  });

  async function drover(...words: readonly string[]) {
    const env = { DROVER_KUBECONFIG: chain.bundler.kubeconfigPath };
    const { context, output, errors } = createTestContext({ cwd: "/", env });
    const exitCode = await runCli(words, context);
    return { exitCode, output: output(), errors: errors() };
  }
  async function becomes(cluster: string, name: string, value: string): Promise<void> {
    const look = async (): Promise<boolean> => {
      const args = ["-n", "shop", "get", "configmap", name, "--ignore-not-found", "-o", "jsonpath={.data.size}"];
      return (await chain.on(cluster, ...args)).stdout === value;
    };
    await until(`${name} on ${cluster} is "${value}"`, look, {
      describe: () => chain.agents[cluster]?.output().slice(-3000) ?? "",
    });
  }
  function auditOf(cluster: string): () => { readonly verb: string; readonly requestURI: string }[] {
    const path = chain.clusters[cluster]?.auditLogPath ?? "";
    const from = statSync(path).size;
    return () =>
      readFileSync(path)
        .subarray(from)
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
        .filter(({ userAgent }) => userAgent === "drover-agent");
  }
  function signal(cluster: string, name: "SIGCONT" | "SIGSTOP"): void {
    process.kill(chain.agents[cluster]?.pid ?? 0, name);
  }

  it("plans a commit of another branch on all clusters, together where it is the same, and changes nothing", async () => {
    const audit = auditOf("dev");
    const { exitCode, output, errors } = await drover("plan", "config", "--commit", planned);
    expect(errors).toBe("");
    expect(exitCode).toBe(0);
    expect(output).toContain("2 clusters: dev, prod");
    expect(output).toContain('~ configure ConfigMap shop/web\n        data.size: "small" → "large"');
    expect(output).toContain("+ create ConfigMap shop/new");
    expect(output).toContain("- delete ConfigMap shop/old");
    expect(output).toContain("bundle config-api\n    - delete ConfigMap shop/api");
    const writes = audit().filter(({ verb }) => !["get", "list", "watch"].includes(verb));
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.filter(({ requestURI }) => !requestURI.includes("dryRun=All"))).toEqual([]);
    await becomes("dev", "web", "small");
    await becomes("dev", "api", "small");
  });

  it("names branches and says with its exit code that something would change", async () => {
    expect((await drover("plan", "config", "--commit", "proposal", "--exit-code", "--cluster", "dev")).exitCode).toBe(
      3,
    );
    expect((await drover("plan", "config", "--exit-code")).exitCode).toBe(0);
    const { exitCode, errors } = await drover("plan", "config", "--commit", "no-such-branch", "--cluster", "dev");
    expect([exitCode, errors]).toEqual([1, expect.stringContaining("GIT_REF_NOT_FOUND")]);
  });

  it("shows on which clusters a bundle differs, and who changed it", async () => {
    await chain.on("dev", "-n", "shop", "patch", "configmap", "web", "--type=merge", "-p", '{"data":{"size":"huge"}}');
    const { exitCode, output } = await drover("diff", "--live", "config-web", "--exit-code");
    expect(exitCode).toBe(3);
    expect(output).toContain("1 cluster: dev\n  bundle config-web");
    expect(output).toContain('data.size: "small" → "huge" (by kubectl-patch)');
    expect(output).toContain("1 cluster: prod\n  as Git says");
  });

  it("shows a Secret without its values, to kubectl as well", async () => {
    const secret = await drover("describe", "bundle", "config-web", "--object", "Secret/login", "--cluster", "dev");
    expect(secret.errors).toBe("");
    expect(secret.output).toContain("password: '[hidden]'");
    const deployment = "/apis/fleet.cattle.io/v1alpha1/namespaces/cluster-fleet-default-dev";
    const { stdout } = await chain.hub(
      "get",
      "bundledeployments",
      "-A",
      "-o",
      "jsonpath={.items[0].metadata.namespace}",
    );
    const path = `${deployment.replace(/[^/]+$/u, stdout)}/bundledeployments/config-web/live?kind=Secret&namespace=shop&name=login`;
    const raw = await chain.hub("get", "--raw", path);
    expect(raw.stdout).toContain("[hidden]");
    for (const text of [secret.output, raw.stdout]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(Buffer.from(password).toString("base64"));
    }
    const asked = (chain.agents["dev"]?.output() ?? "")
      .split("\n")
      .filter((line) => line.includes("question answered"));
    expect(asked.some((line) => line.includes('"asker":"admin"'))).toBe(true);
  });

  it("describes what is not ready, and says what the agent does not tell", async () => {
    await chain.on("prod", "-n", "shop", "delete", "configmap", "old");
    const { exitCode, output } = await drover("describe", "bundle", "config-web", "--live", "--cluster", "prod");
    expect(exitCode).toBe(0);
    expect(output).toContain("ConfigMap shop/old   missing");
    expect(output).toContain("AGENT_ANSWER_LOGS");
  });

  it("tells apart clusters that are away, wrong and silent, and still shows the others", async () => {
    await applyToHub(chain.bundler, {
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "Cluster",
      metadata: { name: "empty", namespace: "fleet-default" },
      spec: {},
    });
    const plan = await drover("plan", "config", "--commit", "proposal");
    expect(plan.exitCode).toBe(1);
    expect(plan.errors).toContain("cluster empty: AGENT_OFFLINE: cluster empty cannot be asked: its agent has never");
    expect(plan.output).toContain("+ create ConfigMap shop/new");
    const wrong = await drover("diff", "--live", "config-web", "--cluster", "nowhere");
    expect([wrong.exitCode, wrong.errors]).toEqual([1, expect.stringContaining("not cluster nowhere")]);
    signal("prod", "SIGSTOP");
    try {
      const diff = await drover("diff", "--live", "config-api", "--timeout", "2");
      expect(diff.exitCode).toBe(1);
      expect(diff.errors).toContain("cluster prod: AGENT_SILENT: the agent of cluster prod did not answer within 2 s");
      expect(diff.output).toContain("1 cluster: dev\n  as Git says");
    } finally {
      signal("prod", "SIGCONT");
    }
  });

  it("loses open questions with the hub, and takes new ones", async () => {
    signal("dev", "SIGSTOP");
    const before = await questionsSent();
    const open = drover("diff", "--live", "config-api", "--cluster", "dev", "--timeout", "60");
    await until("the question is open", async () => (await questionsSent()) > before);
    await chain.bundler.restart();
    signal("dev", "SIGCONT");
    expect(await open).toMatchObject({ exitCode: 1, errors: expect.stringContaining("cannot be reached") });
    await until("the agent answers again", async () => {
      const { exitCode } = await drover("diff", "--live", "config-api", "--cluster", "dev", "--timeout", "5");
      return exitCode === 0;
    });
  });

  async function questionsSent(): Promise<number> {
    const { stdout } = await chain.hub("get", "--raw", "/metrics");
    return Number(/^gitops_checkins_total\{result="questions"\} (\d+)$/mu.exec(stdout)?.[1] ?? 0);
  }
});

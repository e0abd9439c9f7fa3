import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { inventorySecretLabel } from "../../../shared/api/annotations.ts";
import { type E2eChain, startChain, until } from "../../support/e2e-chain.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { describeWithKube } from "../../support/kube.ts";

function aConfigMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { size: small }\n`;
}

describeWithKube("drover with a cluster behind the hub", () => {
  let chain: E2eChain;

  beforeAll(async () => {
    chain = await startChain(["dev"]);
    const repo = await chain.git.createRepository("config");
    await chain.git.commit("config", {
      files: {
        "web/fleet.yaml": "defaultNamespace: shop\n",
        "web/cm.yaml": aConfigMap("web"),
        "web/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: extra }\n",
      },
    });
    await drover("gitrepo", "add", "config", repo, "--branch", "main", "--all-clusters", "--polling-interval", "1s");
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
  });

  async function drover(...words: readonly string[]) {
    const env = { DROVER_KUBECONFIG: chain.bundler.kubeconfigPath };
    const { context, output, errors } = createTestContext({ cwd: "/", env });
    const code = await runCli([...words], context);
    return { code, output: output(), errors: errors() };
  }
  async function pause(kind: string, name: string, paused: boolean): Promise<void> {
    await chain.hub("patch", kind, name, "--type=merge", "-p", JSON.stringify({ spec: { paused } }));
  }
  async function becomes(words: readonly string[], pattern: RegExp): Promise<string> {
    let output = "";
    await until(
      `drover ${words.join(" ")} shows ${String(pattern)}`,
      async () => {
        ({ output } = await drover(...words));
        return pattern.test(output);
      },
      { describe: () => output },
    );
    return output;
  }

  it("ends `status` with 0 once everything is as Git says, and with 3 and the reason when it is not", async () => {
    await until("everything is ready", async () => {
      const { code, output } = await drover("status");
      return code === 0 && /^dev +1\/1 +Ready/mu.test(output);
    });
    await chain.on("dev", "-n", "shop", "patch", "configmap", "web", "--type=merge", "-p", '{"data":{"size":"large"}}');
    await becomes(["status"], /Not as Git says:[\s\S]*web/u);
    expect((await drover("status")).code).toBe(3);
    const json: unknown = JSON.parse((await drover("status", "-o", "json")).output);
    expect(json).toMatchObject({ clusters: [{ metadata: { name: "dev" } }], bundles: [{}], gitRepos: [{}] });
  });

  it("says in `status` what is paused, and of a paused GitRepo's bundles nothing", async () => {
    await pause("cluster", "dev", true);
    await pause("gitrepo", "config", true);
    await becomes(["status"], /^Paused, so that nothing new is applied: GitRepo config, Cluster dev$/mu);
    await pause("gitrepo", "config", false);
    await pause("cluster", "dev", false);
    await becomes(["status"], /^(?![\s\S]*Paused)/u);
  });

  it("describes what differs on a cluster and who changed it", async () => {
    const output = await becomes(["describe", "cluster", "dev"], /Modified/u);
    expect(output).toMatch(/^dev +config-web +Modified$/mu);
    expect(output).toContain("manager: kubectl");
    expect(output).toContain("data.size");
  });

  it("shows removals that the agent holds, approves them in the cluster, and they are carried out", async () => {
    await chain.git.commit("config", { delete: ["web/ns.yaml"] });
    const held = ["approve", "bundle", "config-web", "--cluster", "dev"];
    const shown = await becomes(held, /Namespace.*extra.*removed only when approved \(plan [0-9a-f]{12}\)/u);
    const plan = /\(plan ([0-9a-f]+)\)/u.exec(shown)?.[1] ?? "";
    const unapproved = await drover(...held);
    expect(unapproved).toMatchObject({ code: 3 });
    expect(unapproved.errors).toContain(`add --cluster-kubeconfig FILE to approve plan ${plan}`);

    const kubeconfig = ["--cluster-kubeconfig", chain.clusters["dev"]?.kubeconfigPath ?? ""];
    const stale = await drover(...held, ...kubeconfig, "--plan", "000000000000");
    expect(stale).toMatchObject({ code: 1 });
    expect(stale.errors).toContain(`REMOVAL_HELD: the plan is ${plan} now`);
    const elsewhere = await drover(...held, ...kubeconfig, "--agent-namespace", "default");
    expect(elsewhere.errors).toContain("check --cluster-kubeconfig and --agent-namespace");
    expect((await chain.on("dev", "get", "namespace", "extra", "-o", "name")).stdout).toContain("namespace/extra");

    const approved = await drover(...held, ...kubeconfig);
    expect(approved.output).toContain(`plan ${plan} of bundle/config-web approved on dev`);
    await until("the namespace is on its way out", async () => {
      const path = "jsonpath={.metadata.deletionTimestamp}";
      const { stdout } = await chain.on("dev", "get", "namespace", "extra", "--ignore-not-found", "-o", path);
      const { stdout: name } = await chain.on("dev", "get", "namespace", "extra", "--ignore-not-found", "-o", "name");
      return stdout !== "" || name === "";
    });
    const secrets = await chain.on(
      "dev",
      "-n",
      "drover-system",
      "get",
      "secrets",
      "-l",
      inventorySecretLabel,
      "-o",
      "name",
    );
    expect(secrets.stdout).toContain("drover-inventory-");
  });
});

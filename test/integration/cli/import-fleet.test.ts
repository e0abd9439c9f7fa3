import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { type AgentProcess, startAgent } from "../../support/drover-process.ts";
import { until } from "../../support/e2e-chain.ts";
import { describeWithKube } from "../../support/kube.ts";
import { clusterNamespace, workspace } from "./fleet-objects.ts";
import { type FleetRig, startFleetRig } from "./fleet-rig.ts";

interface AuditEvent {
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly name?: string };
}

describeWithKube("drover import fleet", () => {
  let rig: FleetRig;
  let agent: AgentProcess | undefined;
  let pods = "";

  beforeAll(async () => {
    rig = await startFleetRig();
    await until("the release's pod runs", async () => {
      pods = await podsOfWeb();
      return pods.includes(" Running");
    });
  });
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await rig?.[Symbol.asyncDispose]();
  });

  async function podsOfWeb(): Promise<string> {
    const columns =
      "custom-columns=UID:.metadata.uid,PHASE:.status.phase,RESTARTS:.status.containerStatuses[*].restartCount";
    return rig.on("-n", "shop", "get", "pods", "-l", "app=web", "--no-headers", "-o", columns);
  }
  async function step(name: string, ...words: readonly string[]) {
    const env = { DROVER_KUBECONFIG: rig.bundler.kubeconfigPath };
    const { context, output, errors } = createTestContext({ cwd: rig.folder, env });
    const fleet = ["--kubeconfig", rig.cluster.kubeconfigPath, "--timeout", "40"];
    const code = await runCli(["import", "fleet", name, ...fleet, ...words], context);
    return { code, output: output(), errors: errors() };
  }
  const stepOf = async (name: string, ...words: readonly string[]) =>
    step(name, "--cluster", "prod", "--cluster-kubeconfig", rig.cluster.kubeconfigPath, ...words);
  const colorOf = async (): Promise<string> =>
    rig.on("-n", "shop", "get", "configmap", "web", "-o", "jsonpath={.data.color}");
  async function deleted(): Promise<string[]> {
    const lines = (await readFile(rig.cluster.auditLogPath ?? "", "utf8")).split("\n").filter((line) => line !== "");
    return lines
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ verb, userAgent }) => verb.startsWith("delete") && userAgent?.startsWith("drover") === true)
      .map(({ objectRef }) => `${objectRef?.resource ?? ""}/${objectRef?.name ?? ""}`);
  }

  it("writes manifests that the hub takes, with each cluster paused, and tells what Drover does not do", async () => {
    const written = await step("manifests", "-o", "dir=out", "--secrets");
    expect(written).toMatchObject({ code: 0 });
    expect(written.errors).toMatch(
      /kubeConfigSecret is about Fleet's agent[\s\S]*allowedRepoPatterns is not enforced/u,
    );
    const applied = await rig.hub("apply", "--server-side", "-R", "-f", join(rig.folder, "out/hub"));
    expect(applied).toMatchObject({ exitCode: 0 });
    const { stdout } = await rig.hub("-n", workspace, "get", "gitrepo,cluster,secret", "-o", "name");
    expect(stdout).toMatch(/gitrepo.*\/config\n.*cluster.*\/prod\nsecret\/git/u);
    agent = await startAgent(rig.bundler, rig.cluster, { labels: {} });
    await until("the bundle is aimed at the paused cluster", async () => {
      const { stdout: names } = await rig.hub("get", "bundledeployments", "-A", "-o", "name");
      return names.includes("config-web");
    });
  });

  it("refuses each step while one before it is not done, naming it and its command", async () => {
    for (const name of ["stop-agent", "adopt", "remove-releases"]) {
      const { code, errors } = await stepOf(name);
      expect(code).toBe(1);
      expect(errors).toContain(`${name} of fleet-default/prod waits for keep`);
      expect(errors).toContain("GitRepo fleet-default/config has no keepResources");
      expect(errors).toContain("call `drover import fleet keep` first");
    }
    expect((await step("delete-gitrepos")).errors).toContain("delete-gitrepos waits for keep of fleet-default/prod");
    const { code, output } = await step("status");
    expect(code).toBe(3);
    expect(output).toMatch(/^fleet-default\/prod +- +- +- +- +- +keep$/mu);
  });

  it("keeps resources once Fleet's agent has deployed that, and changes nothing with --dry-run", async () => {
    const dry = await step("keep", "--dry-run");
    expect(dry.output).toContain("GitRepo fleet-default/config: keepResources would be set");
    const keep = ["-n", workspace, "get", "gitrepo", "config", "-o", "jsonpath={.spec.keepResources}"];
    expect(await rig.on(...keep)).toBe("");
    expect(await step("keep")).toMatchObject({ code: 0 });
    expect(await rig.on(...keep)).toBe("true");
    const applied = "jsonpath={.status.appliedDeploymentID}";
    expect(await rig.on("-n", clusterNamespace, "get", "bundledeployment", "config-web", "-o", applied)).toBe("kept");
    expect((await step("keep")).output).toBe("keepResources is deployed by Fleet for 1 GitRepos\n");
    expect((await step("manifests")).output).not.toContain("keepResources");
  });

  it("stops Fleet's agent only then, and not that of another cluster", async () => {
    expect((await stepOf("adopt")).errors).toContain("adopt of fleet-default/prod waits for stop-agent");
    const secret = ["-n", "cattle-fleet-system", "patch", "secret", "fleet-agent", "--type=merge", "-p"];
    await rig.on(...secret, '{"stringData":{"clusterName":"other"}}');
    const refused = await stepOf("stop-agent");
    expect(refused.errors).toContain(
      "this is not cluster fleet-default/prod: Fleet's agent there is that of fleet-default/other",
    );
    await rig.on(...secret, '{"stringData":{"clusterName":"prod"}}');
    expect((await stepOf("stop-agent", "--dry-run")).output).toContain("would be scaled from 1 to 0");
    expect((await stepOf("adopt")).errors).toContain("fleet-agent runs");
    expect(await stepOf("stop-agent")).toMatchObject({ code: 0 });
    expect(await rig.on("-n", "cattle-fleet-system", "get", "pods", "-o", "name")).toBe("");
    expect((await step("delete-gitrepos")).errors).toContain("delete-gitrepos waits for adopt of fleet-default/prod");
  });

  it("lets Drover adopt the objects, names those that nobody keeps, and leaves evidence", async () => {
    expect(JSON.stringify(await stepOf("adopt", "--dry-run"))).toContain("would be unpaused");
    const objects = ["deployment/web", "configmap/web", "-o", "yaml", "--show-managed-fields"];
    const marks = async () => rig.on("-n", "shop", "get", ...objects);
    expect(await marks()).not.toContain("manager: drover");
    const adopted = await stepOf("adopt");
    expect(adopted).toMatchObject({ code: 0 });
    expect(adopted.errors).toContain("ConfigMap shop/old of release shop/web stays: no bundle of Drover has it");
    expect(adopted.output).toContain(
      "fleet-default/prod: 1 deployments with 2 objects are Drover's, 1 objects are left",
    );
    expect(await marks()).not.toMatch(/objectset|meta\.helm\.sh|manager: helm/u);
    expect(await podsOfWeb()).toBe(pods);
    expect((await step("status")).output).toMatch(/^fleet-default\/prod +done +done +done +- +- +delete-gitrepos$/mu);
    expect((await stepOf("adopt")).code).toBe(0);
  });

  it("deletes GitRepos in Fleet, then the Secrets of exactly the adopted releases", async () => {
    expect((await stepOf("remove-releases")).errors).toContain("waits for delete-gitrepos");
    expect((await step("delete-gitrepos", "--dry-run")).output).toContain("would be deleted");
    expect(await step("delete-gitrepos")).toMatchObject({ code: 0 });
    expect(await rig.on("get", "bundledeployments.fleet.cattle.io", "-A", "-o", "name")).toBe("");
    expect((await stepOf("remove-releases", "--dry-run")).output).toContain(
      "shop/sh.helm.release.v1.web.v1 would be removed",
    );
    const again = ["-n", "shop", "secret", "sh.helm.release.v1.web.v2"];
    await rig.on("create", "secret", "generic", "sh.helm.release.v1.web.v2", "-n", "shop", "--type=helm.sh/release.v1");
    await rig.on("label", ...again, "owner=helm", "name=web");
    expect((await stepOf("remove-releases")).errors).toContain("v1.web.v2 was made after the adoption");
    await rig.on("delete", ...again);
    expect((await stepOf("remove-releases")).output).toContain("Secret shop/sh.helm.release.v1.web.v1 removed");
    const left = await rig.on("-n", "shop", "get", "secrets", "--field-selector=type=helm.sh/release.v1", "-o", "name");
    expect(left).toBe("secret/sh.helm.release.v1.other.v1\n");
    expect(await stepOf("remove-releases")).toMatchObject({ code: 0 });
    expect(await step("status")).toMatchObject({ code: 0 });
  });

  it("has deleted nothing else and restarted nothing, and Drover goes on from there", async () => {
    expect(await deleted()).toEqual(["gitrepos/config", "secrets/sh.helm.release.v1.web.v1"]);
    expect(await podsOfWeb()).toBe(pods);
    await rig.git.commit("config", { files: { "web/values.yaml": "color: green\nfleet: false\n" } });
    await until("the next commit arrives", async () => (await colorOf()) === "green");
    expect(await podsOfWeb()).toBe(pods);
  });
});

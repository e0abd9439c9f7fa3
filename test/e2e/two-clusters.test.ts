import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterNamespace } from "../../shared/names.ts";
import { type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { describeWithKube } from "../support/kube.ts";

const fleetYaml = `
defaultNamespace: shop
targetCustomizations:
  - name: prod
    clusterSelector: { matchLabels: { env: prod } }
    yaml: { overlays: [prod] }
`;

function aConfigMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  size: ${value}\n`;
}

describeWithKube("from a pushed commit to objects on two clusters", () => {
  let chain: E2eChain;

  beforeAll(async () => {
    chain = await startChain(["dev", "prod"], { auditLog: true });
    const repo = await chain.git.createRepository("config");
    await chain.git.commit("config", {
      message: "first",
      files: {
        "web/fleet.yaml": fleetYaml,
        "web/cm.yaml": aConfigMap("web", "small"),
        "web/overlays/prod/cm_patch.yaml": "data: { size: large }\n",
        "api/cm.yaml": aConfigMap("api", "small"),
        "api/second.yaml": aConfigMap("api-second", "small"),
        "api/fleet.yaml": "defaultNamespace: shop\n",
        "gold/cm.yaml": aConfigMap("gold", "shiny"),
        "gold/fleet.yaml":
          "defaultNamespace: shop\noverrideTargets: [{ name: gold, clusterSelector: { matchLabels: { tier: gold } } }]\n",
      },
    });
    await followRepository(chain.bundler, { name: "config", url: repo });
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
  });

  async function dataOf(cluster: string, name: string): Promise<string> {
    const { stdout } = await chain.on(
      cluster,
      "-n",
      "shop",
      "get",
      "configmap",
      name,
      "--ignore-not-found",
      "-o",
      "jsonpath={.data.size}",
    );
    return stdout;
  }
  async function becomes(cluster: string, name: string, value: string): Promise<void> {
    const describe = (): string =>
      [chain.bundler.output(), chain.agents[cluster]?.output()].map((text) => text?.slice(-3000)).join("\n");
    await until(`${name} on ${cluster} is "${value}"`, async () => (await dataOf(cluster, name)) === value, {
      describe,
    });
  }
  async function lastDeployed(commit: string): Promise<Record<string, unknown>> {
    let line: Record<string, unknown> | undefined;
    await until(`commit ${commit} is deployed`, async () => {
      const found = chain.bundler
        .output()
        .split("\n")
        .findLast((text) => text.includes("commit deployed") && text.includes(commit));
      line = found === undefined ? undefined : (JSON.parse(found) as Record<string, unknown>);
      return line !== undefined;
    });
    return line ?? {};
  }
  async function deploymentsOn(cluster: string): Promise<string> {
    return (
      await chain.hub(
        "-n",
        clusterNamespace("fleet-default", cluster),
        "get",
        "bundledeployments",
        "-o",
        "jsonpath={range .items[*]}{.metadata.name}={.status.display.state} {end}",
      )
    ).stdout.trim();
  }

  it("brings the objects of a commit to both clusters, differing as targetCustomizations say", async () => {
    await becomes("dev", "web", "small");
    await becomes("prod", "web", "large");
    await becomes("prod", "api-second", "small");
    expect(await dataOf("dev", "gold")).toBe("");
    const wait = await chain.hub(
      "-n",
      "fleet-default",
      "wait",
      "gitrepo/config",
      "--for=condition=Ready",
      "--timeout=20s",
    );
    expect(wait.stdout).toContain("condition met");
  });

  it("builds and applies only the bundle that a second push touches", async () => {
    const before = chain.agents["dev"]?.output().length ?? 0;
    const commit = await chain.git.commit("config", {
      message: "bigger",
      files: { "api/cm.yaml": aConfigMap("api", "medium") },
    });
    await becomes("dev", "api", "medium");
    await becomes("prod", "api", "medium");
    expect(await lastDeployed(commit)).toMatchObject({ built: 1, reused: 2, saved: 1, removed: 0 });
    const applied = (chain.agents["dev"]?.output() ?? "")
      .slice(before)
      .split("\n")
      .filter((line) => line.includes("deployment applied"));
    expect(applied.map((line) => (JSON.parse(line) as { bundle: string }).bundle)).toEqual([
      "fleet-default/config-api",
    ]);
  });

  it("takes a bundle from one cluster and gives it to the other when labels change", async () => {
    await chain.hub("-n", "fleet-default", "label", "cluster", "dev", "tier=gold");
    await becomes("dev", "gold", "shiny");
    await chain.hub("-n", "fleet-default", "label", "cluster", "prod", "tier=gold");
    await chain.hub("-n", "fleet-default", "label", "cluster", "dev", "tier-");
    await becomes("prod", "gold", "shiny");
    await becomes("dev", "gold", "");
    expect(await dataOf("dev", "web")).toBe("small");
    expect(await deploymentsOn("dev")).toBe("config-api=Ready config-web=Ready");
  });

  it("shows who changed an object as Modified and corrects it only when asked", async () => {
    await chain.on(
      "prod",
      "-n",
      "shop",
      "patch",
      "configmap",
      "api",
      "--type=merge",
      "-p",
      '{"data":{"size":"huge"}}',
      "--field-manager=intruder",
    );
    await until("Modified is shown", async () => (await deploymentsOn("prod")).includes("config-api=Modified"), {
      describe: () => chain.agents["prod"]?.output().slice(-3000) ?? "",
    });
    const { stdout } = await chain.hub("-n", "fleet-default", "get", "bundle", "config-api");
    expect(stdout).toMatch(/Modified\(1\).*data\.size by intruder/u);
    expect(await dataOf("prod", "api")).toBe("huge");
    await chain.git.commit("config", {
      message: "correct drift",
      files: { "api/fleet.yaml": "defaultNamespace: shop\ncorrectDrift: { enabled: true }\n" },
    });
    await becomes("prod", "api", "medium");
    await chain.on(
      "prod",
      "-n",
      "shop",
      "patch",
      "configmap",
      "api",
      "--type=merge",
      "-p",
      '{"data":{"size":"tiny"}}',
      "--field-manager=intruder",
    );
    await becomes("prod", "api", "medium");
    await until("the correction is reported", async () =>
      (
        await chain.hub(
          "-n",
          clusterNamespace("fleet-default", "prod"),
          "get",
          "bundledeployment",
          "config-api",
          "-o",
          "json",
        )
      ).stdout.includes("intruder"),
    );
  });

  it("leaves a field alone that another manager set and Git does not mention", async () => {
    await chain.on(
      "dev",
      "-n",
      "shop",
      "patch",
      "configmap",
      "web",
      "--type=merge",
      "-p",
      '{"data":{"theirs":"yes"}}',
      "--field-manager=other",
    );
    await chain.git.commit("config", { message: "web again", files: { "web/cm.yaml": aConfigMap("web", "smaller") } });
    await becomes("dev", "web", "smaller");
    const { stdout } = await chain.on("dev", "-n", "shop", "get", "configmap", "web", "-o", "jsonpath={.data.theirs}");
    expect(stdout).toBe("yes");
    await until("web is Ready on dev", async () => (await deploymentsOn("dev")).includes("config-web=Ready"));
  });

  it("prunes the object of a deleted file and all objects of a deleted directory, and nothing else", async () => {
    await chain.on("dev", "-n", "shop", "create", "configmap", "bystander", "--from-literal=size=mine");
    await chain.git.commit("config", { message: "one file less", delete: ["api/second.yaml"] });
    await becomes("dev", "api-second", "");
    await becomes("prod", "api-second", "");
    expect(await dataOf("dev", "api")).toBe("medium");
    await chain.git.commit("config", { message: "one directory less", delete: ["api"] });
    await becomes("dev", "api", "");
    await becomes("prod", "api", "");
    expect(await dataOf("dev", "web")).toBe("smaller");
    expect(await dataOf("dev", "bystander")).toBe("mine");
    expect((await chain.hub("-n", "fleet-default", "get", "bundles", "-o", "name")).stdout).not.toContain("config-api");
  });

  it("has deleted nothing on either cluster that these steps do not name", async () => {
    const deleted = await Promise.all(
      Object.values(chain.clusters).map(async ({ auditLogPath }) => {
        const lines = (await readFile(auditLogPath ?? "", "utf8")).split("\n").filter((line) => line !== "");
        const events = lines.map(
          (line) =>
            JSON.parse(line) as { verb: string; userAgent?: string; objectRef?: { resource?: string; name?: string } },
        );
        return events
          .filter(({ verb, userAgent }) => verb.startsWith("delete") && userAgent?.startsWith("kubectl") !== true)
          .map(({ objectRef }) => `${objectRef?.resource ?? ""}/${objectRef?.name ?? ""}`);
      }),
    );
    const objects = deleted.map((names) => names.filter((name) => name.startsWith("configmaps/")).toSorted());
    expect(objects).toEqual([
      ["configmaps/api", "configmaps/api-second", "configmaps/gold"],
      ["configmaps/api", "configmaps/api-second"],
    ]);
  });
});

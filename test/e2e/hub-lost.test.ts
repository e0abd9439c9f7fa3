import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTempDir, type TempDir } from "../support/temp-dir.ts";
import { type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { describeWithKube } from "../support/kube.ts";

function bundle(name: string, value: string): Record<string, string> {
  return {
    [`${name}/cm.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`,
    [`${name}/fleet.yaml`]: "defaultNamespace: lost\n",
  };
}

describeWithKube("when the hub loses its memory", () => {
  let chain: E2eChain;
  let backup: TempDir;

  beforeAll(async () => {
    backup = await createTempDir("backup");
    chain = await startChain(["dev", "prod"]);
    const url = await chain.git.createRepository("config");
    await chain.git.commit("config", { message: "first", files: { ...bundle("old", "1"), ...bundle("both", "1") } });
    await followRepository(chain.bundler, { name: "config", url });
    await becomes(["both=1", "old=1"]);
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
    await backup?.[Symbol.asyncDispose]();
  });

  async function values(cluster: string): Promise<string[]> {
    const { stdout } = await chain.on(
      cluster,
      "-n",
      "lost",
      "get",
      "configmaps",
      "-o",
      "jsonpath={range .items[*]}{.metadata.name}={.data.value} {end}",
    );
    return stdout.split(" ").filter((entry) => entry !== "" && !entry.startsWith("kube-root-ca"));
  }
  async function becomes(wanted: readonly string[], cluster = "dev"): Promise<void> {
    let seen: string[] = [];
    const look = async (): Promise<boolean> => {
      seen = await values(cluster);
      return seen.join(" ") === wanted.join(" ");
    };
    const describe = (): string => `${seen.join(" ")}\n${chain.agents[cluster]?.output().slice(-3000) ?? ""}`;
    await until(`${cluster} has ${wanted.join(" ")}`, look, { describe });
  }
  async function restoreBackup(): Promise<void> {
    await chain.bundler.stop("SIGKILL");
    await rm(chain.bundler.dataDir, { recursive: true });
    await cp(backup.path, chain.bundler.dataDir, { recursive: true });
    await chain.bundler.start();
  }
  async function makeBackup(): Promise<void> {
    await chain.bundler.stop("SIGTERM");
    await rm(backup.path, { recursive: true });
    await cp(chain.bundler.dataDir, backup.path, { recursive: true });
    await chain.bundler.start();
  }
  async function waitsSince(): Promise<string> {
    const jsonpath = "jsonpath={.metadata.annotations.drover\\.dev/restored}";
    return (await chain.hub("get", "namespace", "fleet-default", "-o", jsonpath)).stdout;
  }
  const agentSays = async (pattern: RegExp, after: number): Promise<void> =>
    until(`the agent says ${pattern}`, async () => pattern.test((chain.agents["dev"]?.output() ?? "").slice(after)), {
      describe: () => (chain.agents["dev"]?.output() ?? "").slice(-3000),
    });

  it("keeps every object when a backup from before a bundle is restored, and has what Git says at once", async () => {
    await makeBackup();
    await chain.git.commit("config", {
      message: "a new one",
      files: { ...bundle("new", "1"), ...bundle("both", "2") },
    });
    await becomes(["both=2", "new=1", "old=1"]);
    await becomes(["both=2", "new=1", "old=1"], "prod");
    await restoreBackup();
    await chain.git.commit("config", { message: "after the restore", files: bundle("both", "3") });
    await becomes(["both=3", "new=1", "old=1"]);
    await becomes(["both=3", "new=1", "old=1"], "prod");
    expect(await waitsSince()).not.toBe("");
  });

  it("removes nothing after a restore until somebody approves it, also when the hub restarts", async () => {
    await chain.git.commit("config", { message: "without new", delete: ["new"] });
    const repository = async (): Promise<string> =>
      (await chain.hub("get", "gitrepo", "config", "-o", "jsonpath={.status.display.message}")).stdout;
    await until("the bundle is gone", async () => (await chain.hub("get", "bundle", "config-new")).exitCode !== 0);
    expect(await repository()).toContain("STORE_RESTORED");
    await chain.bundler.stop("SIGKILL");
    await chain.bundler.start();
    await chain.git.commit("config", { message: "more", files: bundle("both", "4") });
    await becomes(["both=4", "new=1", "old=1"]);
    await becomes(["both=4", "new=1", "old=1"], "prod");
    await chain.hub("annotate", "namespace", "fleet-default", "drover.dev/restored-");
    await becomes(["both=4", "old=1"]);
    await becomes(["both=4", "old=1"], "prod");
  });

  it("removes nothing by labels that a backup knows and that were changed since", async () => {
    const targets = [{ name: "gold", clusterSelector: { matchLabels: { tier: "gold" } } }];
    const url = await chain.git.createRepository("extra");
    await chain.git.commit("extra", { message: "first", files: bundle("extra", "1") });
    await followRepository(chain.bundler, { name: "extra", url, spec: { targets } });
    await until("the bundle is there", async () => (await chain.hub("get", "bundle", "extra-extra")).exitCode === 0);
    await makeBackup();
    await chain.hub("label", "cluster", "prod", "tier=gold");
    await becomes(["both=4", "extra=1", "old=1"], "prod");
    await restoreBackup();
    await until("the hub knows it", async () => (await waitsSince()) !== "");
    await chain.git.commit("config", { message: "after labels", files: bundle("both", "5") });
    await becomes(["both=5", "extra=1", "old=1"], "prod");
    await becomes(["both=5", "old=1"]);
    await chain.hub("annotate", "namespace", "fleet-default", "drover.dev/restored-");
    // By these labels the GitRepo has no cluster at all: that is a question of its own.
    const why = ["get", "gitrepo", "extra", "-o", "jsonpath={.status.heldRemoval}"];
    await until("it is held", async () => (await chain.hub(...why)).stdout.includes("extra-extra"));
    await becomes(["both=5", "extra=1", "old=1"], "prod");
    await chain.hub("annotate", "gitrepo", "extra", 'drover.dev/removal-budget={"clustersPercent":100}');
    await becomes(["both=5", "old=1"], "prod");
  });

  it("keeps every object when the hub comes back with an empty database, and goes on correcting drift", async () => {
    await chain.git.commit("config", {
      message: "correct drift",
      files: { "old/fleet.yaml": "defaultNamespace: lost\ncorrectDrift: { enabled: true }\n" },
    });
    await until("the option arrives", async () => {
      const { stdout } = await chain.hub(
        "-n",
        "fleet-default",
        "get",
        "bundle",
        "config-old",
        "-o",
        "jsonpath={.spec.correctDrift.enabled}{.status.display.state}",
      );
      return stdout === "trueReady";
    });
    await chain.bundler.stop("SIGKILL");
    await rm(join(chain.bundler.dataDir, "drover.db"), { force: true });
    await rm(join(chain.bundler.dataDir, "drover.db-wal"), { force: true });
    const before = chain.agents["dev"]?.output().length ?? 0;
    await chain.bundler.start();
    await agentSays(/approve it with --accept-epoch/u, before);
    await chain.on(
      "dev",
      "-n",
      "lost",
      "patch",
      "configmap",
      "old",
      "--type=merge",
      "-p",
      '{"data":{"value":"hacked"}}',
    );
    await becomes(["both=5", "old=1"]);
  });
});

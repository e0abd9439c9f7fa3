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
    chain = await startChain(["dev"]);
    const url = await chain.git.createRepository("config");
    await chain.git.commit("config", { message: "first", files: { ...bundle("old", "1"), ...bundle("both", "1") } });
    await followRepository(chain.bundler, { name: "config", url });
    await becomes(["both=1", "old=1"]);
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
    await backup?.[Symbol.asyncDispose]();
  });

  async function values(): Promise<string[]> {
    const { stdout } = await chain.on(
      "dev",
      "-n",
      "lost",
      "get",
      "configmaps",
      "-o",
      "jsonpath={range .items[*]}{.metadata.name}={.data.value} {end}",
    );
    return stdout.split(" ").filter((entry) => entry !== "" && !entry.startsWith("kube-root-ca"));
  }
  async function becomes(wanted: readonly string[]): Promise<void> {
    let seen: string[] = [];
    const look = async (): Promise<boolean> => {
      seen = await values();
      return seen.join(" ") === wanted.join(" ");
    };
    const describe = (): string => `${seen.join(" ")}\n${chain.agents["dev"]?.output().slice(-3000) ?? ""}`;
    await until(`the cluster has ${wanted.join(" ")}`, look, { describe });
  }
  /** Documents count again once the hub's revision has passed the one that the agent had; every write brings it nearer. */
  async function hubMovesOn(): Promise<void> {
    for (let step = 0; step < 40; step++) {
      await chain.hub("-n", "fleet-default", "annotate", "--overwrite", "cluster", "dev", `step=${step}`);
      if ((await values()).includes("both=3")) return;
    }
  }
  const agentSays = async (pattern: RegExp, after: number): Promise<void> =>
    until(`the agent says ${pattern}`, async () => pattern.test((chain.agents["dev"]?.output() ?? "").slice(after)), {
      describe: () => (chain.agents["dev"]?.output() ?? "").slice(-3000),
    });

  it("keeps every object when a backup from before a bundle is restored, and then catches up with Git", async () => {
    await chain.bundler.stop("SIGTERM");
    await cp(chain.bundler.dataDir, backup.path, { recursive: true });
    await chain.bundler.start();
    await chain.git.commit("config", {
      message: "a new one",
      files: { ...bundle("new", "1"), ...bundle("both", "2") },
    });
    await becomes(["both=2", "new=1", "old=1"]);
    await chain.bundler.stop("SIGKILL");
    await rm(chain.bundler.dataDir, { recursive: true });
    await cp(backup.path, chain.bundler.dataDir, { recursive: true });
    const before = chain.agents["dev"]?.output().length ?? 0;
    await chain.bundler.start();
    await agentSays(/older|revision|hub answers again|new document/u, before);
    expect(await values()).toEqual(["both=2", "new=1", "old=1"]);
    await chain.git.commit("config", { message: "after the restore", files: bundle("both", "3") });
    await hubMovesOn();
    await becomes(["both=3", "new=1", "old=1"]);
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
    await becomes(["both=3", "new=1", "old=1"]);
  });
});

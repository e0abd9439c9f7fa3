import { afterAll, beforeAll, expect, it } from "vitest";
import { type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { describeWithKube } from "../support/kube.ts";

function aConfigMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
}

const names = Array.from({ length: 10 }, (_, index) => `app-${index}`);

function filesWith(value: string): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}/cm.yaml`, aConfigMap(name, value)],
      [`${name}/fleet.yaml`, "defaultNamespace: faults\n"],
    ]),
  );
}

describeWithKube("when parts of the chain fail", () => {
  let chain: E2eChain;
  let firstCommit: string;

  beforeAll(async () => {
    chain = await startChain(["dev"]);
    const repo = await chain.git.createRepository("config");
    firstCommit = await chain.git.commit("config", { message: "first", files: filesWith("1") });
    await followRepository(chain.bundler, { name: "config", url: repo });
    await allBecome("1");
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
  });

  async function values(): Promise<string[]> {
    const { stdout } = await chain.on(
      "dev",
      "-n",
      "faults",
      "get",
      "configmaps",
      "-o",
      "jsonpath={range .items[*]}{.metadata.name}={.data.value} {end}",
    );
    return stdout.split(" ").filter((entry) => entry.startsWith("app-"));
  }
  const logs = (): string =>
    [chain.bundler.output(), chain.agents["dev"]?.output() ?? ""].map((text) => text.slice(-4000)).join("\n");
  async function allBecome(value: string, except: Readonly<Record<string, string>> = {}): Promise<void> {
    const wanted = names.map((name) => `${name}=${except[name] ?? value}`);
    let seen: string[] = [];
    const look = async (): Promise<boolean> => {
      seen = await values();
      return seen.join(" ") === wanted.join(" ");
    };
    await until(`all values are ${value}`, look, { timeoutMs: 45_000, describe: () => `${seen.join(" ")}\n${logs()}` });
  }
  async function statusOfRepo(): Promise<string> {
    return (
      await chain.hub(
        "-n",
        "fleet-default",
        "get",
        "gitrepo",
        "config",
        "-o",
        "jsonpath={.status.conditions[0].message}",
      )
    ).stdout;
  }
  async function statusSays(pattern: RegExp): Promise<void> {
    let seen = "";
    const look = async (): Promise<boolean> => {
      seen = await statusOfRepo();
      return pattern.test(seen);
    };
    await until(`the status of the GitRepo says ${pattern}`, look, { describe: () => seen });
  }

  it("reaches the same end state when bundler and agent are killed at any moment of a change", async () => {
    for (const [round, delayMs] of [0, 40, 120, 300, 700].entries()) {
      const value = `kill-${round}`;
      await chain.git.commit("config", { message: value, files: filesWith(value) });
      await new Promise((resolve) => {
        setTimeout(resolve, delayMs);
      });
      await Promise.all([chain.bundler.restart("SIGKILL"), chain.agents["dev"]?.restart("SIGKILL")]);
      await allBecome(value);
    }
  });

  it("goes on with nine bundles when the tenth is broken, says where, and deletes nothing", async () => {
    await chain.git.commit("config", {
      message: "broken",
      files: { ...filesWith("2"), "app-3/fleet.yaml": "defaultNamespace: [faults\n" },
    });
    await allBecome("2", { "app-3": "kill-4" });
    await statusSays(/app-3\/fleet\.yaml:\d+/u);
    const { stdout } = await chain.hub("-n", "fleet-default", "get", "bundles", "-o", "name");
    expect(stdout.trim().split("\n")).toHaveLength(10);
    await chain.git.commit("config", { message: "mended", files: filesWith("3") });
    await allBecome("3");
    await statusSays(/^$/u);
  });

  it("warns of what has no effect with file and line, and refuses it where the GitRepo is strict", async () => {
    const strict = async (value: string): Promise<unknown> =>
      chain.hub("-n", "fleet-default", "annotate", "--overwrite", "gitrepo", "config", `drover.dev/strict${value}`);
    const files = { ...filesWith("odd"), "app-3/fleet.yaml": "defaultNamespace: faults\nnamspace: x\n" };
    await chain.git.commit("config", { message: "a typo", files });
    await allBecome("odd");
    const warnings = ["-n", "fleet-default", "get", "gitrepo", "config", "-o", "jsonpath={.status.warnings[*]}"];
    expect((await chain.hub(...warnings)).stdout).toMatch(/app-3\/fleet\.yaml:2:1: KEY_UNKNOWN: .*"namespace"/u);
    await strict("=true");
    await statusSays(/BUNDLE_STRICT.*app-3/u);
    expect(await values()).toHaveLength(10);
    await strict("-");
    await statusSays(/^$/u);
    await chain.git.commit("config", { message: "without the typo", files: filesWith("3") });
    await allBecome("3");
  });

  it.each([
    ["reset", /GIT_UNREACHABLE/u],
    ["error", /GIT_UNREACHABLE/u],
    ["unauthorized", /GIT_AUTH_FAILED/u],
    ["html", /GIT_ANSWER_INVALID/u],
  ] as const)("keeps everything and says why while the Git server answers with %s", async (fault, message) => {
    chain.git.setFault(fault);
    await statusSays(message);
    expect(await values()).toHaveLength(10);
    chain.git.setFault(undefined);
    await statusSays(/^$/u);
  });

  it("keeps everything while the Git server is gone, and catches up when it is back", async () => {
    await chain.git.goDown();
    await statusSays(/GIT_UNREACHABLE/u);
    await chain.git.commit("config", { message: "while down", files: filesWith("4") });
    expect(await values()).toHaveLength(10);
    await chain.git.comeBack();
    await allBecome("4");
  });

  it("follows a force-push, also back to an older commit", async () => {
    await chain.git.commit("config", { message: "rewritten", files: filesWith("5"), onto: firstCommit });
    await allBecome("5");
  });

  it("keeps everything when the branch is deleted, and says so", async () => {
    await chain.git.commit("config", { message: "other branch", files: { "README.md": "kept\n" }, branch: "other" });
    const before = await values();
    await chain.git.deleteBranch("config", "main");
    await statusSays(/GIT_REF_NOT_FOUND.*no branch main/u);
    expect(await values()).toEqual(before);
    await chain.git.commit("config", { message: "back", files: filesWith("6"), branch: "main" });
    await allBecome("6");
  });

  it("holds a commit that would remove most bundles until somebody approves it", async () => {
    const commit = await chain.git.commit("config", {
      message: "nearly empty",
      delete: names,
      files: { "left/cm.yaml": aConfigMap("left", "1") },
    });
    await statusSays(/REMOVAL_HELD.*removes 10 of 10 bundles/u);
    expect(await values()).toHaveLength(10);
    await chain.hub("-n", "fleet-default", "annotate", "gitrepo", "config", `drover.dev/approved-removal=${commit}`);
    await until("the approved removal is done", async () => (await values()).length === 0, { describe: logs });
  });
});

import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startProgram } from "../../support/drover-process.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

function publish(rig: AgentRig, ...names: string[]): void {
  const options = { defaultNamespace: rig.namespace };
  rig.hub.publish({
    bundles: names.map((name) => ({ bundle: `team/${name}`, files: { "a.yaml": configMap(name) }, options })),
  });
}

async function requestsGrowBy(rig: AgentRig, count: number): Promise<void> {
  const from = rig.hub.requests;
  await vi.waitFor(() => expect(rig.hub.requests).toBeGreaterThanOrEqual(from + count), {
    timeout: 60_000,
    interval: 50,
  });
}

async function exists(rig: AgentRig, name: string): Promise<void> {
  await vi.waitFor(
    async () => expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/${name}`)).toBeDefined(),
    { timeout: 20_000, interval: 50 },
  );
}

/** An agent as a process, so that its log can be read. */
async function startProcess(rig: AgentRig, dataDir = rig.dataDir) {
  const { kubeconfigPath } = await sharedCluster();
  const flags = { hub: rig.hub.url, token: "t", kubeconfig: kubeconfigPath, namespace: rig.systemNamespace };
  const args = Object.entries({ ...flags, "data-dir": dataDir }).flatMap(([flag, value]) => [`--${flag}`, value]);
  return startProgram("agent/main.ts", args, { ready: "agent started" });
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describeWithKube("an agent that is alone", () => {
  test("says once a minute, and not more, that its hub fails or does not know it", { timeout: 120_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    publish(rig, "one");
    const startedAtMs = performance.now();
    await using agent = await startProcess(rig);
    await rig.state("team/one", "Ready");
    const faults = async (): Promise<void> => {
      for (const fault of ["500", "unauthorized", undefined] as const) {
        rig.hub.fault = fault;
        publish(rig, "one");
        await requestsGrowBy(rig, fault === undefined ? 1 : 4);
      }
      publish(rig, "one");
      await vi.waitFor(() => expect(agent.output()).toContain("hub answers again"), { timeout: 20_000 });
    };
    await faults();
    await faults();
    const mayBe = 1 + Math.floor((performance.now() - startedAtMs) / 60_000);
    const warnings = agent
      .output()
      .split("\n")
      .filter((line) => /"level":(?:"warn"|40)/u.test(line));
    for (const matter of ["HUB_UNREACHABLE", "HUB_UNAUTHORIZED", "registering again failed"]) {
      const lines = warnings.filter(
        (line) => line.includes(matter) && line.includes("registering") === matter.includes(" "),
      );
      expect({ matter, lines: lines.length, fits: lines.length >= 1 && lines.length <= mayBe }).toMatchObject({
        fits: true,
      });
    }
    await exists(rig, "one");
  });

  test("works on a disk that cannot be written, and says so once", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const file = `${rig.dataDir}-file`;
    await writeFile(file, "no folder");
    publish(rig, "one", "two", "three");
    await using agent = await startProcess(rig, join(file, "data"));
    for (const name of ["one", "two", "three"]) await rig.state(`team/${name}`, "Ready");
    publish(rig, "one", "two", "three", "four");
    await rig.state("team/four", "Ready");
    expect(count(agent.output(), "document could not be kept on disk")).toBe(1);
    expect(count(agent.output(), "blob could not be kept on disk")).toBe(1);
    expect(agent.child.exitCode).toBeNull();
  });

  test("goes on when the disk is full, and keeps the document that it had", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await mkdir(rig.dataDir, { recursive: true });
    publish(rig, "one");
    await rig.start();
    await rig.state("team/one", "Ready");
    const path = join(rig.dataDir, "document.json");
    const before = await readFile(path, "utf8");
    // Every byte written there is refused with ENOSPC.
    await symlink("/dev/full", `${path}.tmp`);
    publish(rig, "one", "two");
    await rig.state("team/two", "Ready");
    expect(await readFile(path, "utf8")).toBe(before);
    await rig.stop();
    await rig.start();
    await rig.state("team/two", "Ready");
    await exists(rig, "two");
  });
});

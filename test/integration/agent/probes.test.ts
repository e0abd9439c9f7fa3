import { expect, test, vi } from "vitest";
import { freePort } from "../../kube/free-port.ts";
import { startProgram } from "../../support/drover-process.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

const minuteMs = 60_000;

/** Returns what a probe is answered, "silence" when nothing comes in time. */
async function probe(port: number, path: string): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1000) });
    return `${answer.status} ${await answer.text()}`;
  } catch {
    return "silence";
  }
}

const becomes = async (port: number, path: string, said: RegExp): Promise<void> =>
  vi.waitFor(async () => expect(await probe(port, path)).toMatch(said), { timeout: 15_000, interval: 50 });

describeWithKube("the probes of an agent", () => {
  test(
    "tell that it works, and nothing while the process hangs",
    {
      timeout: 60_000,
    },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      const port = await freePort();
      const { kubeconfigPath } = await sharedCluster();
      const flags = {
        hub: rig.hub.url,
        token: "t",
        kubeconfig: kubeconfigPath,
        namespace: rig.systemNamespace,
        "data-dir": rig.dataDir,
        "health-port": String(port),
      };
      const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
      await using agent = await startProgram("agent/main.ts", args, { ready: "agent started" });
      await becomes(port, "/healthz", /^200 ok$/u);
      agent.child.kill("SIGSTOP");
      // What the kubelet sees of a process that hangs: it kills it after three of these.
      await becomes(port, "/livez", /^silence$/u);
      agent.child.kill("SIGCONT");
      await becomes(port, "/livez", /^200 ok$/u);
    },
  );

  test(
    "tell which bundle keeps it busy without an end, first as not ready, then as not alive",
    {
      timeout: 60_000,
    },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      const port = await freePort();
      let laterMs = 0;
      const clock = { now: () => Date.now(), elapsed: () => performance.now() + laterMs };
      const hang = Promise.withResolvers<void>();
      const onStep = async (step: string, about: string): Promise<void> => {
        if (step === "apply" && about.endsWith("/hangs")) await hang.promise;
      };
      await rig.start({ clock, onStep, config: { healthPort: port } });
      const options = { defaultNamespace: rig.namespace };
      const bundles = ["hangs", "works"].map((name) => ({
        bundle: `team/${name}`,
        files: { "a.yaml": configMap(name) },
        options,
      }));
      rig.hub.publish({ bundles });
      await rig.state("team/works", "Ready");
      expect(await probe(port, "/healthz")).toBe("200 ok");
      laterMs = 11 * minuteMs;
      expect(await probe(port, "/healthz")).toBe(
        "503 bundle team/hangs has been worked on for 11 minutes without an end",
      );
      expect(await probe(port, "/livez")).toBe("200 ok");
      laterMs = 61 * minuteMs;
      expect(await probe(port, "/livez")).toMatch(/^503 bundle team\/hangs /u);
      hang.resolve();
      await rig.state("team/hangs", "Ready");
      await becomes(port, "/livez", /^200 ok$/u);
      await becomes(port, "/healthz", /^200 ok$/u);
    },
  );

  test("tell that it does not reach its API server", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const port = await freePort();
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    await rig.start({ kubeUrl: nowhere, config: { healthPort: port } });
    await becomes(port, "/healthz", /^503 starting$/u);
    expect(await probe(port, "/livez")).toBe("200 ok");
  });
});

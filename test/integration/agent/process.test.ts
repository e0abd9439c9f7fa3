import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import {
  certificatePin,
  createCertificateAuthority,
  issueServerCertificate,
} from "../../../shared/runtime/certificates.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { ownEnv } from "../../support/own-env.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";
import { startScriptedHub } from "./scripted-hub.ts";

const program = join(import.meta.dirname, "../../../agent/main.ts");

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts `agent/main.ts`; disposing kills it if it still runs. */
function startProcess(settings: Readonly<Record<string, string>>, ...more: string[]) {
  const args = [...Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]), ...more];
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: ownEnv(),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stderr }));
  });
  return {
    ended,
    stdout: () => stdout,
    stop: () => child.kill("SIGTERM"),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function aTlsHub() {
  const nowMs = Date.now();
  const authority = await createCertificateAuthority("test-ca", { nowMs, validMs: 3_600_000 });
  const server = await issueServerCertificate(authority, { names: ["127.0.0.1"], nowMs, validMs: 3_600_000 });
  return { hub: await startScriptedHub(server), pin: await certificatePin(authority.cert) };
}

describeWithKube("the agent's program", () => {
  test(
    "trusts a hub by the pin of its CA, works, answers health checks and ends on SIGTERM",
    { timeout: 60_000 },
    async () => {
      const { kubeconfigPath } = await sharedCluster();
      await using rig = await createAgentRig(await sharedCluster());
      const { hub, pin } = await aTlsHub();
      await using _hub = hub;
      const options = { defaultNamespace: rig.namespace };
      hub.publish({ bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a") }, options }] });
      const port = String(20_000 + Math.floor(Math.random() * 20_000));
      await using agent = startProcess({
        hub: hub.url,
        "ca-pin": pin,
        token: "t",
        kubeconfig: kubeconfigPath,
        namespace: rig.systemNamespace,
        "data-dir": rig.dataDir,
        "health-port": port,
      });
      await vi.waitFor(() => expect(hub.statuses.get("team/app")?.state).toBe("Ready"), { timeout: 20_000 });
      expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toBeDefined();
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain("gitops_controller_runs_total");
      expect(agent.stdout()).not.toContain("credential-1");
      agent.stop();
      expect(await agent.ended).toMatchObject({ code: 0, stderr: "" });
    },
  );

  test(
    "sends nothing to a hub that does not show the pinned CA, and waits for the right one",
    { timeout: 60_000 },
    async () => {
      const { kubeconfigPath } = await sharedCluster();
      await using rig = await createAgentRig(await sharedCluster());
      const { hub } = await aTlsHub();
      await using _hub = hub;
      await using agent = startProcess({
        hub: hub.url,
        "ca-pin": "0".repeat(64),
        token: "t",
        kubeconfig: kubeconfigPath,
        namespace: rig.systemNamespace,
        "data-dir": rig.dataDir,
      });
      await vi.waitFor(() => expect(agent.stdout()).toContain("no certificate with the pinned SHA-256"), {
        timeout: 20_000,
      });
      expect(hub.requests).toBe(0);
      agent.stop();
      expect((await agent.ended).code).toBe(0);
    },
  );

  test("names every fault of its settings at once and exits 2", async () => {
    await using agent = startProcess({ hub: "nonsense", "wait-ms": "-1" }, "--what");
    const { code, stderr } = await agent.ended;
    expect(code).toBe(2);
    for (const part of ["--hub (AGENT_HUB)", "--wait-ms (AGENT_WAIT_MS)", "unknown flag --what"])
      expect(stderr).toContain(part);
  });

  test("says what is missing in a kubeconfig and exits 2", async () => {
    await using agent = startProcess({ hub: "https://hub.example", kubeconfig: "/does/not/exist" });
    expect(await agent.ended).toMatchObject({ code: 2, stderr: expect.stringContaining("/does/not/exist") });
  });
});

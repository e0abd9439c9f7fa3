import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { startKubeProxy } from "../../support/kube-proxy.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 90_000;

function publish(rig: AgentRig, files: Readonly<Record<string, string>>, enabled = false): void {
  const options = { defaultNamespace: rig.namespace, ...(enabled ? { correctDrift: { enabled } } : {}) };
  rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
}

async function deleteNamespace(rig: AgentRig): Promise<void> {
  const path = `/api/v1/namespaces/${rig.namespace}`;
  const before = JSON.stringify(await rig.get(path));
  await rig.cluster.request(path, { method: "DELETE" });
  const uid = /"uid":"([^"]+)"/u.exec(before)?.[1] ?? "none";
  await vi.waitFor(async () => expect(JSON.stringify(await rig.get(path)) ?? "").not.toContain(uid), {
    timeout: 30_000,
    interval: 100,
  });
}

describeWithKube("what is missing with all that it needs", () => {
  test.concurrent("will be created with its namespace, and is where drift is corrected", { timeout }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
    await rig.start();
    publish(rig, { "a.yaml": configMap("a") });
    await rig.state("team/app", "Ready");
    await deleteNamespace(rig);
    const { drift, error } = await rig.state("team/app", "Modified");
    expect(error).toBeUndefined();
    expect(drift).toMatchObject([
      { name: "a", type: "missing", message: expect.stringMatching(/^will be created .*namespace apps-/u) },
    ]);
    publish(rig, { "a.yaml": configMap("a") }, true);
    await rig.state("team/app", "Ready");
    await deleteNamespace(rig);
    await vi.waitFor(async () => expect(await rig.get(path)).toBeDefined(), { timeout: 40_000, interval: 100 });
    await rig.status("team/app", ({ state, drift: left }) => state === "Ready" && left === undefined);
  });

  test.concurrent("costs no dry run while only its status changes", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    let laterMs = 0;
    await rig.start({
      kubeUrl: proxy.url,
      clock: { now: () => Date.now(), elapsed: () => performance.now() + laterMs },
    });
    publish(rig, { "web.yaml": webDeployment("ready", "1") });
    await rig.state("team/app", "Ready");
    const web = `/apis/apps/v1/namespaces/${rig.namespace}/deployments/web`;
    const asked = (method: string) =>
      proxy.seen.filter((request) => request.method === method && request.url.pathname === web);
    // What was applied a moment ago may be edited within the same second, unseen: it is compared again.
    laterMs = 60_000;
    const dryRuns = asked("PATCH").length;
    const pods = `/api/v1/namespaces/${rig.namespace}/pods`;
    for (let round = 1; round <= 3; round++) {
      const looks = asked("GET").length;
      await cluster.request(pods, { method: "DELETE" });
      await vi.waitFor(() => expect(asked("GET").length).toBeGreaterThan(looks), { timeout: 20_000, interval: 20 });
      await rig.state("team/app", "Ready");
    }
    const told = rig.hub.checkIns.flatMap(({ statuses }) => statuses.map(({ state }) => state));
    expect(told).toContain("NotReady");
    expect(asked("PATCH")).toHaveLength(dryRuns);
    // An edit does cost one.
    await cluster.request(`${web}?fieldManager=hand`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { spec: { replicas: 2 } },
    });
    await rig.state("team/app", "Modified");
    expect(asked("PATCH").length).toBeGreaterThan(dryRuns);
  });
});

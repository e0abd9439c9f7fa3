import { expect, test, vi } from "vitest";
import { inventoryName } from "../../../agent/reconcile/marks.ts";
import { describeWithKube } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";

const timeout = 90_000;
const remove = [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" } as const];

function bundleOf(rig: AgentRig, name: string) {
  const options = { defaultNamespace: rig.namespace, deleteNamespace: true };
  return { bundle: `team/${name}`, files: { [`${name}.yaml`]: configMap(name) }, options };
}

/** Waits until the removal is held, and approves it. */
async function approve(rig: AgentRig): Promise<void> {
  const { held = [] } = await rig.status("team/app", (status) => status.held !== undefined);
  const plan = /plan ([0-9a-f]{12})/u.exec(held[0] ?? "")?.[1] ?? "";
  const body = { metadata: { annotations: { "drover.dev/approve-removal": plan } } };
  const secret = `/api/v1/namespaces/${rig.systemNamespace}/secrets/${inventoryName("team/app")}`;
  await rig.cluster.request(secret, { method: "PATCH", contentType: "application/merge-patch+json", body });
}

describeWithKube("deleteNamespace", () => {
  test.concurrent("removes the namespace that was made for a bundle, once a person approves", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/app", `namespaces/${rig.namespace}`);
    const path = `/api/v1/namespaces/${rig.namespace}`;
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, "app")] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [], remove });
    const { held = [] } = await rig.status("team/app", (status) => status.held !== undefined);
    expect(held).toEqual([
      expect.stringMatching(`Namespace ${rig.namespace}: a Namespace is removed only when approved`),
    ]);
    expect(await cluster.deletions(rig.namespace)).toEqual(["app"]);
    expect(JSON.stringify(await rig.get(path))).toContain('"phase":"Active"');

    // Wanted again, it is not up for removal any more.
    rig.hub.publish({ bundles: [bundleOf(rig, "app")] });
    expect((await rig.state("team/app", "Ready")).held).toBeUndefined();
    rig.hub.publish({ bundles: [], remove });
    await approve(rig);
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 60_000 });
    expect(await rig.get(path)).toBeUndefined();
  });

  test.concurrent("says which object inside holds up the removal", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/app", `namespaces/${rig.namespace}`);
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, "app")] });
    await rig.state("team/app", "Ready");
    const stuck = { metadata: { name: "stuck", finalizers: ["example.com/wait"] } };
    await cluster.request(maps, { method: "POST", body: stuck });
    rig.hub.publish({ bundles: [], remove });
    await approve(rig);
    const message = `held up by ConfigMap ${rig.namespace}/stuck (example.com/wait)`;
    await vi.waitFor(
      () => {
        const [problem] = rig.hub.statuses.get("team/app")?.notReady ?? [];
        expect(problem).toMatchObject({ kind: "Namespace", message: expect.stringContaining(message) });
      },
      { timeout: 60_000 },
    );
    const body = { metadata: { finalizers: null } };
    await cluster.request(`${maps}/stuck`, { method: "PATCH", contentType: "application/merge-patch+json", body });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 60_000 });
  });

  test.concurrent("leaves namespaces that the agent did not make, or that other bundles use", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/app");
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, "app"), bundleOf(rig, "other")] });
    await rig.state("team/app", "Ready");
    await rig.state("team/other", "Ready");
    rig.hub.publish({ bundles: [bundleOf(rig, "other")], remove });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 30_000 });
    expect(await cluster.deletions(rig.namespace)).toEqual(["app"]);

    await using second = await createAgentRig(cluster);
    second.mayDelete("configmaps/app");
    const own = { metadata: { name: second.namespace } };
    await cluster.request("/api/v1/namespaces", { method: "POST", body: own });
    await second.start();
    second.hub.publish({ bundles: [bundleOf(second, "app")] });
    await second.state("team/app", "Ready");
    second.hub.publish({ bundles: [], remove });
    await vi.waitFor(() => expect(second.hub.gone).toContain("team/app"), { timeout: 30_000 });
    expect(JSON.stringify(await second.get(`/api/v1/namespaces/${second.namespace}`))).toContain('"phase":"Active"');
  });
});

import { expect, test } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { createAgentRig, type AgentRig } from "./agent-rig.ts";
import { hookChart, hookJob, hookMap } from "./hook-chart.ts";
import { recordEvents } from "./record-events.ts";

function bundleOf(rig: AgentRig, files: Readonly<Record<string, string>>) {
  return { bundle: "team/app", files, options: { defaultNamespace: rig.namespace } };
}

function definition(group: string): string {
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `teas.${group}` },
    spec: {
      group,
      names: { kind: "Tea", plural: "teas" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
    },
  });
}

describeWithKube("hooks and the objects beside them", () => {
  test("find the definitions of the chart's crds/ there before an install", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const group = `${rig.namespace}.example`;
    const metadata = { name: "green", annotations: { "helm.sh/hook": "pre-install" } };
    const tea = JSON.stringify({ apiVersion: `${group}/v1`, kind: "Tea", metadata });
    await rig.start();
    rig.hub.publish({
      bundles: [bundleOf(rig, { ...hookChart("1.0.0", { tea }), "crds/tea.yaml": definition(group) })],
    });
    await rig.state("team/app", "Ready");
    expect(await rig.get(`/apis/${group}/v1/namespaces/${rig.namespace}/teas/green`)).toBeDefined();
    await cluster.request(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/teas.${group}`, {
      method: "DELETE",
    });
  });

  test("put back what was there when hooks after an upgrade fail and Git goes back", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/app`;
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", {}))] });
    const first = await rig.state("team/app", "Ready");
    const bad = hookJob("bad", { events: "post-upgrade", outcome: "fail" });
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("2.0.0", { bad }))] });
    const failed = await rig.state("team/app", "ErrApplied");
    expect(failed.error?.message).toMatch(/^post-upgrade hook Job /u);
    // Not applied whole: those who depend on it go on waiting.
    expect(failed.appliedDeploymentId).toBe(first.appliedDeploymentId);
    expect(await rig.get(path)).toMatchObject({ data: { version: "2.0.0", release: "2 false true" } });
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", {}))] });
    await rig.state("team/app", "Ready");
    // The very bytes of before, not a third release.
    expect(await rig.get(path)).toMatchObject({ data: { version: "1.0.0", release: "1 true false" } });
  });

  test("are an install's until one has gone through whole", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    using record = await recordEvents(cluster, rig.namespace);
    const after = { after: hookMap("after", { events: "post-install" }) };
    const bad = hookJob("bad", { events: "post-install", weight: -1, outcome: "fail" });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", { ...after, bad }))] });
    await rig.state("team/app", "ErrApplied");
    expect(record.timesMade("after")).toBe(0);
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.1", after))] });
    await rig.state("team/app", "Ready");
    expect(record.timesMade("after")).toBe(1);
    const app = await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/app`);
    expect(app).toMatchObject({ data: { version: "1.0.1", release: "1 true false" } });
  });

  test("hold what left the bundle no longer than Helm does", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/old");
    using record = await recordEvents(cluster, rig.namespace);
    const old = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "old" } });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", { old }))] });
    const first = await rig.state("team/app", "Ready");
    const hooks = {
      before: hookMap("before", { events: "pre-upgrade" }),
      after: hookMap("after", { events: "post-upgrade" }),
    };
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("2.0.0", hooks))] });
    const isNew = (id: string | undefined): boolean => id !== undefined && id !== first.appliedDeploymentId;
    await rig.status("team/app", (now) => now.state === "Ready" && isNew(now.appliedDeploymentId));
    expect(record.events().slice(2)).toEqual([
      "made ConfigMap/before",
      "changed ConfigMap/app",
      "deleted ConfigMap/old",
      "made ConfigMap/after",
    ]);
  });
});

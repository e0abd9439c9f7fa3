import { expect, test, vi } from "vitest";
import type { Step } from "../../../agent/reconcile/step-observer.ts";
import { describeWithKube } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { crashAt } from "./crash-at.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 180_000;

function publish(rig: AgentRig, files: Readonly<Record<string, string>>): void {
  const options = { defaultNamespace: rig.namespace, helm: { atomic: true, timeoutSeconds: 2 } };
  rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
}

function mapPath(rig: AgentRig, name: string): string {
  return `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
}

/** Each death is followed by a new agent, which dies at the next step. */
async function dieAt(rig: AgentRig, steps: readonly { readonly step: Step; readonly of?: string }[]): Promise<void> {
  for (const { step, of } of steps) await crashAt(rig, step, of === undefined ? "" : `/${of}$`);
}

describeWithKube("an agent that is killed while a deployment with helm.atomic fails", () => {
  test.concurrent("comes to where it was, deletes what was made once, and nothing else", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/new", "configmaps/old", "deployments/web");
    const good = { "web.yaml": webDeployment("ready", "1"), "old.yaml": configMap("old") };
    publish(rig, good);
    await dieAt(rig, [{ step: "verified-write" }, { step: "verified-written" }, { step: "inventory-finish" }]);
    await rig.start();
    const first = await rig.state("team/app", "Ready");
    await rig.stop();
    publish(rig, { "web.yaml": webDeployment("pull-error", "2"), "new.yaml": configMap("new") });
    await dieAt(rig, [
      { step: "inventory-written" },
      { step: "applied", of: "new" },
      { step: "give-up" },
      { step: "given-up" },
      { step: "applied", of: "web" },
      { step: "inventory-finished" },
      { step: "prune", of: "new" },
      { step: "pruned", of: "new" },
    ]);
    await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
    const failed = await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
    expect(failed.appliedDeploymentId).toBe(first.appliedDeploymentId);
    const web = await rig.get(`/apis/apps/v1/namespaces/${rig.namespace}/deployments/web`);
    expect(JSON.stringify(web)).toContain('"rig.drover.dev/outcome":"ready"');
    expect(await rig.get(mapPath(rig, "old"))).toBeDefined();
    expect(await rig.get(mapPath(rig, "new"))).toBeUndefined();
    expect(await cluster.deletions(rig.namespace)).toEqual(["new"]);
    // What is gone back to is kept once, and goes with the bundle.
    const secrets = `/api/v1/namespaces/${rig.systemNamespace}/secrets?labelSelector=drover.dev/verified`;
    expect(itemsOf(await rig.get(secrets))).toBe(1);
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 30_000 });
    expect(itemsOf(await rig.get(secrets))).toBe(0);
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["new", "old", "web"]);
  });

  test.concurrent("removes what a first one made once, and nothing that was there", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/made", "deployments/web");
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    await cluster.request(mapPath(rig, ""), { method: "POST", body: { metadata: { name: "theirs" } } });
    publish(rig, {
      "web.yaml": webDeployment("pull-error", "1"),
      "made.yaml": configMap("made"),
      "theirs.yaml": configMap("theirs"),
    });
    await dieAt(rig, [
      { step: "inventory-written" },
      { step: "applied", of: "made" },
      { step: "give-up" },
      { step: "given-up" },
      { step: "pruned", of: "web" },
      { step: "prune", of: "made" },
    ]);
    await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
    await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
    expect(await rig.get(mapPath(rig, "theirs"))).toBeDefined();
    expect(await rig.get(mapPath(rig, "made"))).toBeUndefined();
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["made", "web"]);
  });
});

function itemsOf(list: unknown): number {
  return typeof list === "object" && list !== null && "items" in list && Array.isArray(list.items)
    ? list.items.length
    : -1;
}

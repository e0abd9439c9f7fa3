import { expect, test, vi } from "vitest";
import { inventoryName } from "../../../agent/reconcile/marks.ts";
import { describeWithKube } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { hookChart, hookJob, hookMap } from "./hook-chart.ts";
import { recordEvents } from "./record-events.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 90_000;
const atomic = { atomic: true, timeoutSeconds: 5 };

function bundleOf(rig: AgentRig, files: Readonly<Record<string, string>>, helm: Readonly<Record<string, unknown>>) {
  return { bundle: "team/app", files, options: { defaultNamespace: rig.namespace, helm } };
}

function mapPath(rig: AgentRig, name: string): string {
  return `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
}

async function annotateInventory(rig: AgentRig, name: string, value: string): Promise<void> {
  const path = `/api/v1/namespaces/${rig.systemNamespace}/secrets/${inventoryName("team/app")}`;
  const body = { metadata: { annotations: { [name]: value } } };
  const answer = await rig.cluster.request(path, {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body,
  });
  expect(answer.status).toBe(200);
}

describeWithKube("helm.atomic", () => {
  test(
    "goes back when pods do not become ready, tries no second time, and deletes what it made",
    { timeout },
    async () => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/new");
      const web = `/apis/apps/v1/namespaces/${rig.namespace}/deployments/web`;
      const good = { "web.yaml": webDeployment("ready", "1"), "old.yaml": configMap("old") };
      const bad = { "web.yaml": webDeployment("pull-error", "2"), "new.yaml": configMap("new") };
      await rig.start();
      rig.hub.publish({ bundles: [bundleOf(rig, good, atomic)] });
      const first = await rig.state("team/app", "Ready");
      rig.hub.publish({ bundles: [bundleOf(rig, bad, atomic)] });
      // While it is tried nothing of what was there goes.
      await vi.waitFor(async () => expect(await rig.get(mapPath(rig, "new"))).toBeDefined(), { timeout: 20_000 });
      expect(await rig.get(mapPath(rig, "old"))).toBeDefined();
      const failed = await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
      expect(failed).toMatchObject({ state: "ErrApplied", appliedDeploymentId: first.appliedDeploymentId });
      expect(failed.error?.code).toBe("DEPLOYMENT_TAKEN_BACK");
      expect(failed.error?.message).toContain(`deployment ${first.appliedDeploymentId} of commit c0ffee runs`);
      expect(failed.error?.message).toMatch(/WAIT_TIMEOUT: not ready within 5 s: Deployment .*\/web: /u);
      const back = await rig.get(web);
      expect(JSON.stringify(back)).toContain('"rig.drover.dev/outcome":"ready"');
      expect(await rig.get(mapPath(rig, "old"))).toBeDefined();
      await vi.waitFor(async () => expect(await rig.get(mapPath(rig, "new"))).toBeUndefined(), { timeout: 20_000 });

      // Another agent without the disk knows it too: the Deployment's spec is not touched again.
      await rig.stop();
      await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
      const checkIns = rig.hub.checkIns.length;
      await vi.waitFor(() => expect(rig.hub.checkIns.length).toBeGreaterThan(checkIns), { timeout: 20_000 });
      await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
      expect(generationOf(await rig.get(web))).toBe(generationOf(back));
      expect(await cluster.deletions(rig.namespace)).toEqual(["new"]);

      rig.hub.publish({ bundles: [bundleOf(rig, { ...good, "web.yaml": webDeployment("ready", "3") }, atomic)] });
      await rig.state("team/app", "Ready");
      expect(await cluster.deletions(rig.namespace)).toEqual(["new"]);
    },
  );

  test(
    "changes nothing after a failing hook before the objects, and retries when a person says so",
    { timeout },
    async () => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("jobs/migrate");
      using record = await recordEvents(cluster, rig.namespace);
      await rig.start();
      rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", {}), atomic)] });
      await rig.state("team/app", "Ready");
      const migrate = hookJob("migrate", { events: "pre-upgrade", outcome: "fail" });
      rig.hub.publish({ bundles: [bundleOf(rig, hookChart("2.0.0", { migrate }), atomic)] });
      const failed = await rig.status("team/app", ({ error }) => error?.code === "DEPLOYMENT_TAKEN_BACK");
      expect(failed.error?.message).toMatch(/HOOK_FAILED: pre-upgrade hook Job .*\/migrate/u);
      expect(await rig.get(mapPath(rig, "app"))).toMatchObject({ data: { version: "1.0.0" } });
      expect(record.timesMade("migrate")).toBe(1);
      await annotateInventory(rig, "drover.dev/retry", "true");
      await vi.waitFor(() => expect(record.timesMade("migrate")).toBe(2), { timeout: 20_000 });
      await rig.status("team/app", ({ error }) => error?.code === "DEPLOYMENT_TAKEN_BACK");
      expect(record.events()).not.toContain("changed ConfigMap/app");
    },
  );

  test("runs the rollback hooks of what it goes back to, around its objects", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    using record = await recordEvents(cluster, rig.namespace);
    const hooks = {
      before: hookMap("before", { events: "pre-rollback" }),
      after: hookMap("after", { events: "post-rollback" }),
    };
    const bad = hookJob("bad", { events: "post-upgrade", outcome: "fail" });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", hooks), atomic)] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [bundleOf(rig, hookChart("2.0.0", { bad }), atomic)] });
    await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
    expect(record.events().filter((event) => !event.startsWith("ended"))).toEqual([
      "made ConfigMap/app",
      "changed ConfigMap/app",
      "made Job/bad",
      "made ConfigMap/before",
      "changed ConfigMap/app",
      "made ConfigMap/after",
    ]);
    const app = await rig.get(mapPath(rig, "app"));
    expect(app).toMatchObject({ data: { version: "1.0.0", release: "1 true false" } });
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test("removes what a first install that fails has made, and nothing that was there", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/made", "deployments/web");
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    await cluster.request(mapPath(rig, ""), {
      method: "POST",
      body: { metadata: { name: "theirs" }, data: { a: "1" } },
    });
    const files = {
      "web.yaml": webDeployment("pull-error", "1"),
      "made.yaml": configMap("made"),
      "theirs.yaml": configMap("theirs"),
    };
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, files, atomic)] });
    const failed = await rig.status("team/app", ({ error }) => /was taken back/u.test(error?.message ?? ""));
    expect(failed.error?.message).toContain("nothing was there before");
    await vi.waitFor(async () => expect(await rig.get(mapPath(rig, "made"))).toBeUndefined(), { timeout: 20_000 });
    expect(await rig.get(mapPath(rig, "theirs"))).toBeDefined();
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["made", "web"]);
    rig.hub.publish({ bundles: [bundleOf(rig, { "made.yaml": configMap("made") }, atomic)] });
    await rig.state("team/app", "Ready");
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["made", "web"]);
  });

  test("holds what a failed deployment made where it is more than may go at once", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete(/^configmaps\/m\d$/u);
    const many = Object.fromEntries(
      Array.from({ length: 5 }, (_one, index) => [`m${index}.yaml`, configMap(`m${index}`)]),
    );
    await rig.start({ config: { removeCount: 3 } });
    rig.hub.publish({ bundles: [bundleOf(rig, { "web.yaml": webDeployment("ready", "1") }, atomic)] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [bundleOf(rig, { ...many, "web.yaml": webDeployment("pull-error", "2") }, atomic)] });
    const { held = [], error } = await rig.status("team/app", (now) => (now.held?.length ?? 0) === 5);
    expect(error?.code).toBe("DEPLOYMENT_TAKEN_BACK");
    expect(held[0]).toMatch(/5 of 6 objects would be removed at once \(plan [0-9a-f]{12}\)/u);
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
    await annotateInventory(rig, "drover.dev/approve-removal", /plan ([0-9a-f]+)/u.exec(held[0] ?? "")?.[1] ?? "");
    await rig.status("team/app", (now) => /was taken back/u.test(now.error?.message ?? ""));
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["m0", "m1", "m2", "m3", "m4"]);
  });

  test("has nothing to go back to after a deployment without it, says so, and stays", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, { "a.yaml": configMap("a") }, {})] });
    await rig.state("team/app", "Ready");
    const bad = { "a.yaml": configMap("a", { key: "2" }), "web.yaml": webDeployment("pull-error", "1") };
    rig.hub.publish({ bundles: [bundleOf(rig, bad, { ...atomic, timeoutSeconds: 2 })] });
    const { error } = await rig.status("team/app", (now) => now.error?.code === "WAIT_TIMEOUT");
    expect(error?.message).toContain("nothing to go back to is kept");
    expect(await rig.get(mapPath(rig, "a"))).toMatchObject({ data: { key: "2" } });
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });
});

function generationOf(object: unknown): unknown {
  return /"generation":(\d+)/u.exec(JSON.stringify(object))?.[1];
}

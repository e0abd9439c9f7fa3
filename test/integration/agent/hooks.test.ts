import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { hookChart, hookJob, hookMap } from "./hook-chart.ts";
import { recordEvents } from "./record-events.ts";

const remove = [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" } as const];

function bundleOf(
  rig: AgentRig,
  files: Readonly<Record<string, string>>,
  helm: Readonly<Record<string, unknown>> = {},
) {
  return { bundle: "team/app", files, options: { defaultNamespace: rig.namespace, helm } };
}

function mapPath(rig: AgentRig, name: string): string {
  return `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
}

function jobPath(rig: AgentRig, name = ""): string {
  return `/apis/batch/v1/namespaces/${rig.namespace}/jobs/${name}`;
}

describeWithKube("hooks of a chart", () => {
  test("run by weight around the objects, and status says which one is waited for", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    using record = await recordEvents(cluster, rig.namespace);
    const files = hookChart("1.0.0", {
      late: hookJob("late", { events: "pre-install", weight: 10 }),
      early: hookJob("early", { events: "pre-install", weight: -10 }),
      after: hookJob("after", { events: "post-install" }),
      test: hookJob("test", { events: "test" }),
    });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, files)] });
    const waiting = await rig.status("team/app", ({ notReady = [] }) => notReady.some(({ kind }) => kind === "Job"));
    expect(waiting).toMatchObject({ state: "WaitApplied" });
    expect(waiting.notReady?.[0]?.message).toMatch(/^(?:pre|post)-install hook \d of \d runs since/u);
    expect((await rig.state("team/app", "Ready")).notReady).toBeUndefined();
    expect(record.events()).toEqual([
      "made Job/early",
      "ended Job/early",
      "made Job/late",
      "ended Job/late",
      "made ConfigMap/app",
      "made Job/after",
      "ended Job/after",
    ]);
  });

  test(
    "run again for another deployment only, and charts are told the truth throughout",
    { timeout: 60_000 },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/both", "configmaps/up");
      using record = await recordEvents(cluster, rig.namespace);
      const chart = (version: string) =>
        bundleOf(
          rig,
          hookChart(version, {
            both: hookMap("both", { events: "post-install,post-upgrade" }),
            up: hookMap("up", { events: "pre-upgrade" }),
          }),
        );
      const release = async (version: string, said: string) => {
        const before = rig.hub.statuses.get("team/app")?.appliedDeploymentId;
        rig.hub.publish({ bundles: [chart(version)] });
        await rig.status("team/app", (now) => now.state === "Ready" && now.appliedDeploymentId !== before);
        expect(await rig.get(mapPath(rig, "app"))).toMatchObject({ data: { version, release: said } });
      };
      await rig.start();
      await release("1.0.0", "1 true false");
      await rig.stop();
      const applied = await rig.get(mapPath(rig, "app"));
      await rig.start();
      await rig.state("team/app", "Ready");
      expect(await rig.get(mapPath(rig, "app"))).toEqual(applied);
      expect([record.timesMade("both"), record.timesMade("up")]).toEqual([1, 0]);
      await release("2.0.0", "2 false true");
      await release("1.0.0", "3 false true");
      expect([record.timesMade("both"), record.timesMade("up")]).toEqual([3, 2]);
    },
  );

  test(
    "that fail stop the deployment before anything is changed, and are tried again",
    { timeout: 90_000 },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/helper", "jobs/migrate");
      using record = await recordEvents(cluster, rig.namespace);
      await rig.start();
      rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", {}))] });
      await rig.state("team/app", "Ready");
      const bad = hookChart("2.0.0", {
        helper: hookMap("helper", { events: "pre-upgrade", weight: -1, policy: "before-hook-creation,hook-succeeded" }),
        migrate: hookJob("migrate", { events: "pre-upgrade", outcome: "fail" }),
      });
      rig.hub.publish({ bundles: [bundleOf(rig, bad)] });
      const failed = await rig.state("team/app", "ErrApplied");
      expect(failed.error).toMatchObject({ code: "HOOK_FAILED" });
      expect(failed.error?.message).toMatch(
        /^pre-upgrade hook Job apps-\w+\/migrate: BackoffLimitExceeded: .*container work ended with exit code 1/u,
      );
      expect(await rig.get(mapPath(rig, "app"))).toMatchObject({ data: { version: "1.0.0" } });
      // Helm's rule: what had succeeded is tidied up, the failed one stays to be looked at.
      expect(await rig.get(mapPath(rig, "helper"))).toBeUndefined();
      expect(await rig.get(jobPath(rig, "migrate"))).toBeDefined();
      // The next try begins with the first hook again: the failed one may need it.
      await vi.waitFor(() => expect(record.timesMade("migrate")).toBe(2), { timeout: 30_000 });
      expect(record.timesMade("helper")).toBe(2);

      rig.hub.publish({ bundles: [bundleOf(rig, hookChart("1.0.0", {}))] });
      await rig.state("team/app", "Ready");
      expect(record.events().filter((event) => event.endsWith("ConfigMap/app"))).toEqual(["made ConfigMap/app"]);
    },
  );

  test(
    "that wait hold up neither other bundles nor the agent, and end at the time-out",
    { timeout: 60_000 },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      rig.mayDelete("jobs/stuck");
      const files = hookChart("1.0.0", {
        stuck: hookJob("stuck", { events: "pre-install", outcome: "run", policy: "hook-failed" }),
      });
      const other = {
        bundle: "team/other",
        files: { "a.yaml": configMap("other") },
        options: { defaultNamespace: rig.namespace },
      };
      await rig.start({ config: { concurrency: 1 } });
      rig.hub.publish({ bundles: [bundleOf(rig, files, { timeoutSeconds: 3 }), other] });
      await rig.state("team/other", "Ready");
      expect(rig.hub.statuses.get("team/app")?.state).not.toBe("ErrApplied");
      const failed = await rig.state("team/app", "ErrApplied");
      expect(failed.error?.message).toMatch(/Job .*\/stuck: it did not end within 3 s; .*helm\.timeoutSeconds/u);
      expect(await rig.get(mapPath(rig, "app"))).toBeUndefined();
      await vi.waitFor(async () => expect(await rig.get(jobPath(rig, "stuck"))).toBeUndefined(), { timeout: 10_000 });
    },
  );

  test("after the objects wait for these with timeoutSeconds", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    using record = await recordEvents(cluster, rig.namespace);
    const { metadata: _hook, ...plain } = JSON.parse(hookJob("work", { events: "test" }));
    const files = hookChart("1.0.0", {
      work: JSON.stringify({ ...plain, metadata: { name: "work" } }),
      after: hookMap("after", { events: "post-install" }),
    });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, files, { timeoutSeconds: 60, waitForJobs: true })] });
    await rig.state("team/app", "Ready");
    const events = record.events();
    expect(events.indexOf("ended Job/work")).toBeLessThan(events.indexOf("made ConfigMap/after"));
    expect(events).toContain("ended Job/work");
  });

  test(
    "may have a generated name and a short life, and are seen to their end all the same",
    { timeout: 60_000 },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete(/^jobs\/any-/u);
      using record = await recordEvents(cluster, rig.namespace);
      const files = hookChart("1.0.0", {
        short: hookJob("short", { events: "pre-install", spec: { ttlSecondsAfterFinished: 0 } }),
        any: hookJob("any", { events: "post-install", generated: true, policy: "hook-succeeded" }),
      });
      await rig.start();
      rig.hub.publish({ bundles: [bundleOf(rig, files)] });
      await rig.state("team/app", "Ready");
      await vi.waitFor(async () => expect(await rig.get(jobPath(rig, "short"))).toBeUndefined(), { timeout: 20_000 });
      expect(record.events().filter((event) => event.startsWith("made Job/any-"))).toHaveLength(1);
      await vi.waitFor(() => expect(record.events()).toContainEqual(expect.stringMatching(/^deleted Job\/any-/u)));
    },
  );

  test("replace only what an earlier hook left, never what is somebody else's", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: rig.namespace } } });
    const body = { metadata: { name: "precious" }, data: { of: "a person" } };
    await cluster.request(mapPath(rig, ""), { method: "POST", body });
    await rig.start();
    const files = hookChart("1.0.0", { bad: hookMap("precious", { events: "pre-install" }) });
    rig.hub.publish({ bundles: [bundleOf(rig, files)] });
    const failed = await rig.state("team/app", "ErrApplied");
    expect(failed.error?.message).toMatch(/ConfigMap .*\/precious: it exists and is no hook/u);
    expect(await rig.get(mapPath(rig, "precious"))).toMatchObject({ data: { of: "a person" } });
  });

  test("may be what was an object before", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/x");
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, { ...hookChart("1.0.0", {}), "templates/x.yaml": configMap("x") })] });
    await rig.state("team/app", "Ready");
    const files = hookChart("2.0.0", { x: hookMap("x", { events: "pre-upgrade" }) });
    rig.hub.publish({ bundles: [bundleOf(rig, files)] });
    await rig.status("team/app", (now) => now.state === "Ready" && now.objectCount === 1);
    expect(await rig.get(mapPath(rig, "x"))).toMatchObject({ data: { a: "b" } });
  });

  test(
    "for the removal run when it is said, also by an agent that has lost its disk",
    { timeout: 60_000 },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/app", "jobs/after");
      using record = await recordEvents(cluster, rig.namespace);
      const files = hookChart("1.0.0", {
        before: hookJob("before", { events: "pre-delete" }),
        after: hookJob("after", { events: "post-delete", policy: "hook-succeeded" }),
      });
      await rig.start();
      rig.hub.publish({ bundles: [bundleOf(rig, files)] });
      await rig.state("team/app", "Ready");
      await rig.stop();
      await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
      // Left out of the document is not said to go.
      rig.hub.publish({ bundles: [] });
      await rig.state("team/app", "Orphaned");
      expect(record.events()).toEqual(["made ConfigMap/app"]);
      rig.hub.publish({ bundles: [], remove });
      await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
      await vi.waitFor(() =>
        expect(record.events().slice(1)).toEqual([
          "made Job/before",
          "ended Job/before",
          "deleted ConfigMap/app",
          "made Job/after",
          "ended Job/after",
          "deleted Job/after",
        ]),
      );
      expect(await rig.get(jobPath(rig, "before"))).toBeDefined();
    },
  );

  test("for the removal that fail keep everything, until a person skips them", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/app", "jobs/before");
    const files = hookChart("1.0.0", { before: hookJob("before", { events: "pre-delete", outcome: "fail" }) });
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, files)] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [], remove });
    const failed = await rig.status("team/app", ({ error }) => error !== undefined);
    expect(failed).toMatchObject({ state: "OutOfSync", error: { code: "HOOK_FAILED" } });
    expect(await rig.get(mapPath(rig, "app"))).toBeDefined();
    const secrets = `/api/v1/namespaces/${rig.systemNamespace}/secrets`;
    const name = /drover-inventory-[0-9a-f]+/u.exec(JSON.stringify(await rig.get(secrets)))?.[0] ?? "";
    const answer = await cluster.request(`${secrets}/${name}`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { metadata: { annotations: { "drover.dev/skip-hooks": "true" } } },
    });
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    expect(await rig.get(mapPath(rig, "app"))).toBeUndefined();
  });

  test("for the removal do not run when another bundle takes the objects over", { timeout: 60_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/b");
    using record = await recordEvents(cluster, rig.namespace);
    const hooks = { before: hookJob("before", { events: "pre-delete,post-delete" }) };
    await rig.start();
    rig.hub.publish({ bundles: [bundleOf(rig, { ...hookChart("1.0.0", hooks), "templates/b.yaml": configMap("b") })] });
    await rig.state("team/app", "Ready");
    const heir = { ...bundleOf(rig, hookChart("1.0.0", hooks)), bundle: "team/heir" };
    rig.hub.publish({ bundles: [heir], remove });
    await rig.state("team/heir", "Ready");
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    await vi.waitFor(() => expect(record.events()).toContain("deleted ConfigMap/b"));
    expect(record.timesMade("before")).toBe(0);
    expect(record.timesMade("app")).toBe(1);
  });
});

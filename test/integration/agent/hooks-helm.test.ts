import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { createTestNamespace, describeWithKube, programPath, sharedCluster } from "../../support/kube.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { createAgentRig } from "./agent-rig.ts";
import { hookChart, hookJob, hookMap } from "./hook-chart.ts";
import { recordEvents } from "./record-events.ts";

const run = promisify(execFile);

/** Every event, weights, names, kinds, and all delete policies. */
const templates = {
  a: hookMap("settings", { events: "pre-install,pre-upgrade", weight: -5 }),
  b: hookJob("second", { events: "pre-install", weight: 1, policy: "hook-succeeded" }),
  c: hookJob("first", { events: "pre-install , Pre-Upgrade", weight: -1 }),
  d: hookJob("after", { events: "post-install,post-upgrade", policy: "before-hook-creation,hook-succeeded" }),
  e: hookMap("again", { events: "post-upgrade", policy: "hook-failed" }),
  f: hookJob("checked", { events: "test" }),
  g: hookJob("leave-1", { events: "pre-delete", weight: 2 }),
  h: hookMap("leave-0", { events: "pre-delete", weight: 1, policy: "hook-succeeded" }),
  i: hookJob("left", { events: "post-delete", policy: "hook-succeeded" }),
  j: hookMap("back", { events: "pre-rollback,post-rollback" }),
  k: hookMap("old", { events: "crd-install" }),
};

async function writeChart(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
}

describeWithKube("hooks, beside the real Helm", () => {
  test("are made, awaited and deleted in the same order", { timeout: 120_000 }, async () => {
    const cluster = await sharedCluster();
    await using place = await createTestNamespace(cluster, "helm");
    await using dir = await createTempDir("hooks");
    await using rig = await createAgentRig(cluster);
    rig.mayDelete(
      "jobs/first",
      "jobs/second",
      "jobs/after",
      "jobs/left",
      "configmaps/settings",
      "configmaps/leave-0",
      "configmaps/app",
    );
    using ofHelm = await recordEvents(cluster, place.name);
    using ofDrover = await recordEvents(cluster, rig.namespace);

    const helm = await programPath("helm");
    const chart = join(dir.path, "hooked");
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfigPath, HELM_CACHE_HOME: dir.path };
    const rest = ["--namespace", place.name, "--timeout", "60s"];
    await writeChart(chart, hookChart("1.0.0", templates));
    await run(helm, ["install", "hooked", chart, ...rest], { env });
    await writeChart(chart, hookChart("2.0.0", templates));
    await run(helm, ["upgrade", "hooked", chart, ...rest], { env });
    await run(helm, ["uninstall", "hooked", ...rest], { env });

    const bundle = (version: string) => ({
      bundle: "team/hooked",
      files: hookChart(version, templates),
      options: { defaultNamespace: rig.namespace },
    });
    await rig.start();
    for (const version of ["1.0.0", "2.0.0"]) {
      const before = rig.hub.statuses.get("team/hooked")?.appliedDeploymentId;
      rig.hub.publish({ bundles: [bundle(version)] });
      await rig.status("team/hooked", (now) => now.state === "Ready" && now.appliedDeploymentId !== before);
    }
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/hooked", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/hooked"), { timeout: 30_000 });

    const expected = ofHelm.events();
    expect(expected).toContain("made Job/left");
    expect(expected.length).toBeGreaterThan(25);
    await vi.waitFor(() => expect(ofDrover.events()).toEqual(expected), { timeout: 5000 });
  });
});

import { expect, test, vi } from "vitest";
import type { Step } from "../../../agent/reconcile/step-observer.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { createAgentRig } from "./agent-rig.ts";
import { crashAt, killAt } from "./crash-at.ts";
import { hookChart, hookJob, hookMap } from "./hook-chart.ts";
import { recordEvents } from "./record-events.ts";

const templates = {
  one: hookMap("one", { events: "pre-upgrade", weight: 1 }),
  two: hookJob("two", { events: "pre-upgrade", weight: 2, policy: "before-hook-creation,hook-succeeded" }),
  three: hookJob("three", { events: "post-upgrade", weight: 3 }),
  four: hookJob("four", { events: "pre-delete", weight: 4 }),
  five: hookJob("five", { events: "post-delete", weight: 5, policy: "hook-succeeded" }),
};

interface Case {
  readonly step: Step;
  readonly of: string;
}

/**
 * In the order in which a run comes to them: each death is followed by a new agent, which dies at the next. A Job that was made
 * has ended when the next one looks, so that of each either its making or its recording is a death.
 */
const upgrade: readonly Case[] = [
  { step: "hook-create", of: "one" },
  { step: "hook-created", of: "one" },
  { step: "hook-ended", of: "one" },
  { step: "hook-recorded", of: "two" },
  { step: "hook-ended", of: "two" },
  { step: "hook-delete", of: "two" },
  { step: "stage-finished", of: "team/app" },
  { step: "inventory-finished", of: "team/app" },
  { step: "hook-created", of: "three" },
  { step: "hook-ended", of: "three" },
];

const removal: readonly Case[] = [
  { step: "hook-created", of: "four" },
  { step: "hook-ended", of: "four" },
  { step: "stage-finished", of: "team/app" },
  { step: "pruned", of: "app" },
  { step: "hook-recorded", of: "five" },
  { step: "hook-ended", of: "five" },
  { step: "hook-deleted", of: "five" },
];

describeWithKube("an agent that is killed while hooks run", () => {
  test.concurrent("at one step of an upgrade after the other runs each hook once", { timeout: 120_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("jobs/two");
    using record = await recordEvents(cluster, rig.namespace);
    const options = { defaultNamespace: rig.namespace };
    const bundle = (version: string) => ({ bundle: "team/app", files: hookChart(version, templates), options });
    await rig.start();
    rig.hub.publish({ bundles: [bundle("1.0.0")] });
    const before = await rig.state("team/app", "Ready");
    await rig.stop();
    rig.hub.publish({ bundles: [bundle("2.0.0")] });
    for (const { step, of } of upgrade) await crashAt(rig, step, `(^|/)${of}$`);
    await rig.start();
    const isNew = (id: string | undefined): boolean => id !== undefined && id !== before.appliedDeploymentId;
    await rig.status("team/app", (now) => now.state === "Ready" && isNew(now.appliedDeploymentId));
    const steps = record.events().filter((event) => !event.startsWith("ended"));
    expect(steps).toEqual([
      "made ConfigMap/app",
      "made ConfigMap/one",
      "made Job/two",
      "deleted Job/two",
      "changed ConfigMap/app",
      "made Job/three",
    ]);
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/app`;
    expect(await rig.get(path)).toMatchObject({ data: { version: "2.0.0", release: "2 false true" } });
  });

  test.concurrent("at one step of a removal after the other runs each hook once", { timeout: 120_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/app", "jobs/five");
    using record = await recordEvents(cluster, rig.namespace);
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: hookChart("1.0.0", templates), options }] });
    await rig.state("team/app", "Ready");
    await rig.stop();
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    for (const { step, of } of removal) await crashAt(rig, step, `(^|/)${of}$`);
    await rig.start();
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    await vi.waitFor(() => expect(record.events().at(-1)).toBe("deleted Job/five"));
    expect(record.events().filter((event) => !event.startsWith("ended"))).toEqual([
      "made ConfigMap/app",
      "made Job/four",
      "deleted ConfigMap/app",
      "made Job/five",
      "deleted Job/five",
    ]);
  });

  test.concurrent("after a hook has failed knows so, and tidies up", { timeout: 90_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("jobs/bad");
    using record = await recordEvents(cluster, rig.namespace);
    const bad = hookJob("bad", { events: "pre-install", outcome: "fail", policy: "hook-failed" });
    const options = { defaultNamespace: rig.namespace };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: hookChart("1.0.0", { bad }), options }] });
    await killAt(rig, "hook-failed");
    await rig.start();
    const failed = await rig.state("team/app", "ErrApplied");
    expect(failed.error?.message).toContain("pre-install hook Job");
    await vi.waitFor(() =>
      expect(record.events().slice(0, 3)).toEqual(["made Job/bad", "ended Job/bad", "deleted Job/bad"]),
    );
  });
});

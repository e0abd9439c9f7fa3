import { expect, test } from "vitest";
import type { DesiredDeployment } from "../../../shared/protocol/desired-document.ts";
import { describeWithKube } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";

function publish(rig: AgentRig, count: number, removalLimits?: DesiredDeployment["removalLimits"]): void {
  const names = Array.from({ length: count }, (_unused, index) => `m${index}`);
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
  const limits = removalLimits === undefined ? {} : { removalLimits };
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace }, ...limits }],
  });
}

describeWithKube("the budget of a deployment's objects", () => {
  test("is the agent's, unless the GitRepo sets another, which counts at once", { timeout: 60_000 }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/m3", "configmaps/m4", "configmaps/m5");
    await rig.start({ config: { removeCount: 2 } });
    publish(rig, 6);
    await rig.state("team/app", "Ready");

    publish(rig, 3);
    const held = await rig.status("team/app", (status) => status.held !== undefined);
    expect(held).toMatchObject({ state: "OutOfSync" });
    expect(held.held?.[0]).toContain("3 of 6 objects would be removed at once (plan ");
    expect(await cluster.deletions(rig.namespace)).toEqual([]);

    publish(rig, 3, { count: 3 });
    await rig.status("team/app", (status) => status.state === "Ready" && status.objectCount === 3);
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["m3", "m4", "m5"]);

    publish(rig, 2, { count: 0 });
    const one = await rig.status("team/app", (status) => status.held !== undefined);
    expect(one.held?.[0]).toContain("1 of 3 objects would be removed at once");
    expect(await cluster.deletions(rig.namespace)).toHaveLength(3);
  });
});

import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

describeWithKube("an agent with its hub", () => {
  test("applies a folder, follows changes and prunes what leaves it", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/b");
    const { namespace, hub } = rig;
    const options = { defaultNamespace: namespace };
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    await rig.start();

    hub.publish({
      bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a"), "b.yaml": configMap("b") }, options }],
    });
    const first = await rig.state("team/app", "Ready");
    expect(first).toMatchObject({ objectCount: 2, commit: "c0ffee" });
    expect(await rig.get(`${maps}/a`)).toMatchObject({ data: { key: "value" } });

    const files = { "a.yaml": configMap("a", { key: "changed" }) };
    hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await rig.status("team/app", (status) => status.state === "Ready" && status.objectCount === 1);
    expect(await rig.get(`${maps}/a`)).toMatchObject({ data: { key: "changed" } });
    await vi.waitFor(async () => expect(await rig.get(`${maps}/b`)).toBeUndefined());
    // Made on the way, never in an inventory: it stays.
    expect(await rig.get(`/api/v1/namespaces/${namespace}`)).toMatchObject({ kind: "Namespace" });
  });
});

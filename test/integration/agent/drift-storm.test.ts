import { expect, test } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

const count = 1000;
/** Edits on the way at the same time. */
const editors = 16;
const names = Array.from({ length: count }, (_unused, index) => `map-${index}`);

describeWithKube("a storm of changes", () => {
  test("of 1,000 objects is put back whole and told in few messages", { timeout: 240_000 }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
    await rig.start();
    const options = { defaultNamespace: rig.namespace, correctDrift: { enabled: true } };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await expect.poll(() => rig.hub.statuses.get("team/app")?.state, { timeout: 90_000 }).toBe("Ready");
    const before = rig.hub.checkIns.length;
    const left = [...names];
    const edit = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        const path = `/api/v1/namespaces/${rig.namespace}/configmaps/${name}?fieldManager=kubectl-edit`;
        const body = { data: { key: "edited" } };
        const answer = await cluster.request(path, {
          method: "PATCH",
          contentType: "application/merge-patch+json",
          body,
        });
        expect(answer.status).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: editors }, edit));
    await expect
      .poll(() => rig.hub.statuses.get("team/app")?.corrected?.count, { timeout: 120_000, interval: 100 })
      .toBe(count);
    await rig.state("team/app", "Ready");
    const told = rig.hub.checkIns.slice(before).filter(({ statuses }) => statuses.length > 0);
    expect(told.length).toBeLessThanOrEqual(20);
    const list = await cluster.request(`/api/v1/namespaces/${rig.namespace}/configmaps`);
    expect(list.text).not.toContain('"edited"');
  });
});

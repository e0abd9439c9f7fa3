import { expect, test } from "vitest";
import { configMap, createAgentRig } from "./agent-rig.ts";
import { startSimulatedAudit } from "./scenarios/deletions.ts";

test("a bundle that the document left out for a while shows the drift that was there before", async () => {
  await using cluster = await startSimulatedAudit();
  await using rig = await createAgentRig(cluster);
  const bundles = [
    { bundle: "team/app", files: { "a.yaml": configMap("a") }, options: { defaultNamespace: rig.namespace } },
  ];
  await rig.start();
  rig.hub.publish({ bundles });
  await rig.state("team/app", "Ready");
  const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
  const contentType = "application/merge-patch+json";
  await cluster.request(path, { method: "PATCH", contentType, body: { data: { key: "by hand" } } });
  const before = await rig.state("team/app", "Modified");
  rig.hub.publish({ bundles: [] });
  await rig.state("team/app", "Orphaned");
  rig.hub.publish({ bundles });
  const after = await rig.state("team/app", "Modified");
  expect(after.drift).toMatchObject([{ name: "a", type: before.drift?.[0]?.type }]);
});

import { expect, test } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { createAgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";

const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

describeWithKube("a definition that somebody deletes", () => {
  test(
    "shows with the objects that went with it, and both are made again where drift is corrected",
    { timeout: 90_000 },
    async () => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      const group = `g${rig.namespace.slice("apps-".length)}.example.com`;
      const definition = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `widgets.${group}` },
        spec: {
          group,
          scope: "Namespaced",
          names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
          versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
        },
      };
      const widget = { apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "w" } };
      const publish = (enabled: boolean): void =>
        rig.hub.publish({
          bundles: [
            {
              bundle: "team/app",
              files: { "crd.yaml": JSON.stringify(definition), "w.yaml": JSON.stringify(widget) },
              options: { defaultNamespace: rig.namespace, ...(enabled ? { correctDrift: { enabled } } : {}) },
            },
          ],
        });
      await rig.start();
      publish(false);
      await rig.state("team/app", "Ready");
      const path = `${crds}/widgets.${group}`;
      await cluster.request(path, { method: "DELETE" });
      const { drift } = await rig.status("team/app", (status) => status.drift?.length === 2);
      expect(drift?.map(({ kind, type }) => `${kind} ${type}`).toSorted()).toEqual([
        "CustomResourceDefinition missing",
        "Widget missing",
      ]);
      expect(await rig.get(path)).toBeUndefined();

      publish(true);
      await rig.status("team/app", ({ state, drift: left }) => state === "Ready" && left === undefined);
      expect(await rig.get(`/apis/${group}/v1/namespaces/${rig.namespace}/widgets/w`)).toBeDefined();
      expect(await cluster.deletions(rig.namespace)).toEqual([]);
      await rig.stop();
      await cluster.request(path, { method: "DELETE" });
    },
  );
});

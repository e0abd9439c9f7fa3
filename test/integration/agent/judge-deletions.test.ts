import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

function storageClass(name: string): string {
  const storage = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", provisioner: "example.com/none" };
  return JSON.stringify({ ...storage, metadata: { name } });
}

describeWithKube("an agent's rig", () => {
  test("fails at its end on deletions that were not listed, also of what is in no namespace", async () => {
    const rig = await createAgentRig(await sharedCluster());
    const { hub, namespace } = rig;
    const options = { defaultNamespace: namespace };
    const files = { "a.yaml": configMap("a"), "b.yaml": configMap("b"), "c.yaml": storageClass(namespace) };
    rig.mayDelete("configmaps/b");
    await rig.start();
    hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await rig.state("team/app", "Ready");
    hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(hub.gone).toContain("team/app"), { timeout: 20_000 });
    const { message } = await rig[Symbol.asyncDispose]().then(
      () => new Error("it did not fail"),
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    expect(message).toContain("the agent deleted what the scenario does not list: ");
    expect(message.split(": ")[1]?.split(", ").toSorted()).toEqual([
      `configmaps/a in ${namespace}`,
      `storageclasses/${namespace} in no namespace`,
    ]);
  });
});

import { expect, test, vi } from "vitest";
import type { Step } from "../../../agent/reconcile/step-observer.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";
import { crashAt, killAt } from "./crash-at.ts";

/** The steps after which something is on disk or in the cluster end a process; the rest cut an agent of this process off. */
const steps: readonly { readonly step: Step; readonly pattern?: string; readonly end: typeof crashAt }[] = [
  { step: "document-saved", end: killAt },
  { step: "inventory-write", end: crashAt },
  { step: "inventory-written", end: killAt },
  { step: "apply", pattern: "/added$", end: crashAt },
  { step: "applied", pattern: "/added$", end: killAt },
  { step: "inventory-finish", end: crashAt },
  { step: "inventory-finished", end: crashAt },
  { step: "prune", end: crashAt },
  { step: "pruned", end: killAt },
];

describeWithKube("an agent that is killed", () => {
  test.concurrent.each(steps)("at $step comes to the same end", { timeout: 90_000 }, async ({ step, pattern, end }) => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/removed");
    const options = { defaultNamespace: rig.namespace };
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    await rig.start();
    const before = { "changed.yaml": configMap("changed"), "removed.yaml": configMap("removed") };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: before, options }] });
    await rig.state("team/app", "Ready");
    await rig.stop();
    const uid = uidOf(await rig.get(`${maps}/changed`));
    await cluster.request(maps, { method: "POST", body: { metadata: { name: "bystander" } } });

    const after = { "changed.yaml": configMap("changed", { key: "new" }), "added.yaml": configMap("added") };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: after, options }] });
    await end(rig, step, pattern);
    await rig.start();
    await rig.status("team/app", (status) => status.state === "Ready" && status.objectCount === 2);
    await vi.waitFor(async () => expect(await rig.get(`${maps}/removed`)).toBeUndefined(), { timeout: 20_000 });
    const changed = await rig.get(`${maps}/changed`);
    expect(changed).toMatchObject({ data: { key: "new" } });
    expect(uidOf(changed)).toBe(uid);
    expect(await rig.get(`${maps}/added`)).toBeDefined();
    expect(await rig.get(`${maps}/bystander`)).toBeDefined();
    expect(await cluster.deletions(rig.namespace)).toEqual(["removed"]);
  });

  test.concurrent(
    "between an apply and the writing of the uid still owns what it made",
    { timeout: 90_000 },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      rig.mayDelete("configmaps/made");
      const options = { defaultNamespace: rig.namespace };
      const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
      const bundle = (...names: string[]) => ({
        bundle: "team/app",
        files: Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)])),
        options,
      });
      rig.hub.publish({ bundles: [bundle("kept", "made")] });
      await killAt(rig, "inventory-finish");
      expect(await rig.get(`${maps}/made`)).toBeDefined();
      rig.hub.publish({ bundles: [bundle("kept")] });
      await rig.start();
      await rig.state("team/app", "Ready");
      await vi.waitFor(async () => expect(await rig.get(`${maps}/made`)).toBeUndefined(), { timeout: 20_000 });
      expect(await rig.get(`${maps}/kept`)).toBeDefined();
    },
  );

  test.concurrent(
    "while it removes a whole bundle finishes the removal, with its disk lost as well",
    { timeout: 90_000 },
    async () => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/a", "configmaps/b");
      const options = { defaultNamespace: rig.namespace };
      await rig.start();
      const files = { "a.yaml": configMap("a"), "b.yaml": configMap("b") };
      rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
      await rig.state("team/app", "Ready");
      await rig.stop();
      rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
      await crashAt(rig, "pruned");
      await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
      await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
      for (const name of ["a", "b"]) {
        expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/${name}`)).toBeUndefined();
      }
      expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["a", "b"]);
    },
  );
});

function uidOf(object: unknown): unknown {
  if (typeof object !== "object" || object === null || !("metadata" in object)) throw new Error("not an object");
  const { metadata } = object;
  return typeof metadata === "object" && metadata !== null && "uid" in metadata ? metadata.uid : undefined;
}

import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

const partOf = "applyset.kubernetes.io/part-of";

function many(count: number, prefix = "m"): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_unused, index) => [`${prefix}${index}.yaml`, configMap(`${prefix}${index}`)]),
  );
}

describeWithKube("the inventory", () => {
  test("refuses an object that another bundle holds, naming both, until that one gives it up", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const shared = { "shared.yaml": configMap("shared") };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/a", files: { ...shared, ...many(1, "a") }, options }] });
    await rig.state("team/a", "Ready");
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/shared`;
    const before = await rig.get(path);

    const b = {
      bundle: "team/b",
      files: { "shared.yaml": configMap("shared", { key: "of b" }), ...many(1, "b") },
      options,
    };
    rig.hub.publish({ bundles: [{ bundle: "team/a", files: { ...shared, ...many(1, "a") }, options }, b] });
    const refused = await rig.state("team/b", "ErrApplied");
    expect(refused.error).toMatchObject({
      code: "OBJECT_HELD_BY_OTHER",
      message: expect.stringMatching(/team\/a.*team\/b/u),
    });
    // What does not depend on it is applied all the same.
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/b0`)).toBeDefined();
    expect(await rig.get(path)).toMatchObject({ data: { key: "value" } });

    rig.hub.publish({ bundles: [{ bundle: "team/a", files: many(1, "a"), options }, b] });
    await rig.state("team/b", "Ready");
    expect(await rig.get(path)).toMatchObject({ data: { key: "of b" }, metadata: { uid: uidOf(before) } });
    await rig.status("team/a", (status) => status.state === "Ready" && status.objectCount === 1);
  });

  test("hands objects over to a renamed bundle instead of making them anew", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/old", files: many(3), options }] });
    await rig.state("team/old", "Ready");
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/m1`;
    const uid = uidOf(await rig.get(path));
    rig.hub.publish({
      bundles: [{ bundle: "team/new", files: many(3), options }],
      remove: [{ bundle: "team/old", reason: "bundle-deleted", because: "c0ffee" }],
    });
    await rig.state("team/new", "Ready");
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/old"), { timeout: 20_000 });
    expect(uidOf(await rig.get(path))).toBe(uid);
  });

  test("waits with removals while a bundle that may want the objects cannot be fetched", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/old", files: many(3), options }] });
    await rig.state("team/old", "Ready");
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/m1`;
    const uid = uidOf(await rig.get(path));
    rig.hub.fault = "no-blob";
    rig.hub.publish({
      bundles: [{ bundle: "team/new", files: many(4), options }],
      remove: [{ bundle: "team/old", reason: "bundle-deleted", because: "c0ffee" }],
    });
    const waiting = await rig.status("team/old", (status) => status.held !== undefined);
    expect(waiting.held).toEqual([expect.stringMatching(/3 removals wait until bundle team\/new is rendered/u)]);
    expect(uidOf(await rig.get(path))).toBe(uid);
    rig.hub.fault = undefined;
    await rig.state("team/new", "Ready");
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/old"), { timeout: 20_000 });
    expect(uidOf(await rig.get(path))).toBe(uid);
  });

  test("authorises deletion alone: copied labels, children of controllers and objects made anew are left", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/m3");
    const options = { defaultNamespace: rig.namespace };
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: many(4), options }] });
    await rig.state("team/app", "Ready");
    const label = labelOf(await rig.get(`${maps}/m0`));
    const foreign = { metadata: { name: "foreign", labels: { [partOf]: label } } };
    await cluster.request(maps, { method: "POST", body: foreign });
    // m1 is made anew by somebody else, m2 gets a controller.
    await cluster.request(`${maps}/m1`, { method: "DELETE" });
    await cluster.request(maps, { method: "POST", body: { metadata: { name: "m1", labels: { [partOf]: label } } } });
    const owner = {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "foreign",
      controller: true,
      uid: uidOf(await rig.get(`${maps}/foreign`)),
    };
    await cluster.request(`${maps}/m2`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { metadata: { ownerReferences: [owner] } },
    });
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "m0.yaml": configMap("m0") }, options }] });
    await vi.waitFor(async () => expect(await rig.get(`${maps}/m3`)).toBeUndefined(), { timeout: 20_000 });
    await rig.state("team/app", "Ready");
    for (const name of ["foreign", "m0", "m1", "m2"]) expect(await rig.get(`${maps}/${name}`)).toBeDefined();
  });

  test("holds many removals at once until a person approves exactly these", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete(/^configmaps\/m(?:[5-9]|[12]\d)$/u);
    const options = { defaultNamespace: rig.namespace };
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: many(30), options }] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: many(5), options }] });
    const { held } = await rig.status(
      "team/app",
      (status) => status.state === "OutOfSync" && status.held !== undefined,
    );
    expect(held?.[0]).toMatch(/25 of 30 objects would be removed at once \(plan [0-9a-f]{12}\)/u);
    expect(await rig.get(`${maps}/m29`)).toBeDefined();
    const digest = /plan ([0-9a-f]{12})/u.exec(held?.[0] ?? "")?.[1] ?? "";
    await approve("000000000000");
    await rig.state("team/app", "OutOfSync");
    expect(await rig.get(`${maps}/m29`)).toBeDefined();
    await approve(digest);
    await vi.waitFor(async () => expect(await rig.get(`${maps}/m29`)).toBeUndefined(), { timeout: 20_000 });
    await rig.state("team/app", "Ready");
    expect(await rig.get(`${maps}/m4`)).toBeDefined();

    async function approve(value: string): Promise<void> {
      const secrets = `/api/v1/namespaces/${rig.systemNamespace}/secrets`;
      const list = await rig.get(`${secrets}?labelSelector=drover.dev/inventory`);
      const [name] = namesOf(list);
      await cluster.request(`${secrets}/${name}`, {
        method: "PATCH",
        contentType: "application/merge-patch+json",
        body: { metadata: { annotations: { "drover.dev/approve-removal": value } } },
      });
    }
  });

  test("holds the removal of rendered namespaces and claims, also when the whole bundle goes", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/inside");
    const extra = `${rig.namespace}-extra`;
    const namespace = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: extra } });
    const inside = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "inside", namespace: extra },
    });
    await rig.start();
    const options = { defaultNamespace: rig.namespace };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "ns.yaml": namespace, "cm.yaml": inside }, options }] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    const { held } = await rig.status("team/app", (status) => status.held !== undefined);
    expect(held).toEqual([expect.stringMatching(`Namespace ${extra}: a Namespace is removed only when approved`)]);
    await vi.waitFor(async () =>
      expect(await rig.get(`/api/v1/namespaces/${extra}/configmaps/inside`)).toBeUndefined(),
    );
    expect(await rig.get(`/api/v1/namespaces/${extra}`)).toBeDefined();
    await (await sharedCluster()).request(`/api/v1/namespaces/${extra}`, { method: "DELETE" });
  });

  test("keeps the objects of a bundle with keepResources", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace, keepResources: true };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: many(2), options }] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "not-targeted", because: "3" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/m1`)).toBeDefined();
  });
});

function metadataOf(object: unknown): Record<string, unknown> {
  if (typeof object !== "object" || object === null || !("metadata" in object)) throw new Error("not an object");
  return { ...(typeof object.metadata === "object" ? object.metadata : {}) };
}

function uidOf(object: unknown): string {
  return String(metadataOf(object)["uid"]);
}

function labelOf(object: unknown): string {
  const labels = new Map<string, unknown>(Object.entries(metadataOf(object)["labels"] ?? {}));
  return String(labels.get(partOf));
}

function namesOf(list: unknown): string[] {
  if (typeof list !== "object" || list === null || !("items" in list) || !Array.isArray(list.items)) return [];
  return list.items.map((item: unknown) => String(metadataOf(item)["name"]));
}
